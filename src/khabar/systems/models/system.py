"""A local model as a system: asked a document at a time, its spans given our labels, its answers kept."""

from __future__ import annotations

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import msgspec

from khabar.reading.incidents import Incident, InputError
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import Layer
from khabar.systems.failures import Failure
from khabar.systems.journal import digest
from khabar.systems.models.naming import Naming
from khabar.systems.received import annotations_of
from khabar.systems.terms import Terms


class Found(NamedTuple):
    """A span of a text (half-open, code points) and the model's own label for it."""

    start: int
    end: int
    label: str


class LocalModel(ABC):
    """A system that runs a model from a folder on this machine. A document it fails on is an empty answer.

    Raises InputError if there is no such folder, if the library cannot load it, or if no label means anything here.
    """

    library: ClassVar[str]

    def __init__(self, path: str, terms: Terms) -> None:
        self.answered = False
        self.failures: list[Failure] = []
        self.incidents: list[Incident] = []
        self._terms = terms
        folder = Path(path).expanduser()
        if not folder.is_dir():
            fix = "name the folder of a model on this machine; nothing is downloaded"
            raise InputError([Incident("file-missing", "there is no such folder", str(folder), fix=fix)])
        os.environ["HF_HUB_OFFLINE"] = "1"  # a model that is not all there must not send for the rest
        try:
            labels = self._load(folder)
        except Exception as error:  # a model's library may fail in any way on what is none of its own
            message = f"{self.library} cannot load it: {_said(error)}"
            fix = f"name a folder that {self.library} saved a model of named entities in"
            raise InputError([Incident("file-unreadable", message, str(folder), fix=fix)]) from error
        self._naming = Naming(labels)
        self._made_of = [self.library, version(self.library), *(_contents(folder) if terms.journal.path else ())]

    @abstractmethod
    def _load(self, folder: Path) -> Iterable[str]:
        """Load the model and give the labels it may find, without B- and I-."""

    @abstractmethod
    def _find(self, text: str) -> Iterable[Found]:
        """Find spans in a text."""

    def annotate(self, documents: Sequence[Document], layers: Sequence[Layer]) -> Iterator[Annotations]:
        """Annotate the documents one after the other."""
        for document in documents:
            asked = digest(*self._made_of, document.text)
            kept = self._terms.journal.get(asked)
            if kept is not None:
                self.answered = True
                yield msgspec.convert(kept, Annotations)
                continue
            try:
                rows = self._rows(document.text)
            except Exception as error:  # as above
                self.failures.append(Failure(document.doc_id, _said(error)))
                yield Annotations(doc_id=document.doc_id)
                continue
            self.answered = True
            said = annotations_of(rows, document, self.incidents) or Annotations(doc_id=document.doc_id)
            self._terms.journal.put(asked, said)
            yield said

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Give none: these models read one document."""
        return []

    def report(self) -> list[str]:
        """Say how its labels were read and what they cannot say."""
        return self._naming.report()

    def _rows(self, text: str) -> dict[str, Any]:
        """What the model says of a text, in the prediction format. Space at the ends of a span is cut off."""
        rows: dict[str, Any] = {"entities": [], "numbers": [], "quotes": []}
        for start, end, label in dict.fromkeys(self._find(text)):
            piece = text[start:end]
            at = {"start": start + len(piece) - len(piece.lstrip()), "end": start + len(piece.rstrip())}
            target = self._naming.scheme.target(label)
            if target is None or not piece.strip():
                continue
            if target.layer == "quotes":
                rows["quotes"].append({"content": [at]})
            elif target.value is not None:
                rows[target.layer].append({**at, "label" if target.layer == "entities" else "kind": target.value})
            else:
                rows[target.layer].append(at)
        return rows


def _said(error: Exception) -> str:
    """An exception of a library on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def _contents(folder: Path) -> list[str]:
    """Each file's name and SHA-256."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                name = path.relative_to(folder).as_posix()
                found.append(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}")
    return found
