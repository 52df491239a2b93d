"""Workflows, ours and those the documentation gives away: valid by their schemas, sound to zizmor, and of the right powers."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import yaml

from khabar.cli.app import app
from tests.test_docs import blocks

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"^\s*(?:- )?uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The two examples of docs/ci.md, as somebody would save them."""
    github, gitlab = blocks("docs/ci.md", "yaml")
    folder = tmp_path_factory.mktemp("examples")
    files = {"github": folder / ".github" / "workflows" / "khabar.yml", "gitlab": folder / ".gitlab-ci.yml"}
    files["github"].parent.mkdir(parents=True)
    files["github"].write_text(github, "utf-8")
    files["gitlab"].write_text(gitlab, "utf-8")
    return files


def run(*command: str | Path) -> None:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def loaded(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


def test_workflows_fit_their_schema(examples: dict[str, Path]) -> None:
    check = (sys.executable, "-m", "check_jsonschema", "--builtin-schema")
    run(*check, "vendor.github-workflows", *WORKFLOWS, examples["github"])
    run(*check, "vendor.gitlab-ci", examples["gitlab"])


def test_workflows_are_sound_to_zizmor(examples: dict[str, Path]) -> None:
    """Offline; our own by the pedantic persona, the example by the regular one."""
    zizmor = which("zizmor", path=str(Path(sys.executable).parent)) or "zizmor"
    run(zizmor, "--offline", "--no-progress", "--pedantic", *WORKFLOWS)
    run(zizmor, "--offline", "--no-progress", examples["github"])


def test_every_action_is_pinned(examples: dict[str, Path]) -> None:
    for path in (*WORKFLOWS, examples["github"]):
        used = [line for line in path.read_text("utf-8").splitlines() if "uses:" in line]
        assert used
        assert all(PINNED.match(line) for line in used), path.name


def test_what_scores_a_pull_request_can_write_nothing() -> None:
    workflow = loaded(ROOT / ".github" / "workflows" / "submission.yml")
    triggers = workflow[True]  # "on", as YAML 1.1 reads it
    assert set(triggers) == {"pull_request", "push"}
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        writes = [scope for scope, access in job["permissions"].items() if access == "write"]
        assert bool(writes) == (name == "publish")
        if name != "check":
            assert job["if"] == "github.event_name == 'push'"
    proposed = [
        step
        for step in workflow["jobs"]["check"]["steps"]
        if "checkout" in step.get("uses", "") and "ref" not in step["with"]
    ]
    [step] = proposed
    assert (step["with"]["path"], step["with"]["sparse-checkout"]) == ("proposed", "eval")
    publishing = workflow["jobs"]["publish"]["steps"]
    assert not any("run" in step for step in publishing), "what may write runs no code of ours"


def test_no_script_takes_words_from_the_event() -> None:
    """An expression within a script would be somebody's text, run."""
    for path in WORKFLOWS:
        for job in loaded(path)["jobs"].values():
            assert not [step["run"] for step in job["steps"] if "${{" in step.get("run", "")]


def test_commands_in_workflows_are_commands(examples: dict[str, Path]) -> None:
    from typer.main import get_command

    root = get_command(app)
    lines = [
        line
        for path in (*WORKFLOWS, *examples.values())
        for line in re.sub(r">-\s*", "", path.read_text("utf-8")).splitlines()
        if re.search(r"\bkhabar (run|score|compare|leaderboard)\b", line)
    ]
    assert len(lines) >= 8
    for line in lines:
        words = line[line.index("khabar ") :].split()[1:]
        command = root.get_command(None, words[0])  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            command = command.commands[words[1]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, line
