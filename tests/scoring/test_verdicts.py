"""Verdicts: all counts come from them, and the array path for entities counts the same."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from khabar.reading.incidents import Incidents
from khabar.reading.predictions import given_predictions, split
from khabar.reading.reference import Reference
from khabar.records.labels import LAYERS
from khabar.scoring.cases import Cases
from khabar.scoring.layers.entities import Entities
from khabar.scoring.layers.judge import DocumentJudge
from khabar.scoring.scorer import judge_of
from khabar.scoring.tally import Units
from tests.strategies import lines

Lines = list[dict[str, Any]]
some = settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])


def cases_of(gold: Lines, predictions: Lines) -> Cases:
    said, disputes = split(given_predictions(predictions, Incidents()))
    return Cases(Reference.build(*split(given_predictions(gold, Incidents()))), said, disputes)


WORDS = "وكورسك بكورسك في\nوكييف كييف كورسك"
ZONES = [{"start": 0, "end": 17, "zone": "body"}, {"start": 17, "end": len(WORDS), "zone": "boilerplate"}]


@st.composite
def crowded(draw: st.DrawFn, *, gold: bool) -> Lines:
    """Mentions of few words, so that most overlap, many are equal, and clitics come and go."""
    mentions: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(0, 9))):
        label = draw(st.sampled_from(["GPE", "ORG"]))
        start = draw(st.sampled_from([0, 1, 2, 7, 8, 14, 17, 18, 23]))
        end = draw(st.sampled_from([end for end in (6, 13, 16, 22, 27, len(WORDS)) if end > start]))
        place: dict[str, Any] = {"start": start, "end": end}
        if draw(st.integers(0, 5)) == 0 and not gold:
            place = {"text": draw(st.sampled_from(["كورسك", "كييف", "موسكو"]))}
        mentions.append({**place, "label": label, "phenomena": draw(st.sampled_from([[], ["clitic"]]))})
    if gold:
        mentions = list({(row["start"], row["end"], row["label"]): row for row in mentions}.values())
        mentions = [{**row, "scored": draw(st.booleans())} for row in mentions]
    zones = {"zones": ZONES} if draw(st.booleans()) else {}
    return [{"doc_id": "d", **({"text": WORDS, **zones} if gold else {}), "entities": mentions}]


TIED: tuple[Lines, Lines] = (
    [
        {
            "doc_id": "d",
            "text": WORDS,
            "entities": [{"start": 17, "end": 22, "label": "ORG"}, {"start": 0, "end": 22, "label": "ORG"}],
        }
    ],
    [{"doc_id": "d", "entities": [{"start": 17, "end": 22, "label": label} for label in ("GPE", "ORG")]}],
)
"""Two assignments are equally good, and count in different paragraphs."""


@some
@example(TIED)
@given(
    st.one_of(
        st.tuples(crowded(gold=True), crowded(gold=False)),
        st.tuples(lines(gold=True), lines(gold=False)),
    )
)
def test_entities_as_arrays_count_what_their_verdicts_count(worlds: tuple[Lines, Lines]) -> None:
    cases = cases_of(*worlds)
    units, judge = Units(cases), Entities(cases)
    arrays, verdicts = judge.tally(units), DocumentJudge.tally(judge, units)
    columns = [
        dict(zip(tally.table.columns, (values.tolist() for values in tally.table.values), strict=True))
        for tally in (arrays, verdicts)
    ]
    assert columns[0] == columns[1]
    assert (arrays.set_aside, arrays.ungrounded) == (verdicts.set_aside, verdicts.ungrounded)


@some
@given(lines(gold=True), lines(gold=False))
def test_every_row_and_prediction_stands_once_in_the_headline_and_its_faults_are_what_is_left(
    gold: Lines, predictions: Lines
) -> None:
    cases = cases_of(gold, predictions)
    for layer in LAYERS:
        for verdict in judge_of(layer, cases).verdicts:
            headline = verdict.headline
            used = [guess for _, guess in headline.pairs]
            assert sorted([*used, *headline.false, *headline.aside]) == list(range(len(verdict.predicted)))
            rows = [*(row for row, _ in headline.pairs), *headline.missed]
            assert len(set(rows)) == len(rows)
            costly = [fault for fault in verdict.faults if fault.cause != "wrong_type"]
            assert sorted(f.gold for f in costly if f.outcome != "false" and f.gold is not None) == sorted(
                headline.missed
            )
            assert sorted(f.predicted for f in costly if f.predicted is not None) == sorted(headline.false)
