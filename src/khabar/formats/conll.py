"""CoNLL columns: a token a line, its tags (IOB2) in the last column or columns, a blank line after each sentence.

Read: any blanks between columns; `-DOCSTART-` lines; `# newdoc id = …` names the next document, `# global.columns = …`
(CoNLL-U Plus) says by NER which columns are tags. Several tags a token, in columns or joined by |, are nested spans.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from itertools import zip_longest
from pathlib import Path

from khabar.formats.context import Conversion
from khabar.formats.label_maps import MAPS
from khabar.formats.predictions import GroundedText, entities_only
from khabar.formats.projection import annotations_of
from khabar.formats.sentences import (
    Chunk,
    Sentence,
    TagError,
    TaggedSection,
    columns_of,
    decode_columns,
    decode_nested,
    marked_of,
    sentences_of,
)
from khabar.records import Annotations

_COMMENT = re.compile(r"# *(newdoc id|doc_id|global\.columns|sent_id|text) *= *(.*)")
_DOCSTART = "-DOCSTART-"
_FIX = "TOKEN TAG on a line"
_TAG = re.compile(r"O|[BI]-\S+")

Token = tuple[int, list[str]]
"""Line, and its columns."""


def read(path: Path, work: Conversion) -> list[Annotations]:
    """Read a file of columns. Problems go to `work`."""
    text = work.text_of_file(path)
    if text is None:
        return []
    documents, named = _sentences(text)
    lines = [token for _, sentences in documents for sentence in sentences for token in sentence]
    columns = _tag_columns(lines, named, path, work)
    if columns is None:
        return []
    marked = any(doc_id is not None for doc_id, _ in documents) or len(documents) > 1
    sections = []
    for doc_id, sentences in documents:
        read_sentences = [_sentence(sentence, columns, path, work) for sentence in sentences]
        sections.append(TaggedSection(doc_id, tuple(each for each in read_sentences if each is not None), whole=marked))
    return annotations_of(marked_of(sections, work, str(path)), work)


def _sentences(text: str) -> tuple[list[tuple[str | None, list[list[Token]]]], list[int] | None]:
    """Part a file into documents of sentences; also the columns a comment names as tags."""
    documents: list[tuple[str | None, list[list[Token]]]] = []
    sentence: list[Token] = []
    following: str | None = None
    columns: list[int] | None = None
    begun = True  # whether the next token begins a document

    for number, line in enumerate(text.split("\n"), start=1):
        cells = line.split()
        comment = _COMMENT.fullmatch(line.strip())
        if cells and not comment and cells[0] != _DOCSTART:
            if begun:
                documents.append((following, []))
                following, begun = None, False
            if not sentence:
                documents[-1][1].append(sentence)
            sentence.append((number, cells))
            continue
        sentence = []
        if comment and comment[1] in ("newdoc id", "doc_id"):
            following, begun = comment[2].strip(), True
        elif comment and comment[1] == "global.columns":
            names = comment[2].split()
            columns = [column for column, name in enumerate(names) if name.partition(":")[0] == "NER"]
        elif cells and not comment:
            begun = True
    return documents, columns


def _tag_columns(
    tokens: Sequence[Token], named: list[int] | None, path: Path, work: Conversion
) -> tuple[int, ...] | None:
    """Which columns hold tags (from 0); () where a token has as many as it likes. None and a report if unclear."""
    report = partial(work.incidents.report, file=path)
    by_name = work.columns is not None or bool(named)
    columns_asked = tuple(column - 1 for column in work.columns or ()) or tuple(named or ()) or (1,)
    short = [line for line, cells in tokens if len(cells) <= max(columns_asked)]
    for line in short:
        report("format-broken", f"the line has no column {max(columns_asked) + 1}", line=line, fix=_FIX)
    if short or not tokens:
        return None
    if by_name:
        return columns_asked
    widths = {len(cells) for _, cells in tokens}
    if len(widths) > 1:
        return ()
    labels = {column: _labels(tokens, column) for column in range(1, widths.pop())}
    tags = {column: names for column, names in labels.items() if names is not None}
    known = {column: names for column, names in tags.items() if not names or any(map(_is_known, names))}
    candidates = known or tags
    if not candidates:
        report("format-broken", "no column holds IOB2 tags", line=tokens[0][0], fix=_FIX)
        return None
    flat = [label for names in candidates.values() for label in names]
    if len(candidates) > 1 and len(flat) > len(set(flat)):
        columns = ", ".join(str(column + 1) for column in candidates)
        message = f"columns {columns} all hold tags, and may be gold, predictions or nested spans"
        report("columns-unclear", message, line=tokens[0][0])
        return None
    return tuple(candidates)


def _labels(tokens: Sequence[Token], column: int) -> set[str] | None:
    """The labels of a column, if most of it are tags and the rest might be meant as such; else None."""
    cells = [tag for _, cells in tokens for tag in cells[column].split("|")]
    if sum(bool(_TAG.fullmatch(cell)) for cell in cells) * 2 <= len(cells):
        return None
    return {cell[2:] for cell in cells if cell != "O"}


def _is_known(label: str) -> bool:
    return any(label.upper() in {*each.to, *each.without} for each in MAPS.values())


def _sentence(tokens: Sequence[Token], columns: tuple[int, ...], path: Path, work: Conversion) -> Sentence | None:
    words = tuple(cells[0] for _, cells in tokens)
    lines = tuple(line for line, _ in tokens)
    cells = [[cells[column] for column in columns] if columns else cells[1:] for _, cells in tokens]
    try:
        if columns and not any("|" in cell for here in cells for cell in here):
            chunks = decode_columns(list(zip(*cells, strict=True)), work.repair)
        else:
            chunks = decode_nested([[tag for cell in here for tag in cell.split("|")] for here in cells], work.repair)
    except TagError as error:
        for fault in error.faults:
            work.incidents.report("tags-broken", fault.message, file=path, line=lines[fault.at], fix=fault.fix)
        return None
    return Sentence(words, tuple(chunks), lines)


def write(records: Sequence[GroundedText], path: Path, work: Conversion) -> dict[Path, bytes]:
    """Write entities in columns, nested ones in as many as are needed."""
    entities_only(records, work)
    tagged = {
        record.doc_id: [_rows(each) for each in sentences_of(record.text, record.predicted.entities, work)]
        for record in records
    }
    width = max((len(row) for sentences in tagged.values() for rows in sentences for row in rows), default=2)
    lines = [f"# global.columns = FORM{' NER' * (width - 1)}"] if width > 2 else []
    for doc_id, sentences in tagged.items():
        lines += [f"# newdoc id = {doc_id}", "\t".join((_DOCSTART, *["O"] * (width - 1))), ""]
        for rows in sentences:
            lines += ["\t".join(row + ["O"] * (width - len(row))) for row in rows]
            lines.append("")
    return {path: "".join(f"{line}\n" for line in lines).encode()}


def _rows(sentence: Sentence) -> list[list[str]]:
    columns = columns_of([Chunk(*chunk) for chunk in sentence.chunks], len(sentence.tokens))
    return [[token, *tags] for token, *tags in zip_longest(sentence.tokens, *columns)]
