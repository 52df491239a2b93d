"""Writing: whole or not at all, and never in the place of a device or a pipe."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from khabar.reading.files import recover, remove_parts, replace_files, unfinished, write_all, write_whole


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def _reading(pipe: Path, into: list[bytes]) -> threading.Thread:
    reader = threading.Thread(target=lambda: into.append(pipe.read_bytes()), daemon=True)
    reader.start()
    return reader


def test_a_pipe_is_written_to_and_stays_one(pipe: Path) -> None:
    read: list[bytes] = []
    reader = _reading(pipe, read)
    write_all({pipe: b"through", pipe.with_name("file"): b"beside"})
    reader.join(10)
    assert read == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(path.name for path in pipe.parent.iterdir()) == ["file", "pipe"]


def test_so_is_a_device() -> None:
    master, slave = os.openpty()
    device = Path(os.ttyname(slave))
    write_whole(device, b"hello")
    assert os.read(master, 5) == b"hello"
    assert stat.S_ISCHR(device.stat().st_mode)
    os.close(master)
    os.close(slave)


def test_parts_of_dead_writers_go(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / "a" / f".card.toml.{ended.pid}.part"
    ours = tmp_path / f".card.toml.{os.getpid()}.part"  # of a container before this one, in which numbers begin again
    running = tmp_path / f".card.toml.{os.getppid()}.part"
    others = [tmp_path / ".notes.part", tmp_path / f"card.{ended.pid}.part", tmp_path / "card.toml"]
    left.parent.mkdir()
    for path in (left, ours, running, *others):
        path.write_bytes(b"")
    remove_parts(tmp_path)
    assert not left.exists()
    assert not ours.exists()
    assert all(path.exists() for path in (running, *others))


def test_the_next_writer_of_a_file_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    """It may hold texts that are not to be kept. What others write beside it stays."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, other = (tmp_path / f".{name}.{ended.pid}.part" for name in ("a[1].jsonl", "b.jsonl"))
    running = tmp_path / f".a[1].jsonl.{os.getppid()}.part"
    for path in (left, other, running):
        path.write_bytes(b"")
    write_whole(tmp_path / "a[1].jsonl", b"x")
    assert {path.name for path in tmp_path.iterdir()} == {"a[1].jsonl", other.name, running.name}


def test_a_killed_process_of_the_same_number_leaves_nothing_behind(tmp_path: Path) -> None:
    """What it had staged is neither taken for ours nor in the way of the next check."""
    staged = tmp_path / f".khabar-staged.{os.getpid()}"
    staged.mkdir()
    (staged / "old.txt").write_bytes(b"never finished")
    replace_files(tmp_path, {"new.txt": b"new"})
    assert [path.name for path in tmp_path.iterdir()] == ["new.txt"]
    staged.mkdir()
    recover(tmp_path)
    assert not unfinished(tmp_path)
