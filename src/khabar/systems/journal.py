"""The journal of a run: what a slow system has answered so far, so that a run that was stopped can go on.

It is a file beside the predictions (`predictions.jsonl.partial`) with one line an answer. Each answer stands under a
digest of all it depends on: the system, what it is made of, and what it was asked. So only a run that would ask the
very same thing takes it up. What failed is not in it and is asked again. When every question has its answer and the
predictions are written, the journal is removed.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from errno import EISDIR
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from khabar.reading.files import is_stream
from khabar.reading.incidents import InputError

ENDING = ".partial"
AnswerT = TypeVar("AnswerT")


class _Line(msgspec.Struct, frozen=True):
    asked: str
    answer: Any


class Journal:
    """Answers by what was asked, in memory and in the file `path` (None: in memory alone).

    `kept` counts the answers taken up from an earlier run.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.kept = 0
        self._answers: dict[str, Any] = {} if path is None else _read(path)
        self._earlier = set(self._answers)

    @classmethod
    def beside(cls, out: Path) -> Journal:
        """The journal of the predictions that will stand at `out`; a stream has none. Raises OSError if they cannot."""
        if is_stream(out):
            return cls()
        if out.is_dir():
            raise IsADirectoryError(EISDIR, "it is a folder", str(out))
        return cls(out.with_name(out.name + ENDING))

    def get(self, question: str, kind: type[AnswerT]) -> AnswerT | None:
        """The answer to a question (a `digest`) as a record of `kind`; None if there is none yet."""
        if question in self._earlier:
            self._earlier.remove(question)
            self.kept += 1
        return msgspec.convert(self._answers[question], kind) if question in self._answers else None

    def put(self, question: str, answer: Any) -> None:
        """Keep an answer, on disk before this returns: a run may be stopped at any moment. Raises InputError."""
        self._answers[question] = msgspec.to_builtins(answer)
        if self.path is None:
            return
        line = msgspec.json.encode(_Line(question, answer)) + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab+") as file:
                if file.tell() and (file.seek(-1, os.SEEK_END), file.read())[1] != b"\n":
                    line = b"\n" + line  # the last line was cut off when the run was stopped
                file.write(line)
        except OSError as error:
            raise InputError.of("file-unwritable", error.strerror or str(error), str(self.path)) from None

    def remove(self) -> None:
        """Remove the file, once all of it stands in the predictions."""
        if self.path is not None:
            with suppress(FileNotFoundError):
                self.path.unlink()


def digest(*parts: Any) -> str:
    """SHA-256, in hexadecimal, of JSON values: the name of a question, or of what a system is made of."""
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


def _read(path: Path) -> dict[str, Any]:
    """Read all whole lines; one that was cut off when a run was stopped counts as never written."""
    answers: dict[str, Any] = {}
    if path.is_file():
        decoder = msgspec.json.Decoder(_Line)
        for line in path.read_bytes().splitlines():
            with suppress(msgspec.DecodeError, RecursionError):
                entry = decoder.decode(line)
                answers[entry.asked] = entry.answer
    return answers
