"""A local model as a system: asked a document at a time, its labels mapped to khabar's, its answers kept."""

from __future__ import annotations

import hashlib
import os
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from khabar.formats.label_maps import LabelMap, guess
from khabar.reading.incidents import Incident, InputError
from khabar.records import Annotations, Document
from khabar.records.labels import ENTITY_LABELS, Layer
from khabar.systems.journal import digest
from khabar.systems.protocol import Failure, Options, SlowSystem, validated_annotations
from khabar.text.arabic import token_spans
from khabar.text.passages import lines_of


class LabelledSpan(NamedTuple):
    """A span of a text (half-open, code points) and the model's own label for it."""

    start: int
    end: int
    label: str


class ModelLabels:
    """A model's labels and the label scheme that knows most of them. Raises InputError if none knows any."""

    def __init__(self, labels: Iterable[str]) -> None:
        self._labels = sorted(set(labels))
        self.scheme: LabelMap = guess(self._labels)
        if not any(self.scheme.target(label) for label in self._labels):
            given = ", ".join(self._labels) or "none"
            fix = "give them the names of Wojood, OntoNotes, CoNLL or ANERcorp in the model's configuration (id2label)"
            raise InputError(
                [Incident("label-unknown", f"no label of the model means anything here: {given}", fix=fix)]
            )

    def report(self) -> list[str]:
        """Say which scheme was chosen, what is left out or coarse, and which labels the model can never give."""
        scheme = self.scheme
        lines = [] if scheme.name == "khabar" else [f"its labels are read as those of {scheme.name!r}"]
        for label in self._labels:
            target = scheme.target(label)
            if target is None:
                lines.append(f"label {label!r} is left out: {scheme.why_not(label)}")
            elif label.upper() in scheme.coarse:
                lines.append(f"label {label!r} becomes {target.value}: {scheme.coarse[label.upper()]}")
        targets = [target for label in self._labels if (target := scheme.target(label))]
        said = {target.value for target in targets if target.layer == "entities"}
        if missing := [label for label in ENTITY_LABELS if label not in said]:
            lines.append(f"it can never give {', '.join(missing)}")
        return lines


class LocalModel(SlowSystem):
    """A system that runs a model from a folder on this machine. A document it fails on is an empty answer.

    Raises InputError if there is no such folder, if the library cannot load it, or if no label means anything here.
    """

    library: ClassVar[str]

    def __init__(self, path: str, options: Options) -> None:
        super().__init__(options)
        folder = Path(path).expanduser()
        if not folder.is_dir():
            fix = "name the folder of a model on this machine; nothing is downloaded"
            raise InputError([Incident("file-missing", "there is no such folder", str(folder), fix=fix)])
        os.environ["HF_HUB_OFFLINE"] = "1"  # a model that is not all there must not send for the rest
        try:
            labels = self._load(folder)
        except Exception as error:  # a model's library may fail in any way on what is none of its own
            message = f"{self.library} cannot load it: {_in_words(error)}"
            fix = f"name a folder that {self.library} saved a model of named entities in"
            raise InputError([Incident("file-unreadable", message, str(folder), fix=fix)]) from error
        self._labels = ModelLabels(labels)
        self._made_of = [self.library, version(self.library), *(_contents(folder) if options.journal.path else ())]

    @abstractmethod
    def _load(self, folder: Path) -> Iterable[str]:
        """Load the model and give the labels it may find, without B- and I-."""

    @abstractmethod
    def _find(self, text: str) -> Iterable[LabelledSpan]:
        """Find spans in a text."""

    def annotate(self, documents: Sequence[Document], layers: Sequence[Layer]) -> Iterator[Annotations]:
        """Annotate the documents one after the other."""
        for document in documents:
            question = digest(*self._made_of, document.text)
            annotations = self.options.journal.get(question, Annotations)
            if annotations is None:
                try:
                    rows = self._rows(document.text)
                except Exception as error:  # as above
                    self.failures.append(Failure(document.doc_id, _in_words(error)))
                    yield Annotations(doc_id=document.doc_id)
                    continue
                empty = Annotations(doc_id=document.doc_id)
                annotations = validated_annotations(rows, document, self.incidents) or empty
                self.options.journal.put(question, annotations)
            self.answered = True
            yield annotations

    def report(self) -> list[str]:
        """Say how its labels were read and what they cannot say."""
        return self._labels.report()

    def _rows(self, text: str) -> dict[str, Any]:
        """What the model finds in a text, in the prediction format. Space at the ends of a span is cut off."""
        rows: dict[str, Any] = {"entities": [], "numbers": [], "quotes": []}
        for start, end, label in dict.fromkeys(self._find(text)):
            surface = text[start:end]
            span = {"start": start + len(surface) - len(surface.lstrip()), "end": start + len(surface.rstrip())}
            target = self._labels.scheme.target(label)
            if target is None or not surface.strip():
                continue
            if target.layer == "quotes":
                rows["quotes"].append({"content": [span]})
            elif target.value is not None:
                rows[target.layer].append({**span, "label" if target.layer == "entities" else "kind": target.value})
            else:
                rows[target.layer].append(span)
        return rows


def _in_words(error: Exception) -> str:
    """An exception of a library on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def _contents(folder: Path) -> list[str]:
    """Each file's name and SHA-256."""
    contents = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                name = path.relative_to(folder).as_posix()
                contents.append(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}")
    return contents


def pieces(text: str, most: int) -> Iterator[tuple[int, str]]:
    """Cut a text into lines, and lines of more than `most` tokens between tokens; give each piece with its offset."""
    for start, line in lines_of(text):
        tokens = token_spans(line)
        for first in range(0, len(tokens), most):
            begin, end = tokens[first][0], tokens[min(first + most, len(tokens)) - 1][1]
            yield start + begin, line[begin:end]
