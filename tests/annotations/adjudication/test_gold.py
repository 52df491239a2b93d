"""Gold from decisions: what follows from all a, from all b, and from each other verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from khabar.annotations.adjudication.decisions import Decided, decide, decided_rows, plain
from khabar.annotations.adjudication.disagreements import disagreements
from khabar.annotations.adjudication.gold import settle
from khabar.annotations.agreement.alignment import RowPair, align
from khabar.annotations.agreement.differences import differences
from khabar.annotations.rounds import Round
from khabar.reading.files import write_records
from khabar.records import Claim, Conflict, Entity, Number, Quote, Reading, Registered, Row
from khabar.records.repository import Ruling
from tests.annotations.story import ONE, TWO, a_pass, a_round, claim, entity, issue, quote, registered, span

ROOT = Path(__file__).parents[3]


def problem(kind: str, message: str, fix: str | None = None) -> None:
    raise AssertionError(f"{kind}: {message}")


def adjudicated(given: Round, verdict: Ruling, rows: Sequence[Row] = ()) -> list[Row]:
    """Gold when every question, wording included, is answered alike."""
    return decided_alike(align(given.a.rows, given.b.rows, given.texts, given.stories), given, verdict, rows)


def decided_alike(pairs: Sequence[RowPair], given: Round, verdict: Ruling, rows: Sequence[Row] = ()) -> list[Row]:
    decided = []
    for each in disagreements(pairs, given.texts):
        decision = decide(each, verdict, "why", "me", plain(rows))
        made = decided_rows(each, decision, problem)
        assert made is not None
        decided.append(Decided(each, decision, made, "decisions.jsonl", 1))
    return settle(pairs, decided)


def edited(change: Callable[[Row], Row | None]) -> list[Row]:
    return [row for row in map(change, a_pass()) if row is not None]


def read_differently() -> list[Row]:
    """A pass that differs on every layer, with keys and ids of its own."""
    rows = edited(
        lambda row: (
            None if isinstance(row, (Claim, Conflict)) or (isinstance(row, Number) and row.low == "600") else row
        )
    )
    rows = [replace(row, label="FAC") if isinstance(row, Entity) and row.text == "الكرملين" else row for row in rows]
    rows = [
        replace(row, act="warning", medium="بيان") if isinstance(row, Quote) and row.act == "denial" else row
        for row in rows
    ]
    return [
        *rows,
        entity(ONE, "المعركة", "EVENT", "battle"),
        registered("battle", "المعركة", "EVENT"),
        claim("k1", ONE, "المعركة انتهت", "X", "kremlin", issue_id="ended", value="yes"),
        claim("k2", TWO, "نفى زيلينسكي", "Y", "zelensky", issue_id="ended", value="no", stance="hedged"),
        issue({"X": ["k1"], "Y": ["k2"]}, "contested", "ended", question="Has it ended?"),
    ]


def test_all_a_is_pass_a() -> None:
    assert adjudicated(a_round(a_pass(), read_differently()), "a") == a_pass()


def test_all_b_is_pass_b_but_for_names() -> None:
    gold = adjudicated(a_round(a_pass(), read_differently()), "b")
    again = a_round(gold, read_differently())
    assert differences(align(again.a.rows, again.b.rows, again.texts, again.stories)) == []
    assert {row.entity_id for row in gold if isinstance(row, Registered)} >= {"putin", "battle"}


def test_the_real_round_all_a_is_byte_for_byte_pass_a(
    first_round: Round, first_pairs: tuple[RowPair, ...], tmp_path: Path
) -> None:
    write_records(tmp_path / "gold.jsonl", decided_alike(first_pairs, first_round, "a"))
    assert (tmp_path / "gold.jsonl").read_bytes() == (first_round.folder / "a.jsonl").read_bytes()


def test_the_real_round_all_b_agrees_with_pass_b(first_round: Round, first_pairs: tuple[RowPair, ...]) -> None:
    gold = decided_alike(first_pairs, first_round, "b")
    assert differences(align(gold, first_round.b.rows, first_round.texts, first_round.stories)) == []


def test_rows_come_in_by_their_place() -> None:
    gold = adjudicated(a_round(a_pass(), [*a_pass(), entity(ONE, "المعركة", "EVENT", "kremlin")]), "b")
    starts = [(row.doc_id, row.start) for row in gold if isinstance(row, Entity)]
    assert starts == sorted(starts)


def test_neither() -> None:
    other = edited(lambda row: replace(row, label="FAC") if isinstance(row, Entity) and row.label == "ORG" else row)
    gold = adjudicated(a_round(a_pass(), other), "neither")
    assert gold == edited(lambda row: None if isinstance(row, Entity) and row.label == "ORG" else row)


def test_other_rows() -> None:
    other = edited(lambda row: replace(row, label="FAC") if isinstance(row, Entity) and row.label == "ORG" else row)
    third = entity(ONE, "الكرملين", "GPE", "kremlin")
    gold = adjudicated(a_round(a_pass(), other), "other", [third])
    assert gold == [third if isinstance(row, Entity) and row.label == "ORG" else row for row in a_pass()]


def test_both_readings_of_a_quote() -> None:
    """b's content and speaker become an alternative of a's row; so do b's own alternatives."""
    content = (span(ONE, "أن المعركة انتهت"),)

    def change(row: Row) -> Row:
        if isinstance(row, Quote) and row.speaker == "kremlin":
            return replace(row, content=content, alternatives=(Reading(speaker="putin"),))
        return row

    gold = adjudicated(a_round(a_pass(), edited(change)), "both")
    (row,) = [row for row in gold if isinstance(row, Quote) and row.speaker == "kremlin"]
    assert row.content == (span(ONE, "المعركة انتهت"),)
    assert row.alternatives == (Reading(content=content), Reading(content=content, speaker="putin"))
    assert row.scored


def test_both_readings_of_whether_something_is_there() -> None:
    """In gold, and neither rewarded nor punished."""
    for a, b in ((a_pass(), _without_600()), (_without_600(), a_pass())):
        (row,) = [row for row in adjudicated(a_round(a, b), "both") if isinstance(row, Number) and row.low == "600"]
        assert not row.scored


def _without_600() -> list[Row]:
    return edited(lambda row: None if isinstance(row, Number) and row.low == "600" else row)


def test_both_spans_of_a_mention() -> None:
    wider = [
        entity(TWO, "في كورسك", "GPE", "kursk")
        if isinstance(row, Entity) and row.doc_id == TWO and row.label == "GPE"
        else row
        for row in a_pass()
    ]
    gold = adjudicated(a_round(a_pass(), wider), "both")
    kept = [row for row in gold if isinstance(row, Entity) and row.doc_id == TWO and row.label == "GPE"]
    assert [(row.text, row.scored) for row in kept] == [("في كورسك", False), ("كورسك", False)]
    assert len({row.id for row in kept}) == 2


@pytest.mark.parametrize("kind", [Conflict, Registered])
def test_both_is_not_for_what_gold_cannot_hold_twice(kind: type[Row]) -> None:
    def change(row: Row) -> Row:
        if isinstance(row, Conflict) and kind is Conflict:
            return replace(row, status="contested")
        return replace(row, aliases=("س",)) if isinstance(row, Registered) and kind is Registered else row

    with pytest.raises(AssertionError, match="side by side"):
        adjudicated(a_round(a_pass(), edited(change)), "both")


def test_positions_follow_from_the_claims() -> None:
    """b has one claim more at position A: with it in gold, the issue's positions hold it."""
    more = [
        *edited(lambda row: None if isinstance(row, Conflict) else row),
        claim("c3", TWO, "كورسك", "A", "putin"),
        issue({"A": ["c1", "c3"], "B": ["c2"]}),
    ]
    gold = adjudicated(a_round(a_pass(), more), "b")
    (row,) = [row for row in gold if isinstance(row, Conflict)]
    assert row.positions == issue({"A": ["c1", "c3"], "B": ["c2"]}).positions


def test_a_new_quote_takes_an_id_that_is_free() -> None:
    new = replace(quote(ONE, "كورسك", "قال", "putin"), id=f"{ONE}-q{span(ONE, '600 جندي').start}")
    old = next(row for row in a_pass() if isinstance(row, Quote))
    assert new.id == old.id
    b = [replace(row, id="elsewhere") if row == old else row for row in a_pass()]
    gold = adjudicated(a_round(a_pass(), [*b, new]), "b")
    ids = [row.id for row in gold if isinstance(row, Quote)]
    assert len(ids) == len(set(ids)) == 5
