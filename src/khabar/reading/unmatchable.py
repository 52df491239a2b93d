"""Predictions that can match no gold, whatever it says: told of a file if most of their kind in it are such.

One such item is the system's own error. Most of them are a misunderstanding of the format, whose score is near zero
and looks like a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from khabar.reading.incidents import Incidents
from khabar.reading.limits import LONGEST_CITATION
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute, PredictedNumber, PredictedSource, Prediction
from khabar.records.labels import Layer
from khabar.text.arabic import fold
from khabar.text.search import searchable

_FEWEST = 3
"""Such items below which nothing is concluded."""
_MOST_NAMES = 5000
"""Speakers that are looked up by name: those of the first documents, which count as all others do."""

_Key = tuple[str | None, Any]
"""A story, and the key of an entity in it."""

_CAUSES = {
    "kind": ("numbers have no kind, and none of these is right", 'give "kind", such as "count" or "date"'),
    "value": ("numbers have no value, and gold's have one", 'give "low" and "high"'),
    "date": (
        "dates are not resolved, and only gold that resolves none is like them",
        'give "edtf", the date with its year; `edtf_literal` is what the words alone say',
    ),
    "speaker": ("quotes have no speaker, and none of these is right", 'give "speaker", such as {"name": "…"}'),
    "key": (
        "speakers are keys that no entity of their story has, and so are nobody",
        'give the same key as the `entity_id` of an entity, or name the speaker: {"name": "…"}',
    ),
    "name": (
        "speakers' names stand neither in their article nor in the registry, and so are nobody's",
        "write the name as the article has it",
    ),
    "sides": ("disputes have fewer than two sides with spans, and none of these is right", "give each answer a side"),
    "long": (
        f"spans of disputes are longer than {LONGEST_CITATION} code points, and meet no claim",
        "cite the clause that gives the answer",
    ),
}
"""What is wrong, said of a number of them, and the fix."""


@dataclass(slots=True)
class Unmatchable:
    """How many items can match no gold, by the cause, and of how many. Sums of parts."""

    items: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)

    def count(self, cause: str, is_unmatchable: bool) -> None:
        """Count an item that could have this cause."""
        self.of[cause] += 1
        self.items[cause] += is_unmatchable

    def add(self, other: Unmatchable) -> None:
        """Add those of another part."""
        self.items.update(other.items)
        self.of.update(other.of)

    def report(self, incidents: Incidents, file: str | None) -> None:
        """Warn of each cause that most items have which could have it."""
        for cause, (what, fix) in _CAUSES.items():
            if self.items[cause] >= _FEWEST and 2 * self.items[cause] > self.of[cause]:
                message = f"{self.items[cause]:,} of {self.of[cause]:,} {what}"
                incidents.report("prediction-unmatchable", message, file=file, fix=fix)


def count_unmatchable(records: Sequence[Prediction], reference: Reference, layers: Sequence[Layer]) -> Unmatchable:
    """Count the items of some layers that can match no gold, by the cause."""
    tally = Unmatchable()
    if "numbers" in layers:
        for record in records:
            for number in record.numbers if isinstance(record, Annotations) else ():
                _count_number(number, tally)
    if "quotes" in layers:
        _count_speakers([record for record in records if isinstance(record, Annotations)], reference, tally)
    if "conflicts" in layers:
        for record in records:
            if isinstance(record, Dispute):
                _count_dispute(record, tally)
    return tally


def _count_number(number: PredictedNumber, tally: Unmatchable) -> None:
    tally.count("kind", number.kind is None)
    if number.kind == "date":
        tally.count("date", number.edtf is None)
    elif number.kind not in (None, "ident"):
        tally.count("value", number.low is None and number.high is None)


def _count_dispute(dispute: Dispute, tally: Unmatchable) -> None:
    tally.count("sides", sum(bool(side.spans) for side in dispute.sides) < 2)
    for side in dispute.sides:
        for span in side.spans:
            tally.of["long"] += 1
            length = len(span.text or "") if span.start is None or span.end is None else span.end - span.start
            tally.items["long"] += length > LONGEST_CITATION


def _count_speakers(documents: Sequence[Annotations], reference: Reference, tally: Unmatchable) -> None:
    quotes = [(record.doc_id, quote) for record in documents for quote in record.quotes]
    if not quotes:
        return
    stories = {record.doc_id: record.story for record in reference.annotations}
    # A speaker that gold mentions nowhere is known by its key alone.
    unmentioned = _speakers(reference.annotations, stories) - _mentioned(reference.annotations, stories)
    keys = _mentioned(documents, stories) | unmentioned
    names: list[tuple[str, str]] = []
    for doc_id, quote in quotes:
        tally.count("speaker", quote.speaker is None)
        match quote.speaker:
            case str(key) | PredictedSource(wikidata=None, start=None, text=None, name=None, entity_id=str(key)):
                # A key that stands in the article is a name, which has a warning of its own.
                tally.count("key", (stories.get(doc_id), key) not in keys and not _stands(key, doc_id, reference))
            case PredictedSource(wikidata=None, is_span=False) as source:
                names.append((doc_id, source.name or source.text or ""))
    for is_known in islice(_are_known(names, reference), _MOST_NAMES):
        tally.count("name", not is_known)


def _mentioned(documents: Iterable[Annotations], stories: Mapping[str, str | None]) -> set[_Key]:
    """Story and key of the entities and of the speakers that are mentioned."""
    keys = {(stories.get(record.doc_id), entity.entity_id) for record in documents for entity in record.entities}
    return keys | _speakers(documents, stories, are_mentioned=True)


def _speakers(
    documents: Iterable[Annotations], stories: Mapping[str, str | None], *, are_mentioned: bool = False
) -> set[_Key]:
    """Story and key of the speakers; or only of those whose mention is given."""
    return {
        (stories.get(record.doc_id), getattr(quote.speaker, "entity_id", quote.speaker))
        for record in documents
        for quote in record.quotes
        if quote.speaker_mention is not None or not are_mentioned
    }


def _are_known(names: Sequence[tuple[str, str]], reference: Reference) -> Iterator[bool]:
    """Whether each name stands in its article, or in the registry of its story. Articles without text are left out."""
    registry = {(row.story, fold(alias)) for row in reference.registry for alias in (row.name, *row.aliases)}
    for doc_id, name in names:
        document = reference.documents.get(doc_id)
        if document is not None and document.passage.text is not None:
            yield (document.story, fold(name).strip()) in registry or _stands(name, doc_id, reference)


def _stands(name: str, doc_id: str, reference: Reference) -> bool:
    text = reference.texts.get(doc_id)
    return text is not None and bool(searchable(text).matches(name))
