"""Conflicts: records that are pure by more than half, assigned one to one to the hard disputes they lie in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from khabar.reading.reference import Issue, Reference
from khabar.records import Dispute, canonical
from khabar.records.labels import CONFLICT_TYPES
from khabar.scoring import relations
from khabar.scoring.assignment import Pair, assign, lexicographic
from khabar.scoring.bootstrap import story_frame
from khabar.scoring.counting import Counts, Frame, Unit
from khabar.scoring.edges import Claims, Judged, judge
from khabar.scoring.matching import Layer
from khabar.scoring.metrics import Figure, per_thousand, prf, ratio
from khabar.scoring.result import Measured
from khabar.text.arabic import token_spans

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.bootstrap import Array, Times

    Integers = NDArray[np.intp]

FEW_STORIES = 30
"""Below this the bootstrap draws disputes and false records within stories, from it on whole stories."""


def figures(with_texts: bool) -> list[Figure]:
    """Name the figures of the layer. What gold's format cannot say (traps) has no rows and is undefined."""
    found = [*prf("", "dispute"), *prf("typed", "typed")]
    for kind in CONFLICT_TYPES:
        found.append(Figure(f"type.{kind}.recall", ratio, (f"type.{kind}.tp", f"type.{kind}.all")))
    found.append(Figure("both_sides_coverage", ratio, ("coverage.met", "coverage.all")))
    found.append(Figure("traps.rate", ratio, ("traps.hit", "traps.all")))
    if with_texts:
        found.append(Figure("false_per_1000_tokens", per_thousand, ("dispute.fp", "tokens")))
    found += relations.figures()
    found.append(Figure("brier", ratio, ("brier.sum", "brier.records")))
    return found


def score(reference: Reference, predicted: Sequence[Dispute]) -> Layer:
    """Score all stories; a record and a dispute meet only within one."""
    layer = Layer(figures=figures(reference.has_texts and reference.has_documents))
    records: dict[str, list[Dispute]] = defaultdict(list)
    for record in sorted(predicted, key=canonical):
        records[record.story].append(record)
    issues: dict[str, list[Issue]] = defaultdict(list)
    for issue in reference.issues:
        issues[issue.story].append(issue)
    stories = sorted({*reference.stories, *records})
    tokens = _tokens(reference)
    ranked: list[Ranked] = []
    few = (len(stories) if reference.whole is None else reference.whole.stories) < FEW_STORIES
    for story in stories:
        claims = Claims(issues[story])
        judged = [judge(record, claims, reference) for record in records[story]]
        part = Counts()
        here, record_of = _score_story(layer, part, story, issues[story], judged)
        relations.count(part, story, issues[story], claims, judged, record_of)
        ranked += here
        part.add((f"tokens of {story}", 0), "tokens", tokens[story])
        layer.counts.merge(part if few else part.as_unit(("", story)))
    layer.table = layer.counts.table(layer.counts.frame())
    hard = Counter(issue.story for issue in reference.issues if issue.status == "conflict")
    layer.resampled = [Ranking.of(ranked, hard, stories)]
    return layer


def _score_story(
    layer: Layer, counts: Counts, story: str, issues: Sequence[Issue], judged: Sequence[Judged]
) -> tuple[list[Ranked], dict[int, int]]:
    """Count a story; give its records as ranking sees them, and the record assigned to each dispute."""
    assigned = {at: dispute for dispute, at in assigned_disputes(issues, judged)}
    found = set(assigned.values())
    hard = [at for at, issue in enumerate(issues) if issue.status == "conflict"]
    ranked: list[Ranked] = []
    for dispute in hard:
        unit = (story, f"dispute {issues[dispute].issue_id}")
        counts.add(unit, f"type.{issues[dispute].type}.all")
        counts.add(unit, "dispute.fn", int(dispute not in found))
        counts.add(unit, "typed.fn", int(dispute not in found))
    for at, dispute in sorted(assigned.items()):
        record, issue = judged[at], issues[dispute]
        unit = (story, f"dispute {issue.issue_id}")
        counts.add(unit, "dispute.tp")
        counts.add(unit, f"type.{issue.type}.tp")
        # A record of the wrong type finds no typed dispute and is a false typed one.
        for outcome in ("tp",) if record.record.type == issue.type else ("fp", "fn"):
            counts.add(unit, f"typed.{outcome}")
        counts.add(unit, "coverage.met", sum(at_issue == dispute for at_issue, _ in record.positions))
        counts.add(unit, "coverage.all", len(issue.positions))
        ranked.append(_rank(counts, story, unit, record, right=True))
    false = [
        at
        for at, record in enumerate(judged)
        if at not in assigned and (record.outcome == "false" or not record.disputes <= found)
    ]
    for at in false:
        unit = (story, f"record {at:09}")
        counts.add(unit, "dispute.fp")
        counts.add(unit, "typed.fp")
        ranked.append(_rank(counts, story, unit, judged[at], right=False))
    layer.set_aside += len(judged) - len(assigned) - len(false)
    layer.ungrounded += sum(not record.grounded for record in judged)
    _count_traps(counts, story, issues, set().union(*(judged[at].traps for at in false)))
    return ranked, {dispute: at for at, dispute in assigned.items()}


def assigned_disputes(issues: Sequence[Issue], judged: Sequence[Judged]) -> list[tuple[int, int]]:
    """Assign records to disputes they have a valid edge in: most records, then most of right type, then the surest.

    Returns (index of the issue, index of the record).
    """
    pairs: list[Pair] = []
    for at, record in enumerate(judged):
        if record.outcome == "pure":
            sureness = _permille(record)
            typed, untyped = lexicographic(1, 1, sureness), lexicographic(1, 0, sureness)
            kind = record.record.type
            pairs += [(dispute, at, typed if kind == issues[dispute].type else untyped) for dispute in record.disputes]
    return assign(pairs)


def _permille(judged: Judged) -> int:
    """Confidence in thousandths: of two records that find the same, the surer one is taken to have found it."""
    return round(1000 * (1.0 if judged.record.confidence is None else judged.record.confidence))


def _rank(counts: Counts, story: str, unit: Unit, judged: Judged, *, right: bool) -> Ranked:
    confidence = 1.0 if judged.record.confidence is None else judged.record.confidence
    counts.add(unit, "brier.records")
    counts.add(unit, "brier.sum", (confidence - right) ** 2)
    return Ranked(story, confidence, right)


def _count_traps(counts: Counts, story: str, issues: Sequence[Issue], hit: set[int]) -> None:
    """Count the apparent conflicts, and those a false record called a conflict, in a stratum of their own."""
    traps = [at for at, issue in enumerate(issues) if issue.status == "apparent"]
    stratum = f"traps of {story}"
    for at in traps:
        counts.add((stratum, issues[at].issue_id), "traps.all")
        counts.add((stratum, issues[at].issue_id), "traps.hit", int(at in hit))


@dataclass(frozen=True, slots=True)
class Ranked:
    """A record as average precision sees it."""

    story: str
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """Records that are right or false, ranked by their confidence, and how many disputes there are to find."""

    stories: tuple[str, ...]
    """All stories, sorted."""
    hard: Array
    """Hard disputes of each story."""
    story: Integers
    """Index of the story of each record."""
    confidence: Array
    right: Array
    """1 for each record that is right, 0 for each that is false."""

    @classmethod
    def of(cls, records: Sequence[Ranked], hard: Mapping[str, int], stories: Iterable[str]) -> Ranking:
        """Gather records; `hard` counts the hard disputes of stories."""
        import numpy as np

        names = tuple(sorted(stories))
        place = {name: at for at, name in enumerate(names)}
        return cls(
            names,
            np.array([hard.get(name, 0) for name in names], float),
            np.array([place[record.story] for record in records], np.intp),
            np.array([record.confidence for record in records], float),
            np.array([record.right for record in records], float),
        )

    @classmethod
    def joined(cls, parts: Sequence[Ranking]) -> Ranking:
        """Put parts of a corpus together. Equal confidence is one rank, so the order of parts does not matter."""
        records = [
            Ranked(part.stories[story], confidence, bool(right))
            for part in parts
            for story, confidence, right in zip(part.story.tolist(), part.confidence, part.right, strict=True)
        ]
        hard: Counter[str] = Counter()
        for part in parts:
            hard.update(dict(zip(part.stories, part.hard.astype(int).tolist(), strict=True)))
        return cls.of(records, hard, set().union(*(part.stories for part in parts)))

    @property
    def frame(self) -> Frame | None:
        """Stories, if there are enough of them to draw."""
        return story_frame(self.stories)

    def values(self) -> dict[str, Measured]:
        """Average precision."""
        ranked = zip(self.confidence.tolist(), self.right.astype(bool).tolist(), strict=True)
        return {_AVERAGE_PRECISION: Measured(average_precision(ranked, int(self.hard.sum())), None, {})}

    def drawn(self, times: Times) -> dict[str, Array]:
        """Average precision on draws of stories (draws × stories): a value a draw."""
        import numpy as np

        order = np.argsort(-self.confidence, kind="stable")
        ranks = np.unique(-self.confidence[order], return_index=True)[1]
        story, right = self.story[order], self.right[order]
        total = np.zeros(len(times))
        at_once = max(1, _NUMBERS_AT_A_TIME // max(1, len(story)))
        for start in range(0, len(times) if len(story) else 0, at_once):
            draws = slice(start, start + at_once)
            seen = times[draws].take(story, axis=1).astype(float)
            found = seen * right
            if len(ranks) < len(story):
                seen, found = (np.add.reduceat(numbers, ranks, axis=1) for numbers in (seen, found))
            # Where nothing is seen yet nothing is found either.
            precision = found.cumsum(axis=1) / np.maximum(seen.cumsum(axis=1), 1)
            total[draws] = (found * precision).sum(axis=1)
        return {_AVERAGE_PRECISION: ratio(total, times @ self.hard)}


_AVERAGE_PRECISION = "average_precision"
_NUMBERS_AT_A_TIME = 1 << 17


def average_precision(ranked: Iterable[tuple[float, bool]], hard: int) -> float | None:
    """Mean over hard disputes of the precision at the rank that finds each; None without hard disputes.

    Records of equal confidence share one rank, so their order cannot matter.
    """
    if not hard:
        return None
    levels: dict[float, list[bool]] = defaultdict(list)
    for confidence, right in ranked:
        levels[confidence].append(right)
    total = seen = found = 0.0
    for confidence in sorted(levels, reverse=True):
        here = levels[confidence]
        seen += len(here)
        found += sum(here)
        total += sum(here) * found / seen
    return total / hard


def _tokens(reference: Reference) -> dict[str, int]:
    tokens: dict[str, int] = defaultdict(int)
    for document in reference.documents.values():
        tokens[document.story] += len(token_spans(document.passage.text or ""))
    return tokens
