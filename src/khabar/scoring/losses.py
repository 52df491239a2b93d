"""What a system lost, and to what: to the form of its answers, or to what it did not know.

Every missed row and every false prediction of a headline has one cause here, so that the shares of all causes add up to
what the headline lacks of 1.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from khabar.records.errors import Error
from khabar.records.labels import LAYERS, Layer

LossCause = Literal[
    "no_answer", "malformed", "not_in_text", "not_at_place",
    "missed", "boundary", "label_or_value", "speaker", "spurious",
]  # fmt: skip
"""`no_answer`: nothing of an answer could be read; `malformed`: an item was left out; `not_in_text`: a string stands
nowhere; `not_at_place`: not in that line, or not so often. These four are of form, the others are not."""
FORM: tuple[LossCause, ...] = ("no_answer", "malformed", "not_in_text", "not_at_place")

_CAUSES: dict[str, LossCause] = {
    "boundary": "boundary", "clitic": "boundary",
    "missed": "missed", "nested_missed": "missed",
    "spurious": "spurious", "duplicate": "spurious", "ungrounded": "spurious", "trap": "spurious",
    "trap_called_conflict": "spurious", "impure": "spurious", "one_sided": "spurious",
    "wrong_speaker": "speaker", "wrong_implicit_speaker": "speaker", "relay_taken_as_speaker": "speaker",
}  # fmt: skip
"""Cause of an error → cause of a loss; all others are a label or a value."""


@dataclass(frozen=True, slots=True)
class Unread:
    """What was not read of the answer about a document's `layer` (of a story's, for conflicts).

    `items` is how many items were left out of an answer; None: an unknown number. `nothing` is whether none was read.
    """

    layer: str
    where: str
    nothing: bool
    items: int | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """Missed rows and false predictions, and their share in the headline: `lost` of F1."""

    missed: int
    false: int
    lost: float

    def to_dict(self) -> dict[str, int | float]:
        """Plain JSON form."""
        return {"missed": self.missed, "false": self.false, "lost": self.lost}


def losses(
    errors: Iterable[Error], counts: Mapping[Layer, Mapping[str, float]], unread: Sequence[Unread] = ()
) -> dict[Layer, dict[LossCause, Loss]]:
    """Sort the errors of each layer by cause. `counts` are those of each layer's F1 (its columns end in tp, fp and fn).

    `lost` is (missed + false) / (2·tp + fp + fn): over all causes, 1 − F1. A row that was missed where
    the nearest text of an ungrounded prediction stands goes with it; of the other rows missed in an answer with items
    left out, as many as items.
    """
    right = {layer: sum(n for column, n in each.items() if column.endswith(".tp")) for layer, each in counts.items()}
    by_place: dict[tuple[Layer, str], list[Error]] = defaultdict(list)
    for error in errors:
        if error.layer in right and any(error.costs):
            by_place[error.layer, error.story if error.doc_id is None else error.doc_id].append(error)
    missed: dict[Layer, Counter[LossCause]] = {layer: Counter() for layer in right}
    false: dict[Layer, Counter[LossCause]] = {layer: Counter() for layer in right}
    for (layer, where), here in by_place.items():
        form = {index: cause for index, error in enumerate(here) if (cause := _form(error)) is not None}
        meant = _meant(here, form)
        waiting = [each for each in unread if (each.layer, each.where) == (layer, where)]
        nothing = any(each.nothing for each in waiting)
        left_out = sum(len(here) if each.items is None else each.items for each in waiting if not each.nothing)
        for index, error in enumerate(here):
            cause = form.get(index) or meant.get(index) or _CAUSES.get(error.cause, "label_or_value")
            if cause == "missed" and nothing:
                cause = "no_answer"
            elif cause == "missed" and left_out:
                cause, left_out = "malformed", left_out - 1
            missed[layer][cause] += error.costs[0]
            false[layer][cause] += error.costs[1]
    return {layer: _shared(missed[layer], false[layer], right[layer]) for layer in LAYERS if layer in right}


def _shared(missed: Counter[LossCause], false: Counter[LossCause], right: float) -> dict[LossCause, Loss]:
    whole = 2 * right + missed.total() + false.total()
    return {
        cause: Loss(missed[cause], false[cause], (missed[cause] + false[cause]) / whole if whole else 0.0)
        for cause in get_args(LossCause)
    }


def _form(error: Error) -> LossCause | None:
    """Tell whether a false prediction was lost to its form: it, or one of its spans, is not grounded."""
    if error.predicted is None:
        return None
    spans = [error.predicted, *(span for side in error.predicted.get("sides", ()) for span in side["spans"])]
    found: list[Any] = [span["ungrounded"] for span in spans if "ungrounded" in span]
    if not found or (error.layer == "conflicts" and error.cause != "one_sided"):
        return None
    return "not_in_text" if "text" in found else "not_at_place"


def _meant(errors: Sequence[Error], form: Mapping[int, LossCause]) -> dict[int, LossCause]:
    """Missed rows that overlap the nearest text of an ungrounded prediction, each taken by one: row → its cause."""
    meant: dict[int, LossCause] = {}
    for index, cause in form.items():
        place = (errors[index].predicted or {}).get("nearest") or {"start": 0, "end": 0}
        for other, error in enumerate(errors):
            gold = error.gold or {}
            free = error.outcome == "missed" and other not in meant and "start" in gold
            if free and gold["start"] < place["end"] and place["start"] < gold["end"]:
                meant[other] = cause
                break
    return meant
