"""Help: every command says what it does and shows an example that is a command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import khabar as package
from khabar.cli.app import app
from tests.cli.conftest import Answer, Khabar, run


def _commands() -> list[str]:
    """Every command there is, by the words that run it."""
    root: Any = get_command(app)
    named = [(name, root.get_command(None, name)) for name in root.list_commands(None)]
    return [
        words
        for name, command in named
        for words in ([f"{name} {each}" for each in command.commands] if hasattr(command, "commands") else [name])
    ]


COMMANDS = _commands()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    folder = tmp_path_factory.mktemp("help")
    return {name: run(*name.split(), "--help", cwd=folder) for name in ("", *COMMANDS)}


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


def test_the_commands_of_the_contract_are_there() -> None:
    contract = """
        run systems score validate compare show disputes convert corpus:build,check,diff,fetch,fill,stats,upload seeds:add,verify
        annotate:serve,push,pull,agreement,adjudicate leaderboard:add,build,check
    """
    wanted = {
        f"{group} {command}".strip()
        for group, _, commands in (entry.partition(":") for entry in contract.split())
        for command in commands.split(",")
    }
    assert wanted <= set(COMMANDS)


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(khabar: Khabar, option: str) -> None:
    assert khabar(option) == Answer(0, f"{package.__version__}\n", "")


@pytest.mark.parametrize("words", [[], ["score"], ["corpus"], ["corpus", "check"]])
def test_h_is_help(khabar: Khabar, words: list[str]) -> None:
    assert khabar(*words, "-h") == khabar(*words, "--help")


@pytest.mark.parametrize("group", ["", "corpus", "seeds", "leaderboard", "annotate"])
def test_summaries_are_whole_sentences(khabar: Khabar, group: str) -> None:
    """Of each command, from a capital letter to a full stop, however narrow the terminal is."""
    for columns in ("40", "80"):
        listing = khabar(*group.split(), "--help", COLUMNS=columns).out.split("Commands:\n")[1].split("\n\n")[0]
        summaries = re.sub(r"\n {4,}", " ", listing).splitlines()
        assert len(summaries) > 1
        for line in summaries:
            assert re.fullmatch(r" +[a-z]+ +[A-Z].*[^.]\.", line), line


def test_shells_complete_commands_options_and_values(here: Path) -> None:
    for words, wanted in (
        ("khabar sc", ["score", "schema"]),
        ("khabar score --err", ["--errors"]),
        ("khabar score --split contrast_", ["contrast_dev", "contrast_news"]),
        ("khabar score --layers quotes,e", ["quotes,entities"]),
        ("khabar score --labels P", ["PERS", "PRODUCT"]),
        ("khabar run rul", ["rules"]),
        ("khabar schema prediction-do", ["prediction-document"]),
        ("khabar docs fig", ["figures"]),
    ):
        asked = {"_KHABAR_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        code = "import sys; sys.argv[0] = 'khabar'; from khabar.cli import main; main()"
        done = subprocess.run([sys.executable, "-c", code], cwd=here, env=os.environ | asked, capture_output=True)
        assert done.stdout.decode().split() == wanted


@pytest.mark.parametrize("args", [[], ["scores"], ["score"], ["score", "x.jsonl", "--fast"], ["seeds", "add"]])
def test_usage_mistakes(khabar: Khabar, here: Path, args: list[str]) -> None:
    """Exit code 2, the usage on stderr, nothing on stdout."""
    answer = khabar(*args)
    assert (answer.code, answer.out) == (2, "")
    assert "Usage:" in answer.err
