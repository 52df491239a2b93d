"""What the bootstrap draws: paragraphs or documents of a few stories, whole stories from ten on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import norm, t

import khabar
from khabar.scoring.bootstrap import TAIL, tail_of

LINE = "زار أحمد القاهرة"
Record = dict[str, Any]


def gold(stories: int, documents: int = 2, text: str | None = LINE) -> list[Record]:
    mentions = [{"start": 4, "end": 8, "label": "PERS"}, {"start": 9, "end": 16, "label": "GPE"}]
    record: Record = {"entities": mentions} if text is None else {"entities": mentions, "text": text}
    return [
        {"doc_id": f"s{story}-{number}", "story": f"s{story}", **record}
        for story in range(stories)
        for number in range(documents)
    ]


def half_right(records: list[Record]) -> list[Record]:
    """Everything is right in every second story, and nothing in the others."""
    return [
        {"doc_id": one["doc_id"], "entities": one["entities"] if int(one["doc_id"][1:].split("-")[0]) % 2 else []}
        for one in records
    ]


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(records: list[Record]) -> Path:
        path = tmp_path / "gold.jsonl"
        path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("stories", "documents", "text", "unit"),
    [
        (9, 2, LINE, "paragraph"),
        (10, 2, LINE, "story"),
        (9, 4, LINE, "document"),
        (9, 2, None, "document"),
        (10, 1, None, "story"),
    ],
)
def test_the_unit_is_in_the_signature(written: Any, stories: int, documents: int, text: str | None, unit: str) -> None:
    records = gold(stories, documents, text)
    assert khabar.score(half_right(records), gold=written(records), layers=["entities"]).signature.unit == unit


def test_what_differs_from_story_to_story_is_seen_by_drawing_stories(written: Any) -> None:
    """Documents of one story are right or wrong together: drawn one by one they look surer than they are."""
    records = gold(10, 10)
    widths = {}
    for each in (records, [{**record, "story": "all"} for record in records]):
        score = khabar.score(half_right(records), gold=written(each), layers=["entities"])
        low, high = score.to_dict()["intervals"]["entities"]
        widths[score.signature.unit] = high - low
    assert widths["story"] > 2.5 * widths["document"]


def test_a_document_without_a_story_is_a_unit_of_its_own(written: Any) -> None:
    records = [*gold(10), *({"doc_id": f"x{number}", "text": LINE} for number in range(3))]
    said = [*half_right(gold(10)), *({"doc_id": f"x{number}"} for number in range(3))]
    score = khabar.score(said, gold=written(records), layers=["entities"])
    assert score.signature.unit == "story"
    assert score.to_dict()["intervals"]["entities"] is not None


@pytest.mark.parametrize("stories", [10, 13, 30, 1000])
def test_few_stories_widen_the_interval(stories: int) -> None:
    """As far as Student's t lies beyond the normal distribution, times √(n / (n − 1)) (Hesterberg 2015)."""
    expected = norm.cdf(t.ppf(0.025, stories - 1) * (stories / (stories - 1)) ** 0.5)
    assert tail_of(stories) == pytest.approx(expected)
    assert tail_of(stories) < TAIL


def test_a_comparison_draws_stories_too(written: Any) -> None:
    """Against a system that answers everything, the difference is as wide as what the other one misses."""
    records = gold(10, 10)
    path = written(records)
    difference = khabar.compare(records, half_right(records), gold=path, layers=["entities"])["entities"]
    low, high = khabar.score(half_right(records), gold=path, layers=["entities"]).to_dict()["intervals"]["entities"]
    assert (difference.low, difference.high) == (pytest.approx(low - 1), pytest.approx(high - 1))
