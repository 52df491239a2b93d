"""The configurations say what the rows can hold, no more and no less, and can be worked in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from khabar.annotations.label_studio.configuration import controls_of, differences, kinds_of, read_configuration
from khabar.annotations.server.environment import environment
from khabar.formats.label_studio import fields
from khabar.formats.label_studio.document_page import LABELS, STEPS
from khabar.formats.label_studio.relations import WHOLES
from khabar.progress import logged

ROOT = Path(__file__).parents[3]
KINDS = kinds_of()
PAGES = {
    "entities": fields.ENTITY,
    "numbers": fields.NUMBER,
    "quotes": (*fields.QUOTE, *fields.ALTERNATIVE),
    "claims": fields.CLAIM,
    "questions": (*fields.ISSUE, fields.SPEAKS_FOR),
}
PALETTE = 12
"""Labels that a palette may have: they are looked for all day."""


def test_steps_hold_every_label_once() -> None:
    labels = [label for step in STEPS.values() for label in step]
    assert sorted(labels) == sorted(LABELS)
    assert {*fields.ENTITY_LABELS, *fields.NUMBER_LABELS, *fields.ZONE_LABELS, *WHOLES, "content", "claim"} == LABELS
    assert all(len(step) <= PALETTE for step in STEPS.values())


def test_kinds_of_layers() -> None:
    assert KINDS == ["entities", "numbers", "quotes", "claims", "questions"]
    assert kinds_of(("entities",)) == ["entities"]
    assert kinds_of(("conflicts",)) == ["claims", "questions"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_has_its_control(kind: str) -> None:
    controls = dict(controls_of(read_configuration(kind).label_config))
    if kind in STEPS:
        assert controls.pop("text") == ("Text", "symbol")
        tag, *labels = controls.pop("label")
        assert (tag, sorted(labels)) == ("Labels", sorted({*STEPS[kind], *fields.ZONE_LABELS}))
    else:
        assert controls.pop("text") == ("List",)
        assert controls.pop("positions") == ("Ranker", *fields.POSITIONS)
    wanted = {
        field.name: ("TextArea",) if field.words is None else ("Choices", *sorted(field.words)) for field in PAGES[kind]
    }
    assert controls == wanted


@pytest.mark.parametrize("kind", STEPS)
def test_fields_show_where_their_label_is(kind: str) -> None:
    """Each field shows for the regions whose rows have its column, and for no other."""
    shown: dict[str, set[str]] = {}
    for view in ElementTree.fromstring(read_configuration(kind).label_config).iter("View"):
        if view.get("visibleWhen") == "region-selected":
            assert view.get("whenTagName") == "label"
            for field in view.iter():
                if field.get("perRegion") == "true":
                    shown.setdefault(field.get("name", ""), set()).update(view.get("whenLabelValue", "").split(","))
    assert all(labels <= set(STEPS[kind]) for labels in shown.values())
    wanted = {
        "entities": {"entity_id": set(fields.ENTITY_LABELS), "scored": set(fields.ENTITY_LABELS)},
        "numbers": {"edtf": {"date"}, "scored": set(fields.NUMBER_LABELS)},
        "quotes": {"speaker": {"content", "cue", "alternative"}, "scored": {"content", "cue"}},
        "claims": {"stance": {"claim"}},
    }
    assert {name: shown[name] for name in wanted[kind]} == wanted[kind]


def test_fields_of_an_issue_show_for_its_status() -> None:
    shown: dict[str, tuple[str, ...]] = {}
    for view in ElementTree.fromstring(read_configuration("questions").label_config).iter("View"):
        if view.get("visibleWhen") == "choice-selected":
            assert view.get("whenTagName") == "status"
            [field] = (each for each in view.iter() if each.get("name"))
            shown[field.get("name", "")] = tuple(view.get("whenChoiceValue", "").split(","))
    assert shown == fields.ONLY_FOR


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_made_for_arabic_and_for_hands(kind: str) -> None:
    root = ElementTree.fromstring(read_configuration(kind).label_config)
    style = root.findtext("Style") or ""
    for words in ("direction: rtl", "Noto Naskh Arabic", *(["line-height: 2.4"] if kind in STEPS else [])):
        assert words in style
    keys = hot_keys(kind)
    assert all(keys)
    assert len(keys) == len(set(keys))
    assert "http" not in style, "nothing is fetched from elsewhere"


def hot_keys(kind: str) -> list[str]:
    """Of the labels in the palette, and of what else has one."""
    root = ElementTree.fromstring(read_configuration(kind).label_config)
    for hidden in root.iterfind(".//View[@className='khabar-hidden']"):
        hidden.clear()
    return [element.get("hotkey", "") for element in root.iter() if element.tag == "Label" or element.get("hotkey")]


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*KINDS, "adjudication"])
def test_no_key_is_label_studios_own(kind: str) -> None:
    """The keymap of the release that `annotate serve` starts, tools for pictures included."""
    scripts = environment(logged).folder.glob("lib/*/site-packages/web/dist/apps/labelstudio/*.js")
    keymap = next(
        text for text in (path.read_text("utf-8") for path in scripts) if '"annotation:submit":{"key"' in text
    )
    named = re.findall(r'"(?:key|mac)":("(?:[^"\\]|\\.)*")', keymap)
    taken = {key.strip().lower() for value in named for key in json.loads(value).split(",")}
    assert {"alt+r", "u", "ctrl+enter"} <= taken, "this is the keymap"
    assert not taken & {"/", *(key.lower() for key in hot_keys(kind))}, "the search among cards has a key too"


def test_instructions_in_two_languages() -> None:
    text = read_configuration("entities").instructions
    assert 'lang="ar"' in text
    assert 'lang="en"' in text
    assert "<script" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_each_step_begins_with_its_sheet(kind: str) -> None:
    """A page that names every label of the step, in both languages."""
    sheet = (ROOT / "annotations" / "label_studio" / f"sheet-{kind}.html").read_text("utf-8")
    assert read_configuration(kind).instructions.startswith(sheet)
    arabic, english = sheet.split('lang="en"')
    labels = STEPS.get(kind) or (*(fields.ISSUE[0].words or ()), "A", "L", *fields.ONLY_FOR)
    for language in (arabic, english):
        words = re.sub(r"<[^>]+>", " ", language)
        assert not [label for label in labels if not re.search(rf"\b{label}\b", words)]
        assert len(words.split()) < 250, "it fits on a page"


def test_what_was_edited_is_named() -> None:
    config = read_configuration("quotes").label_config
    assert differences(config.replace("line-height: 2.4", "line-height: 3"), config) == []
    assert differences(config.replace('value="piece"', 'value="rest"'), config) == [
        "control 'label' was changed: without 'piece', with 'rest'"
    ]
    assert differences(config.replace('name="utterance"', 'name="said"'), config) == [
        "control 'utterance' is gone",
        "control 'said' is new",
    ]
    assert differences("<View", config)[0].startswith("its configuration is not XML")


def test_the_checkout_is_where_they_are_edited() -> None:
    folder = Path(__file__).parents[3] / "annotations" / "label_studio"
    assert read_configuration("questions").label_config == (folder / "questions.xml").read_text("utf-8")
