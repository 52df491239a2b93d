"""Uploading: a release goes up whole under its version, a tag is never moved, and the folder rehearses what the Hub shows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from datasets import load_dataset

from khabar.corpus.release import read_release
from khabar.corpus.upload import plan, publish, rehearse
from khabar.reading.incidents import InputError
from tests.cli.conftest import run

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus"
VERSION = read_release(CORPUS).version


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_goes_up_is_the_release_and_nothing_else(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(CORPUS, tmp_path / "corpus"))
    (copy / "notes.txt").write_text("mine")
    planned = plan(copy)
    assert planned.tag == VERSION
    assert set(planned.files) == set(_files(CORPUS))


def test_the_rehearsal_loads_as_the_hub_would(tmp_path: Path) -> None:
    assert rehearse(plan(CORPUS), tmp_path / "hub")
    there = tmp_path / "hub" / VERSION
    assert _files(there) == _files(CORPUS)
    quotes = load_dataset(str(there), "quotes", split="test", cache_dir=str(tmp_path / "cache"))
    assert len(quotes) == next(file.rows for file in read_release(CORPUS).files if file.path == "quotes/test.parquet")


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    assert rehearse(plan(CORPUS), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert not rehearse(plan(CORPUS), tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_tag_is_never_moved(tmp_path: Path) -> None:
    rehearse(plan(CORPUS), tmp_path)
    changed = tmp_path / VERSION / "README.md"
    changed.write_text("other")
    with pytest.raises(InputError) as raised:
        rehearse(plan(CORPUS), tmp_path)
    assert [incident.id for incident in raised.value.incidents] == ["upload-refused"]
    assert changed.read_text() == "other"


def test_an_upload_that_was_killed_is_finished(tmp_path: Path) -> None:
    rehearse(plan(CORPUS), tmp_path)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in ("README.md", "claims/test.parquet"):
        path = tmp_path / VERSION / name
        path.rename(path.with_name(f".{path.name}.{ended.pid}.part"))
    assert rehearse(plan(CORPUS), tmp_path)
    assert _files(tmp_path / VERSION) == _files(CORPUS)


def test_a_release_that_is_not_sound_stays_here(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(CORPUS, tmp_path / "corpus"))
    (copy / "quotes" / "test.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError) as raised:
        plan(copy)
    assert {incident.id for incident in raised.value.incidents} == {"corpus-changed"}


@pytest.mark.parametrize("name", ["nobody/khabar", "not a name/at/all"])
def test_what_the_hub_says_no_to_is_an_error_of_one_line(name: str) -> None:
    """Offline, the real client refuses by itself: nothing leaves the machine."""
    code = "from khabar.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "corpus", "upload", name],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HF_HUB_OFFLINE": "1"},
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"{name}: error[upload-refused]")
    assert len(done.stderr.splitlines()) == 1


def test_the_command_says_how_to_load_it(tmp_path: Path) -> None:
    command = ("corpus", "upload", tmp_path / "hub")
    done = run(*command, "--json", cwd=ROOT)
    assert json.loads(done.out) == {
        "target": str(tmp_path / "hub"),
        "tag": VERSION,
        "new": True,
        "files": sorted(_files(CORPUS)),
    }
    again = run(*command, cwd=ROOT)
    assert again.code == 0, again.err
    assert "was there already" in again.out
    assert f'load_dataset("{tmp_path / "hub" / VERSION}", "quotes")' in again.out


def test_publish_calls_what_the_client_has() -> None:
    """Each call of `publish` binds to the signature of the client that is installed."""
    import ast
    import inspect
    import textwrap

    from huggingface_hub import HfApi

    tree = ast.parse(textwrap.dedent(inspect.getsource(publish)))
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "api"
    ]
    assert len(calls) >= 6
    for call in calls:
        method = getattr(HfApi, call.func.attr)  # type: ignore[attr-defined]
        inspect.signature(method).bind(
            None, *call.args, **{keyword.arg: None for keyword in call.keywords if keyword.arg}
        )
