"""Problems that are alike are told as one, and nothing is lost of where they are."""

from __future__ import annotations

import pytest

from khabar.reading.incidents import MOST_ALIKE, MOST_OF_A_KIND, Incident, InputError, digest


def unknown(line: int | None, at: int = 0, label: str = "PERSON", doc_id: str | None = None) -> Incident:
    file = None if line is None else "said.jsonl"
    return Incident("label-unknown", f"entities[{at}].label is {label!r}", file, line, doc_id)


def test_a_few_are_told_in_full() -> None:
    few = [unknown(line) for line in range(MOST_ALIKE)]
    assert list(digest(few)) == [str(incident) for incident in few]


def test_many_that_differ_in_their_place_are_one() -> None:
    """The first, and the lines of the others; another label is another problem."""
    many = [unknown(line, at) for line, at in ((1, 0), (1, 1), (2, 0), (3, 7), (4, 0), (9, 0))]
    other = unknown(5, label="GPEE")
    assert list(digest([*many, other])) == [
        str(many[0]), "  … and 5 more like it: lines 1–4, 9", str(other)
    ]  # fmt: skip


def test_a_message_that_names_its_document_is_alike() -> None:
    many = [Incident("document-missing", f"no line for document 'd{n}'", "said.jsonl", None, f"d{n}") for n in range(6)]
    assert list(digest(many)) == [str(many[0]), "  … and 5 more like it: documents d1, d2, d3, d4, d5"]


def test_without_a_file_documents_are_named() -> None:
    many = [unknown(None, doc_id=f"d{number}") for number in range(20)]
    assert list(digest(many))[1:] == ["  … and 19 more like it: documents d1, d2, d3, d4, d5, d6, d7, d8, …"]


def test_of_a_great_many_kinds_the_rest_is_counted() -> None:
    many = [unknown(1, label=f"L{number}") for number in range(MOST_OF_A_KIND + 5)]
    *told, rest = digest(many)
    assert told == [str(incident) for incident in many[:MOST_OF_A_KIND]]
    assert rest == "said.jsonl: … and 5 more of [label-unknown]"


def test_an_error_keeps_all_of_them() -> None:
    many = [unknown(line) for line in range(1, 31)]
    with pytest.raises(InputError) as caught:
        raise InputError(many)
    assert list(caught.value.incidents) == many
    assert str(caught.value).splitlines() == list(digest(many))
