"""A sequence tagger trained on khabar's own gold: a CRF over the articles of splits `dev` and `test`.

It is the one system that learns from `test`, and so it is reported on `news` alone, whose stories it has not seen. It
shows what four stories of gold are worth to the next ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, cast

from khabar.corpus.gold import load_gold
from khabar.reading.reference import Reference
from khabar.records import Annotations, Document, PredictedEntity
from khabar.records.labels import EntityLabel
from khabar.text.arabic import fold, token_spans
from khabar.text.grounding import GroundedDocument
from khabar.text.spans import iob2, last_letter, lines_of

LEARNS_FROM = ("dev", "test")
"""The splits whose gold it has seen."""
_PARAMETERS = {"c1": 0.1, "c2": 0.1, "max_iterations": 100, "feature.possible_transitions": True}
"""Usual values for L-BFGS with elastic net; they were not searched for."""
_REACH = 2
"""How many tokens to each side are looked at."""


class _Line(NamedTuple):
    """The tokens of a line: their spans in the text, and their folded forms."""

    spans: list[tuple[int, int]]
    forms: list[str]


class Tagger:
    """Outermost entities by a linear-chain CRF over words, their edges and their neighbours.

    The first tag of an entity says how many code points of its token come before it (the clitics): B-GPE+1.
    """

    def __init__(self, golds: Sequence[Reference] | None = None) -> None:
        self._golds = golds

    def __call__(self, document: Document) -> Annotations:
        """Tag a document. Raises InputError where the articles it learns from were not fetched."""
        import pycrfsuite

        tagger = pycrfsuite.Tagger()
        tagger.open_inmemory(self._model)
        entities = [
            entity
            for line in _lines(document.text)
            for entity in _entities(document.text, line, tagger.tag(_features(line.forms)))
        ]
        return Annotations(doc_id=document.doc_id, entities=tuple(entities))

    @cached_property
    def _model(self) -> bytes:
        """A model of the golds it was given, else of the released ones."""
        from pycrfsuite import Trainer

        golds = [load_gold(None, split)[0] for split in LEARNS_FROM] if self._golds is None else self._golds
        trainer = Trainer(verbose=False)
        trainer.set_params(_PARAMETERS)
        for gold in golds:
            for _, document in sorted(gold.documents.items()):
                for line, tags in _tagged(document):
                    trainer.append(_features(line.forms), tags)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            trainer.train(str(path))
            return path.read_bytes()


def _lines(text: str) -> Iterator[_Line]:
    for start, line in lines_of(text):
        spans = [(start + first, start + last) for first, last in token_spans(line)]
        if spans:
            yield _Line(spans, [fold(text[first:last]) for first, last in spans])


def _tagged(document: GroundedDocument) -> Iterator[tuple[_Line, list[str]]]:
    """The lines of a gold document and their tags."""
    text = document.passage.text or ""
    gold = [(*item.spans[0], item.item.label) for item in document.entities if item.item.scored and item.spans]
    for line in _lines(text):
        anchors = [first + last_letter(text[first:last]) for first, last in line.spans]
        tags = iob2(anchors, gold)
        for token, (first, last) in enumerate(line.spans):
            if tags[token].startswith("B-"):
                inside = [
                    start - first for start, _, label in gold if first < start < last and label == tags[token][2:]
                ]
                tags[token] += f"+{min(inside, default=0)}"
        yield line, tags


def _entities(text: str, line: _Line, tags: list[str]) -> Iterator[PredictedEntity]:
    """The spans that tags mean; an I- that continues nothing is left out."""
    token = 0
    while token < len(tags):
        prefix, _, rest = tags[token].partition("-")
        label, _, clitics = rest.partition("+")
        first, token = token, token + 1
        if prefix != "B":
            continue
        while token < len(tags) and tags[token] == f"I-{label}":
            token += 1
        start, end = line.spans[first][0] + int(clitics), line.spans[token - 1][1]
        if start < end:
            yield PredictedEntity(start=start, end=end, label=cast(EntityLabel, label), entity_id=fold(text[start:end]))


def _features(forms: list[str]) -> list[list[str]]:
    """What is known of each token: its form, its edges, its neighbours, and whether it is first in its line."""
    features = []
    for token, form in enumerate(forms):
        edges = [f"{name}{size}={edge}" for size in (1, 2, 3, 4) for name, edge in _edges(form, size)]
        near = [
            f"{by:+}={forms[token + by] if 0 <= token + by < len(forms) else ''}"
            for by in range(-_REACH, _REACH + 1)
            if by
        ]
        features.append(["bias", f"form={form}", f"length={min(len(form), 8)}", f"first={token == 0}", *edges, *near])
    return features


def _edges(form: str, size: int) -> list[tuple[str, str]]:
    return [("begins", form[:size]), ("ends", form[-size:]), ("after", form[size:])]
