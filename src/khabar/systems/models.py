"""Local models of named entities as systems: `transformers:PATH`, `spacy:PATH` and `gliner:PATH`.

A model is asked a document at a time; its labels are mapped to khabar's, and its answers are kept.
"""

from __future__ import annotations

import hashlib
import os
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from khabar.formats.label_maps import LabelMap, guess
from khabar.reading.incidents import InputError
from khabar.records import Annotations, Document
from khabar.records.labels import EntityLabel, Layer
from khabar.systems.journal import digest
from khabar.systems.protocol import Failure, Options, SlowSystem, validated_annotations
from khabar.text.arabic import token_spans
from khabar.text.spans import lines_of


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
            raise InputError.of("label-unknown", f"no label of the model means anything here: {given}", fix=fix)

    def report(self) -> list[str]:
        """Say which scheme was chosen, what is left out or coarse, and which labels the model can never give."""
        scheme = self.scheme
        lines = [] if scheme.name == "khabar" else [f"its labels are read as those of {scheme.name!r}"]
        for label in self._labels:
            target, lost = scheme.target(label), scheme.lost(label)
            if target is None:
                lines.append(f"label {label!r} is left out: {lost}")
            elif lost:
                lines.append(f"label {label!r} becomes {target.value}: {lost}")
        if missing := scheme.missing(self._labels):
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
            raise InputError.of("file-missing", "there is no such folder", str(folder), fix=fix)
        os.environ["HF_HUB_OFFLINE"] = "1"  # a model that is not all there must not send for the rest
        try:
            labels = self._load(folder)
        except Exception as error:  # a model's library may fail in any way on what is none of its own
            message = f"{self.library} cannot load it: {_in_words(error)}"
            fix = f"name a folder that {self.library} saved a model of named entities in"
            raise InputError.of("file-unreadable", message, str(folder), fix=fix) from error
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


_LONGEST_LINE = 10_000
"""Tokens beyond which a line is cut; shorter ones that are too long for the model are read in overlapping windows."""
_FACTORIES = ("ner", "beam_ner", "spancat", "spancat_singlelabel", "entity_ruler", "span_ruler")
"""Parts of a spaCy pipeline that find entities."""
PROMPTS: Mapping[str, EntityLabel] = {
    "person": "PERS",
    "nationality, religious or political group": "NORP",
    "occupation or title": "OCC",
    "organization": "ORG",
    "country, city or state": "GPE",
    "natural location": "LOC",
    "building or facility": "FAC",
    "event": "EVENT",
    "law or treaty": "LAW",
    "product or weapon": "PRODUCT",
    "language": "LANGUAGE",
    "website": "WEBSITE",
}
"""What a model is asked for → our label: the names of the labels, in words."""


class TokenClassification(LocalModel):
    """A token classifier with its tokenizer, as `save_pretrained` writes them, run a line at a time.

    A word takes the label of its first piece (`first`).
    """

    library = "transformers"

    def _load(self, folder: Path) -> Iterable[str]:
        from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        if not tokenizer.is_fast:
            raise ValueError("its tokenizer gives no offsets (no tokenizer.json)")
        model, missing = _model(AutoModelForTokenClassification, folder)
        if missing:
            raise ValueError(f"it is no token classifier: it has no weights for {', '.join(sorted(missing))}")
        # Some models count two positions for themselves, and some tokenizers do not know what their model can hold.
        longest = getattr(model.config, "max_position_embeddings", 512) - 2
        tokenizer.model_max_length = min(tokenizer.model_max_length, longest)
        self._pipeline = pipeline(
            "token-classification",
            model=model,
            tokenizer=tokenizer,
            aggregation_strategy="first",
            stride=tokenizer.model_max_length // 4,
        )
        names = {str(name) for name in model.config.id2label.values()}
        return {_bare(name) for name in names} - {"O"}

    def _find(self, text: str) -> Iterable[LabelledSpan]:
        for start, line in pieces(text, _LONGEST_LINE):
            for span in self._pipeline(line):
                label = _bare(span["entity_group"])
                yield LabelledSpan(start + int(span["start"]), start + int(span["end"]), label)


class SpacyPipeline(LocalModel):
    """A pipeline as `nlp.to_disk` writes it: its `doc.ents`, and the overlapping spans in any group of `doc.spans`."""

    library = "spacy"

    def _load(self, folder: Path) -> Iterable[str]:
        import spacy

        self._nlp = spacy.load(folder)
        names = [name for name in self._nlp.pipe_names if self._nlp.get_pipe_meta(name).factory in _FACTORIES]
        if not names:
            parts = ", ".join(self._nlp.pipe_names) or "nothing"
            raise ValueError(f"nothing in this pipeline finds entities; it has {parts}")
        return [label for name in names for label in self._nlp.pipe_labels[name]]

    def _find(self, text: str) -> Iterable[LabelledSpan]:
        doc = self._nlp(text)
        for span in (*doc.ents, *(span for group in doc.spans.values() for span in group)):
            yield LabelledSpan(span.start_char, span.end_char, span.label_)


class Gliner(LocalModel):
    """Finds nested spans for labels given in words, of at least the library's usual confidence (0.5)."""

    library = "gliner"

    def _load(self, folder: Path) -> Iterable[str]:
        from gliner import GLiNER

        self._model = GLiNER.from_pretrained(str(folder), local_files_only=True)
        self._model.eval()
        return PROMPTS.values()

    def _find(self, text: str) -> Iterable[LabelledSpan]:
        for start, line in pieces(text, self._model.config.max_len):
            for span in self._model.predict_entities(line, list(PROMPTS), flat_ner=False):
                yield LabelledSpan(start + span["start"], start + span["end"], PROMPTS[span["label"]])


def _model(kind: Any, folder: Path) -> tuple[Any, set[str]]:
    """The model, and the names of weights that were not in the folder and so are random."""
    model, info = kind.from_pretrained(folder, local_files_only=True, output_loading_info=True)
    return model, set(info["missing_keys"])


def _bare(label: str) -> str:
    """A label without the prefix of its position."""
    return label[2:] if label[:2] in ("B-", "I-", "E-", "S-", "L-", "U-") else label
