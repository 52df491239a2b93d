"""Entities: exact span and label, nested included; the SemEval-2013 schemes, and IOB2 tags as seqeval scores them.

`Entities.judge` judges one document. `Entities.tally` counts all documents at once, as arrays
(`khabar.scoring.layers.entity_columns`); a property test holds it equal to what the verdicts add up to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from khabar.reading.reference import Reference
from khabar.records import PredictedEntity, TokenRow
from khabar.records.errors import EntityCause
from khabar.records.labels import ENTITY_LABELS
from khabar.scoring.assignment import Pair, lexicographic
from khabar.scoring.bootstrap import Resampled, Undefined
from khabar.scoring.cases import Cases, DocumentCase
from khabar.scoring.counts import (
    Metric,
    SamplingFrame,
    macro_f1,
    of_phenomena,
    prf,
    ratio,
    semeval,
)
from khabar.scoring.layers.entity_columns import SCHEMES, count_columns, outcome_of, weight_of
from khabar.scoring.layers.judge import DocumentJudge
from khabar.scoring.result import Measured
from khabar.scoring.tally import LayerTally, Units
from khabar.scoring.verdicts import (
    Count,
    DocumentVerdict,
    Fault,
    Pairing,
    headline,
    outcomes,
    pair,
)
from khabar.text.grounding import GroundedMention
from khabar.text.search import is_clitic_before
from khabar.text.spans import Passage, iob2, last_letter, overlapping, overlaps, permille

if TYPE_CHECKING:
    from khabar.reading.mentions import Integers
    from khabar.scoring.bootstrap import Times
    from khabar.scoring.counts import Array


IDENTITY = (
    *(f"identity.{metric}.f1" for metric in ("lea", "b_cubed", "ceaf_e", "muc", "conll")),
    "identity.variants.recall",
)
"""The figures of coreference, undefined where there are no clusters to compare."""


@dataclass(frozen=True)
class EntityVerdict(DocumentVerdict[PredictedEntity]):
    """A document's mentions."""

    with_texts: bool

    @cached_property
    def pairings(self) -> dict[str, Pairing]:
        """Of the headline, each SemEval scheme and clitic-tolerant F1."""
        pairings = {"exact": self.headline}
        for scheme in SCHEMES:
            edges = ((row, guess, weight_of(self._outcome(scheme, row, guess))) for row, guess in self._overlapping)
            pairings[f"semeval.{scheme}"] = self._paired_in_text_order(edges)
        if self.with_texts:
            pairings["clitic"] = self.pair(self._clitic_edges())
        return pairings

    def counts(self) -> Iterator[Count]:
        """Yield the counts of all figures."""
        for column, side, index, amount in outcomes("exact", self.headline):
            yield Count(column, side, index, amount)
            label = (self.gold if side == "gold" else self.predicted)[index].item.label
            yield Count(column.replace("exact", f"label.{label}"), side, index, amount)
        yield from self.phenomena()
        for scheme in SCHEMES:
            pairing = self.pairings[f"semeval.{scheme}"]
            for row, guess in pairing.pairs:
                yield Count(f"semeval.{scheme}.{self._outcome(scheme, row, guess)}", "gold", row)
            yield from (Count(f"semeval.{scheme}.mis", "gold", row) for row in pairing.missed)
            yield from (Count(f"semeval.{scheme}.spu", "predicted", guess) for guess in pairing.false)
        if self.with_texts:
            yield from outcomes("clitic", self.pairings["clitic"])

    def _paired_in_text_order(self, edges: Iterable[Pair]) -> Pairing:
        """Pair by place and label, so that of equal assignments the one is taken that arrays of mentions would take."""
        gold, predicted = self._text_orders
        pairing = pair(
            sorted(gold.position[row] for row in self.headline.rows),
            sorted(predicted.position[guess] for guess in self.judged),
            [(gold.position[row], predicted.position[guess], weight) for row, guess, weight in edges],
        )
        return Pairing(
            tuple(sorted((gold.indices[row], predicted.indices[guess]) for row, guess in pairing.pairs)),
            tuple(sorted(gold.indices[row] for row in pairing.missed)),
            tuple(sorted(predicted.indices[guess] for guess in pairing.false)),
        )

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """Name each error. A missed and a false mention are one if they overlap and share their span or their label."""
        row_of = {_key(self.gold[row]): row for row, _ in self.headline.pairs}
        keys = [_key(item) if item.spans else None for item in self.predicted]
        repeated = [guess for guess in self.headline.false if keys[guess] in row_of]
        spurious = [guess for guess in self.headline.false if guess not in set(repeated)]
        errors = pair(self.headline.missed, spurious, self._likeness())
        inner = nested([_extent(row) for row in self.gold])
        return (
            *(Fault("wrong", self._cause(row, guess), row, guess) for row, guess in errors.pairs),
            *(Fault("missed", "nested_missed" if row in inner else "missed", row, None) for row in errors.missed),
            *(Fault("false", "spurious", None, guess) for guess in errors.false),
            *(Fault("false", "duplicate", row_of[_key(self.predicted[guess])], guess) for guess in repeated),
        )

    @cached_property
    def _text_orders(self) -> tuple[TextOrder, TextOrder]:
        """The orders of gold and of the predictions, which all schemes share."""
        return TextOrder.of(self.gold), TextOrder.of(self.predicted)

    @cached_property
    def _overlapping(self) -> list[tuple[int, int]]:
        """Pairs of a scored row and a prediction that overlap."""
        scored = self.headline.rows
        rows = [self.gold[index].spans or () for index in scored]
        pairs = overlapping(rows, [item.spans or () for item in self.predicted])
        return sorted((scored[place], guess) for place, guess in pairs)

    def _outcome(self, scheme: str, row: int, guess: int) -> str:
        x, y = self.gold[row], self.predicted[guess]
        return outcome_of(scheme, x.spans == y.spans, x.item.label == y.item.label)

    def _clitic_edges(self) -> Iterator[Pair]:
        """Pair mentions of equal label and end whose starts differ by proclitics at most, equal starts first."""
        for row, guess in self._overlapping:
            (start, end), (guessed, guessed_end) = _extent(self.gold[row]), _extent(self.predicted[guess])
            alike = end == guessed_end and self.gold[row].item.label == self.predicted[guess].item.label
            if alike and (start == guessed or self._is_clitic(start, guessed)):
                yield row, guess, lexicographic(1, start == guessed)

    def _is_clitic(self, start: int, other: int) -> bool:
        """Tell whether nothing but proclitics lies between two starts."""
        text = self.passage.text
        return text is not None and is_clitic_before(text, min(start, other), max(start, other))

    def _cause(self, row: int, guess: int) -> EntityCause:
        """Say why a mention that overlaps a missed row is not it."""
        (start, end), (guessed, guessed_end) = _extent(self.gold[row]), _extent(self.predicted[guess])
        if (start, end) == (guessed, guessed_end):
            return "label"
        return "clitic" if end == guessed_end and self._is_clitic(start, guessed) else "boundary"

    def _likeness(self) -> Iterator[Pair]:
        """Weigh overlapping pairs that share span or label: the same span first, then the letters they share."""
        rows, items = ([each.spans or () for each in side] for side in (self.gold, self.predicted))
        for row, guess, shared, union in overlaps(self.passage, rows, items):
            if rows[row] == items[guess] or self.gold[row].item.label == self.predicted[guess].item.label:
                yield row, guess, lexicographic(int(rows[row] == items[guess]), permille((shared, union)))


class Entities(DocumentJudge[EntityVerdict]):
    """The layer of names."""

    layer = "entities"

    def __init__(self, corpus: Cases) -> None:
        super().__init__(corpus.with_scored_labels())

    def metrics(self) -> list[Metric]:
        """Name the figures."""
        metrics = [*prf("", "exact")]
        by_label = [f"label.{label}.{outcome}" for label in ENTITY_LABELS for outcome in ("tp", "fp", "fn")]
        metrics.append(Metric("macro_f1", macro_f1, tuple(by_label)))
        for label in ENTITY_LABELS:
            metrics.extend(prf(f"label.{label}", f"label.{label}"))
        for scheme in SCHEMES:
            metrics.extend(semeval(f"semeval.{scheme}"))
        if self.corpus.facts.with_texts:
            metrics.extend(prf("clitic_tolerant", "clitic"))
        return metrics + of_phenomena(self.corpus.tags(self.layer))

    def judge(self, case: DocumentCase) -> EntityVerdict:
        """Pair the mentions of a document that have the same span and label."""
        rows, items = case.gold.entities, case.predicted.entities
        scored = [index for index, row in enumerate(rows) if row.item.scored]
        by_key: dict[object, list[int]] = defaultdict(list)
        for index in scored:
            if rows[index].spans:
                by_key[_key(rows[index])].append(index)
        right = [(row, guess, 1) for guess, item in enumerate(items) for row in by_key.get(_key(item), ())]
        paired = headline(scored, right, _aside(case.gold.passage, rows, items))
        return EntityVerdict(case, rows, items, paired, self.corpus.facts.with_texts)

    def tally(self, units: Units) -> LayerTally:
        """Count the layer, all documents at once."""
        table, set_aside, ungrounded = count_columns(self.corpus, units)
        return LayerTally(self.metrics(), table, self.resampled(units), self.stream, set_aside, ungrounded)

    def resampled(self, units: Units) -> list[Resampled]:
        """Give coreference, which crosses the documents of a story, and F1 over tags as seqeval reads them."""
        reference = self.corpus.reference
        figures: list[Resampled] = []
        mentions = _taking_part(self.corpus) if self.corpus.facts.with_clusters or reference.tokens else {}
        if self.corpus.facts.with_clusters:
            from khabar.scoring.coreference import coreference

            figures.append(coreference(reference, mentions))
        else:
            figures.append(Undefined(IDENTITY))
        if reference.tokens:
            # A token may have been of a label that is left out.
            tokens = reference.tokens if self.corpus.labels is None else ()
            figures.append(flat_tags(reference, tokens, mentions, units))
        return figures


def _key(mention: GroundedMention) -> tuple[object, str]:
    return mention.spans, mention.item.label


class TextOrder(NamedTuple):
    """Mentions in the order of the text, then of labels."""

    indices: list[int]
    """The index of the mention at each position."""
    position: dict[int, int]
    """The position of each index."""

    @classmethod
    def of(cls, mentions: Sequence[GroundedMention]) -> TextOrder:
        """Sort mentions."""
        rank = {label: number for number, label in enumerate(ENTITY_LABELS)}
        indices = sorted(range(len(mentions)), key=lambda i: (_extent(mentions[i]), rank[mentions[i].item.label], i))
        return cls(indices, {index: position for position, index in enumerate(indices)})


def _extent(mention: GroundedMention) -> tuple[int, int]:
    return (mention.spans[0][0], mention.spans[-1][1]) if mention.spans else (-1, -1)


def _aside(passage: Passage, rows: Sequence[GroundedMention], items: Sequence[GroundedMention]) -> list[bool]:
    """Say of each prediction whether it is set aside without a partner: boilerplate, or a don't-care row's span."""
    scored = {row.spans for row in rows if row.item.scored}
    ignored = {row.spans for row in rows if not row.item.scored} - scored
    return [bool(i.spans) and (i.spans in ignored or passage.in_boilerplate(i.spans or ())) for i in items]


def _taking_part(cases: Cases) -> dict[str, list[GroundedMention]]:
    """Give the grounded mentions of each document that the headline does not set aside."""
    taking_part: dict[str, list[GroundedMention]] = {}
    for doc_id, gold in cases.reference.documents.items():
        items = cases.predictions[doc_id].entities
        right = {_key(row) for row in gold.entities if row.item.scored}
        aside = _aside(gold.passage, gold.entities, items)
        taking_part[doc_id] = [
            item for item, out in zip(items, aside, strict=True) if item.spans and (not out or _key(item) in right)
        ]
    return taking_part


def nested(extents: Sequence[tuple[int, int]]) -> set[int]:
    """Find the extents that lie inside a longer one, by index."""
    inner: set[int] = set()
    reach = (-1, -1)  # of those met so far, the one that ends last, and of these the longest
    for index in sorted(range(len(extents)), key=lambda index: (extents[index][0], -extents[index][1])):
        start, end = extents[index]
        if end <= reach[1] and (start, end) != reach:
            inner.add(index)
        elif end > reach[1]:
            reach = start, end
    return inner


_F1 = "seqeval.strict_iob2.f1"
Tags = list[list[str]]
"""The tags of each paragraph."""


@dataclass(frozen=True, slots=True)
class FlatTags:
    """The entities that seqeval reads (strict mode, scheme IOB2) in the tags of each paragraph, counted.

    Its scorer would load scikit-learn, which takes longer than all else in a run of `khabar score`.
    """

    units: SamplingFrame
    unit_of: Integers
    """The index of the unit of each paragraph."""
    right: Sequence[int]
    gold: Sequence[int]
    predicted: Sequence[int]
    is_tagged: bool
    """Whether anything has a tag other than O."""

    @classmethod
    def of(cls, units: SamplingFrame, unit_of: Integers, gold: Tags, predicted: Tags) -> FlatTags:
        """Read tags."""
        from seqeval.scheme import IOB2, Entities

        entities = [[set(paragraph) for paragraph in Entities(tags, IOB2).entities] for tags in (gold, predicted)]
        right = [len(set.intersection(*paragraphs)) for paragraphs in zip(*entities, strict=True)]
        in_gold, in_predicted = ([len(paragraph) for paragraph in paragraphs] for paragraphs in entities)
        is_tagged = any(tag != "O" for tags in chain(gold, predicted) for tag in tags)
        return cls(units, unit_of, right, in_gold, in_predicted, is_tagged)

    @property
    def frame(self) -> SamplingFrame | None:
        """The units of the layer, if anything is tagged."""
        return self.units if self.is_tagged else None

    def values(self) -> dict[str, Measured]:
        """Give F1 as seqeval computes it, to the last bit; undefined where nobody tags anything."""
        right, gold, predicted = sum(self.right), sum(self.gold), sum(self.predicted)
        precision, recall = right / max(predicted, 1), right / max(gold, 1)
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
        return {_F1: Measured(f1 if self.is_tagged else None, None, {})}

    def resample(self, times: Times) -> dict[str, Array]:
        """Give the same F1 on draws of units (draws × units)."""
        import numpy as np

        of_paragraphs = times[:, self.unit_of]
        right, gold, predicted = (np.array(each, float) for each in (self.right, self.gold, self.predicted))
        return {_F1: ratio(2 * (of_paragraphs @ right), of_paragraphs @ (gold + predicted))}


def flat_tags(
    reference: Reference, rows: Sequence[TokenRow], mentions: Mapping[str, Sequence[GroundedMention]], units: Units
) -> FlatTags:
    """Project `mentions`, those of each document that take part, to tags as gold's (`rows`) were made.

    Don't-care rows are never missed: where a document has any, gold's tags are derived again without them.
    """
    import numpy as np

    scored = {
        doc_id: [row for row in document.entities if row.item.scored]
        for doc_id, document in reference.documents.items()
        if not all(row.item.scored for row in document.entities)
    }
    gold = [_tags(row, scored[row.doc_id]) if row.doc_id in scored else list(row.tags) for row in rows]
    ours = [_tags(row, mentions[row.doc_id]) for row in rows]
    first = [(reference.documents[row.doc_id].passage, min(row.starts, default=0)) for row in rows]
    indices = np.array([units.frame.index[units.of_offset(*each)] for each in first], np.int64)
    return FlatTags.of(units.frame, indices, gold, ours)


def _tags(row: TokenRow, mentions: Sequence[GroundedMention]) -> list[str]:
    anchors = [start + last_letter(token) for start, token in zip(row.starts, row.tokens, strict=True)]
    return iob2(anchors, [(*mention.spans[0], mention.item.label) for mention in mentions if mention.spans])
