"""Nomination: where systems outvote gold a question is asked, and nothing in it says what gold has or who says what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from khabar.annotations.ballots import Ballot, Voter, ballots
from khabar.annotations.nomination import Nominated, nominate
from khabar.corpus.gold import load_gold
from khabar.reading.reference import Reference
from khabar.records import (
    Annotations,
    Dispute,
    Document,
    PredictedEntity,
    PredictedNumber,
    PredictedQuote,
    PredictedSource,
    PredictedSpan,
    Side,
    StorySpan,
)
from khabar.records.repository import Nomination, NominationKey
from tests.cli.conftest import run

TEXT = "زار سالم مدينة طنطا.\nوقالت ليلى إن 12 سدًا مغلقة.\nوقال نادر إن 14 سدًا مغلقة في طنطا.\n"
GOLD = Annotations(
    doc_id="one",
    story="dams",
    text=TEXT,
    entities=(
        PredictedEntity(text="سالم", label="PERS", id="e1"),
        PredictedEntity(text="طنطا", label="GPE", id="e2", occurrence=1),
        PredictedEntity(text="ليلى", label="PERS", id="e3"),
    ),
    numbers=(PredictedNumber(text="12 سدًا", kind="count", low="12", unit="سد", id="n1"),),
)
RIGHT = GOLD.entities
DISPUTE = Dispute(
    story="dams",
    sides=(
        Side(value="12", spans=(StorySpan(doc_id="one", text="12 سدًا مغلقة"),)),
        Side(value="14", spans=(StorySpan(doc_id="one", text="14 سدًا مغلقة"),)),
    ),
)
SECOND = PredictedEntity(text="طنطا", label="GPE", occurrence=2)
DOCUMENT = Document(doc_id="one", story="dams", text=TEXT, sha256="", published="2031-03-19")


def says(name: str, *entities: PredictedEntity, numbers: tuple[PredictedNumber, ...] = ()) -> Voter:
    return Voter(name, [Annotations(doc_id="one", entities=entities, numbers=numbers)], ())


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    import msgspec

    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(record) + b"\n" for record in (GOLD, DISPUTE)))
    return path


def taken(gold: Path, *systems: Voter) -> list[Ballot]:
    return ballots(load_gold(gold)[0], systems)


def asked(gold: Path, *systems: Voter, most: int = 10) -> Nominated:
    reference = load_gold(gold)[0]
    return nominate(ballots(reference, systems), reference, [DOCUMENT], "test", most)


def test_who_agrees_with_gold_nominates_nothing(gold: Path) -> None:
    assert asked(gold, says("a", *RIGHT), says("b", *RIGHT)).nominations == ()


def test_a_mention_that_two_systems_see_and_gold_does_not_have(gold: Path) -> None:
    [question], [key] = questions(asked(gold, says("a", *RIGHT, SECOND), says("b", *RIGHT, SECOND)))
    assert set(question.readings.values()) == {"GPE: طنطا", "no row"}
    assert question.readings[key.gold] == "no row"
    assert key.votes == {letter: (() if letter == key.gold else ("a", "b")) for letter in question.readings}
    assert key.row is None
    [place] = key.places
    assert TEXT[place.start : place.end] == "طنطا"
    [extract] = question.extracts
    assert extract.published == "2031-03-19"
    assert extract.text == "وقالت ليلى إن 12 سدًا مغلقة.\nوقال نادر إن 14 سدًا مغلقة في ⟦طنطا⟧."


def test_a_row_that_all_miss(gold: Path) -> None:
    [question], [key] = questions(asked(gold, says("a", *RIGHT[1:]), says("b", *RIGHT[1:])))
    assert question.readings[key.gold] == "PERS: سالم"
    assert key.row is not None
    assert (key.row.layer, key.row.key) == ("entities", "e1")


def test_a_vote_weighs_what_the_system_is_worth_on_that_label(gold: Path) -> None:
    """A system that is right on all other places names outvotes one that is not, whatever either is on persons."""
    worse = (PredictedEntity(text="مدينة", label="GPE"), PredictedEntity(text="مغلقة", label="GPE", occurrence=1))
    ballot = next(
        b for b in taken(gold, says("good", *RIGHT, SECOND), says("bad", *RIGHT[:1], *worse)) if b.gold is None
    )
    assert ballot.otherwise[0][0] == "good"
    assert ballot.weight["good"] > ballot.weight["bad"]
    assert ballot.margin == pytest.approx(ballot.weight["good"] - ballot.weight["bad"])


def test_twins_weigh_less_than_two_systems(gold: Path) -> None:
    """Weights join like the chance that one of them is right, so that they never add up to more than one."""
    [ballot] = taken(gold, *(says(name, *RIGHT[1:]) for name in "abcdefgh"))
    assert 0.5 < ballot.margin < 1


def test_a_system_without_a_word_on_a_layer_has_no_vote_there(gold: Path) -> None:
    [ballot] = taken(gold, says("a", *RIGHT[1:]), says("silent"))
    assert (ballot.missed, ballot.confirmed) == (["a"], [])


def test_numbers_are_told_by_their_value_whoever_gives_them(gold: Path) -> None:
    """Gold leaves out what its modality says, and so may a system."""
    number = PredictedNumber(text="12", kind="count", low="12", high="12", unit="باب")
    [question], [key] = questions(asked(gold, says("a", *RIGHT, numbers=(number,))))
    assert question.readings[key.gold] == "count: 12 سدًا = [12, 12], exact, unit سد"
    assert "count: 12 = [12, 12], exact, unit باب" in question.readings.values()


def test_a_dispute_that_a_system_misses_is_asked_about_with_every_status(gold: Path) -> None:
    other = Dispute(
        story="dams",
        sides=(
            Side(value="a", spans=(StorySpan(doc_id="one", text="زار سالم"),)),
            Side(value="b", spans=(StorySpan(doc_id="one", text="وقالت ليلى"),)),
        ),
    )
    system = Voter("a", [Annotations(doc_id="one", entities=RIGHT)], (other,))
    nominated = asked(gold, system)
    assert nominated.nominations
    for nomination, key in zip(nominated.nominations, nominated.keys, strict=True):
        statuses = [reading.partition(":")[0] for reading in nomination.readings.values()]
        assert statuses == ["conflict", "contested", "apparent", "corroborated", "no issue"]
        assert "⟦1 " in nomination.extracts[0].text
        assert " 2⟧" in nomination.extracts[0].text
        assert statuses["ABCDE".index(key.gold)] == ("no issue" if key.row is None else "conflict")


def test_a_string_that_stands_nowhere_is_no_witness(gold: Path) -> None:
    invented = PredictedEntity(text="القاهرة", label="GPE")
    assert taken(gold, says("a", *RIGHT, invented), says("b", *RIGHT, invented)) == []


def test_who_says_twice_what_gold_has_is_no_witness(gold: Path) -> None:
    """A saying inside a saying of the same speaker, its words given to both: one is right, the other false."""
    inner = {"content": (PredictedSpan(text="12 سدًا مغلقة"),), "speaker": PredictedSource(name="ليلى")}
    said = Annotations(doc_id="one", story="dams", text=TEXT, quotes=(PredictedQuote(**inner, id="q1"),))
    twice = (PredictedQuote(**inner, cue=(PredictedSpan(text="قالت"),)), PredictedQuote(**inner))
    reference = Reference.build([said])
    voters = [Voter(name, [Annotations(doc_id="one", quotes=twice)], ()) for name in "ab"]
    assert ballots(reference, voters, ["quotes"]) == []


def test_no_more_than_asked_and_the_strongest_first(gold: Path) -> None:
    systems = [says("a", *RIGHT[1:], SECOND), says("b", *RIGHT[1:])]
    assert len(asked(gold, *systems).nominations) == 1, "b does not see the second town, which outvotes nobody"
    [key] = asked(gold, *systems, most=1).keys
    assert key.row is not None


def test_the_order_of_systems_changes_nothing_but_theirs(gold: Path) -> None:
    systems = [says("a", *RIGHT[1:], SECOND), says("b", SECOND, *RIGHT[:2])]
    assert asked(gold, *systems) == asked(gold, *reversed(systems))


def questions(nominated: Nominated) -> tuple[tuple[Nomination, ...], tuple[NominationKey, ...]]:
    return nominated.nominations, nominated.keys


FILES = ("rules", "language-model", "digits", "quote-marks", "value-mismatch")


def test_the_command_keeps_its_questions_blind(tmp_path: Path) -> None:
    """Over the submissions there are: nothing of a question names a system or gold, and its key has all of that."""
    root = Path(__file__).parents[2] / "eval" / "submissions"
    files = [str(root / name / "2.0.0" / "test" / "predictions.jsonl") for name in FILES]
    answer = run("nominate", *files, "--out", "questions.jsonl", "--key", "key.jsonl", "--json", cwd=tmp_path)
    assert (answer.code, answer.err) == (0, "")
    blind = (tmp_path / "questions.jsonl").read_text("utf-8")
    asked = [json.loads(line) for line in blind.splitlines()]
    keys = [json.loads(line) for line in (tmp_path / "key.jsonl").read_text("utf-8").splitlines()]
    counts = json.loads(answer.out)
    assert counts["nominations"] == len(asked) == sum(counts["layers"].values()) > 5
    assert not [name for name in (*FILES, "submissions", '"gold"') if name in blind]
    assert [question["id"] for question in asked] == [key["id"] for key in keys] == sorted(key["id"] for key in keys)
    assert {key["gold"] for key in keys if key["layer"] != "conflicts"} >= {"A", "B"}, "gold has no letter of its own"
    assert all(
        key["margin"] > 0 and key["gold"] in question["readings"] for question, key in zip(asked, keys, strict=True)
    )
    assert run("nominate", *files, "--out", "q.jsonl", "--key", "q.jsonl", cwd=tmp_path).code == 2
