"""Disputes with statuses that the prediction format cannot say: contested issues, traps, and the dispute scorer toy."""

from __future__ import annotations

import json
import random
from itertools import combinations
from pathlib import Path

import msgspec
import pytest

from khabar.reading.issues import Issue
from khabar.reading.reference import Reference
from khabar.records import Dispute
from khabar.records.labels import ConflictType, Status
from khabar.records.repository import DocSpan
from khabar.scoring.result import Score
from khabar.scoring.scorer import score

TOY = json.loads((Path(__file__).parent / "conformance" / "dispute_toy.json").read_text("utf-8"))


def claim(doc_id: str, start: int) -> DocSpan:
    """A claim of twenty code points."""
    return DocSpan(doc_id, start, start + 20)


def issue(name: str, status: Status, *positions: list[DocSpan], type: ConflictType | None = None) -> Issue:
    return Issue(name, "s", status, type, tuple(tuple(position) for position in positions))


def record(*sides: list[DocSpan], type: ConflictType | None = None, story: str = "s") -> Dispute:
    spans = [{"spans": [{"doc_id": c.doc_id, "start": c.start, "end": c.end} for c in side]} for side in sides]
    return msgspec.convert({"story": story, "type": type, "sides": spans}, Dispute)


def scored(issues: list[Issue], *records: Dispute) -> Score:
    return score(Reference.build([], issues=issues), [], list(records), layers=["conflicts"], resamples=20)


def counts(found: Score) -> tuple[int, int, int]:
    """True positives, false positives, misses."""
    column = found.layers["conflicts"]["f1"].counts
    return int(column["dispute.tp"]), int(column["dispute.fp"]), int(column["dispute.fn"])


A, B = claim("d1", 0), claim("d2", 0)
HARD = issue("hard", "conflict", [A], [B], type="numeric")
C1, C2, C3 = claim("d1", 100), claim("d2", 100), claim("d3", 100)
CONTESTED = issue("contested", "contested", [C1, C3], [C2], type="numeric")
T1, T2 = claim("d1", 200), claim("d2", 200)
TRAP = issue("trap", "apparent", [T1], [T2])
SAME1, SAME2 = claim("d1", 300), claim("d2", 300)
CORROBORATED = issue("corroborated", "corroborated", [SAME1, SAME2])
NOWHERE = claim("d1", 500)
ALL = [HARD, CONTESTED, TRAP, CORROBORATED]


def toy_issues() -> list[Issue]:
    where = {row["id"]: DocSpan(row["doc_id"], row["start"], row["end"]) for row in TOY["claims"]}
    return [
        Issue(
            row["issue_id"],
            row["story"],
            row["status"],
            row["type"],
            tuple(tuple(where[name] for name in position["claim_ids"]) for position in row["positions"]),
        )
        for row in TOY["conflicts"]
    ]


def toy_records() -> list[Dispute]:
    return [msgspec.convert(row, Dispute) for row in TOY["predictions"]]


def test_toy() -> None:
    """P 1/2, R 2/3, F 4/7, typed F 4/7: the dispute goes to the record of right type, the confident one is neutral."""
    found, expected = scored(toy_issues(), *toy_records()), TOY["expected"]
    assert counts(found) == (expected["tp"], expected["fp"], expected["fn"])
    figures = found.layers["conflicts"]
    for name, key in (("precision", "precision"), ("recall", "recall"), ("f1", "f1"), ("typed.f1", "typed_f1")):
        assert figures[name].value == pytest.approx(expected[key], abs=1e-6), name
    assert figures["traps.rate"].counts["traps.hit"] == expected["trap_false_alarms"]
    assert found.set_aside["conflicts"] == 1


def test_toy_in_any_order() -> None:
    shuffler, bytes_of = random.Random(7), set()
    for _ in range(10):
        issues, records = toy_issues(), toy_records()
        shuffler.shuffle(issues)
        shuffler.shuffle(records)
        bytes_of.add(scored(issues, *records).to_json())
    assert len(bytes_of) == 1


def test_contested_is_neutral() -> None:
    """A record whose edges are all ignored is neither right nor wrong, and a contested issue is never missed."""
    found = scored(ALL, record([A], [B]), record([C1, C3], [C2]))
    assert counts(found) == (1, 0, 0)
    assert found.set_aside["conflicts"] == 1


def test_contested_on_one_position_is_ignored_too() -> None:
    """An edge is ignored if a pair of it lies in a contested issue: the positions are asked of hard issues only."""
    found = scored(ALL, record([A], [B]), record([C1], [C3]))
    assert counts(found) == (1, 0, 0)


def test_contested_claim_against_itself_is_bad() -> None:
    """An edge holds pairs of distinct claims: one contested sentence as both sides is no pair, and a false positive."""
    assert counts(scored(ALL, record([A], [B]), record([C1], [C1]))) == (1, 1, 0)


def test_ignored_edges_help_purity() -> None:
    """(valid + ignored) / edges: one valid, one ignored and one bad edge are two thirds, and the dispute is found."""
    both = issue("contested too", "contested", [A], [C2], type="numeric")
    assert counts(scored([HARD, both], record([A], [B, C2, NOWHERE]))) == (1, 0, 0)


def test_mostly_ignored_without_a_valid_edge_is_false() -> None:
    """Without a valid edge a record is neutral only if all its edges are ignored: two of three are not all."""
    assert counts(scored(ALL, record([A], [B]), record([C2], [C1, C3, NOWHERE]))) == (1, 1, 0)


def test_half_ignored_is_not_pure() -> None:
    assert counts(scored(ALL, record([A], [B]), record([C1], [C2, NOWHERE]))) == (1, 1, 0)


def test_valid_comes_before_ignored() -> None:
    """An edge that lies in a hard and in a contested issue is valid."""
    both = issue("same spans", "contested", [A], [B], type="numeric")
    assert counts(scored([HARD, both], record([A], [B]))) == (1, 0, 0)


def test_trap() -> None:
    """An apparent conflict called one is a false positive and hits the trap; one avoided costs nothing."""
    avoided, entered = scored(ALL, record([A], [B])), scored(ALL, record([A], [B]), record([T1], [T2]))
    assert counts(avoided) == (1, 0, 0)
    assert avoided.layers["conflicts"]["traps.rate"].value == 0
    assert counts(entered) == (1, 1, 0)
    assert entered.layers["conflicts"]["traps.rate"].value == 1


def test_agreement_is_no_dispute() -> None:
    """A record over corroborating claims is false, and there is nothing there to miss."""
    assert counts(scored(ALL, record([A], [B]), record([SAME1], [SAME2]))) == (1, 1, 0)


def test_only_contested_gold_is_undefined() -> None:
    """No hard dispute and no false record: 0/0."""
    found = scored([CONTESTED, TRAP], record([C1], [C2]))
    assert found.headline["conflicts"] is None
    assert found.layers["conflicts"]["average_precision"].value is None


def many() -> tuple[list[Issue], list[DocSpan]]:
    """A story of twelve disputes between five articles, three claims each, and sixty claims nobody disputes."""
    issues, claims = [], []
    for at in range(12):
        one, two, three = (claim(f"d{(at + by) % 5}", 1000 * at + 30 * by) for by in range(3))
        issues.append(issue(f"hard {at}", "conflict", [one], [two, three], type="numeric"))
        claims += [one, two, three]
    for at in range(60):
        alone = claim(f"d{at % 5}", 20_000 + 30 * at)
        issues.append(issue(f"agreed {at:02}", "corroborated", [alone]))
        claims.append(alone)
    return issues, claims


def test_oracles_score_one() -> None:
    """Oracle pairs, oracle clusters and whole-sentence spans score 1."""
    issues, _ = many()
    hard = [each for each in issues if each.status == "conflict"]
    clusters = [record(*map(list, each.positions), type="numeric") for each in hard]
    pairs = [record([a], [b], type="numeric") for each in hard for a in each.positions[0] for b in each.positions[1]]
    wide = [
        record(*([DocSpan(c.doc_id, max(0, c.start - 5), c.end + 5) for c in side] for side in each.positions))
        for each in hard
    ]
    for records in (clusters, pairs, wide):
        assert scored(issues, *records).headline["conflicts"] == 1


def test_exploits_score_nothing() -> None:
    """All pairs, one mega-record and naive value mismatch score at most 0.05."""
    issues, claims = many()
    pairs = [record([a], [b]) for a, b in combinations(claims, 2)]
    mega = [record(*([each] for each in claims))]
    halves = [record(claims[::2], claims[1::2])]
    # Values that differ wherever two claims are not of one position: a mismatch between unrelated claims.
    shuffled = random.Random(1).sample(claims, len(claims))
    mismatch = [record([a], [b]) for a, b in combinations(shuffled, 2) if a.doc_id != b.doc_id]
    for records in (pairs, mega, halves, mismatch):
        value = scored(issues, *records).headline["conflicts"]
        assert value is not None
        assert value <= 0.05


def test_bridge_is_false_even_when_both_ends_are_found() -> None:
    """A record bridging two disputes is not pure, however right its two halves."""
    other = issue("other", "conflict", [claim("d3", 0)], [claim("d4", 0)], type="temporal")
    bridge = record([A, claim("d3", 0)], [B, claim("d4", 0)])
    assert counts(scored([HARD, other], bridge)) == (0, 1, 2)
    right = [record([A], [B]), record([claim("d3", 0)], [claim("d4", 0)])]
    assert counts(scored([HARD, other], *right, bridge)) == (2, 1, 0)


def test_wrong_records_cost_each() -> None:
    """Repeated right records are neutral, every wrong one costs."""
    assert counts(scored(ALL, *[record([A], [B])] * 5)) == (1, 0, 0)
    assert counts(scored(ALL, record([A], [B]), *[record([T1], [T2])] * 5)) == (1, 5, 0)


def test_a_thousand_duplicates_change_nothing() -> None:
    found = scored(ALL, *[record([A], [B])] * 1000)
    assert counts(found) == (1, 0, 0)
    assert found.set_aside["conflicts"] == 999


def test_two_thirds_make_a_record_pure() -> None:
    """One half is what every sentence on a side of its own reaches; two thirds only the smallest disputes."""
    two_and_one = issue("small", "conflict", [A, claim("d3", 0)], [B], type="numeric")
    assert counts(scored([two_and_one], record([A], [claim("d3", 0)], [B]))) == (1, 0, 0)
    three_and_one = issue("large", "conflict", [A, claim("d3", 0), claim("d4", 0)], [B], type="numeric")
    assert counts(scored([three_and_one], record([A], [claim("d3", 0)], [claim("d4", 0)], [B]))) == (0, 1, 1)
    # Three of five.
    wide = record([A, NOWHERE, claim("d1", 700)], [B, claim("d2", 700)])
    assert counts(scored([HARD], wide)) == (0, 1, 1)


def test_one_claim_on_two_sides_is_bad_once_for_each_claim() -> None:
    both = issue("both", "conflict", [A], [B, claim("d3", 0)], type="numeric")
    once = record([A, B], [B, claim("d3", 0)])  # valid: A-B, A-C; ignored by none: B-C; bad: B-B
    assert counts(scored([both], once)) == (0, 1, 1)
    twice = record([A, B, claim("d3", 0)], [B, claim("d3", 0), A])  # valid: A-B, A-C; B-C; bad: A-A, B-B, C-C
    assert counts(scored([both], twice)) == (0, 1, 1)
    assert counts(scored([both], record([A, B], [claim("d3", 0), B, NOWHERE]))) == (0, 1, 1)


def test_relations_are_those_of_pure_records() -> None:
    """One record of every claim on a side of its own meets all pairs, and finds nothing."""
    issues, claims = many()
    figures = scored(issues, record(*([each] for each in claims))).layers["conflicts"]
    assert figures["relations.recall"].value == 0
    assert figures["relations.typing.accuracy"].value is None
    hard = [each for each in issues if each.status == "conflict"]
    clusters = [record(*map(list, each.positions), type="numeric") for each in hard]
    assert scored(issues, *clusters).layers["conflicts"]["relations.recall"].value == 1


def test_the_order_within_records_moves_no_figure() -> None:
    """Of equally good records one is taken by what they say: which of their sides or spans come first is nothing."""
    chance = random.Random(11)
    issues = [
        issue(f"hard {at}", "conflict", [claim("d1", 100 * at)], [claim("d2", 100 * at), claim("d3", 100 * at)])
        for at in range(4)
    ]
    places = [each for one in issues for position in one.positions for each in position]
    for _ in range(60):
        records = [
            record(
                *(chance.sample(places, chance.randint(1, 2)) for _ in range(chance.randint(2, 3))),
                type=chance.choice(["numeric", "temporal", None]),
            )
            for _ in range(5)
        ]
        turned = []
        for each in records:
            sides = [msgspec.structs.replace(s, spans=tuple(chance.sample(s.spans, len(s.spans)))) for s in each.sides]
            turned.append(msgspec.structs.replace(each, sides=tuple(chance.sample(sides, len(sides)))))
        assert scored(issues, *records).to_json() == scored(issues, *turned).to_json()
