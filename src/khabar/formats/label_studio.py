"""Label Studio: exports of Text tasks (JSON and JSON_MIN), and tasks with predictions to import.

Rows become labelled regions, their parts relations, further pieces of a span regions joined by the relation `piece`,
and all else of a row a note in JSON in the region's `meta.text`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from khabar.formats.conversion import Conversion
from khabar.formats.documents import annotations_of
from khabar.formats.grounded import Grounded
from khabar.formats.marks import Link, Mark, Marked, marks_of
from khabar.formats.source import text_of
from khabar.reading.causes import why_not_there
from khabar.records import Annotations

PIECE = "piece"
_LABELS = ("labels", "hypertextlabels")


def read(path: Path, work: Conversion) -> list[Annotations]:
    """Read an export. Problems go to `work`."""
    text = text_of(path, work)
    if text is None:
        return []
    try:
        tasks = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, RecursionError) as error:
        work.report("json-broken", str(error) or "nested too deeply", path)
        return []
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        work.report("format-broken", "it is no list of tasks", path, fix="export it as JSON or JSON_MIN")
        return []
    found = [_task(task, number, path, work) for number, task in enumerate(tasks, start=1)]
    return annotations_of([each for each in found if each is not None], work)


def _task(task: Mapping[str, Any], number: int, path: Path, work: Conversion) -> Marked | None:
    """A task; its number in the file is said where a line would be."""
    nested = task.get("data")
    data: Mapping[str, Any] = nested if isinstance(nested, dict) else task
    doc_id = data.get("doc_id")
    name = doc_id if isinstance(doc_id, str) else None
    text = data.get("text")
    if not isinstance(text, str):
        work.report("key-missing", f"task {number} has no text in data.text", path, doc_id=name)
        return None
    try:
        results = _results(task)
        if results is None:
            fix = "export one annotation a task: one annotator's, or the agreed one"
            work.report("format-broken", f"task {number} has several annotations", path, doc_id=name, fix=fix)
            return None
        reading = _Reading(text, f"task {number}", path, name, work)
        marks, links = reading.regions(results)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        work.report("format-broken", f"task {number}: {type(error).__name__}: {error}", path, doc_id=name)
        return None
    return Marked(name, text, marks, links, str(path))


def _results(task: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The results of a task's one annotation, else of its one prediction; None if there are several."""
    for kind in ("annotations", "completions", "predictions"):
        given = [each for each in task.get(kind) or () if not each.get("was_cancelled")]
        if len(given) > 1:
            return None
        if given:
            return list(given[0].get("result") or ())
    if isinstance(task.get("data"), dict):
        return []
    flat = [each for value in task.values() if isinstance(value, list) for each in value if isinstance(each, dict)]
    return [
        {"id": f"{at}", "type": "labels", "value": each}
        for at, each in enumerate(flat)
        if {"start", "end", "labels"} <= set(each)
    ]


class _Reading:
    """The regions of one task."""

    def __init__(self, text: str, name: str, path: Path, doc_id: str | None, work: Conversion) -> None:
        self._text, self._name, self._path, self._doc_id, self._work = text, name, path, doc_id, work
        self._units = _utf16_offsets(text)

    def regions(self, results: Sequence[Mapping[str, Any]]) -> tuple[tuple[Mark, ...], tuple[Link, ...]]:
        """Read results as marks and links."""
        marks: dict[str, Mark] = {}
        links: list[Link] = []
        for each in results:
            kind = each.get("type")
            if kind == "relation":
                for label in each.get("labels") or ["relation"]:
                    links.append(Link(str(label), str(each["from_id"]), str(each["to_id"])))
            elif kind in _LABELS:
                for mark in self._marks(each):
                    marks[mark.key] = mark
            else:
                self._work.lose(f"results of type {kind!r}")
        for link in links:
            if link.kind == PIECE and link.source in marks and link.target in marks and link.source != link.target:
                first, other = marks[link.source], marks.pop(link.target)
                marks[first.key] = Mark(first.key, first.label, (*first.spans, *other.spans), first.fields)
        return tuple(marks.values()), tuple(link for link in links if link.kind != PIECE)

    def _marks(self, region: Mapping[str, Any]) -> Iterator[Mark]:
        value = region["value"]
        span = self._span(value)
        note = (region.get("meta") or {}).get("text") or []
        fields = self._fields(note)
        labels = value.get("labels") or value.get("hypertextlabels") or []
        if not labels:
            self._work.lose("regions without a label")
        for at, label in enumerate(labels):
            if span is not None:
                yield Mark(f"{region['id']}" if at == 0 else f"{region['id']}/{at}", str(label), (span,), fields)

    def _fields(self, note: object) -> dict[str, Any]:
        words = note if isinstance(note, str) else "".join(map(str, note)) if isinstance(note, list) else ""
        if not words:
            return {}
        try:
            value = msgspec.json.decode(words)
        except (msgspec.DecodeError, RecursionError):
            value = None
        if isinstance(value, dict):
            return value
        self._work.lose("notes in words")
        return {}

    def _span(self, value: Mapping[str, Any]) -> tuple[int, int] | None:
        start, end = int(value["start"]), int(value["end"])
        surface = value.get("text")
        if self._work.utf16:
            if start not in self._units or end not in self._units:
                self._report("span-outside", f"[{start}, {end}) are no UTF-16 offsets of it", start)
                return None
            start, end = self._units[start], self._units[end]
        if end <= start or start < 0:
            self._report("span-empty", f"[{start}, {end})", start)
        elif isinstance(surface, str) and self._text[start:end].split() != surface.replace("\\n", "\n").split():
            cause = why_not_there(self._text, start, end, surface)
            here = self._text[start:end][:60]
            message = f"the text has {here!r} where {surface[:60]!r} is given; {cause}"
            fix = "export it from a newer version, or say --repair utf16" if "UTF-16" in cause else None
            self._report("span-surface", message, start, fix)
        elif end > len(self._text):
            self._report("span-outside", f"[{start}, {end}), and the text has {len(self._text)} code points", start)
        else:
            return start, end
        return None

    def _report(self, incident: str, message: str, offset: int, fix: str | None = None) -> None:
        self._work.report(incident, f"{self._name}: {message}", self._path, None, self._doc_id, offset, fix)


def _utf16_offsets(text: str) -> dict[int, int]:
    """UTF-16 offset → offset in code points."""
    found: dict[int, int] = {}
    units = 0
    for at, character in enumerate(text):
        found[units] = at
        units += 2 if ord(character) > 0xFFFF else 1
    found[units] = len(text)
    return found


def write(records: Sequence[Grounded], path: Path, work: Conversion) -> dict[Path, bytes]:
    """Write tasks to import, the annotations as predictions. Offsets are code points, as Label Studio 1.23 has them."""
    tasks = [
        {
            "data": {"doc_id": record.doc_id, "text": record.text},
            "predictions": [{"model_version": "khabar convert", "result": _regions(record)}],
        }
        for record in records
    ]
    return {path: msgspec.json.format(msgspec.json.encode(tasks), indent=1) + b"\n"}


def _regions(record: Grounded) -> list[dict[str, Any]]:
    marks, links = marks_of(record.said)
    results: list[dict[str, Any]] = []
    joined: dict[str, list[str]] = defaultdict(list)
    for mark in marks:
        for at, (start, end) in enumerate(mark.spans):
            key = mark.key if at == 0 else f"{mark.key}/{at}"
            value = {"start": start, "end": end, "text": record.text[start:end], "labels": [mark.label]}
            region = {"id": key, "from_name": "label", "to_name": "text", "type": "labels", "value": value}
            if at == 0 and mark.fields:
                region["meta"] = {"text": [msgspec.json.encode(mark.fields).decode()]}
            if at:
                joined[mark.key].append(key)
            results.append(region)
    relations = [(PIECE, first, other) for first, others in joined.items() for other in others]
    relations += [(link.kind, link.source, link.target) for link in links]
    return results + [
        {"type": "relation", "from_id": source, "to_id": target, "direction": "right", "labels": [kind]}
        for kind, source, target in relations
    ]
