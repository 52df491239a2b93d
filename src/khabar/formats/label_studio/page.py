"""Pages: what an annotator sees and changes of one task, and the results (JSON objects) Label Studio keeps of it.

A page shows a text or a list of cards. A *region* is a labelled stretch of the text with attributes (control name →
the words picked or typed there); a *link* joins two regions; a *pile* is a column that cards are dragged to; a *note*
is what is picked or typed for the whole page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from khabar.formats.label_studio.fields import CHOICES, CONTROLS, Values
from khabar.formats.standoff import Link, json_object, span_problem
from khabar.reading.incidents import Report

LABEL = "label"
"""Name of the one control that labels regions, so that a region has one label."""
PILES = "positions"
"""Name of the control whose columns hold cards."""
OBJECT = "text"
"""Name of the object that shows the text, or the cards."""
RegionResult = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Region:
    """A labelled stretch `[start, end)` in code points of the page's text, the surface it is said to have, and the
    words of its controls. `id` is unique in its page; `meta` is what no control shows."""

    id: str
    label: str
    start: int
    end: int
    text: str
    attributes: Mapping[str, Values] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.label} {self.text!r:.60}"


@dataclass(frozen=True, slots=True)
class Page:
    """All regions of a page, the links between them by id, its notes, and its piles: the cards of each, by id."""

    regions: tuple[Region, ...] = ()
    links: tuple[Link, ...] = ()
    notes: Mapping[str, Values] = field(default_factory=dict)
    piles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def placed(self) -> set[str]:
        """The cards that are in a pile, by id."""
        return {key for keys in self.piles.values() for key in keys}

    def only(self, labels: Collection[str]) -> Page:
        """The regions that have one of these labels, and the links between them."""
        regions = tuple(region for region in self.regions if region.label in labels)
        ids = {region.id for region in regions}
        links = tuple(link for link in self.links if link.source in ids and link.target in ids)
        return Page(regions, links, self.notes)


_UNPILED = "_"
"""Where Label Studio keeps the cards that nobody dragged anywhere."""
_PLAIN, _CODED = "khabar-row-", "khabar-hex-"


def row_region(row_id: str) -> str:
    """The id of the region that stands for a row. The page makes a CSS class of it, so nothing else may be in it."""
    return _PLAIN + row_id if re.fullmatch(r"[A-Za-z0-9_-]+", row_id) else _CODED + row_id.encode().hex()


def row_id(region: Region, prefix: str) -> str:
    """The id of the row a region stands for; `prefix` begins the ids of rows an annotator adds."""
    if region.id.startswith(_PLAIN):
        return region.id.removeprefix(_PLAIN)
    if region.id.startswith(_CODED):
        return bytes.fromhex(region.id.removeprefix(_CODED)).decode()
    return f"{prefix}-{region.id}"


def in_text_order(regions: Iterable[Region]) -> list[Region]:
    """Regions as they stand in the text."""
    return sorted(regions, key=lambda region: (region.start, region.end, region.id))


def to_results(page: Page) -> list[RegionResult]:
    """Write a page as the `result` of an annotation or prediction, regions in the order given."""
    results: list[RegionResult] = []
    for region in page.regions:
        place = {"start": region.start, "end": region.end, "text": region.text}
        labelled = _result(region.id, LABEL, "labels", {**place, "labels": [region.label]})
        if region.meta:
            labelled["meta"] = {"text": [msgspec.json.encode(region.meta).decode()]}
        results.append(labelled)
        results += [_controlled(region.id, name, words, place) for name, words in region.attributes.items()]
    results += [_controlled(f"note-{name}", name, words, {}) for name, words in page.notes.items()]
    if page.piles:
        piles = {name: list(cards) for name, cards in page.piles.items()}
        results.append(_result(PILES, PILES, "ranker", {"ranker": piles}))
    results += [
        {
            "type": "relation",
            "from_id": link.source,
            "to_id": link.target,
            "direction": "right",
            "labels": [link.kind] if link.kind else [],
        }
        for link in page.links
    ]
    return results


def _result(region: str, control: str, kind: str, value: Mapping[str, Any]) -> RegionResult:
    return {"id": region, "from_name": control, "to_name": OBJECT, "type": kind, "value": dict(value)}


def _controlled(region: str, control: str, words: Values, place: Mapping[str, Any]) -> RegionResult:
    kind, key = ("choices", "choices") if CONTROLS[control] == CHOICES else ("textarea", "text")
    return _result(region, control, kind, {**place, key: list(words)})


def to_page(results: Sequence[Mapping[str, Any]], problem: Report) -> Page:
    """Read the `result` of an annotation or prediction. What is no part of our pages is reported and left out."""
    labelled: dict[str, Mapping[str, Any]] = {}
    attributes: dict[str, dict[str, Values]] = defaultdict(dict)
    notes: dict[str, Values] = {}
    piles: dict[str, tuple[str, ...]] = {}
    links: dict[Link, None] = {}
    for result in results:
        value = result.get("value") or {}
        kind, control, key = result.get("type"), result.get("from_name"), str(result.get("id"))
        start = value.get("start") if isinstance(value.get("start"), int) else None
        if kind == "relation":
            ends = str(result.get("from_id")), str(result.get("to_id"))
            links |= {Link(str(name), *ends): None for name in result.get("labels") or [""]}
        elif kind == "labels" and control == LABEL and result.get("to_name") == OBJECT:
            if key in labelled:
                problem("region-unknown", f"two regions are called {key!r}", offset=start)
            labelled.setdefault(key, result)
        elif kind == "ranker" and control == PILES:
            ranked = value.get("ranker") or {}
            piles |= {name: tuple(cards) for name, cards in ranked.items() if cards and name != _UNPILED}
        elif control not in CONTROLS or kind not in ("choices", "textarea"):
            problem("region-unknown", f"{control!r} ({kind}) is no control of the page", offset=start)
        elif CONTROLS[control] == CHOICES and kind != "choices":
            problem("region-unknown", f"{control} is text, where choices are asked for", offset=start)
        elif "start" in value:
            attributes[key][control] = words_of(value)
        else:
            notes[control] = words_of(value)
    regions = (_region(key, result, attributes[key], problem) for key, result in labelled.items())
    return Page(tuple(region for region in regions if region is not None), tuple(links), notes, piles)


def words_of(value: Mapping[str, Any]) -> Values:
    """The words picked or typed in a control, without blank ones and blanks around them."""
    words = value.get("choices", value.get("text", []))
    stripped = (str(word).strip() for word in ([words] if isinstance(words, str) else words))
    return tuple(word for word in stripped if word)


def _region(key: str, result: Mapping[str, Any], attributes: Mapping[str, Values], problem: Report) -> Region | None:
    value = result.get("value") or {}
    start, end, text, labels = (value.get(name) for name in ("start", "end", "text", "labels"))
    if type(start) is not int or type(end) is not int or not isinstance(text, str):
        problem("region-unknown", f"region {key!r} has no offsets: {value!r:.80}")
    elif not isinstance(labels, list) or len(labels) != 1:
        count = len(labels) if isinstance(labels, list) else 0
        problem("region-unknown", f"{text!r:.60} has {count} labels, where one is asked for", offset=start)
    else:
        return Region(key, str(labels[0]), start, end, text, attributes, note_of(result) or {})
    return None


def note_of(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """The JSON object that stands in a region's note; {} if it has no note, None if that is in words."""
    note = (result.get("meta") or {}).get("text") or ""
    words = "".join(map(str, note)) if isinstance(note, list) else str(note)
    return json_object(words) if words else {}


def sound_page(results: Sequence[Mapping[str, Any]], shown: str, text: str, problem: Report) -> Page | None:
    """The page of a task that shows `shown`, if each region stands in `text` where it says.

    None, with all that does not reported, if any does not.
    """
    page = to_page(results, problem)
    misplaced = [
        (wrong, region)
        for region in page.regions
        if (wrong := span_problem(text, region.start, region.end, region.text, exact=True)) is not None
    ]
    for (incident, message), region in misplaced:
        problem(incident, f"{region.label}: {message}", offset=region.start)
    if shown != text:
        problem("task-wrong", "the text of the task is not the seed's")
    return None if misplaced or shown != text else page
