"""`openai:MODEL` against a real server of this protocol: transformers' own, with tiny models of random weights."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Khabar
from tests.systems.torch_environment import torch_python

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a running server, and the folder its models are in."""
    folder = tmp_path_factory.mktemp("models")
    python = torch_python()
    offline = {**os.environ, "HF_HUB_OFFLINE": "1"}
    subprocess.run([python, Path(__file__).with_name("tiny_models.py"), folder], check=True, env=offline)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [python.with_name("transformers"), "serve", "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=offline, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/health", server)
        yield f"http://127.0.0.1:{port}/v1", folder
    finally:
        server.terminate()
        server.wait(240)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 600
    while time.monotonic() < end:
        assert server.poll() is None
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(address)


RUN = ("--gold", "gold.jsonl", "--layers", "entities", "--json", "--time-limit", "300", "--jobs", "2")


def test_a_model_that_answers(served: tuple[str, Path], khabar: Khabar) -> None:
    address, models = served
    answer = khabar("run", f"openai:{models / 'fluent'}", *RUN, "--out", "out.jsonl", OPENAI_BASE_URL=address)
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["headline"]["entities"] == 1.0
    assert answer.err.startswith(f"openai:{models / 'fluent'}: 4 answers, ")
    assert "not answered" not in answer.err


def test_a_model_that_talks_nonsense(served: tuple[str, Path], khabar: Khabar) -> None:
    address, models = served
    answer = khabar("run", f"openai:{models / 'mumbling'}", *RUN, OPENAI_BASE_URL=address)
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["headline"]["entities"] == 0.0
    assert "not answered, or only in part: 4 (entities 4)" in answer.err
    assert answer.err.count("no list of entities in the answer") == 4


def test_a_model_that_is_not_there(served: tuple[str, Path], khabar: Khabar) -> None:
    """The server answers with an error, which is asked for again and again while there is time."""
    address, models = served
    little = ("--time-limit", "5", "--jobs", "4")
    answer = khabar("run", f"openai:{models / 'nosuch'}", *RUN, *little, OPENAI_BASE_URL=address)
    assert (answer.code, answer.out) == (2, "")
    assert "error[" in answer.err
