"""Most documents of a large file are found sound at a glance: what the glance lets pass, a closer look would too."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.reading.incidents import Incidents
from khabar.reading.mentions import Documents, are_sound
from khabar.reading.span_checks import check_annotations
from khabar.records import Annotations, PredictedEntity, PredictedNumber

TEXT = "بوتين في كورسك"
AT = {"start": 0, "end": 5, "label": "PERS"}


def document(*entities: dict[str, Any], **layers: Any) -> Annotations:
    return Annotations(doc_id="d", entities=tuple(PredictedEntity(**item) for item in entities), **layers)


def test_entities_at_offsets_are_are_sound() -> None:
    assert are_sound(Documents([document(AT, {**AT, "label": "ORG"}), document()]), [TEXT, None]) == [True, True]


@pytest.mark.parametrize(
    "record",
    [
        document({"start": 5, "end": 5, "label": "PERS"}),
        document({"start": -1, "end": 5, "label": "PERS"}),
        document({"start": 3, "label": "PERS"}),
        document({"start": 0, "end": len(TEXT) + 1, "label": "PERS"}),
        document({"start": 0, "end": 10**30, "label": "PERS"}),
        document({"text": "بوتين", "label": "PERS"}),
        document({**AT, "text": "بوتين"}),
        document(AT, {**AT, "id": "again"}),
        document(AT, numbers=(PredictedNumber(start=0, end=5),)),
    ],
    ids=["empty", "negative", "half", "outside", "huge", "string", "surface", "twice", "numbers"],
)
def test_all_else_takes_a_closer_look(record: Annotations) -> None:
    assert are_sound(Documents([record]), [TEXT]) == [False]


offsets = st.none() | st.integers(-2, len(TEXT) + 2)
entities = st.builds(
    lambda start, end, label: {"start": start, "end": end, "label": label},
    offsets,
    offsets,
    st.sampled_from(["PERS", "ORG"]),
)


@given(st.lists(st.lists(entities, max_size=4), max_size=4), st.sampled_from([TEXT, None]))
def test_what_is_sound_has_nothing_to_report(documents: list[list[dict[str, Any]]], text: str | None) -> None:
    records = [document(*items) for items in documents]
    for record, sound in zip(records, are_sound(Documents(records), [text] * len(records)), strict=True):
        incidents = Incidents()
        check_annotations(record, text, incidents.at(None, 1, "d"))
        assert not (sound and len(incidents))
        assert sound or len(incidents) or len(set(record.entities)) < len(record.entities)
