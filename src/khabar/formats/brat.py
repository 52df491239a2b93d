"""brat standoff: a folder with a .txt and an .ann for each document (Stenetorp et al., EACL 2012).

Rows become text-bound annotations (T), their parts relations (R), and all else of a row a note in JSON (#), so that
nothing is lost. What others put into A, E, N, M and * lines, or into notes in words, has no place in predictions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from khabar.formats.context import Conversion
from khabar.formats.predictions import GroundedText
from khabar.formats.projection import annotations_of
from khabar.formats.standoff import PARTS, Link, Mark, MarkedDocument, json_object, marks_of, span_problem
from khabar.reading.incidents import Report
from khabar.records import Annotations
from khabar.records.labels import ENTITY_LABELS, NUMBER_KINDS

_TEXT_BOUND = re.compile(r"(T\S+)\t(\S+) (\d{1,10} \d{1,10}(?:;\d{1,10} \d{1,10})*)(?:\t(.*))?")
_RELATION = re.compile(r"R\S+\t(\S+) \S+?:(\S+) \S+?:(\S+)\s*")
_NOTE = re.compile(r"#\S*\tAnnotatorNotes (\S+)\t(.*)")
_LOST = {"A": "attributes", "M": "attributes", "E": "events", "N": "normalisations", "*": "equivalences"}
_SAFE = re.compile(r"(?!\.)[^/\\:\0]{1,200}")

CONFIGURATION = "annotation.conf"


def read(path: Path, work: Conversion) -> list[Annotations]:
    """Read a folder. Problems go to `work`."""
    documents = [_document(file, work) for file in sorted(path.glob("*.ann"))]
    return annotations_of([document for document in documents if document is not None], work)


def _document(file: Path, work: Conversion) -> MarkedDocument | None:
    text_file = file.with_suffix(".txt")
    linked = [path for path in (file, text_file) if path.is_symlink()]
    for path in linked:
        message, fix = "it is a link, and may lead out of the folder", "put the file itself here"
        work.incidents.report("path-unsafe", message, file=path, fix=fix)
    if linked:
        return None
    text = work.text_of_file(text_file, may_be_empty=True, as_it_is=True)
    lines = work.text_of_file(file, may_be_empty=True)
    if text is None or lines is None:
        return None
    marks: dict[str, Mark] = {}
    links: list[Link] = []
    notes: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(lines.split("\n"), start=1):
        line = line.rstrip("\r")
        report = partial(work.incidents.report, file=file, line=number, doc_id=file.stem)
        if bound := _TEXT_BOUND.fullmatch(line):
            mark = _mark(bound, text, report)
            if mark is not None and mark.key in marks:
                report("id-repeated", f"{mark.key} is there already")
            elif mark is not None:
                marks[mark.key] = mark
        elif relation := _RELATION.fullmatch(line):
            links.append(Link(relation[1], relation[2], relation[3]))
        elif line.startswith("#"):
            note = _NOTE.fullmatch(line)
            fields = None if note is None else json_object(note[2])
            if note is None or fields is None:
                work.lose("notes in words")
            else:
                notes[note[1]] = fields
        elif line[:1] in _LOST:
            work.lose(_LOST[line[0]])
        elif line.strip():
            report("format-broken", f"{line[:60]!r} is no line of standoff")
    for end in (end for link in links for end in (link.source, link.target)):
        if end not in marks and end.startswith("T"):
            message = f"a relation names {end}, which is not there"
            work.incidents.report("reference-unknown", message, file=file, doc_id=file.stem)
    noted = tuple(replace(mark, fields=notes.get(mark.key, {})) for mark in marks.values())
    return MarkedDocument(file.stem, text, noted, tuple(links), str(file))


def _mark(bound: re.Match[str], text: str, report: Report) -> Mark | None:
    key, label, offsets, surface = bound.groups()
    spans = tuple((int(start), int(end)) for start, end in (piece.split(" ") for piece in offsets.split(";")))
    for start, end in spans:
        whole = surface if len(spans) == 1 else None
        problem = span_problem(text, start, end, whole)
        if problem is not None:
            report(problem[0], f"{key}: {problem[1]}", offset=start)
            return None
    here = _surface(text, spans)
    if surface is not None and here.split() != surface.split():
        message = f"{key}: the text has {here[:60]!r} where {surface[:60]!r} is given"
        report("span-surface", message, offset=spans[0][0])
        return None
    return Mark(key, label, spans)


def _surface(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The pieces on one line, as brat writes them."""
    return " ".join(re.sub(r"\s", " ", text[start:end]) for start, end in spans)


def write(records: Sequence[GroundedText], path: Path, work: Conversion) -> dict[Path, bytes]:
    """Write a folder, with a configuration that knows the labels. Document ids become file names."""
    files = {path / CONFIGURATION: _configuration().encode()}
    for record in records:
        if not _SAFE.fullmatch(record.doc_id):
            work.incidents.report("path-unsafe", f"{record.doc_id!r} cannot be a file name", doc_id=record.doc_id)
            continue
        files[path / f"{record.doc_id}.txt"] = record.text.encode()
        files[path / f"{record.doc_id}.ann"] = "".join(f"{line}\n" for line in _lines(record)).encode()
    strangers = sorted(each.name for each in path.glob("*.ann") if each not in files) if path.is_dir() else []
    if strangers:
        message = f"the folder holds other annotations, such as {strangers[0]}"
        work.incidents.report("file-unwritable", message, file=path, fix="choose another folder")
    return files


def _lines(record: GroundedText) -> list[str]:
    marks, links = marks_of(record.predicted)
    names = {mark.key: f"T{number}" for number, mark in enumerate(marks, start=1)}
    lines: list[str] = []
    for mark in marks:
        offsets = ";".join(f"{start} {end}" for start, end in mark.spans)
        lines.append(f"{names[mark.key]}\t{mark.label} {offsets}\t{_surface(record.text, mark.spans)}")
    for number, link in enumerate(links, start=1):
        lines.append(f"R{number}\t{link.kind} Arg1:{names[link.source]} Arg2:{names[link.target]}")
    for number, mark in enumerate((mark for mark in marks if mark.fields), start=1):
        note = msgspec.json.encode(mark.fields).decode()
        lines.append(f"#{number}\tAnnotatorNotes {names[mark.key]}\t{note}")
    return lines


def _configuration() -> str:
    rows = {"numbers": [*NUMBER_KINDS, "number"], "quotes": ["quote"]}
    relations = [f"{part}\tArg1:{'|'.join(rows[layer])}, Arg2:{part}" for part, layer in PARTS.items()]
    entities = [*ENTITY_LABELS, *rows["numbers"], *rows["quotes"], *PARTS]
    return "\n".join(["[entities]", *entities, "[relations]", *relations, "[events]", "[attributes]", ""])
