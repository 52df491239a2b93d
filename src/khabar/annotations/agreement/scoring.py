"""The project's own scorer between two passes: one is the gold, the other what a system said; and the other way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from khabar.corpus.derive import derive
from khabar.corpus.gold import from_tables
from khabar.reading.reference import Reference
from khabar.records import CONFIGS, Document, Registered, Row, Seed
from khabar.scoring.result import Measured, Score
from khabar.scoring.scorer import score
from khabar.systems.checkers import Oracle

Seen = tuple[Measured, Measured]
"""A figure with the first pass as gold, and with the second."""

LEFT_OUT = ("errors.", "ungrounded", "altered", "brier", "average_precision", "false_per", "phenomenon.")
"""Beginnings of figures that say something of systems only."""


def both_ways(
    a: Sequence[Row], b: Sequence[Row], seeds: Sequence[Seed], texts: Mapping[str, str]
) -> dict[str, dict[str, Seen]]:
    """Layer → figure → its value with a as gold and with b as gold. Rows of both are told in one set of names.

    As a system a pass says what it scores, and its hard disputes as records: a side a position, a span a claim.
    """
    names = _registry(a, b)
    ours, theirs = (_reference([*_others(rows), *names], seeds, texts) for rows in (a, b))
    first, second = _scored(ours, theirs), _scored(theirs, ours)
    return {
        layer: {
            name: (figure, second.layers[layer][name])
            for name, figure in figures.items()
            if name in second.layers[layer] and not name.startswith(LEFT_OUT)
        }
        for layer, figures in first.layers.items()
    }


def _scored(gold: Reference, other: Reference) -> Score:
    system = Oracle(other)
    documents = [Document(doc_id=key, story=each.story, text="", sha256="") for key, each in other.documents.items()]
    said = [system(document) for document in documents]
    return score(gold, said, [each for story in other.stories for each in system.disputes(story, documents, said)])


def _reference(rows: Sequence[Row], seeds: Sequence[Seed], texts: Mapping[str, str]) -> Reference:
    """A pass as gold, whatever splits its documents are of. Without tokens: of annotators, seqeval says nothing new."""
    tables = derive(seeds, texts, rows)
    joined = {config: [row for each in tables.values() for row in each[config]] for config in CONFIGS}
    return from_tables(joined | {"tokens": []})


def _registry(a: Sequence[Row], b: Sequence[Row]) -> list[Registered]:
    """One registry for both, a's rows first: a source that has no mention goes by its name there."""
    rows = [row for row in (*b, *a) if isinstance(row, Registered)]
    return list({(row.story, row.entity_id): row for row in rows}.values())


def _others(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if not isinstance(row, Registered)]
