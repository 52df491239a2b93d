"""The context of a conversion: what it may look at, what was chosen, what went wrong and what is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from khabar.reading.incidents import Incidents
from khabar.reading.sources import check_file
from khabar.records import Document

LARGEST_FILE = 1 << 28
"""Bytes beyond which a file of another format is refused, unpacked where it is packed."""

Repair = Literal["none", "conlleval", "discard"]
"""What is done with an `I-X` that continues nothing.

`none` refuses it; `conlleval` lets it begin a span, as the CoNLL-2000 evaluation script reads it; `discard` takes it
for `O`, and with it what would continue it.
"""

REPAIRS: tuple[Repair, ...] = ("none", "conlleval", "discard")

UTF16 = "utf16"
"""The repair that reads offsets as UTF-16 units."""


@dataclass(slots=True)
class Conversion:
    """A conversion under way.

    `texts` are the corpus' documents by id; `labels` names a label scheme (None: guessed); `repair` what may be
    mended; `columns` the tag columns of CoNLL files, from 1 (None: found). `incidents` and `lost` fill as it goes.
    """

    texts: Mapping[str, Document]
    labels: str | None = None
    repair: Repair = "none"
    utf16: bool = False
    columns: tuple[int, ...] | None = None
    split: str = "test"
    incidents: Incidents = field(default_factory=Incidents)
    lost: Counter[str] = field(default_factory=Counter)

    def lose(self, what: str, times: int = 1) -> None:
        """Note that something could not be carried over, so that it can be said how often."""
        if times:
            self.lost[what] += times

    def text_of(self, doc_id: str, own: str | None) -> str | None:
        """The text that offsets of a document count in: its own, or the corpus'."""
        if own is not None:
            return own
        return self.texts[doc_id].text if doc_id in self.texts else None

    def report_unknown(self, doc_id: str, /, **place: Any) -> None:
        """Report that the corpus has no such document."""
        fix = "name a document of the corpus, or choose the corpus with --gold"
        self.incidents.report("document-unknown", f"no document {doc_id!r} in the corpus", fix=fix, **place)

    def bytes_of_file(self, path: Path) -> bytes | None:
        """Read a file whole, or report why not."""
        problems = check_file(path)
        if problems:
            self.incidents.extend(problems)
            return None
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            fix = "split it, and convert the parts"
            self.incidents.report("file-too-large", f"over {LARGEST_FILE} bytes", file=path, fix=fix)
            return None
        return data

    def text_of_file(self, path: Path, *, may_be_empty: bool = False, as_it_is: bool = False) -> str | None:
        """Read a UTF-8 file whole (line ends stay; a byte order mark only `as_it_is`), or report why not."""
        data = self.bytes_of_file(path)
        if data is None:
            return None
        try:
            text = data.decode("utf-8" if as_it_is else "utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            message = f"byte {error.start + 1} is not UTF-8"
            self.incidents.report("file-not-text", message, file=path, line=line)
            return None
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            self.incidents.report("file-not-text", "this is binary data", file=path, line=line)
            return None
        if not text.strip() and not may_be_empty:
            self.incidents.report("file-empty", "there is nothing in it", file=path, fix="export it again")
            return None
        return text
