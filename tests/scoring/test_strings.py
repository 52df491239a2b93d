"""Predictions as strings: in a line, by turns, inside words; names that resolve by where they stand; ordinals."""

from __future__ import annotations

from typing import Any

import pytest

from khabar.reading.checks import check_against
from khabar.reading.incidents import Incidents
from khabar.reading.predictions import given_predictions, split
from khabar.reading.reference import Reference
from khabar.records import Annotations
from khabar.scoring.result import Score
from khabar.scoring.scorer import score
from khabar.text.grounding import GroundedDocument
from khabar.text.spans import Passage

TEXT = "بوتين في كورسك وبوتين\nقال بوتين إن ألمانيا بعيدة\nالبوتينية"


def grounded(**said: Any) -> GroundedDocument:
    records, _ = split(given_predictions([{"doc_id": "d", **said}], Incidents()))
    return GroundedDocument(records[0], Passage("d", TEXT))


def starts(*items: dict[str, Any]) -> list[tuple[str | None, int]]:
    """Id and start of each mention."""
    document = grounded(entities=[{"text": "بوتين", "label": "PERS", **item} for item in items])
    return sorted((item.item.id, item.start) for item in document.entities)


def test_a_line_is_where_a_string_is_looked_for() -> None:
    assert starts({"line": 2}) == [(None, 26)]
    assert starts({"line": 1, "occurrence": 2}) == [(None, 16)]
    assert starts({"line": 2, "occurrence": 2}) == [(None, -1)]
    assert starts({"line": 3}) == [(None, 51)]  # no whole word there, so the place inside one counts
    assert starts({"line": 4}) == [(None, -1)]
    assert starts({"line": 9, "start": 0, "end": 5}) == [(None, 0)]  # beside offsets it is not read


def test_turns_are_taken_within_a_line_or_in_the_whole_text() -> None:
    assert starts({"id": "a", "line": 1}, {"id": "b", "line": 1}, {"id": "c", "line": 2}, {"id": "d"}) == [
        ("a", 0), ("b", 16), ("c", 26), ("d", 0),
    ]  # fmt: skip
    assert starts({"id": "a", "line": 2}, {"id": "b", "line": 2}) == [("a", 26), ("b", -1)]
    assert starts({"id": "a", "occurrence": 1}, {"id": "b"}, {"id": "c"}) == [("a", 0), ("b", 0), ("c", 16)]


def test_turns_go_by_all_but_the_string() -> None:
    """Two spellings of one folded string: what else is said of them decides, not how they are spelt."""
    for spellings in (("بوتين", "بُوتين"), ("بُوتين", "بوتين")):
        first, second = ({"text": text, "id": name} for text, name in zip(spellings, "ab", strict=True))
        assert starts(second, first) == [("a", 0), ("b", 16)]


def test_turns_know_no_order_of_the_parts_of_a_quote() -> None:
    """Nor do quotes of equal content, nor two spellings of which nothing else is said."""

    def order(*quotes: dict[str, Any]) -> list[tuple[str | None, Any, bool]]:
        return [(quote.item.medium, quote.spans, quote.altered) for quote in grounded(quotes=quotes).quotes]

    name, place, deed = {"text": "بوتين"}, {"text": "كورسك"}, {"text": "قال"}
    here, there = {"medium": "a", "content": [name, place]}, {"medium": "a", "content": [deed, name]}
    backwards = [{**quote, "content": quote["content"][::-1]} for quote in (here, there)]
    assert order(here, there) == order(*backwards)
    same = {"content": [place, deed], "medium": "x"}, {"content": [deed, place], "medium": "y"}
    assert order(*same) == order(*({**quote, "content": quote["content"][::-1]} for quote in same))
    spellings = {"content": [name]}, {"content": [{"text": "بُوتين"}]}
    assert order(*spellings) == order(*spellings[::-1])


def test_a_line_restricts_parts_and_content_too() -> None:
    document = grounded(
        quotes=[{"content": [{"text": "ألمانيا بعيدة", "line": 2}], "cue": [{"text": "بوتين", "line": 1}]}],
        numbers=[{"text": "كورسك", "line": 1, "core": {"text": "بوتين", "line": 2}}],
    )
    assert document.quotes[0].spans == ((35, 48),)
    assert [(part.start, part.end) for part in document.quotes[0].item.cue or ()] == [(16, 21)]  # the nearest in line 1
    core = document.numbers[0].item.core
    assert core is not None
    assert core.start == 26


@pytest.mark.parametrize(
    ("item", "incident"),
    [({"line": 0}, "occurrence-wrong"), ({"line": 4}, "span-ungrounded"), ({"line": 2}, None)],
)
def test_lines_are_checked(item: dict[str, Any], incident: str | None) -> None:
    gold = Reference.build([Annotations(doc_id="d", text=TEXT)])
    line = {"doc_id": "d", "entities": [{"text": "بوتين", "label": "PERS", **item}]}
    records = given_predictions([line], Incidents())
    assert [each.id for each in check_against(gold, records, complete=True)] == ([incident] if incident else [])


STORY = "اللجنة العسكرية المركزية بكوريا الشمالية قالت إن الولايات المتحدة وحلف الناتو معا"
WHO = [
    {"start": 0, "end": 24, "label": "ORG", "entity_id": "commission"},
    {"start": 26, "end": 40, "label": "GPE", "entity_id": "dprk"},
    {"start": 49, "end": 65, "label": "GPE", "entity_id": "usa"},
    {"start": 67, "end": 77, "label": "ORG", "entity_id": "nato"},
]
CONTENT = [{"start": 49, "end": len(STORY)}]


def said_by(speaker: Any, gold: str) -> Score:
    line = {"doc_id": "d", "text": STORY, "entities": WHO, "quotes": [{"content": CONTENT, "speaker": gold}]}
    known = Reference.build(*split(given_predictions([line], Incidents())))
    predicted = given_predictions([{"doc_id": "d", "quotes": [{"content": CONTENT, "speaker": speaker}]}], Incidents())
    return score(known, *split(predicted), layers=["quotes"], resamples=2)


@pytest.mark.parametrize(
    ("speaker", "resolved"),
    [
        ({"name": "اللجنة العسكرية المركزية بكوريا الشمالية"}, "commission"),
        ({"name": "الولايات المتحدة وحلف الناتو"}, "usa"),
        ({"name": "كوريا الشمالية"}, "dprk"),
        ({"name": "الناتو"}, "nato"),  # half of the mention's letters and more
        ({"name": "قالت"}, None),
        ({"name": "الصين"}, None),
        ({"text": "وحلف الناتو", "line": 1}, "nato"),
        ({"text": "الولايات المتحدة", "occurrence": 1, "name": "الناتو"}, "usa"),  # a span decides before a name
    ],
)
def test_a_name_with_more_around_it_resolves_by_its_place(speaker: Any, resolved: str | None) -> None:
    for entity in ("commission", "dprk", "usa", "nato"):
        assert said_by(speaker, entity).layers["quotes"]["f1"].value == (1.0 if entity == resolved else 0.0)


def number_f1(gold: dict[str, Any], said: dict[str, Any]) -> dict[str, float | None]:
    place = {"start": 0, "end": 5}
    known = Reference.build(
        *split(given_predictions([{"doc_id": "d", "text": TEXT, "numbers": [{**place, **gold}]}], Incidents()))
    )
    predicted = given_predictions([{"doc_id": "d", "numbers": [{**place, **said}]}], Incidents())
    figures = score(known, *split(predicted), layers=["numbers"], resamples=2).layers["numbers"]
    return {name: figures[name].value for name in ("f1", "unit.f1", "errors.wrong_unit")}


def test_ordinals_compare_no_unit() -> None:
    ordinal = {"kind": "ordinal", "low": "3", "high": "3"}
    assert number_f1({**ordinal, "unit": "عام"}, ordinal) == {"f1": 1, "unit.f1": 1, "errors.wrong_unit": 0}
    assert number_f1(ordinal, {**ordinal, "unit": "km"}) == {"f1": 1, "unit.f1": 1, "errors.wrong_unit": 0}
    count = {"kind": "count", "low": "3", "high": "3"}
    assert number_f1(count, {**count, "unit": "km"})["f1"] == 0


def test_a_unit_that_is_an_arabic_word_is_compared_as_one() -> None:
    measure = {"kind": "measure", "low": "3", "high": "3"}
    gold = {**measure, "unit": "برميل", "counted": "البراميل"}
    assert number_f1(gold, {**measure, "unit": "براميل"})["f1"] == 1
    assert number_f1(gold, {**measure, "unit": "بَرميل"})["f1"] == 1
    assert number_f1({**measure, "unit": "km"}, {**measure, "unit": "KM"})["f1"] == 0


def test_a_vague_number_is_completed_from_either_bound() -> None:
    vague = {"kind": "count", "modality": "vague"}
    for omitted in ("low", "high"):
        said = {key: value for key, value in {"low": "1000", "high": "10000"}.items() if key != omitted}
        assert number_f1({**vague, "low": "1000", "high": "10000"}, {**vague, **said})["f1"] == 1
