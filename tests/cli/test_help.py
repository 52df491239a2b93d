"""Help: every command says what it does and shows an example that is a command."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.main import get_command

import khabar as package
from khabar.cli.app import app
from tests.cli.conftest import Answer, Khabar, run

COMMANDS = (
    "run", "score", "validate", "compare", "show", "convert",
    "corpus build", "corpus check", "corpus stats", "seeds add", "seeds verify", "annotate serve",
    "annotate push", "annotate pull",
    "annotate agreement", "annotate adjudicate",
    "leaderboard add", "leaderboard build", "leaderboard check",
)  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    folder = tmp_path_factory.mktemp("help")
    with ThreadPoolExecutor(2) as pool:
        asked = {name: pool.submit(run, *name.split(), "--help", cwd=folder) for name in ("", *COMMANDS)}
    return {name: answer.result() for name, answer in asked.items()}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(pages: dict[str, Answer], command: str) -> None:
    answer = pages[command]
    assert (answer.code, answer.err) == (0, "")
    assert "--json" in answer.out
    example = re.search(r"Example: khabar (.+)", answer.out)
    assert example is not None
    assert example.group(1).startswith(command)
    options = set(re.findall(r"--[a-z-]+", example.group(1)))
    assert options <= set(re.findall(r"--[a-z-]+", answer.out.replace(example.group(0), "")))


def test_help_lists_all_commands(pages: dict[str, Answer]) -> None:
    answer = pages[""]
    assert (answer.code, answer.err) == (0, "")
    for command in COMMANDS:
        assert re.search(rf"^ +{command.split()[0]}\b", answer.out, re.MULTILINE), command


def test_no_command_is_left_out_here() -> None:
    """Whoever adds a command adds it above."""
    named = set()
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        named |= {f"{name} {each}" for each in getattr(command, "commands", ())} or {name}
    assert named >= set(COMMANDS)


def test_version(khabar: Khabar) -> None:
    assert khabar("--version") == Answer(0, f"{package.__version__}\n", "")


@pytest.mark.parametrize("args", [[], ["scores"], ["score"], ["score", "x.jsonl", "--fast"], ["seeds", "add"]])
def test_usage_mistakes(khabar: Khabar, here: Path, args: list[str]) -> None:
    """Exit code 2, the usage on stderr, nothing on stdout."""
    answer = khabar(*args)
    assert (answer.code, answer.out) == (2, "")
    assert "Usage:" in answer.err
