"""Results: a page in Label Studio's own JSON, one object for a label, an attribute or a relation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from khabar.annotations.label_studio.faces import CHOICES, TEXT, controls
from khabar.annotations.label_studio.page import Page, Region, Values

LABEL = "label"
"""Name of the one control that labels regions, so that a region has one label."""
OBJECT = "text"
"""Name of the object that shows the text."""

Report = Callable[[str, str, int | None], None]
"""Called with an incident id, a message and the offset of the region."""
Result = dict[str, Any]


def to_results(page: Page) -> list[Result]:
    """Write a page as the `result` of an annotation or prediction: regions in text order, the longer first.

    Of equal spans the one with attributes comes last: the page nests it innermost, where a click selects it.
    """
    results: list[Result] = []
    for region in sorted(page.regions, key=lambda each: (each.start, -each.end, bool(each.attributes), each.id)):
        place = {"start": region.start, "end": region.end, "text": region.text}
        results.append(_result(region.id, LABEL, "labels", {**place, "labels": [region.label]}))
        for control, values in region.attributes.items():
            results.append(_result(region.id, control, *_value(control, values, place)))
    for control, values in page.notes.items():
        results.append(_result(f"note-{control}", control, *_value(control, values, {})))
    results += [
        {"type": "relation", "from_id": a, "to_id": b, "direction": "right", "labels": []} for a, b in page.links
    ]
    return results


def _result(region: str, control: str, kind: str, value: Mapping[str, Any]) -> Result:
    return {"id": region, "from_name": control, "to_name": OBJECT, "type": kind, "value": dict(value)}


def _value(control: str, values: Values, place: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    if controls()[control] == TEXT:
        return "textarea", {**place, "text": list(values)}
    return "choices", {**place, "choices": list(values)}


def to_page(results: Sequence[Mapping[str, Any]], report: Report) -> Page:
    """Read the `result` of an annotation or prediction. What is no part of our pages is reported and left out."""
    labels: dict[str, tuple[int, int, str, list[str]]] = {}
    attributes: dict[str, dict[str, Values]] = {}
    notes: dict[str, Values] = {}
    links: list[tuple[str, str]] = []
    for result in results:
        value = result.get("value") or {}
        kind, control, region = result.get("type"), result.get("from_name"), str(result.get("id"))
        start = value.get("start") if isinstance(value.get("start"), int) else None
        if kind == "relation":
            links.append((str(result.get("from_id")), str(result.get("to_id"))))
        elif kind == "labels" and control == LABEL and result.get("to_name") == OBJECT:
            where = _place(value)
            if where is None:
                report("region-unknown", f"region {region!r} has no offsets: {value!r:.80}", start)
            elif region in labels:
                report("region-unknown", f"two regions are called {region!r}", start)
            else:
                labels[region] = (*where, [str(each) for each in value.get("labels", [])])
        elif control in controls() and kind in ("choices", "textarea"):
            given = value.get("choices" if kind == "choices" else "text", [])
            words = tuple(str(word).strip() for word in ([given] if isinstance(given, str) else given))
            words = tuple(word for word in words if word)
            if controls()[control] == CHOICES and kind != "choices":
                report("region-unknown", f"{control} is text, where choices are asked for", start)
            elif "start" in value:
                attributes.setdefault(region, {})[control] = words
            else:
                notes[control] = words
        else:
            report("region-unknown", f"{control!r} ({kind}) is no control of the page", start)
    regions = [_region(key, *each, attributes.get(key, {}), report) for key, each in labels.items()]
    kept = tuple(region for region in regions if region is not None)
    return Page(kept, tuple(dict.fromkeys(links)), notes)


def _place(value: Mapping[str, Any]) -> tuple[int, int, str] | None:
    start, end, text = value.get("start"), value.get("end"), value.get("text")
    if type(start) is int and type(end) is int and isinstance(text, str):
        return start, end, text
    return None


def _region(
    key: str, start: int, end: int, text: str, labels: list[str], attributes: Mapping[str, Values], report: Report
) -> Region | None:
    if len(labels) != 1:
        report("region-unknown", f"{text!r:.60} has {len(labels)} labels, where one is asked for", start)
        return None
    return Region(key, labels[0], start, end, text, attributes)


def in_text_order(regions: Iterable[Region]) -> list[Region]:
    """Regions as they stand in the text."""
    return sorted(regions, key=lambda each: (each.start, each.end, each.id))
