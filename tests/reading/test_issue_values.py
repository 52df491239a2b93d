"""Values of an issue's positions go with its status."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from khabar.reading.rows import Located, check
from khabar.records import Claim, Conflict

TEXT = "قال هذا. وقال ذاك. وقال آخر."


def problems(status: str, kind: str | None, *positions: list[str | None]) -> set[str]:
    rows: list[Any] = []
    listed = []
    for at, values in enumerate(positions):
        ids = [f"c{at}{number}" for number in range(len(values))]
        listed.append({"position": "ABC"[at], "claim_ids": ids})
        for number, (name, value) in enumerate(zip(ids, values, strict=True)):
            claim = {
                "id": name, "doc_id": f"d{number}", "issue_id": "i", "position": "ABC"[at], "start": 0, "end": 3,
                "text": TEXT[:3], "source": "narrator", "stance": "asserted", "value": value,
            }  # fmt: skip
            rows.append(msgspec.convert(claim, Claim))
    issue = {
        "issue_id": "i", "story": "s", "question": "?", "question_ar": "؟", "status": status, "type": kind,
        "subtype": "as_of" if status == "apparent" else None, "scope": "across", "positions": listed,
    }  # fmt: skip
    rows.append(msgspec.convert(issue, Conflict))
    documents = {f"d{number}" for number in range(9)}
    located = [Located(row, "rows.jsonl", number) for number, row in enumerate(rows, start=1)]
    found = check(located, dict.fromkeys(documents, TEXT), dict.fromkeys(documents, "s"))
    return {incident.id for incident in found} - {"issue-thin"}


@pytest.mark.parametrize(
    ("status", "kind", "positions", "found"),
    [
        ("conflict", "numeric", [["12"], ["14"]], set()),
        ("conflict", "numeric", [["12", "12"], ["14", None]], set()),
        ("conflict", "numeric", [["12"], ["12.0"]], {"issue-values"}),
        ("conflict", "numeric", [["10..12"], ["12..20"]], {"issue-values"}),
        ("conflict", "numeric", [["..9"], ["10.."]], set()),
        ("conflict", "numeric", [["..12"], ["10.."]], {"issue-values"}),
        ("conflict", "numeric", [["1/3"], ["0.3..0.4"]], {"issue-values"}),
        ("conflict", "numeric", [["many"], ["12"]], set()),
        ("conflict", "polarity", [["yes"], ["no"]], set()),
        ("conflict", "polarity", [["yes"], ["yes"]], {"issue-values"}),
        ("contested", "polarity", [["yes"], ["yes"]], set()),
        ("corroborated", None, [["yes", "yes"]], set()),
        ("corroborated", None, [["yes", "no"]], {"issue-values"}),
        ("corroborated", None, [["yes"], ["no"]], {"issue-fields"}),
        ("apparent", None, [["12"], ["12"]], set()),
    ],
)  # fmt: skip
def test_values(status: str, kind: str | None, positions: list[list[str | None]], found: set[str]) -> None:
    assert problems(status, kind, *positions) == found
