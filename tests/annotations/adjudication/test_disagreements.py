"""What a third reader is asked: what differs, each thing once, and nothing that is only wording."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from khabar.annotations.adjudication.disagreements import Disagreement, disagreements
from khabar.annotations.agreement.alignment import align
from khabar.records import Claim, Conflict, Entity, Number, Quote, Registered, Row
from tests.annotations.story import (
    ONE,
    STORIES,
    TEXTS,
    TWO,
    a_pass,
    claim,
    entity,
    issue,
    number,
    quote,
    registered,
    span,
)


def asked(b: Sequence[Row], a: Sequence[Row] | None = None) -> list[Disagreement]:
    return disagreements(align(a_pass() if a is None else a, b, TEXTS, STORIES), TEXTS)


def edited(change: Callable[[Row], Row | None]) -> list[Row]:
    return [row for row in map(change, a_pass()) if row is not None]


def without(kind: type[Row], **columns: object) -> list[Row]:
    return [
        row
        for row in a_pass()
        if not (isinstance(row, kind) and all(getattr(row, key) == value for key, value in columns.items()))
    ]


def test_alike_passes_ask_nothing() -> None:
    assert asked(a_pass()) == []
    assert asked(a_pass(putin="p")) == []


def test_each_field_of_a_row_in_one_question() -> None:
    (found,) = asked(
        edited(
            lambda row: (
                replace(row, label="FAC", scored=False) if isinstance(row, Entity) and row.label == "ORG" else row
            )
        )
    )
    assert (found.layer, found.doc_id, found.what) == ("entities", ONE, ("label", "scored"))
    assert [row.label for row in (*found.a, *found.b) if isinstance(row, Entity)] == ["ORG", "FAC"]


def test_a_row_of_one_pass_only() -> None:
    (found,) = asked(without(Number, low="600"))
    assert (found.what, len(found.a), found.b) == (("row",), 1, ())
    (found,) = asked(a_pass(), without(Number, low="600"))
    assert (found.what, found.a, len(found.b)) == (("row",), (), 1)


def test_numbers_differ_in_value_modality_unit_and_span() -> None:
    other = number(ONE, "600 جندي قتلوا", "600", "600", modality="approx", unit="قتيل")
    (found,) = asked([other if isinstance(row, Number) and row.low == "600" else row for row in a_pass()])
    assert found.what == ("span", "modality", "unit")


def test_quotes_differ_in_all_they_hold() -> None:
    def change(row: Row) -> Row:
        if isinstance(row, Quote) and row.speaker == "kremlin":
            return replace(
                row, content=(span(ONE, "أن المعركة انتهت"),), cue=(), marked=row.content, speaker="putin",
                source_chain=("kremlin", "putin"), act="denial", polarity="negative", utterance="u", speaker_mention=None,
            )  # fmt: skip
        return row

    (found,) = asked(edited(change))
    assert set(found.what) == {
        "content", "cue", "marked", "speaker_mention", "speaker", "source_chain", "act", "polarity", "utterance",
    }  # fmt: skip


def test_one_quote_or_two_is_one_question() -> None:
    parts = [
        quote(TWO, "انتهاء المعركة", "نفى", "zelensky", "زيلينسكي", act="denial"),
        quote(TWO, "كورسك", "نفى", "zelensky"),
    ]
    (found,) = asked([*without(Quote, act="denial"), *parts])
    assert (len(found.a), len(found.b)) == (1, 2)


def test_mentions_that_cross_are_one_question() -> None:
    """Both cannot stand; either can."""
    left = [*a_pass(), entity(ONE, "المعركة انتهت", "EVENT", "kursk")]
    right = [*a_pass(), entity(ONE, "أن المعركة", "EVENT", "kursk")]
    (found,) = asked(right, left)
    assert (len(found.a), len(found.b)) == (1, 1)


def test_nested_mentions_are_two_questions() -> None:
    more = [*a_pass(), entity(ONE, "المعركة انتهت", "EVENT", "kursk"), entity(ONE, "المعركة", "EVENT", "kursk")]
    assert [len(each.b) for each in asked(more)] == [1, 1]


def test_an_issue_of_one_pass_goes_with_its_claims() -> None:
    more = [
        claim("c3", ONE, "600 جندي قتلوا", "A", "putin", issue_id="toll"),
        claim("c4", TWO, "700 جندي قتلوا", "B", "putin", issue_id="toll"),
        issue({"A": ["c3"], "B": ["c4"]}, "apparent", "toll", type=None, subtype="as_of"),
    ]
    (found,) = asked([*a_pass(), *more])
    assert (found.layer, found.doc_id, found.what, len(found.b)) == ("conflicts", None, ("row",), 3)


def test_status_and_evidence_are_two_questions() -> None:
    def change(row: Row) -> Row:
        if isinstance(row, Claim) and row.id == "c1":
            return replace(row, start=row.start + 8, text=row.text[8:])
        return replace(row, status="contested") if isinstance(row, Conflict) else row

    assert [(each.layer, each.what) for each in asked(edited(change))] == [
        ("claims", ("span",)),
        ("conflicts", ("status",)),
    ]


def test_a_claim_at_another_position() -> None:
    def change(row: Row) -> Row:
        if isinstance(row, Claim) and row.id == "c3":
            return replace(row, position="B")
        return (
            replace(row, positions=issue({"A": ["c1"], "B": ["c2", "c3"]}).positions)
            if isinstance(row, Conflict)
            else row
        )

    a = [*without(Conflict), claim("c3", TWO, "كورسك", "A", "putin"), issue({"A": ["c1", "c3"], "B": ["c2"]})]
    b = [change(row) for row in a]
    (found,) = asked(b, a)
    assert (found.layer, found.what) == ("claims", ("position",))


def test_registry_rows() -> None:
    def change(row: Row) -> Row:
        return (
            replace(row, aliases=("بوتن", "الرئيس"), speaks_for="kremlin")
            if isinstance(row, Registered) and row.entity_id == "putin"
            else row
        )

    (found,) = asked(edited(change))
    assert (found.layer, found.what) == ("registry", ("aliases", "speaks_for"))


def test_a_registry_row_follows_from_the_rows_that_need_it() -> None:
    """Whether b's new thing exists is asked once, where b speaks of it."""
    more = [*a_pass(), entity(ONE, "المعركة", "EVENT", "battle"), registered("battle", "المعركة", "EVENT")]
    assert [each.layer for each in asked(more)] == ["entities"]
    idle = [*a_pass(), registered("battle", "المعركة", "EVENT")]
    assert [each.layer for each in asked(idle)] == ["registry"]


def test_wording_is_one_group_that_need_not_be_decided() -> None:
    def change(row: Row) -> Row:
        if isinstance(row, Quote):
            return replace(row, medium="بيان")
        return replace(row, question="Has it ended?", note="n") if isinstance(row, Conflict) else row

    found = asked(edited(change))
    assert all(each.cosmetic for each in found)
    assert [(each.layer, each.doc_id, len(each.a)) for each in found] == [
        ("quotes", ONE, 2), ("quotes", TWO, 2), ("conflicts", None, 1),
    ]  # fmt: skip


def test_ids_follow_from_the_rows() -> None:
    b = without(Number, low="600")
    assert [each.id for each in asked(b)] == [each.id for each in asked(b[::-1])]
    assert [each.id for each in asked(b)] != [each.id for each in asked(without(Number, low="700"))]
