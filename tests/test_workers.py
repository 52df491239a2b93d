"""Tests that share what is dear run in one worker."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workers import APART, TOGETHER, rank_of, unit_of

ROOT = Path(__file__).parents[1]


def test_what_is_named_is_there() -> None:
    places = [*APART, *(place for places in TOGETHER.values() for place in places)]
    assert [place for place in places if not (ROOT / place).exists()] == []
    for folder in (place for place in places if place.endswith("/")):
        assert list((ROOT / folder).glob("test_*.py")), folder


@pytest.mark.parametrize(
    ("test", "unit"),
    [
        ("tests/annotations/browser/test_slips.py::test_x[a::b]", "Label Studio's pages"),
        ("tests/annotations/test_server.py::TestRunning::test_x", "Label Studio's server"),
        ("tests/scoring/test_labels.py::test_x[1]", "tests/scoring/test_labels.py"),
        ("tests/test_docs.py::test_commands_of[README.md]", "tests/test_docs.py::test_commands_of[README.md]"),
    ],
)
def test_a_unit_is_a_group_a_file_or_a_test(test: str, unit: str) -> None:
    assert unit_of(test) == unit


def test_what_takes_minutes_begins() -> None:
    tests = ["tests/cli/test_help.py::t", "tests/test_docs.py::t", "tests/site/test_seen.py::t"]
    assert sorted(tests, key=rank_of) == tests[::-1]


def test_a_unit_runs_in_one_worker() -> None:
    """Whatever pytest and pytest-xdist are installed: two files, two workers, each file in one of them."""
    files = ["tests/text/test_choices.py", "tests/text/test_terminal.py"]
    command = [sys.executable, "-m", "pytest", "-v", "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider", *files]
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True)
    workers = {file: set(re.findall(rf"^\[(gw\d)\].* {file}::", done.stdout, re.MULTILINE)) for file in files}
    assert {len(workers[file]) for file in files} == {1}, done.stdout[-2000:]
    assert workers[files[0]] != workers[files[1]]
