"""Two passes side by side: names are matched, so that what is left to differ is what annotators read differently."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from khabar.annotations.agreement.alignment import RowPair, align
from khabar.annotations.agreement.differences import differences
from khabar.annotations.agreement.names import key_names, keys_of, matched_groups, matched_names, renamed, with_keys
from khabar.annotations.rounds import Round
from khabar.records import Claim, Conflict, Entity, Quote, Registered, Row
from tests.annotations.story import ONE, STORIES, TEXTS, TWO, a_pass, claim, entity, issue, quote, registered


def aligned(a: Sequence[Row], b: Sequence[Row]) -> tuple[RowPair, ...]:
    return align(a, b, TEXTS, STORIES)


def told(pairs: Sequence[RowPair]) -> list[tuple[str, str, object, object]]:
    return [(each.layer, each.what, each.a, each.b) for each in differences(pairs)]


def test_a_pass_with_itself() -> None:
    pairs = aligned(a_pass(), a_pass())
    assert all(pair.a == pair.b for pair in pairs)
    assert [pair.a for pair in pairs] == a_pass()


def test_keys_are_only_names() -> None:
    """The same thing under another key, and even two keys that change places, are no difference."""
    assert not told(aligned(a_pass(), a_pass(putin="vladimir", kursk="kursk_oblast")))
    assert not told(aligned(a_pass(), a_pass(putin="kursk", kursk="putin")))


@given(st.permutations(["putin", "kursk", "kremlin", "zelensky"]), st.booleans())
def test_no_renaming_of_keys_makes_a_difference(names: list[str], fresh: bool) -> None:
    new = {old: f"new_{name}" if fresh else name for old, name in zip(sorted(names), names, strict=True)}
    assert not told(aligned(a_pass(), [with_keys(row, new) for row in a_pass()]))


def test_a_source_without_mention_is_known_by_what_it_says() -> None:
    def heard(key: str) -> list[Row]:
        return [*a_pass(), quote(ONE, "المعركة انتهت", "المعركة", key), registered(key, f"مصدر {key}", None)]

    assert not [each for each in differences(aligned(heard("anon:x1"), heard("anon:y7"))) if each.layer == "quotes"]


def test_one_key_where_the_other_pass_has_two() -> None:
    """A key that a has not gets b's name, made new where a uses that name for something else."""
    split = [
        replace(row, entity_id="kremlin") if isinstance(row, Entity) and row.text == "بوتن" else row for row in a_pass()
    ]
    split = [with_keys(row, dict.fromkeys(keys_of(row), "moscow")) if _of_kremlin(row) else row for row in split]
    found = [each for each in told(aligned(a_pass(), split)) if each[0] == "entities"]
    assert found == [("entities", "entity_id", "putin", "kremlin_b")]


def _of_kremlin(row: Row) -> bool:
    return keys_of(row) == ["kremlin"] and not (isinstance(row, Entity) and row.text == "بوتن")


def test_names_of_keys() -> None:
    assert key_names(a_pass(), a_pass(putin="p", kursk="k"))["p"] == "putin"
    assert renamed(["x", "y"], {"x": "y"}, ["y", "z"]) == {"x": "y", "y": "y_b"}


def test_groups_are_matched_as_wholes() -> None:
    """φ4: {1,2,3} goes to {1,2} (0.8), though {3} shares a member too (0.5); {3} is left."""
    assert matched_groups({"a": {1, 2, 3}}, {"x": {3}, "y": {1, 2}}) == {"y": "a"}
    assert matched_names({("a", "x"): 1}, {"a": 3}, {"x": 4}, least=1 / 3) == {}


def test_utterances_are_only_names() -> None:
    def grouped(key: str) -> list[Row]:
        return [
            replace(row, utterance=key) if isinstance(row, Quote) and row.act == "statement" else row
            for row in a_pass()
        ]

    assert not told(aligned(grouped("battle"), grouped("toll")))


def test_issues_claims_and_positions_are_only_names() -> None:
    def asked(key: str, first: str, second: str, ids: str) -> list[Row]:
        others = [row for row in a_pass() if not isinstance(row, (Claim, Conflict))]
        return [
            *others,
            claim(f"{ids}1", ONE, "المعركة انتهت", first, "kremlin", value="yes", issue_id=key),
            claim(f"{ids}2", TWO, "نفى زيلينسكي انتهاء المعركة", second, "zelensky", value="no", issue_id=key),
            issue({first: [f"{ids}1"], second: [f"{ids}2"]}, key=key),
        ]

    assert not told(aligned(asked("over", "A", "B", "c"), asked("ended", "B", "A", "k")))


def test_claims_are_the_same_only_on_the_same_question() -> None:
    """b asks a second question about the same words: a claim and an issue of its own."""
    more = [
        *a_pass(),
        claim("c3", ONE, "المعركة انتهت", "A", "kremlin", issue_id="where"),
        claim("c4", TWO, "كورسك", "A", "zelensky", issue_id="where"),
        issue({"A": ["c3", "c4"]}, "corroborated", "where", type=None),
    ]
    found = [(layer, what, a is None) for layer, what, a, _ in told(aligned(a_pass(), more))]
    assert sorted(found) == [("claims", "row", True), ("claims", "row", True), ("conflicts", "row", True)]


def test_the_same_span_first() -> None:
    """Of two mentions that overlap one of a's, the one with its span is its partner."""
    longer = [*a_pass(), entity(ONE, "بوتين إن", "ORG", "putin")]
    found = told(aligned(a_pass(), longer))
    assert [each[:3] for each in found] == [("entities", "row", None)]


def test_another_span_is_a_difference_and_not_two_rows() -> None:
    wider = [entity(TWO, "في كورسك", "GPE", "kursk") if row == _kursk() else row for row in a_pass()]
    (found,) = [each for each in told(aligned(a_pass(), wider)) if each[1] == "span"]
    assert found[2] == {"start": _kursk().start, "end": _kursk().end, "text": "كورسك"}


def _kursk() -> Entity:
    return next(row for row in a_pass() if isinstance(row, Entity) and row.doc_id == TWO and row.text == "كورسك")


def test_order_says_nothing() -> None:
    assert not told(aligned(a_pass(), a_pass()[::-1]))
    changed = [replace(row, aliases=("ب", "أ")) if isinstance(row, Registered) else row for row in a_pass()]
    again = [replace(row, aliases=("أ", "ب")) if isinstance(row, Registered) else row for row in a_pass()]
    assert not told(aligned(changed, again))


def test_the_real_round_keeps_every_row(first_round: Round, first_pairs: tuple[RowPair, ...]) -> None:
    assert [pair.a for pair in first_pairs if pair.a is not None] == list(first_round.a.rows)
    assert sum(pair.b is not None for pair in first_pairs) == len(first_round.b.rows)


def test_the_real_round_seen_from_the_other_side(first_round: Round, first_pairs: tuple[RowPair, ...]) -> None:
    """Which pass is named first changes whose names are used, and no more."""
    swapped = align(first_round.b.rows, first_round.a.rows, first_round.texts, first_round.stories)

    def seen(pairs: Sequence[RowPair]) -> list[tuple[str, str, bool, bool]]:
        return sorted((pair.layer, type(pair.row).__name__, pair.a is None, pair.b is None) for pair in pairs)

    turned = [RowPair(pair.b, pair.a) for pair in swapped]
    assert seen(turned) == seen(first_pairs)
    assert len(differences(swapped)) == len(differences(first_pairs))
