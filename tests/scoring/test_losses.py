"""What was lost to what: each error once, and over all causes exactly what F1 lacks of 1."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khabar.records.labels import LAYERS, Layer
from khabar.scoring.losses import FORM, Loss, LossCause, Unread, losses
from khabar.scoring.scorer import Evaluation, score
from khabar.text.search import nearest
from tests.scoring.test_errors import HEADLINE, of_lines
from tests.strategies import lines

TEXT = "قال سالم نور إن 12 سدا أُغلقت.\nوقال سالم إن 14 سدا أُغلقت في وادي الريحان.\n"
"""Two lines."""
GOLD: dict[str, Any] = {
    "doc_id": "d",
    "text": TEXT,
    "entities": [
        {"text": "سالم نور", "label": "PERS"},
        {"text": "سالم", "line": 2, "label": "PERS"},
        {"text": "وادي الريحان", "label": "LOC", "entity_id": "valley"},
    ],
    "numbers": [{"text": "12 سدا", "kind": "count", "low": "12"}, {"text": "14 سدا", "kind": "count", "low": "14"}],
    "quotes": [{"content": [{"text": "14 سدا أُغلقت في وادي الريحان"}], "speaker": "salim"}],
}


def lost_of(
    said: dict[str, Any], layer: Layer = "entities", unread: list[Unread] | None = None
) -> dict[LossCause, tuple[int, int]]:
    """Cause → (missed, false), of the causes there are."""
    known, annotations, disputes, errors = of_lines([GOLD], [{"doc_id": "d", **said}])
    result = score(known, annotations, disputes, resamples=2)
    found = losses(errors, {layer: result.layers[layer]["f1"].counts}, unread or ())[layer]
    return {cause: (loss.missed, loss.false) for cause, loss in found.items() if loss.missed or loss.false}


UNREAD = st.builds(
    Unread,
    st.sampled_from(LAYERS),
    st.sampled_from(["a", "b", "c", "s", "t", ""]),
    st.booleans(),
    st.none() | st.integers(0, 3),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(lines(gold=True), lines(gold=False), st.lists(UNREAD, max_size=3))
def test_the_parts_are_what_f1_lacks_of_1(
    gold: list[dict[str, Any]], predictions: list[dict[str, Any]], unread: list[Unread]
) -> None:
    known, said, disputes, errors = of_lines(gold, predictions)
    result = score(known, said, disputes, resamples=2)
    counts = {layer: result.layers[layer]["f1"].counts for layer in LAYERS}
    for layer, found in losses(errors, counts, unread).items():
        tp, fp, fn = (int(counts[layer][f"{HEADLINE[layer]}.{outcome}"]) for outcome in ("tp", "fp", "fn"))
        assert (sum(loss.missed for loss in found.values()), sum(loss.false for loss in found.values())) == (fn, fp)
        if whole := 2 * tp + fp + fn:
            parts = [Fraction(loss.missed + loss.false, whole) for loss in found.values()]
            assert sum(parts) == 1 - Fraction(2 * tp, whole)
            assert [loss.lost for loss in found.values()] == [float(part) for part in parts]
            assert result.layers[layer]["f1"].value == pytest.approx(float(1 - sum(parts)))
        else:
            assert set(found.values()) == {Loss(0, 0, 0.0)}


def test_a_string_that_is_not_in_the_text_takes_its_row_with_it() -> None:
    """The row that stands where the nearest text is was meant; no other one is lost to form."""
    wrong = {"text": "سالم النور", "line": 1, "label": "PERS"}
    assert lost_of({"entities": [wrong, GOLD["entities"][1]]}) == {"not_in_text": (1, 1), "missed": (1, 0)}


@pytest.mark.parametrize("wrong", [{"line": 1, "occurrence": 2}, {"line": 1}, {"line": 9}, {"occurrence": 3}])
def test_a_line_or_an_occurrence_that_is_not_there(wrong: dict[str, int]) -> None:
    said = {"entities": [{"text": "وادي الريحان", "label": "LOC", **wrong}]}
    assert lost_of(said) == {"not_at_place": (1, 1), "missed": (2, 0)}


def test_what_is_no_matter_of_form() -> None:
    said = {
        "entities": [{"text": "نور", "label": "PERS"}, {"text": "سالم", "line": 2, "label": "ORG"}],
        "numbers": [{"text": "12 سدا", "kind": "count", "low": "21"}, {"text": "14", "kind": "date", "edtf": "2014"}],
        "quotes": [{"content": [{"text": "14 سدا أُغلقت في وادي الريحان"}], "speaker": {"name": "وادي الريحان"}}],
    }
    assert lost_of(said) == {"missed": (1, 0), "boundary": (1, 1), "label_or_value": (1, 1)}
    assert lost_of(said, "numbers") == {"label_or_value": (1, 1), "boundary": (1, 1)}
    assert lost_of(said, "quotes") == {"speaker": (1, 1)}
    elsewhere = {"numbers": [{"text": "سالم", "occurrence": 1, "kind": "count"}]}
    assert lost_of(elsewhere, "numbers") == {"missed": (2, 0), "spurious": (0, 1)}


def test_what_was_not_read() -> None:
    """No answer: all rows. Some items left out: as many rows at most. An answer that breaks off: any number."""
    entity = {"entities": [{"text": "سالم نور", "label": "PERS"}]}
    partly = {"malformed": (1, 0), "missed": (1, 0)}
    assert lost_of({}, unread=[Unread("entities", "d", nothing=True)]) == {"no_answer": (3, 0)}
    assert lost_of(entity, unread=[Unread("entities", "d", nothing=False, items=1)]) == partly
    assert lost_of(entity, unread=[Unread("entities", "d", nothing=False, items=9)]) == {"malformed": (2, 0)}
    assert lost_of(entity, unread=[Unread("entities", "d", nothing=False)]) == {"malformed": (2, 0)}
    others = [Unread("numbers", "d", nothing=True), Unread("entities", "e", nothing=True)]
    assert lost_of(entity, unread=others) == {"missed": (2, 0)}


def test_the_nearest_text_stands_in_the_error() -> None:
    said = {"doc_id": "d", "entities": [{"text": "سالم النور", "label": "PERS"}, {"text": "بغداد", "label": "GPE"}]}
    known, annotations, _, _ = of_lines([GOLD], [said])
    found = {each.predicted["text"]: each.predicted for each in Evaluation(known, annotations).errors if each.predicted}
    assert found["سالم النور"]["nearest"] == {"start": 4, "end": 12, "text": "سالم نور"}
    assert (found["بغداد"]["ungrounded"], found["بغداد"]["nearest"]) == ("text", None)


@pytest.mark.parametrize(
    ("surface", "found"),
    [
        ("سالم النور", "سالم نور"),
        ("إن 14 سدا فُتحت في وادي", "إن 14 سدا أُغلقت في وادي"),
        ("قيل عن أربعة عشر سدا إنها مغلقة", None),
        ("الرياحين", "الريحان."),
        ("الريحان بغداد", None),
        ("وادي الريحاني", "وادي الريحان."),
        ("", None),
    ],
)
def test_nearest(surface: str, found: str | None) -> None:
    place = nearest(TEXT, surface)
    assert (None if place is None else TEXT[slice(*place)]) == found


def test_causes_of_form_are_causes() -> None:
    assert set(FORM) < set(get_args(LossCause))
