"""A conversion under way: what it may look at, what was chosen, what went wrong and what is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from khabar.formats.iob import Repair
from khabar.reading.incidents import Incident
from khabar.records import Document

LARGEST_FILE = 1 << 28
"""Bytes beyond which a file of another format is refused, unpacked where it is packed."""

UTF16 = "utf16"
"""The repair that reads offsets as UTF-16 units."""


@dataclass(slots=True)
class Conversion:
    """`texts` are the corpus' documents by id; `labels` names a label scheme (None: guessed); `repair` what may be
    mended; `columns` the tag columns of CoNLL files, from 1 (None: found). `incidents` and `lost` fill as it goes."""

    texts: Mapping[str, Document]
    labels: str | None = None
    repair: Repair = "none"
    utf16: bool = False
    columns: tuple[int, ...] | None = None
    split: str = "test"
    incidents: list[Incident] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)

    def report(
        self,
        incident: str,
        message: str,
        file: Path | str | None = None,
        line: int | None = None,
        doc_id: str | None = None,
        offset: int | None = None,
        fix: str | None = None,
    ) -> None:
        """Add an incident."""
        name = None if file is None else str(file)
        self.incidents.append(Incident(incident, message, name, line, doc_id, offset, fix))

    def lose(self, what: str, times: int = 1) -> None:
        """Note that something could not be carried over, so that it can be said how often."""
        if times:
            self.lost[what] += times

    def text_of(self, doc_id: str, own: str | None) -> str | None:
        """The text that offsets of a document count in: its own, or the corpus'."""
        if own is not None:
            return own
        return self.texts[doc_id].text if doc_id in self.texts else None
