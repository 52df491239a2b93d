"""Exports of Text tasks (JSON and JSON_MIN) as predictions, and predictions as tasks to import.

Rows become labelled regions, their parts relations, further pieces of a span regions joined by the relation `piece`,
and all else of a row a note in JSON in the region's `meta.text`. A task of a round holds its rows as its page does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from khabar.formats.context import Conversion
from khabar.formats.label_studio.document_page import document_rows
from khabar.formats.label_studio.names import names_of_task
from khabar.formats.label_studio.page import Page, Region, note_of, sound_page, to_results
from khabar.formats.predictions import GroundedText
from khabar.formats.projection import annotations_of
from khabar.formats.standoff import Link, Mark, MarkedDocument, marks_of, span_problem
from khabar.reading.shape import shaped
from khabar.records import Annotations, Claim, Row, Zones

PIECE = "piece"
_KINDS = ("labels", "hypertextlabels")


def read(path: Path, work: Conversion) -> list[Annotations]:
    """Read an export. Problems go to `work`."""
    text = work.text_of_file(path)
    if text is None:
        return []
    try:
        tasks = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, RecursionError) as error:
        work.incidents.report("json-broken", str(error) or "nested too deeply", file=path)
        return []
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        fix = "export it as JSON or JSON_MIN"
        work.incidents.report("format-broken", "it is no list of tasks", file=path, fix=fix)
        return []
    read_tasks = [_Task(task, number, path, work).read() for number, task in enumerate(tasks, start=1)]
    marked = [document for document in read_tasks if isinstance(document, MarkedDocument)]
    return [
        *(document for document in read_tasks if isinstance(document, Annotations)),
        *annotations_of(marked, work),
    ]


class _Task:
    """A task of an export; its number in the file is said where a line would be."""

    def __init__(self, task: Mapping[str, Any], number: int, path: Path, work: Conversion) -> None:
        nested = task.get("data")
        self._task, self._work, self._path, self._name = task, work, path, f"task {number}"
        self._data: Mapping[str, Any] = nested if isinstance(nested, dict) else task
        named = self._data.get("doc_id", self._data.get("key"))
        self._doc_id = named if isinstance(named, str) else None
        self._report = work.incidents.at(path, None, self._doc_id)

    def read(self) -> Annotations | MarkedDocument | None:
        """The task's one annotation: as predictions if it is of a round, else as marks."""
        text = self._data.get("text")
        if {"key", "annotator", "cards"} <= set(self._data):
            self._work.lose("tasks of questions")
            return None
        if not isinstance(text, str):
            self._report("key-missing", f"{self._name} has no text in data.text")
            return None
        try:
            results = _results(self._task)
            if results is None:
                fix = "export one annotation a task: one annotator's, or the agreed one"
                self._report("format-broken", f"{self._name} has several annotations", fix=fix)
                return None
            if {"key", "annotator"} <= set(self._data):
                return self._of_round(text, results)
            page = self._plain(text, results)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self._report("format-broken", f"{self._name}: {type(error).__name__}: {error}")
            return None
        return MarkedDocument(self._doc_id, text, *_marks(page), str(self._path))

    def _of_round(self, text: str, results: Sequence[Mapping[str, Any]]) -> Annotations | None:
        corpus = self._work.texts.get(str(self._doc_id))
        page = sound_page(results, text, corpus.text if corpus else text, self._report)
        if page is None or self._doc_id is None:
            return None
        names = names_of_task(self._data, self._report)
        rows = document_rows(page, self._doc_id, text, self._report, names=names)
        self._work.lose("claims", sum(isinstance(row, Claim) for row in rows))
        return shaped(_as_prediction(self._doc_id, rows), Annotations, self._report)

    def _plain(self, text: str, results: Sequence[Mapping[str, Any]]) -> Page:
        """Results of any project as a page of ours: one label a region, sound offsets in code points."""
        units = _utf16_offsets(text)
        times: Counter[str] = Counter()
        regions: list[Region] = []
        links: dict[Link, None] = {}
        for result in results:
            kind = result.get("type")
            if kind == "relation":
                ends = str(result.get("from_id")), str(result.get("to_id"))
                links |= {Link(str(name), *ends): None for name in result.get("labels") or ["relation"]}
                continue
            if kind not in _KINDS:
                self._work.lose(f"results of type {kind!r}")
                continue
            value = result["value"]
            span = self._span(value, text, units)
            labels = value.get("labels") or value.get("hypertextlabels") or []
            if not labels:
                self._work.lose("regions without a label")
            note = note_of(result)
            if note is None:
                self._work.lose("notes in words")
            if span is None:
                continue
            for label in labels:
                key = str(result["id"])
                times[key] += 1
                key += f"/{times[key] - 1}" if times[key] > 1 else ""
                regions.append(Region(key, str(label), *span, "", meta=note or {}))
        return Page(tuple(regions), tuple(links))

    def _span(self, value: Mapping[str, Any], text: str, units: Mapping[int, int]) -> tuple[int, int] | None:
        start, end = int(value["start"]), int(value["end"])
        if self._work.utf16:
            if start not in units or end not in units:
                message = f"{self._name}: [{start}, {end}) are no UTF-16 offsets of it"
                self._report("span-outside", message, offset=start)
                return None
            start, end = units[start], units[end]
        surface = value.get("text")
        words = surface.replace("\\n", "\n") if isinstance(surface, str) else None
        problem = span_problem(text, start, end, words)
        if problem is None:
            return start, end
        fix = "export it from a newer version, or say --repair utf16" if "UTF-16" in problem[1] else None
        self._report(problem[0], f"{self._name}: {problem[1]}", offset=start, fix=fix)
        return None


def _results(task: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The results of a task's one annotation, else of its one prediction; None if there are several."""
    for kind in ("annotations", "completions", "predictions"):
        answers = [each for each in task.get(kind) or () if not each.get("was_cancelled")]
        if len(answers) > 1:
            return None
        if answers:
            return list(answers[0].get("result") or ())
    if isinstance(task.get("data"), dict):
        return []
    flat = [each for value in task.values() if isinstance(value, list) for each in value if isinstance(each, dict)]
    return [
        {"id": f"{number}", "type": "labels", "value": each}
        for number, each in enumerate(flat)
        if {"start", "end", "labels"} <= set(each)
    ]


def _utf16_offsets(text: str) -> dict[int, int]:
    """UTF-16 offset → offset in code points."""
    offsets: dict[int, int] = {}
    units = 0
    for offset, character in enumerate(text):
        offsets[units] = offset
        units += 2 if ord(character) > 0xFFFF else 1
    offsets[units] = len(text)
    return offsets


def _marks(page: Page) -> tuple[tuple[Mark, ...], tuple[Link, ...]]:
    """The regions of a page as marks, pieces joined."""
    marks = {each.id: Mark(each.id, each.label, ((each.start, each.end),), each.meta) for each in page.regions}
    for link in page.links:
        if link.kind == PIECE and link.source in marks and link.target in marks and link.source != link.target:
            first, other = marks[link.source], marks.pop(link.target)
            marks[first.key] = Mark(first.key, first.label, (*first.spans, *other.spans), first.fields)
    return tuple(marks.values()), tuple(link for link in page.links if link.kind != PIECE)


def _as_prediction(doc_id: str, rows: Iterable[Row]) -> dict[str, Any]:
    """The rows of a document as a line of a prediction file."""
    line: dict[str, Any] = {"doc_id": doc_id}
    for row in rows:
        plain = msgspec.to_builtins(row)
        layer = plain.pop("layer")
        if isinstance(row, Zones):
            line["zones"] = plain["zones"]
        elif not isinstance(row, Claim):
            line.setdefault(layer, []).append(plain)
    return line


def write(records: Sequence[GroundedText], path: Path, work: Conversion) -> dict[Path, bytes]:
    """Write tasks to import, the annotations as predictions. Offsets are code points, as Label Studio 1.23 has them."""
    tasks = [
        {
            "data": {"doc_id": record.doc_id, "text": record.text},
            "predictions": [{"model_version": "khabar convert", "result": to_results(_page(record))}],
        }
        for record in records
    ]
    return {path: msgspec.json.format(msgspec.json.encode(tasks), indent=1) + b"\n"}


def _page(record: GroundedText) -> Page:
    marks, links = marks_of(record.predicted)
    regions: list[Region] = []
    pieces: list[Link] = []
    for mark in marks:
        for number, (start, end) in enumerate(mark.spans):
            key = mark.key if number == 0 else f"{mark.key}/{number}"
            meta = mark.fields if number == 0 else {}
            regions.append(Region(key, mark.label, start, end, record.text[start:end], meta=meta))
            if number:
                pieces.append(Link(PIECE, mark.key, key))
    return Page(tuple(regions), (*pieces, *links))
