"""brat standoff: a folder with a .txt and an .ann for each document (Stenetorp et al., EACL 2012).

Rows become text-bound annotations (T), their parts relations (R), and all else of a row a note in JSON (#), so that
nothing is lost. What others put into A, E, N, M and * lines, or into notes in words, has no place in predictions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from khabar.formats.conversion import Conversion
from khabar.formats.documents import annotations_of
from khabar.formats.grounded import Grounded
from khabar.formats.marks import PARTS, Link, Mark, Marked, marks_of
from khabar.formats.source import text_of
from khabar.reading.causes import why_not_there
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
    files = sorted(path.glob("*.ann"))
    found = [_document(file, work) for file in files]
    return annotations_of([each for each in found if each is not None], work)


def _document(file: Path, work: Conversion) -> Marked | None:
    beside = file.with_suffix(".txt")
    outside = [each for each in (file, beside) if each.is_symlink()]
    for each in outside:
        work.report("path-unsafe", "it is a link, and may lead out of the folder", each, fix="put the file itself here")
    if outside:
        return None
    text = text_of(beside, work, may_be_empty=True, as_it_is=True)
    lines = text_of(file, work, may_be_empty=True)
    if text is None or lines is None:
        return None
    marks: dict[str, Mark] = {}
    links: list[Link] = []
    notes: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(lines.split("\n"), start=1):
        line = line.rstrip("\r")
        if bound := _TEXT_BOUND.fullmatch(line):
            mark = _mark(bound, text, (file, number), work)
            if mark is not None and mark.key in marks:
                work.report("id-repeated", f"{mark.key} is there already", file, number, file.stem)
            elif mark is not None:
                marks[mark.key] = mark
        elif relation := _RELATION.fullmatch(line):
            links.append(Link(relation[1], relation[2], relation[3]))
        elif line.startswith("#"):
            note = _NOTE.fullmatch(line)
            fields = None if note is None else _fields(note[2])
            if note is None or fields is None:
                work.lose("notes in words")
            else:
                notes[note[1]] = fields
        elif line[:1] in _LOST:
            work.lose(_LOST[line[0]])
        elif line.strip():
            work.report("format-broken", f"{line[:60]!r} is no line of standoff", file, number, file.stem)
    for link in links:
        for end in (link.source, link.target):
            if end not in marks and end.startswith("T"):
                work.report("reference-unknown", f"a relation names {end}, which is not there", file, doc_id=file.stem)
    noted = tuple(_noted(mark, notes.get(mark.key)) for mark in marks.values())
    return Marked(file.stem, text, noted, tuple(links), str(file))


def _noted(mark: Mark, fields: Mapping[str, Any] | None) -> Mark:
    return mark if fields is None else Mark(mark.key, mark.label, mark.spans, fields)


def _fields(note: str) -> dict[str, Any] | None:
    try:
        value = msgspec.json.decode(note)
    except (msgspec.DecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _mark(found: re.Match[str], text: str, place: tuple[Path, int], work: Conversion) -> Mark | None:
    key, label, offsets, surface = found.groups()
    spans = tuple((int(start), int(end)) for start, end in (each.split(" ") for each in offsets.split(";")))
    file, line = place
    for start, end in spans:
        if end <= start:
            work.report("span-empty", f"{key}: [{start}, {end})", file, line, file.stem, start)
            return None
        if end > len(text):
            message = f"{key}: [{start}, {end}), and the text has {len(text)} code points"
            work.report("span-outside", message, file, line, file.stem, start)
            return None
    here = _surface(text, spans)
    if surface is not None and here.split() != surface.split():
        start, end = spans[0][0], spans[-1][1]
        cause = why_not_there(text, start, end, surface)
        message = f"{key}: the text has {here[:60]!r} where {surface[:60]!r} is given; {cause}"
        work.report("span-surface", message, file, line, file.stem, start)
        return None
    return Mark(key, label, spans)


def _surface(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The pieces on one line, as brat writes them."""
    return " ".join(re.sub(r"\s", " ", text[start:end]) for start, end in spans)


def write(records: Sequence[Grounded], path: Path, work: Conversion) -> dict[Path, bytes]:
    """Write a folder, with a configuration that knows the labels. Document ids become file names."""
    files = {path / CONFIGURATION: _configuration().encode()}
    for record in records:
        if not _SAFE.fullmatch(record.doc_id):
            work.report("path-unsafe", f"{record.doc_id!r} cannot be a file name", doc_id=record.doc_id)
            continue
        files[path / f"{record.doc_id}.txt"] = record.text.encode()
        files[path / f"{record.doc_id}.ann"] = "".join(f"{line}\n" for line in _lines(record)).encode()
    strangers = sorted(each.name for each in path.glob("*.ann") if each not in files) if path.is_dir() else []
    if strangers:
        message = f"the folder holds other annotations, such as {strangers[0]}"
        work.report("file-unwritable", message, path, fix="choose another folder")
    return files


def _lines(record: Grounded) -> list[str]:
    marks, links = marks_of(record.said)
    names = {mark.key: f"T{at}" for at, mark in enumerate(marks, start=1)}
    lines: list[str] = []
    for mark in marks:
        offsets = ";".join(f"{start} {end}" for start, end in mark.spans)
        lines.append(f"{names[mark.key]}\t{mark.label} {offsets}\t{_surface(record.text, mark.spans)}")
    for at, link in enumerate(links, start=1):
        lines.append(f"R{at}\t{link.kind} Arg1:{names[link.source]} Arg2:{names[link.target]}")
    for at, mark in enumerate((mark for mark in marks if mark.fields), start=1):
        note = msgspec.json.encode(mark.fields).decode()
        lines.append(f"#{at}\tAnnotatorNotes {names[mark.key]}\t{note}")
    return lines


def _configuration() -> str:
    sources: dict[str, list[str]] = defaultdict(list)
    for part, layer in PARTS.items():
        sources[layer].append(part)
    rows = {"numbers": [*NUMBER_KINDS, "number"], "quotes": ["quote"]}
    relations = [
        f"{part}\tArg1:{'|'.join(rows[layer])}, Arg2:{part}" for layer, parts in sources.items() for part in parts
    ]
    entities = [*ENTITY_LABELS, *rows["numbers"], *rows["quotes"], *PARTS]
    return "\n".join(["[entities]", *entities, "[relations]", *relations, "[events]", "[attributes]", ""])
