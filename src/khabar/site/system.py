"""A system as its pages show it: on each split its figures, in slices, its errors by article and cause, and what it
annotates.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from khabar.leaderboard.card import Card
from khabar.leaderboard.result import StatedScore
from khabar.leaderboard.view import SystemRow
from khabar.reading.reference import Reference
from khabar.records import Annotations
from khabar.records.errors import Error, Outcome
from khabar.records.labels import LAYERS, Layer
from khabar.scoring.cases import Cases
from khabar.scoring.errors import error_line
from khabar.site.annotations import ArticleAnnotations, of_system
from khabar.site.language import SpeakerNames

Extent = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ArticleError:
    """An error in an article, numbered from 1 in the order of the text; `start` is -1 if it is nowhere in it.

    `gold_span` and `predicted_span` are where gold's reading and the system's stand, None for what has no place.
    """

    number: int
    layer: Layer
    outcome: Outcome
    cause: str
    gold: str
    predicted: str
    start: int
    gold_span: Extent | None
    predicted_span: Extent | None


@dataclass(frozen=True, slots=True)
class PairError:
    """A pair that is answered wrong: the cause, and which of its members are called."""

    cause: str
    called: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class SystemErrors:
    """All errors of a system: by article, of disputes, and how many of each cause (layer, cause) by article.

    Of a contrast set `of_pairs` has the pairs that are answered wrong, by story and flip.
    """

    by_article: dict[str, list[ArticleError]]
    of_disputes: list[Error]
    counts: dict[tuple[Layer, str], Counter[str]]
    of_pairs: dict[tuple[str, str], PairError] = field(default_factory=dict)


def system_errors(errors: Iterable[Error]) -> SystemErrors:
    """Sort errors, in the order that `list_errors` gives them, by article."""
    by_article: dict[str, list[ArticleError]] = defaultdict(list)
    of_disputes: list[Error] = []
    counts: dict[tuple[Layer, str], Counter[str]] = {}
    of_pairs: dict[tuple[str, str], PairError] = {}
    for error in errors:
        counts.setdefault((error.layer, error.cause), Counter())[error.doc_id or error.story] += 1
        if error.gold is not None and "flip" in error.gold:
            called = tuple(each["called"] for each in error.gold["members"])
            of_pairs[error.story, error.gold["flip"]] = PairError(error.cause, called)
        elif error.doc_id is None:
            of_disputes.append(error)
        else:
            in_article = by_article[error.doc_id]
            in_article.append(_article_error(error, len(in_article) + 1))
    return SystemErrors(dict(by_article), of_disputes, counts, of_pairs)


def by_cause(errors: Iterable[ArticleError]) -> dict[tuple[Layer, str], list[ArticleError]]:
    """Errors by layer and cause: layers in their order, the most frequent cause first."""
    grouped: dict[tuple[Layer, str], list[ArticleError]] = defaultdict(list)
    for error in errors:
        grouped[error.layer, error.cause].append(error)
    return dict(sorted(grouped.items(), key=lambda item: (LAYERS.index(item[0][0]), -len(item[1]), item[0][1])))


def first_error(errors: Iterable[ArticleError], layer: Layer, cause: str) -> int:
    """The number of the first error of a cause."""
    return next(error.number for error in errors if (error.layer, error.cause) == (layer, cause))


def causes_of(errors: SystemErrors) -> list[tuple[Layer, str, int]]:
    """Layer, cause and number of its errors, layer by layer, the most frequent first."""
    totals = [(layer, cause, counts.total()) for (layer, cause), counts in errors.counts.items()]
    return sorted(totals, key=lambda total: (LAYERS.index(total[0]), -total[2], total[1]))


def _article_error(error: Error, number: int) -> ArticleError:
    line = error_line(error)
    spans = (_span(error.gold), _span(error.predicted))
    return ArticleError(
        number, error.layer, error.outcome, error.cause, line.gold, line.predicted, error.offset, *spans
    )


def _span(row: dict[str, Any] | None) -> Extent | None:
    start, end = (None, None) if row is None else (row.get("start"), row.get("end"))
    return None if start is None or end is None else (start, end)


@dataclass(frozen=True, slots=True)
class SystemOnSplit:
    """A system on the present board of a split. `errors` are None where the articles are not here to judge by.

    `annotations` and `found`, the hard disputes (by issue_id) that it found, are of the splits whose text is shown.
    """

    row: SystemRow
    score: StatedScore
    errors: SystemErrors | None = None
    annotations: Mapping[str, ArticleAnnotations] = field(default_factory=dict)
    found: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SystemView:
    """A system of the present boards, by split."""

    key: str
    on: Mapping[str, SystemOnSplit]

    @property
    def card(self) -> Card:
        """Its card, one for all splits."""
        return next(iter(self.on.values())).row.card


def annotated(
    cases: Cases, names: Mapping[str, SpeakerNames], layers: Sequence[Layer]
) -> dict[str, ArticleAnnotations]:
    """What a system annotates in each article, grounded. `names` are by story."""
    by_id = cases.annotations.by_id
    return {
        doc_id: of_system(
            by_id.get(doc_id) or Annotations(doc_id=doc_id),
            [dispute for dispute in cases.disputes if dispute.story == document.story],
            document.passage,
            names[document.story],
            layers,
        )
        for doc_id, document in cases.reference.documents.items()
    }


def found_disputes(errors: SystemErrors, reference: Reference) -> frozenset[str]:
    """The hard disputes that are not among those missed."""
    missed = {error.gold["issue_id"] for error in errors.of_disputes if error.outcome == "missed" and error.gold}
    return frozenset({issue.issue_id for issue in reference.issues if issue.status == "conflict"} - missed)


_OF_A_PART = {
    "f1": "headline", "precision": "headline", "recall": "headline",
    "label": "labels", "macro_f1": "labels",
    "semeval": "schemes", "clitic_tolerant": "schemes", "seqeval": "schemes",
    "identity": "identity",
    "detection": "parts", "value": "parts", "unit": "parts", "modality": "parts",
    "dates": "dates", "traps": "traps", "errors": "traps",
    "detection_50": "detection", "detection_80": "detection", "detection_exact": "detection", "soft": "detection",
    "speaker": "speakers", "cue": "frame", "type": "frame", "chain": "frame", "utterance": "frame",
    "ungrounded_rate": "words", "altered_verbatim_rate": "words",
    "typed": "types", "both_sides_coverage": "traps", "false_per_1000_tokens": "traps",
    "relations": "relations", "brier": "confidence", "average_precision": "confidence",
    "phenomenon": "phenomena",
}  # fmt: skip
"""First part of a figure's name → its slice."""
_OF_PAIRS = {
    "direction": "directions",
    "type": "pair_types",
    "subtype": "pair_subtypes",
    "place": "places",
    "step": "steps",
}
"""Of a contrast set, second part of a figure's name → its slice."""


def slice_of(layer: str, figure: str) -> str:
    """Which slice of a layer a figure is of; one that is not known here is of `others`."""
    head, _, rest = figure.partition(".")
    if head == "contrast":
        return _OF_PAIRS.get(rest.partition(".")[0], "pairs")
    if head == "kind":
        return "kinds" if "." in rest else "parts"
    if (layer, head) == ("conflicts", "type"):
        return "types"
    return _OF_A_PART.get(head, "others")


def slices(layer: str, figures: Iterable[str]) -> dict[str, list[str]]:
    """Names of a layer's figures by slice, in the order they come."""
    by_slice: dict[str, list[str]] = {}
    for name in figures:
        by_slice.setdefault(slice_of(layer, name), []).append(name)
    return by_slice


def main_figures(figures: Iterable[str]) -> list[str]:
    """Of a slice, what one compares systems by: no precision or recall beside an F1, except in the headline."""
    names = list(figures)
    with_f1 = {name.removesuffix("f1") for name in names if name.endswith(".f1")}
    return [
        name for name in names if not any(name == stem + part for stem in with_f1 for part in ("precision", "recall"))
    ]


def same_in_all(figure: str) -> bool:
    """Whether a figure lies between 0 and 1, so that it can be drawn on one line with others."""
    return figure != "false_per_1000_tokens"
