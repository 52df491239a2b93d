"""Quotes: who said what. Content at letter IoU ≥ 0.5 and the right speaker entity, in one reading."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from khabar.records import PredictedQuote, PredictedSource
from khabar.scoring.assignment import Pair
from khabar.scoring.bootstrap import StorySums, story_frame
from khabar.scoring.matching import Layer, Sheet, UnitOf, best_covered, never_right, overlaps, units
from khabar.scoring.metrics import Figure, credit_f1, f1, prf, ratio, recall
from khabar.scoring.result import Measured
from khabar.scoring.speakers import Who
from khabar.text.grounding import Grounded, GroundedDocument
from khabar.text.passages import Passage
from khabar.text.spans import Spans, at_least_half, normal

if TYPE_CHECKING:
    from khabar.scoring.bootstrap import Array, Times
    from khabar.scoring.counting import Frame

Attribution = Grounded[PredictedQuote]
_Iou = tuple[int, int]

DETECTION = {"detection_50": (1, 2), "detection_80": (4, 5), "detection_exact": (1, 1)}
"""Detection figures and the intersection over union each asks of the content, speaker aside."""


Grouped = tuple[str | None, str | None]
"""Gold's utterance of a content and the system's; None for none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole reading of a gold row: what is said, and by whom."""

    content: Spans
    speaker: str | None


def figures(phenomena: Iterable[str], with_texts: bool) -> list[Figure]:
    """Name the figures of the layer."""
    found = [*prf("", "said")]
    for name in DETECTION:
        found.extend(prf(name, name))
    found.append(Figure("soft.f1", credit_f1, ("soft.credit", "soft.predicted", "soft.gold")))
    for group in ("", ".explicit", ".implicit"):
        found.append(Figure(f"speaker{group}.accuracy", ratio, (f"speaker{group}.right", f"speaker{group}.all")))
    found.extend(prf("cue", "cue"))
    found.append(Figure("type.accuracy", ratio, ("type.right", "type.all")))
    found.append(Figure("chain.edge_f1", f1, ("chain.tp", "chain.fp", "chain.fn")))
    found.append(Figure("ungrounded_rate", ratio, ("quotes.ungrounded", "quotes.predicted")))
    if with_texts:
        found.append(Figure("altered_verbatim_rate", ratio, ("quotes.altered", "quotes.predicted")))
    for tag in phenomena:
        columns = (f"phenomenon.{tag}.tp", f"phenomenon.{tag}.fn")
        found.append(Figure(f"phenomenon.{tag}.recall", recall, columns))
    return found


def count(
    layer: Layer,
    document: GroundedDocument,
    predicted: tuple[Attribution, ...],
    who: Who,
    unit_of: UnitOf,
) -> list[Grouped]:
    """Add one document's counts; give back the contents found, of which the story's utterances are made."""
    passage, gold = document.passage, document.quotes
    scored = [at for at, row in enumerate(gold) if row.item.scored]
    readings = [readings_of(row, document, who) for row in gold]
    contents = [[reading.content for reading in each] for each in readings]
    right, ious = _eligible(document, readings, scored, predicted, who)
    aside = never_right(set_aside(passage, gold, contents, predicted), right)
    sheet = Sheet(layer.counts, scored, aside, units(gold, passage, unit_of), units(predicted, passage, unit_of))

    settled = sheet.tally("said", right)
    layer.set_aside += len(settled.aside)
    layer.ungrounded += sum(item.spans is None for item in predicted)
    for outcome, rows in (("tp", [at for at, _ in settled.pairs]), ("fn", settled.missed)):
        for at in rows:
            for tag in gold[at].item.phenomena or ():
                layer.counts.add(sheet.gold_units[at], f"phenomenon.{tag}.{outcome}")

    found = _count_detection(sheet, ious, {pair[:2] for pair in right})
    _count_soft(sheet, ious)
    _count_attributes(sheet, document, found, {pair[:2] for pair in right}, predicted, who)
    _count_cues(sheet, gold, predicted)
    for item, unit in zip(predicted, sheet.predicted_units, strict=True):
        layer.counts.add(unit, "quotes.predicted")
        layer.counts.add(unit, "quotes.ungrounded", int(item.spans is None))
        layer.counts.add(unit, "quotes.altered", int(item.altered))
    return [(gold[at].item.utterance, predicted[guess].item.utterance) for at, guess in found]


_Ious = dict[tuple[int, int], _Iou]
"""(row, prediction) → intersection and union of their contents in letters, of the reading that fits best."""


def _eligible(
    document: GroundedDocument,
    readings: list[list[Reading]],
    scored: list[int],
    predicted: tuple[Attribution, ...],
    who: Who,
) -> tuple[set[Pair], _Ious]:
    """The right pairs (content and speaker in one reading), and how well all others overlap."""
    speakers = [who.predicted(document, item.item.speaker) for item in predicted]
    right: set[Pair] = set()
    ious: _Ious = {}
    for at, place, guess, iou in overlaps_of(document.passage, readings, scored, predicted):
        if at_least_half(iou) and readings[at][place].speaker == speakers[guess]:
            right.add((at, guess, 1))
        best = ious.get((at, guess))
        if best is None or iou[0] * best[1] > best[0] * iou[1]:
            ious[at, guess] = iou
    return right, ious


def _count_detection(sheet: Sheet, ious: _Ious, right: set[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Count contents found, whoever speaks; give the pairs at IoU ≥ 0.5."""
    found: tuple[tuple[int, int], ...] = ()
    for name, (top, bottom) in DETECTION.items():
        # Among equally many pairs, prefer those whose speaker is right too.
        settled = sheet.tally(
            name,
            [
                (*pair, (1 << 20) + (pair in right))
                for pair, (shared, union) in ious.items()
                if shared and bottom * shared >= top * union
            ],
        )
        if name == "detection_50":
            found = settled.pairs
    return found


def _count_soft(sheet: Sheet, ious: _Ious) -> None:
    """Credit each content by its IoU under the best assignment."""
    settled = sheet.settle((*pair, shared * _STEPS // union) for pair, (shared, union) in ious.items() if shared)
    for at, guess in settled.pairs:
        shared, union = ious[at, guess]
        sheet.counts.add(sheet.gold_units[at], "soft.credit", shared / union)
        sheet.counts.add(sheet.gold_units[at], "soft.predicted")
    for guess in settled.false:
        sheet.counts.add(sheet.predicted_units[guess], "soft.predicted")
    for at in sheet.scored:
        sheet.counts.add(sheet.gold_units[at], "soft.gold")


def _count_attributes(
    sheet: Sheet,
    document: GroundedDocument,
    found: tuple[tuple[int, int], ...],
    right: set[tuple[int, int]],
    predicted: tuple[Attribution, ...],
    who: Who,
) -> None:
    """Count speaker, type and chain on the contents found."""
    for at, guess in found:
        row, item, unit = document.quotes[at], predicted[guess], sheet.gold_units[at]
        group = "speaker.implicit" if row.item.speaker_mention is None else "speaker.explicit"
        for name in ("speaker", group):
            sheet.counts.add(unit, f"{name}.all")
            sheet.counts.add(unit, f"{name}.right", int((at, guess) in right))
        ours, theirs = _type(row, document.passage), _type(item, document.passage)
        if ours is not None and theirs is not None:
            sheet.counts.add(unit, "type.all")
            sheet.counts.add(unit, "type.right", int(ours == theirs))
        chain, guessed = _chain(row, document, who.gold), _chain(item, document, who.predicted)
        sheet.counts.add(unit, "chain.tp", len(chain & guessed))
        sheet.counts.add(unit, "chain.fn", len(chain - guessed))
        sheet.counts.add(unit, "chain.fp", len(guessed - chain))


_STEPS = 1_000_000


def readings_of(row: Attribution, document: GroundedDocument, who: Who) -> list[Reading]:
    """The row's own reading, then its alternatives, each whole."""
    speaker = who.gold(document, row.item.speaker)
    found = [Reading(row.spans or (), speaker)]
    for other in row.item.alternatives or ():
        content = row.spans or ()
        if other.content is not None:
            content = normal((s.start, s.end) for s in other.content if s.start is not None and s.end is not None)
        found.append(Reading(content, speaker if other.speaker is None else who.gold(document, other.speaker)))
    return found


def overlaps_of(
    passage: Passage, readings: list[list[Reading]], scored: list[int], predicted: tuple[Attribution, ...]
) -> list[tuple[int, int, int, _Iou]]:
    """All (row, reading, prediction) whose contents share letters, with their intersection and union."""
    flat = [(at, place, reading.content) for at in scored for place, reading in enumerate(readings[at])]
    found = overlaps(passage, [content for _, _, content in flat], [item.spans or () for item in predicted])
    return sorted((*flat[index][:2], guess, (shared, union)) for index, guess, shared, union in found if shared)


def set_aside(
    passage: Passage, gold: tuple[Attribution, ...], contents: list[list[Spans]], predicted: tuple[Attribution, ...]
) -> list[bool]:
    """Say of each prediction whether it stays out without a partner: boilerplate, or what a don't-care row says."""
    covered = best_covered(
        passage, contents, [item.spans for item in predicted], [int(row.item.scored) for row in gold]
    )
    aside = []
    for item, best in zip(predicted, covered, strict=True):
        if item.spans is None:
            aside.append(False)
            continue
        ignored = best is not None and not gold[best[0]].item.scored and at_least_half(best[1])
        aside.append(ignored or passage.in_boilerplate(item.spans))
    return aside


def _type(item: Attribution, passage: Passage) -> str | None:
    """Compute direct, indirect or mixed from what stands in marks; None when nothing was said of marks."""
    if item.item.marked is None:
        return item.item.type
    marked = normal((s.start, s.end) for s in item.item.marked if s.start is not None and s.end is not None)
    inside = passage.shared(item.spans or (), marked)
    if not inside:
        return "indirect"
    return "direct" if inside == passage.letters(item.spans or ()) else "mixed"


_Resolve = Callable[[GroundedDocument, str | PredictedSource | None], str | None]


def _chain(item: Attribution, document: GroundedDocument, resolve: _Resolve) -> set[tuple[str | None, str | None]]:
    """Who relays whom, as edges between neighbours of the chain."""
    return set(pairwise(resolve(document, source) for source in item.item.source_chain or ()))


def _count_cues(sheet: Sheet, gold: tuple[Attribution, ...], predicted: tuple[Attribution, ...]) -> None:
    """Cues found: exact spans of cue words, one to one, over rows and predictions that give any."""

    def cue(item: Attribution) -> Spans:
        return normal((s.start, s.end) for s in item.item.cue or () if s.start is not None and s.end is not None)

    rows: dict[Spans, list[int]] = defaultdict(list)
    for at in sheet.scored:
        if cue(gold[at]):
            rows[cue(gold[at])].append(at)
    guesses = [cue(item) for item in predicted]
    edges = [(at, guess, 1) for guess, spans in enumerate(guesses) for at in rows.get(spans, ())]
    out = [sheet.aside[guess] or not spans for guess, spans in enumerate(guesses)]
    sheet.only([at for each in rows.values() for at in each], out).tally("cue", edges)


@dataclass(frozen=True, slots=True)
class Utterances:
    """Contents put into one utterance, by gold and by the system; judged on pairs, so that names do not matter."""

    sums: StorySums
    """Stories × (pairs put together by both, by the system alone, by gold alone)."""

    @classmethod
    def of(cls, contents: Mapping[str, Sequence[Grouped]], stories: Iterable[str]) -> Utterances:
        """Count the pairs of each story's contents."""
        rows = {story: _pairs(items) for story, items in contents.items()}
        return cls(StorySums.of(rows, stories, 3))

    @classmethod
    def joined(cls, parts: Sequence[Utterances]) -> Utterances:
        """Put parts of a corpus together."""
        return cls(StorySums.joined([part.sums for part in parts]))

    @property
    def frame(self) -> Frame | None:
        """Stories, if there are enough of them to draw."""
        return story_frame(self.sums.stories)

    def values(self) -> dict[str, Measured]:
        """F1 over pairs, and its counts."""
        totals = self.sums.rows.sum(axis=0)
        value = float(f1(*totals))
        counts = dict(zip((f"utterance.{name}" for name in ("tp", "fp", "fn")), map(int, totals), strict=True))
        return {_PAIR_F1: Measured(value if value == value else None, None, dict(counts))}

    def drawn(self, times: Times) -> dict[str, Array]:
        """The same on draws of stories (draws × stories): a value a draw."""
        return {_PAIR_F1: f1(*self.sums.drawn(times).T)}


_PAIR_F1 = "utterance.pair_f1"


def _pairs(contents: Sequence[Grouped]) -> tuple[int, int, int]:
    """Pairs put together by both, by the system alone, by gold alone. What is in no utterance is in no pair."""

    def pairs(names: Iterable[object]) -> int:
        return sum(size * (size - 1) // 2 for size in Counter(names).values())

    gold, predicted = (pairs(item[side] for item in contents if item[side] is not None) for side in (0, 1))
    both = pairs(item for item in contents if None not in item)
    return both, predicted - both, gold - both
