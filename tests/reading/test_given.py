"""Predictions handed over in Python are refused like those of a file."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

import khabar
from khabar.reading.incidents import InputError
from khabar.records import (
    Annotations,
    Dispute,
    PredictedEntity,
    PredictedNumber,
    PredictedQuote,
    PredictedSpan,
    Prediction,
    Side,
)

TEXT = "قال بوتين إن 5 جنود"
GOLD: dict[str, Any] = {
    "doc_id": "d",
    "story": "s",
    "text": TEXT,
    "entities": [{"start": 4, "end": 9, "label": "PERS"}],
    "numbers": [{"start": 13, "end": 14, "kind": "count", "low": "5", "high": "5"}],
}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(msgspec.json.encode(GOLD))
    return path


def problems(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        call()
    return [(each.id, each.message) for each in caught.value.incidents]


@pytest.mark.parametrize("item", [None, 1, "000_a.jsonl", ["doc_id", "d"]])
def test_what_is_no_object_is_named_by_its_turn(item: Any) -> None:
    with pytest.raises(InputError) as caught:
        khabar.score([{"doc_id": "d"}, item], layers=["entities"])
    found = [(each.id, each.line) for each in caught.value.incidents if each.id == "json-not-object"]
    assert found == [("json-not-object", 2)]


def entity(**columns: Any) -> Annotations:
    return Annotations(doc_id="d", entities=(PredictedEntity(**{"start": 4, "end": 9, "label": "PERS", **columns}),))


class Unshowable:
    """Somebody else's object, whose own `repr` fails."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


SPAN = PredictedSpan(start=4, end=9)
WRONG: dict[str, tuple[Any, str]] = {
    "label": (entity(label="PERSON"), "entities[0].label is 'PERSON', not one of"),
    "offset": (entity(start="4"), "entities[0].start is '4', where an integer or null is asked for"),
    "fraction of an offset": (entity(start=np.float64(4.5)), "entities[0].start is 4.5"),
    "bytes": (entity(text=b"x"), "entities[0].text is b'x'"),
    "what cannot be shown": (entity(start=Unshowable()), "entities[0].start is a Unshowable that cannot be shown"),
    "lone surrogate": (entity(name="\ud800"), "entities[0].name is"),
    "no list": (Annotations(doc_id="d", entities="abc"), "entities is 'abc', where a list is asked for"),  # type: ignore[arg-type]
    "no objects": (Annotations(doc_id="d", entities=(5,)), "entities[0] is 5, where an object is asked for"),  # type: ignore[arg-type]
    "speaker": (Annotations(doc_id="d", quotes=(PredictedQuote(content=(SPAN,), speaker=5),)), "quotes[0].speaker is 5"),  # type: ignore[arg-type]
    "content": (Annotations(doc_id="d", quotes=(PredictedQuote(content=None),)), "quotes[0].content is None"),  # type: ignore[arg-type]
    "doc_id": (Annotations(doc_id=5), "doc_id is 5, where a string is asked for"),  # type: ignore[arg-type]
    "sides": (Dispute(story="s", sides=(Side(spans=5),)), "sides[0].spans is 5"),  # type: ignore[arg-type]
    "confidence": (Dispute(story="s", confidence="x"), "confidence is 'x'"),  # type: ignore[arg-type]
    "key": ({None: 1}, "neither 'doc_id' (a document) nor"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_records_are_refused_like_objects(name: str, gold: Path) -> None:
    """Python itself asks for no type: what a record holds is checked as if a file held it."""
    record, says = WRONG[name]
    assert [message for id_, message in problems(lambda: khabar.score([record], gold=gold)) if says in message]
    if isinstance(record, Annotations) and "bytes" not in name:
        as_object = {key: getattr(record, key) for key in ("doc_id", "entities", "quotes")}
        assert says in str(problems(lambda: khabar.score([as_object], gold=gold)))


def test_numbers_of_any_kind_are_numbers(gold: Path) -> None:
    said: list[Prediction | dict[str, Any]] = [
        Annotations(
            doc_id="d",
            entities=(PredictedEntity(start=np.int64(4), end=np.uint8(9), label="PERS"),),  # type: ignore[arg-type]
            numbers=(PredictedNumber(start=13, end=14, kind="count", low=np.float64(5), high=np.int16(5)),),  # type: ignore[arg-type]
        ),
        {
            "doc_id": np.str_("d"),
            "entities": (PredictedEntity(start=4, end=9, label="PERS"),),
            "numbers": [{"start": 13, "end": 14, "kind": "count", "low": Fraction(10, 2), "high": Decimal("5.0")}],
        },
    ]
    for record in said:
        headline = khabar.score([record], gold=gold).headline
        assert (headline["entities"], headline["numbers"]) == (1.0, 1.0)


def test_a_null_is_what_is_left_out(gold: Path, tmp_path: Path) -> None:
    """In a file, an object and a record: the document is answered, and nothing is said of it."""
    file = tmp_path / "said.jsonl"
    file.write_text('{"doc_id": "d", "entities": null}', "utf-8")
    given: list[Any] = [file, [{"doc_id": "d", "entities": None}], [Annotations(doc_id="d", entities=None)]]  # type: ignore[arg-type]
    left_out = khabar.score([{"doc_id": "d"}], gold=gold)
    for said in given:
        assert khabar.score(said, gold=gold).to_json() == left_out.to_json()


NESTED: list[Any] = reduce(lambda inner, _: [inner], range(5000), [])
"""Lists in lists, deeper than Python can write."""
ARGUMENTS: dict[str, list[Any]] = {
    "predictions": [5, None, "", b"x", {"doc_id": "d"}, np.array(3)],
    "gold": [5, "", b"x", [], "x" * 5000, NESTED],
    "split": [5, None, ""],
    "seed": [-1, "0", 1.5, None, True, 2**64],
    "resamples": [0, -5, "x", None, 10**9],
    "cluster": [5, ""],
    "layers": ["entities", 5, [], ["entity"], [[]], np.array(3), [np.array([1, 2])], [NESTED]],
    "labels": ["PERS", np.array(3), [np.array([1, 2])]],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in ARGUMENTS.items() for value in values])
def test_arguments_of_a_wrong_kind_are_named(name: str, value: Any, gold: Path) -> None:
    given: dict[str, Any] = {"predictions": [{"doc_id": "d"}], "gold": gold, name: value}
    [(id_, message)] = problems(lambda: khabar.score(**given))
    assert id_ == "option-wrong"
    assert f"{name} is " in message or f"no {name.removesuffix('s')} " in message


def test_arguments_of_the_other_functions(gold: Path) -> None:
    said = [{"doc_id": "d"}]
    assert len(problems(lambda: khabar.score(5, gold="", seed=-1))) == 3, "all at once"  # type: ignore[arg-type]
    for call, name in (
        (lambda: khabar.compare(5, said, gold=gold), "a is 5"),  # type: ignore[arg-type]
        (lambda: khabar.compare(said, said, gold=gold, seed=-1), "seed is -1"),
        (lambda: khabar.compare_several(said, [said], gold=gold), "others is ["),  # type: ignore[arg-type]
        (lambda: khabar.compare_several(said, {"b": 5}, gold=gold), "others is {"),  # type: ignore[dict-item]
        (lambda: khabar.run(5, gold=gold), "system is 5"),  # type: ignore[arg-type]
        (lambda: khabar.run("empty", gold=gold, layers="entities"), "layers is 'entities', where a list of names"),  # type: ignore[arg-type]
        (lambda: khabar.load(5), "source is 5"),  # type: ignore[arg-type]
        (lambda: khabar.load(split=None), "split is None"),  # type: ignore[arg-type]
    ):
        assert name in str(problems(call))  # type: ignore[arg-type]


def test_layers_may_come_in_any_collection(gold: Path) -> None:
    said = [{"doc_id": "d"}]
    assert khabar.score(said, gold=gold, layers={"entities"}) == khabar.score(
        said, gold=gold, layers=iter(["entities"])
    )  # type: ignore[arg-type]
    assert khabar.score(said, gold=gold, seed=np.int64(3)).signature.seed == 3  # type: ignore[arg-type]


ROWS = [{"start": 0, "end": 5, "label": "PERS"}]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([{"doc_id": "a", **ROWS[0]}, {"doc_id": "b", **ROWS[0]}], 'list: {"doc_id": "…", "entities": [row, …]}'),
        ([{"doc_id": "a", "content": [{"start": 0, "end": 5}]}], '{"doc_id": "…", "quotes": [row, …]}'),
        ({"a": ROWS}, '[{"doc_id": doc_id, "entities": rows} for doc_id, rows in predictions.items()]'),
        ({"a": {"entities": ROWS}}, '[{"doc_id": doc_id, **layers} for doc_id, layers in predictions.items()]'),
        ({"doc_id": "a", "entities": ROWS}, "give a list of objects: [predictions, …]"),
        ([ROWS, ROWS], 'give an object for each document: {"doc_id": "…", "entities": [{"start": 0'),
        ([{"entities": ROWS}], 'write one object for each document: {"doc_id": "…"'),
        (lambda document: {"entities": ROWS}, "run a system: khabar.run(system)"),
    ],
)
def test_other_shapes_are_answered_with_the_right_one(given: Any, says: str) -> None:
    with pytest.raises(InputError) as caught:
        khabar.score(given)
    assert says in str(caught.value)
    assert len({each.id for each in caught.value.incidents}) == 1
