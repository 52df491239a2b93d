"""A real Label Studio, started as people start it. The tests of a unit share one (tests/workers.py)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from khabar.annotations.agreement.alignment import RowPair, align
from khabar.annotations.rounds import Round, read_round
from khabar.annotations.server.connection import Connection, connection

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def first_round() -> Round:
    """Passes a and b of the first round, as they were made."""
    return read_round(ROOT / "annotations" / "rounds" / "first", ROOT / "seeds", ["a", "b"])


@pytest.fixture(scope="session")
def first_pairs(first_round: Round) -> tuple[RowPair, ...]:
    """Its rows side by side."""
    return align(first_round.a.rows, first_round.b.rows, first_round.texts, first_round.stories)


@dataclass(frozen=True, eq=False)
class LabelStudio:
    """A server that runs, how programs and people get in, and the `khabar annotate serve` that holds it."""

    connection: Connection
    email: str
    password: str = field(repr=False)
    data: Path
    process: subprocess.Popen[str]
    notes: str

    @property
    def log(self) -> str:
        return (self.data / "server.log").read_text("utf-8")

    def stop(self) -> tuple[int, str, str]:
        """SIGTERM, then: exit code, and what else was printed."""
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=240)
        return self.process.returncode, out, err


@contextmanager
def serve(data: Path, **environment: str) -> Iterator[LabelStudio]:
    """Run `khabar annotate serve` on any free port until the block is left."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("LABEL_STUDIO_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "khabar", "annotate", "serve", "--data", str(data), "--port", "0", "--json"],
        env={**env, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line == "}\n":
                break
        else:
            raise AssertionError(process.communicate()[1])
        printed = json.loads(said)
        login = json.loads(Path(printed["login"]).read_text("utf-8"))
        assert printed == {**printed, "email": login["email"], "login": str(data / "login.json")}
        assert set(printed) == {"url", "email", "login", "notes"}
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("LABEL_STUDIO_URL", raising=False)
            patch.delenv("LABEL_STUDIO_API_KEY", raising=False)
            found = connection(data)
        assert found.url == printed["url"]
        yield LabelStudio(found, login["email"], login["password"], data, process, printed["notes"])
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=240)


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelStudio]:
    """One server for a worker's whole session; tests make projects of their own in it."""
    with serve(tmp_path_factory.mktemp("label-studio") / "data") as server:
        yield server
