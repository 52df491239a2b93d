"""Whatever a format can hold comes back from it unchanged, and what it cannot hold is counted."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khabar.formats.context import Conversion
from khabar.formats.predictions import grounded
from khabar.formats.sentences import Chunk, columns_of, decode, decode_columns, decode_nested
from khabar.records import Annotations, Dispute
from tests.formats.conftest import corpus, entities, plain, there_and_back
from tests.strategies import TEXT, lines

TEXTS = corpus(d1=TEXT, d2=TEXT)
QUIETLY = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])

predictions = lines(gold=False, strings=False).map(
    lambda found: [msgspec.convert(each, Annotations if "doc_id" in each else Dispute) for each in found]
)


@pytest.mark.parametrize("name", ["brat", "labelstudio"])
@given(records=predictions)
@QUIETLY
def test_standoff_keeps_every_row(name: str, records: list[Any]) -> None:
    said = [each for each in records if isinstance(each, Annotations)]
    back, lost = there_and_back(name, records, TEXTS)
    assert plain(back) == plain(said)
    assert dict(lost) == ({"disputes": len(records) - len(said)} if len(records) > len(said) else {})


@pytest.mark.slow
@given(records=predictions)
@QUIETLY
def test_docbin_keeps_every_mention_and_its_cluster(records: list[Any]) -> None:
    said = [each for each in records if isinstance(each, Annotations)]
    back, lost = there_and_back("spacy", records, TEXTS)
    only = [msgspec.structs.replace(each, numbers=(), quotes=()) for each in said]
    assert plain(back) == plain(only)
    assert lost["numbers"] == sum(len(each.numbers) for each in said)
    assert lost["quotes"] == sum(len(each.quotes) for each in said)


@pytest.mark.parametrize("name", ["conll", "hf"])
@given(records=predictions)
@QUIETLY
def test_sequence_labels_keep_every_mention_within_a_line(name: str, records: list[Any]) -> None:
    said = [each for each in records if isinstance(each, Annotations)]
    kept = {each.doc_id: sorted(_trimmed(each)) for each in said}
    back, lost = there_and_back(name, records, TEXTS)
    assert entities(back) == {doc_id: mentions for doc_id, mentions in kept.items() if mentions}
    gone = lost["entities that go beyond a line"] + lost["entities of nothing but space"]
    assert gone == sum(len(each.entities) for each in said) - sum(map(len, kept.values()))
    assert lost["entity_id of entities"] == sum(len(each.entities) for each in said)


def _trimmed(said: Annotations) -> list[tuple[int, int, str]]:
    """The mentions that stand in one line, without space at their edges."""
    found = []
    for entity in said.entities:
        surface = TEXT[entity.start : entity.end]
        start = (entity.start or 0) + len(surface) - len(surface.lstrip())
        if surface.strip() and "\n" not in surface.strip():
            found.append((start, start + len(surface.strip()), entity.label))
    return found


@given(records=predictions)
@QUIETLY
def test_strings_lead_back_to_their_offsets(records: list[Any]) -> None:
    back, lost = there_and_back("llm", records, TEXTS)
    work = Conversion(TEXTS)
    places = [each.predicted for each in grounded(back, work)]
    assert not work.lost
    for before in (each for each in records if isinstance(each, Annotations)):
        [after] = [each for each in places if each.doc_id == before.doc_id]
        assert not set(entities([after]).get(before.doc_id, [])) - set(entities([before]).get(before.doc_id, []))
    for layer in ("entities", "numbers", "quotes"):
        there = sum(len(getattr(each, layer)) for each in records if isinstance(each, Annotations))
        gone = lost[f"{layer} with a span that no string stands for"]
        assert sum(len(getattr(each, layer)) for each in back) == there - gone


chunks = st.lists(
    st.tuples(st.integers(0, 7), st.integers(1, 8), st.sampled_from(["ORG", "GPE"])).filter(lambda c: c[0] < c[1]),
    max_size=5,
).map(lambda found: [Chunk(*each) for each in found])


@given(chunks)
def test_columns_of_tags_hold_any_chunks(found: list[Chunk]) -> None:
    assert sorted(decode_columns(columns_of(found, 8))) == sorted(found)


@given(chunks)
def test_tags_in_order_of_nesting_hold_nested_chunks(found: list[Chunk]) -> None:
    """As Wojood writes them: the tags of a token from the outermost span to the innermost."""
    nested: list[Chunk] = []
    for chunk in sorted(set(found), key=lambda each: (each.start, -each.end)):
        crossing = any(each.start < chunk.start < each.end < chunk.end for each in nested)
        same = any(each[:2] == chunk[:2] for each in nested)
        if not crossing and not same:
            nested.append(chunk)
    tags = [
        [("B-" if at == each.start else "I-") + each.label for each in nested if each.start <= at < each.end] or ["O"]
        for at in range(8)
    ]
    assert sorted(decode_nested(tags)) == sorted(nested)


@given(
    st.lists(st.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"]), max_size=8), st.sampled_from(["conlleval", "discard"])
)
def test_nested_reading_of_flat_tags_is_the_flat_reading(tags: list[str], repair: Any) -> None:
    assert decode_nested([[tag] for tag in tags], repair) == decode(tags, repair)
