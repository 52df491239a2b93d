"""Quotes: who said what. Content at letter IoU ≥ 0.5 and the right speaker entity, in one reading."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from khabar.records import PredictedQuote, PredictedSource
from khabar.records.errors import QuoteCause
from khabar.scoring.assignment import Pair, lexicographic
from khabar.scoring.bootstrap import Resampled, StorySums
from khabar.scoring.cases import DocumentCase
from khabar.scoring.counts import Metric, credit_f1, f1, of_phenomena, prf, ratio
from khabar.scoring.layers.judge import DocumentJudge
from khabar.scoring.result import Measured
from khabar.scoring.speakers import Speakers
from khabar.scoring.tally import Units
from khabar.scoring.verdicts import (
    Count,
    DocumentVerdict,
    Fault,
    Pairing,
    headline,
    outcomes,
    pair,
)
from khabar.text.grounding import Grounded, GroundedDocument, offsets_of
from khabar.text.spans import Iou, Passage, Spans, at_least_half, best_covered, overlaps, permille

if TYPE_CHECKING:
    from khabar.scoring.counts import Array

Quotation = Grounded[PredictedQuote]
Utterance = tuple[str | None, str | None]
"""Gold's utterance of a content and the system's; None for none."""
Ious = dict[tuple[int, int], Iou]
"""(row, prediction) → IoU of their contents, of the reading that fits best."""

DETECTION = {"detection_50": (1, 2), "detection_80": (4, 5), "detection_exact": (1, 1)}
"""Detection figures and the IoU each asks of the content, whoever speaks."""

_CREDIT_STEPS = 1_000_000


@dataclass(frozen=True, slots=True)
class GoldReading:
    """A whole reading of a gold row: what is said, and by whom."""

    content: Spans
    speaker: str | None


@dataclass(frozen=True)
class QuoteVerdict(DocumentVerdict[PredictedQuote]):
    """A document's quotes."""

    right: set[tuple[int, int]]
    """Pairs with the right content and speaker."""
    ious: Ious
    speakers: Sequence[str | None]
    """Of each prediction the gold entity that its speaker resolves to."""
    resolver: Speakers

    @cached_property
    def pairings(self) -> dict[str, Pairing]:
        """Of the headline, each detection figure, soft F1 and cues."""
        edges = {
            # Among equally many pairs, prefer those whose speaker is right too.
            name: [
                (*pair, (1 << 20) + (pair in self.right))
                for pair, (shared, union) in self.ious.items()
                if shared and bottom * shared >= top * union
            ]
            for name, (top, bottom) in DETECTION.items()
        }
        edges["soft"] = [
            (*both, lexicographic(shared * _CREDIT_STEPS // union, 1)) for both, (shared, union) in self.ious.items()
        ]
        pairings = {name: self.pair(eligible) for name, eligible in edges.items()}
        return {"said": self.headline, **pairings, "cue": self._cues()}

    def counts(self) -> Iterator[Count]:
        """Yield the counts of all figures."""
        yield from outcomes("said", self.headline)
        yield from self.phenomena()
        for name in (*DETECTION, "cue"):
            yield from outcomes(name, self.pairings[name])
        yield from self._soft_counts()
        for row, guess in self.pairings["detection_50"].pairs:
            yield from self._attribute_counts(row, guess)
        for guess in self.judged:
            item = self.predicted[guess]
            yield Count("quotes.predicted", "predicted", guess)
            yield Count("quotes.ungrounded", "predicted", guess, int(item.spans is None))
            yield Count("quotes.altered", "predicted", guess, int(item.altered))

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """Name each error. A missed and a false quote are one error if their contents share a letter."""
        likeness = ((*pair, lexicographic(int(at_least_half(iou)), permille(iou))) for pair, iou in self.ious.items())
        errors = pair(self.headline.missed, self.headline.false, likeness)
        spurious: dict[bool, QuoteCause] = {True: "spurious", False: "ungrounded"}
        return (
            *(Fault("wrong", self._cause(row, guess), row, guess) for row, guess in errors.pairs),
            *(Fault("missed", "missed", row, None) for row in errors.missed),
            *(Fault("false", spurious[self.predicted[guess].spans is not None], None, guess) for guess in errors.false),
        )

    @property
    def utterances(self) -> list[Utterance]:
        """The utterances of the contents found, of which those of the story are made."""
        found = self.pairings["detection_50"].pairs
        return [(self.gold[row].item.utterance, self.predicted[guess].item.utterance) for row, guess in found]

    def _cues(self) -> Pairing:
        """Pair equal cues, over rows and predictions that give any."""
        rows: dict[Spans, list[int]] = defaultdict(list)
        for index in self.headline.rows:
            if spans := offsets_of(self.gold[index].item.cue):
                rows[spans].append(index)
        cues = [offsets_of(item.item.cue) for item in self.predicted]
        equal = ((row, guess, 1) for guess, spans in enumerate(cues) for row in rows.get(spans, ()))
        return self.pair(equal, lambda quote: bool(offsets_of(quote.cue)))

    def _soft_counts(self) -> Iterator[Count]:
        """Credit each content by its IoU."""
        pairing = self.pairings["soft"]
        for row, guess in pairing.pairs:
            shared, union = self.ious[row, guess]
            yield Count("soft.credit", "gold", row, shared / union)
            yield Count("soft.predicted", "gold", row)
        yield from (Count("soft.predicted", "predicted", guess) for guess in pairing.false)
        yield from (Count("soft.gold", "gold", row) for row in pairing.rows)

    def _attribute_counts(self, row: int, guess: int) -> Iterator[Count]:
        """Count speaker, type and chain of a content that was found."""
        gold, item = self.gold[row], self.predicted[guess]
        group = "speaker.implicit" if gold.item.speaker_mention is None else "speaker.explicit"
        for name in ("speaker", group):
            yield Count(f"{name}.all", "gold", row)
            yield Count(f"{name}.right", "gold", row, int((row, guess) in self.right))
        ours, theirs = _type(gold, self.passage), _type(item, self.passage)
        if ours is not None and theirs is not None:
            yield Count("type.all", "gold", row)
            yield Count("type.right", "gold", row, int(ours == theirs))
        chain = _chain(gold, self.case.gold, self.resolver.gold)
        guessed = _chain(item, self.case.gold, self.resolver.predicted)
        yield Count("chain.tp", "gold", row, len(chain & guessed))
        yield Count("chain.fn", "gold", row, len(chain - guessed))
        yield Count("chain.fp", "gold", row, len(guessed - chain))

    def _cause(self, row: int, guess: int) -> QuoteCause:
        """Say why a quote that overlaps a missed row is not it: its content, else whom it takes for the speaker."""
        if not at_least_half(self.ious[row, guess]):
            return "boundary"
        quote, speaker = self.gold[row].item, self.speakers[guess]
        chain = [self.resolver.gold(self.case.gold, source) for source in quote.source_chain or ()]
        if speaker is not None and speaker in chain[:-1] and speaker != chain[-1]:
            return "relay_taken_as_speaker"
        return "wrong_implicit_speaker" if quote.speaker_mention is None else "wrong_speaker"


class Quotes(DocumentJudge[QuoteVerdict]):
    """The layer of attributions."""

    layer = "quotes"

    def metrics(self) -> list[Metric]:
        """Name the figures."""
        metrics = [*prf("", "said")]
        for name in DETECTION:
            metrics.extend(prf(name, name))
        metrics.append(Metric("soft.f1", credit_f1, ("soft.credit", "soft.predicted", "soft.gold")))
        for group in ("", ".explicit", ".implicit"):
            metrics.append(Metric(f"speaker{group}.accuracy", ratio, (f"speaker{group}.right", f"speaker{group}.all")))
        metrics.extend(prf("cue", "cue"))
        metrics.append(Metric("type.accuracy", ratio, ("type.right", "type.all")))
        metrics.append(Metric("chain.edge_f1", f1, ("chain.tp", "chain.fp", "chain.fn")))
        metrics.append(Metric("ungrounded_rate", ratio, ("quotes.ungrounded", "quotes.predicted")))
        if self.corpus.facts.with_texts:
            metrics.append(Metric("altered_verbatim_rate", ratio, ("quotes.altered", "quotes.predicted")))
        return metrics + of_phenomena(self.corpus.tags(self.layer))

    def judge(self, case: DocumentCase) -> QuoteVerdict:
        """Pair the quotes of a document whose content and speaker fit in one reading."""
        gold, resolver = case.gold, self.corpus.speakers
        rows, items = gold.quotes, case.predicted.quotes
        scored = [index for index, row in enumerate(rows) if row.item.scored]
        readings = [self._readings(row, gold) for row in rows]
        speakers = [resolver.predicted(gold, item.item.speaker) for item in items]
        right: set[Pair] = set()
        ious: Ious = {}
        of_rows = [(row, reading) for row in scored for reading in readings[row]]
        contents = [reading.content for _, reading in of_rows]
        pairs = overlaps(gold.passage, contents, [item.spans or () for item in items])
        for index, guess, shared, union in sorted(pairs):
            if not shared:
                continue
            (row, reading), iou = of_rows[index], (shared, union)
            if at_least_half(iou) and reading.speaker == speakers[guess]:
                right.add((row, guess, 1))
            best = ious.get((row, guess))
            if best is None or iou[0] * best[1] > best[0] * iou[1]:
                ious[row, guess] = iou
        aside = _aside(gold.passage, rows, [[reading.content for reading in each] for each in readings], items)
        paired = headline(scored, sorted(right), aside)
        return QuoteVerdict(case, rows, items, paired, {pair[:2] for pair in right}, ious, speakers, resolver)

    def resampled(self, units: Units) -> list[Resampled]:
        """Give the figure of utterances, which cross the documents of a story."""
        contents: dict[str, list[Utterance]] = defaultdict(list)
        for verdict in self.verdicts:
            contents[verdict.case.story] += verdict.utterances
        stories = {record.story or "" for record in self.corpus.reference.annotations}
        return [Utterances.of({story: pairs_of(items) for story, items in contents.items()}, stories, 3)]

    def _readings(self, row: Quotation, document: GroundedDocument) -> list[GoldReading]:
        """The row's own reading, then its alternatives, each whole."""
        resolver = self.corpus.speakers
        speaker = resolver.gold(document, row.item.speaker)
        readings = [GoldReading(row.spans or (), speaker)]
        for other in row.item.alternatives or ():
            content = (row.spans or ()) if other.content is None else offsets_of(other.content)
            by = speaker if other.speaker is None else resolver.gold(document, other.speaker)
            readings.append(GoldReading(content, by))
        return readings


def _aside(
    passage: Passage, rows: Sequence[Quotation], contents: list[list[Spans]], items: Sequence[Quotation]
) -> list[bool]:
    """Say of each prediction whether it is set aside without a partner: boilerplate, or what a don't-care row says."""
    covered = best_covered(passage, contents, [item.spans for item in items], [int(row.item.scored) for row in rows])
    return [
        passage.in_boilerplate(item.spans or ())
        or (best is not None and not rows[best[0]].item.scored and at_least_half(best[1]))
        for item, best in zip(items, covered, strict=True)
    ]


def _type(quote: Quotation, passage: Passage) -> str | None:
    """Work out direct, indirect or mixed from what stands in marks; None where nothing is said of marks."""
    if quote.item.marked is None:
        return quote.item.type
    return passage.quote_type(quote.spans or (), offsets_of(quote.item.marked))


_Resolve = Callable[[GroundedDocument, str | PredictedSource | None], str | None]


def _chain(quote: Quotation, document: GroundedDocument, resolve: _Resolve) -> set[tuple[str | None, str | None]]:
    """Speakers relays whom, as edges between neighbours of the chain."""
    return set(pairwise(resolve(document, source) for source in quote.item.source_chain or ()))


class Utterances(StorySums):
    """Contents put into one utterance, by gold and by the system; judged on pairs, so that names do not matter.

    The columns are pairs put together by both, by the system alone, and by gold alone.
    """

    __slots__ = ()

    def values(self) -> dict[str, Measured]:
        """F1 over pairs, and its counts."""
        value = float(f1(*self.rows.sum(axis=0)))
        counts = {f"utterance.{name}": int(n) for name, n in zip(("tp", "fp", "fn"), self.total, strict=True)}
        return {_PAIR_F1: Measured(value if value == value else None, None, dict(counts))}

    def of_sums(self, *sums: Array) -> dict[str, Array]:
        """The same on draws of stories."""
        return {_PAIR_F1: f1(*sums)}


_PAIR_F1 = "utterance.pair_f1"


def pairs_of(contents: Sequence[Utterance]) -> tuple[int, int, int]:
    """Pairs put together by both, by the system alone, by gold alone. What is in no utterance is in no pair."""

    def pairs(names: Iterable[object]) -> int:
        return sum(size * (size - 1) // 2 for size in Counter(names).values())

    gold, predicted = (pairs(item[side] for item in contents if item[side] is not None) for side in (0, 1))
    both = pairs(item for item in contents if None not in item)
    return both, predicted - both, gold - both
