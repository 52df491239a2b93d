"""The configurations say what the rows can hold, no more and no less, and can be worked in."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from khabar.annotations.label_studio.configuration import controls_of, differences, read_configuration
from khabar.formats.label_studio import fields
from khabar.formats.label_studio.relations import WHOLES
from khabar.formats.label_studio.story_page import UNPLACED_LABEL

KINDS = ("documents", "stories")
PAGES = {
    "documents": (
        *fields.ENTITY,
        *fields.NUMBER,
        *fields.QUOTE,
        *fields.CLAIM,
        *fields.ALTERNATIVE,
        fields.OTHER_SPEAKERS,
    ),
    "stories": (*fields.PLACED, *fields.ISSUE, fields.SPEAKS_FOR),
}
LABELS = {
    "documents": {*fields.ENTITY_LABELS, *fields.NUMBER_LABELS, *fields.ZONE_LABELS, *WHOLES, "content", "claim"},
    "stories": {*fields.POSITIONS, *fields.STATUSES, "anchor", UNPLACED_LABEL},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_has_its_control(kind: str) -> None:
    controls = dict(controls_of(read_configuration(kind).label_config))
    assert controls.pop("text") == ("Text", "symbol")
    tag, *labels = controls.pop("label")
    assert (tag, sorted(labels)) == ("Labels", sorted(LABELS[kind]))
    wanted = {
        face.name: ("TextArea",) if face.words is None else ("Choices", *sorted(face.words)) for face in PAGES[kind]
    }
    assert controls == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_fields_show_where_their_label_is(kind: str) -> None:
    """Each field shows for the regions whose rows have its column, and for no other."""
    shown: dict[str, set[str]] = {}
    for view in ElementTree.fromstring(read_configuration(kind).label_config).iter("View"):
        if view.get("visibleWhen") == "region-selected":
            assert view.get("whenTagName") == "label"
            for field in view.iter():
                if field.get("perRegion") == "true":
                    shown.setdefault(field.get("name", ""), set()).update(view.get("whenLabelValue", "").split(","))
    assert all(found <= LABELS[kind] for found in shown.values())
    if kind == "documents":
        assert shown["entity_id"] == set(fields.ENTITY_LABELS)
        assert shown["speaker"] == {"content", "cue", "alternative"}
        assert shown["scored"] == {*fields.ENTITY_LABELS, *fields.NUMBER_LABELS, "content", "cue"}
        assert shown["edtf"] == {"date"}
    else:
        assert shown["issue"] == {*fields.POSITIONS, *fields.STATUSES}


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_made_for_arabic_and_for_hands(kind: str) -> None:
    root = ElementTree.fromstring(read_configuration(kind).label_config)
    style = root.findtext("Style") or ""
    for words in ("direction: rtl", "line-height: 2.4", "Noto Naskh Arabic"):
        assert words in style
    keys = [label.get("hotkey", "") for label in root.iter("Label")]
    assert all(keys)
    assert len(keys) == len(set(keys))
    assert "http" not in style, "nothing is fetched from elsewhere"


def test_instructions_in_two_languages() -> None:
    text = read_configuration("documents").instructions
    assert 'lang="ar"' in text
    assert 'lang="en"' in text
    assert "<script" not in text


def test_what_was_edited_is_named() -> None:
    config = read_configuration("documents").label_config
    assert differences(config.replace("line-height: 2.4", "line-height: 3"), config) == []
    assert differences(config.replace('value="PERS"', 'value="PERSON"'), config) == [
        "control 'label' was changed: without 'PERS', with 'PERSON'"
    ]
    assert differences(config.replace('name="utterance"', 'name="said"'), config) == [
        "control 'utterance' is gone",
        "control 'said' is new",
    ]
    assert differences("<View", config)[0].startswith("its configuration is not XML")


def test_the_checkout_is_where_they_are_edited() -> None:
    folder = Path(__file__).parents[3] / "annotations" / "label_studio"
    assert read_configuration("stories").label_config == (folder / "stories.xml").read_text("utf-8")
