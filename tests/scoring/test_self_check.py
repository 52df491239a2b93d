"""Gold against itself: every headline is 1, or the gold is refused and an incident says why."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import khabar
from khabar.corpus.gold import load_gold
from khabar.reading.incidents import InputError
from khabar.reading.reference import Reference
from khabar.records import Annotations, PredictedQuote, PredictedSpan
from khabar.text.grounding import Grounded

TEXT = 'قال بوتين إن 14 ألف جندي في كورسك. "نعم" — قال كيم\nوأضاف بوتين إن كييف تنفي ذلك يوم 24 أبريل'
EDGES = [0, 4, 9, 13, 15, 19, 24, 28, 33, 35, 36, 41, 44, 45, 48, 51, 58, 64, 70, len(TEXT)]

spans = st.lists(st.integers(0, len(EDGES) - 1), min_size=2, max_size=2, unique=True).map(
    lambda pair: {"start": EDGES[min(pair)], "end": EDGES[max(pair)]}
)
strings = st.sampled_from(["بوتين", "كيم", "كورسك", "14", "ألف", "—", "قال", "ال"]).map(lambda text: {"text": text})
places = st.one_of(spans, spans, strings)
speakers = st.one_of(
    st.none(), st.sampled_from(["e1", "e2", "e3"]), st.sampled_from(["بوتين", "كيم", "ترامب"]).map(lambda n: {"name": n}),
    spans, st.just({"wikidata": "Q1"}), st.just({"wikidata": "Q2"}), st.just({"entity_id": "e1"}),
)  # fmt: skip
scored = st.sampled_from([True, True, True, False])


@st.composite
def entities(draw: st.DrawFn) -> dict[str, Any]:
    key, wikidata = draw(st.sampled_from(["e1", "e2", None])), draw(st.sampled_from(["Q1", None, None]))
    return {
        **draw(places), "label": draw(st.sampled_from(["PERS", "GPE"])), "scored": draw(scored), "wikidata": wikidata,
        "entity_id": key,
    }  # fmt: skip


def str_of_place(row: dict[str, Any]) -> str:
    return str((row.get("start"), row.get("end"), row.get("text")))


@st.composite
def numbers(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["count", "measure", "ordinal", "date", "ident", "percent"]))
    row = {**draw(places), "kind": kind, "scored": draw(scored)}
    if kind == "date":
        return {**row, "edtf": draw(st.sampled_from(["2025-04", None, "XXXX-04-24", "[2024,2025]"]))}
    low, high = draw(st.sampled_from([("3", "3"), ("3", None), (None, "1/3"), (None, None), (1, 1.0)]))
    modality = draw(st.sampled_from(["exact", "vague", "range", "at_most", None]))
    unit = draw(st.sampled_from(["جندي", "km", None]))
    core = draw(st.one_of(st.none(), st.none(), places))
    return {**row, "low": low, "high": high, "modality": modality, "unit": unit, "core": core}


@st.composite
def quotes(draw: st.DrawFn) -> dict[str, Any]:
    content = draw(st.lists(places, min_size=1, max_size=2))
    readings = draw(st.lists(st.fixed_dictionaries({"speaker": speakers}), max_size=1))
    return {"content": content, "speaker": draw(speakers), "scored": draw(scored), "alternatives": readings}


@st.composite
def golds(draw: st.DrawFn) -> list[dict[str, Any]]:
    line = {
        "doc_id": "d", "story": "s", "text": TEXT,
        "entities": draw(st.lists(entities(), max_size=4, unique_by=str_of_place)), "numbers": draw(st.lists(numbers(), max_size=3)),
        "quotes": draw(st.lists(quotes(), max_size=3)),
    }  # fmt: skip
    cited = places.map(lambda place: {"doc_id": "d", **place})
    side = st.lists(cited, min_size=1, max_size=2).map(lambda found: {"spans": found})
    sides = st.lists(side, min_size=2, max_size=3)
    kinds = st.sampled_from(["numeric", None])
    disputes = draw(st.lists(st.fixed_dictionaries({"story": st.just("s"), "type": kinds, "sides": sides}), max_size=2))
    return [line, *disputes]


def itself(known: Reference, disputes: list[dict[str, Any]]) -> list[Any]:
    """What a system says that is right throughout: what gold scores, with offsets, and all of its mentions."""
    document = known.documents["d"]

    def placed(item: Grounded[Any]) -> Any:
        spans = item.spans or ()
        if isinstance(item.item, PredictedQuote):
            return replace(item.item, content=tuple(PredictedSpan(start=start, end=end) for start, end in spans))
        bare = replace(item.item, start=spans[0][0], end=spans[0][1], text=None)
        core = getattr(bare, "core", None)
        return replace(bare, core=replace(core, text=None)) if core else bare

    rows = {
        layer: tuple(placed(row) for row in getattr(document, layer) if row.item.scored or layer == "entities")
        for layer in ("entities", "numbers", "quotes")
    }
    return [Annotations(doc_id="d", **rows), *disputes]


@given(golds())
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_gold_against_itself_is_one_or_an_error_says_why(gold: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "gold.jsonl")
        path.write_text("".join(json.dumps(line) + "\n" for line in gold), "utf-8")
        try:
            known = load_gold(path)[0]
        except InputError:
            return
        headline = khabar.score(itself(known, gold[1:]), gold=known, resamples=2).headline
    assert {value for value in headline.values() if value is not None} <= {1.0}


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (
            {"numbers": [{"start": 13, "end": 15, "kind": "count", "low": "3", "core": {"start": 16, "end": 19}}]},
            "core",
        ),
        ({"quotes": [{"content": [{"text": "—"}], "speaker": "e1"}]}, "letter"),
        ({"sides": [{"spans": [{"doc_id": "d", "start": 0, "end": 3}]}, {"spans": []}]}, "no span"),
        ({"sides": [{"spans": [{"doc_id": "d", "start": 0, "end": 3}]}]}, "needs two"),
    ],
)
def test_what_no_prediction_can_match_is_refused(extra: dict[str, Any], words: str, tmp_path: Path) -> None:
    document = {"doc_id": "d", "story": "s", "text": TEXT}
    lines = [document, {"story": "s", **extra}] if "sides" in extra else [{**document, **extra}]
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    with pytest.raises(InputError, match=words):
        load_gold(tmp_path / "gold.jsonl")


def test_a_dispute_that_cites_a_page_is_refused(tmp_path: Path) -> None:
    sides = [{"spans": [{"doc_id": "d", "start": 400 * side, "end": 400 * side + 351}]} for side in range(2)]
    lines = [{"doc_id": "d", "story": "s", "text": "كلمة " * 200}, {"story": "s", "sides": sides}]
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    with pytest.raises(InputError, match="351 code points"):
        load_gold(tmp_path / "gold.jsonl")


def test_a_speaker_of_two_entities_is_refused(tmp_path: Path) -> None:
    both = [
        {"start": 4, "end": 9, "label": "PERS", "entity_id": "e1"},
        {"start": TEXT.rindex("بوتين"), "end": TEXT.rindex("بوتين") + 5, "label": "PERS", "entity_id": "e2"},
    ]
    quote = {"content": [{"start": 13, "end": 33}], "speaker": {"name": "بوتين"}}
    line = {"doc_id": "d", "story": "s", "text": TEXT, "entities": both, "quotes": [quote]}
    (tmp_path / "gold.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    with pytest.raises(InputError, match="more than one"):
        load_gold(tmp_path / "gold.jsonl")


def test_a_dont_care_row_does_not_stand_for_one_that_nothing_matches(tmp_path: Path) -> None:
    """It fits another reading of the scored row, whose own speaker is one of two."""
    both = [
        {"start": 4, "end": 9, "label": "PERS", "entity_id": "e1"},
        {"start": TEXT.rindex("بوتين"), "end": TEXT.rindex("بوتين") + 5, "label": "PERS", "entity_id": "e2"},
    ]
    content = [{"start": 13, "end": 33}]
    quotes = [
        {"content": content, "speaker": {"name": "بوتين"}, "alternatives": [{"speaker": "e1"}]},
        {"content": content, "speaker": "e1", "scored": False},
    ]
    line = {"doc_id": "d", "story": "s", "text": TEXT, "entities": both, "quotes": quotes}
    (tmp_path / "gold.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    with pytest.raises(InputError, match="more than one"):
        load_gold(tmp_path / "gold.jsonl")
