"""What annotators begin with: nothing, the rows of a file, or what a system says; and drafts, rows to be corrected.

A row is a draft until whoever has checked it removes its key `draft`: `khabar.reading.rows` refuses marked rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from khabar.annotations.agreement.differences import comparable
from khabar.annotations.label_studio.preannotation import rows_of
from khabar.annotations.label_studio.tasks import registered
from khabar.annotations.rounds import Articles, in_file_order
from khabar.formats.label_studio.document_page import document_page, document_rows
from khabar.formats.label_studio.fields import POSITIONS
from khabar.formats.label_studio.names import Names
from khabar.formats.label_studio.page import to_page, to_results
from khabar.formats.label_studio.question_page import question_page, question_rows
from khabar.reading.incidents import Incident, Incidents, InputError, Report, warned
from khabar.reading.lines import jsonl
from khabar.reading.predictions import read_predictions, split
from khabar.reading.rows import DRAFT, check, read_rows
from khabar.reading.sources import is_parquet
from khabar.records import Claim, Conflict, Document, Number, PredictedNumber, Quote, Registered, Row
from khabar.text.values import value_of
from khabar.text.wording import in_words


@dataclass(frozen=True, slots=True)
class Start:
    """What annotators begin with: rows, the source they are of, and whether they are a finished pass."""

    rows: tuple[Row, ...] = ()
    source: str = ""
    finished: bool = False


def start_of_file(path: Path, articles: Articles, finished: bool, incidents: Incidents | None = None) -> Start:
    """Read a pass, gold, or predictions. Raises InputError, for a finished pass also if it is not sound or if a row
    holds what no page can show. `incidents` takes the warnings, such as keys that are not read; else a UserWarning."""
    with warned(incidents) as collected:
        return _start_of_file(path, articles, finished, collected)


def _start_of_file(path: Path, articles: Articles, finished: bool, incidents: Incidents) -> Start:
    if not _is_rows(path):
        predictions, disputes = split(read_predictions(path, incidents))
        if finished:
            message = "these are predictions, where --finished asks for the rows of a pass"
            incidents.report("option-wrong", message, file=path, fix="leave --finished out")
        incidents.refuse()
        return Start(tuple(rows_of(predictions, disputes, articles.texts)), path.stem)
    located = read_rows(path, incidents)
    incidents.extend(check(located, articles.texts, articles.stories))
    incidents.refuse()
    rows = tuple(item.row for item in located)
    lines = {id(item.row): item.line for item in located}
    Incidents(unsayable(rows, articles, lines, str(path))).refuse()
    return Start(rows, path.stem, finished)


def start_of_system(name: str, documents: Sequence[Document], incidents: Incidents | None = None) -> Start:
    """Run a system over the articles. Warnings go where those of `start_of_file` do. Raises InputError."""
    from khabar.corpus.gold import load_gold
    from khabar.reading.reference import Reference
    from khabar.systems.registry import find_system
    from khabar.systems.runner import run_system

    gold = load_gold()[0] if name == "oracle" else Reference.build([])
    with warned(incidents) as collected:
        predictions, disputes = run_system(find_system(name, gold), documents, incidents=collected)
    texts = {document.doc_id: document.text for document in documents}
    return Start(tuple(rows_of(predictions, disputes, texts)), name)


def unsayable(rows: Sequence[Row], articles: Articles, lines: Mapping[int, int], file: str) -> list[Incident]:
    """Rows that would not come back from their pages as they are: each with the column that would not.

    `lines` gives the line of a row by its `id()`.
    """
    unheard = Incidents()  # what cannot be read does not come back, and is reported for that
    back = {(type(row), row.key): row for row in shown_again(rows, articles, unheard.report)}
    incidents = Incidents()
    for row in rows:
        again = back.get((type(row), row.key))
        if again == row or isinstance(row, Registered):
            continue
        columns = [name for name in row.__struct_fields__ if again and getattr(again, name) != getattr(row, name)]
        if isinstance(row, Claim) and row.position not in POSITIONS:
            columns = ["position"]
        message, fix = f"{', '.join(columns) or 'the row'} cannot be shown in a page as it is", None
        if isinstance(again, Quote) and columns == ["alternatives"] and _is_reordered(row, again):
            message = "alternatives come back from the page in another order"
            # other speakers of the same words come first there, then what has words of its own, as these follow
            order = "; ".join(map(in_words, msgspec.to_builtins(again.alternatives)))
            fix = f"write them in the order of the page: {order}"
        incidents.report(
            "row-unsayable",
            message,
            file=file,
            line=lines.get(id(row)),
            doc_id=row.article,
            offset=getattr(row, "start", None),
            fix=fix,
        )
    return list(incidents)


def _is_reordered(row: Row, again: Row) -> bool:
    return bool(comparable(row, "alternatives") == comparable(again, "alternatives"))


def shown_again(rows: Sequence[Row], articles: Articles, problem: Report) -> list[Row]:
    """Rows as they come back when nobody changes the pages they are shown in."""
    registry = [row for row in rows if isinstance(row, Registered)]
    names = {
        story: Names().with_entities((row.entity_id, row.name) for row in registry if row.story == story)
        for story in articles.stories.values()
    }
    again: list[Row] = []
    claims: dict[str, Claim] = {}
    for doc_id, text in articles.texts.items():
        mine = [row for row in rows if row.article == doc_id]
        if mine:
            theirs = names[articles.stories[doc_id]]
            page = to_page(to_results(theirs.shown(document_page(mine, text))), problem)
            back = document_rows(page, doc_id, text, problem, names=theirs)
            again += [row for row in back if not isinstance(row, Claim)]
            claims |= {row.id: row for row in back if isinstance(row, Claim)}
    for issue in (row for row in rows if isinstance(row, Conflict)):
        theirs = names.get(issue.story, Names())
        page = to_page(to_results(theirs.shown(question_page(issue, claims.values()))), problem)
        placed, asked = question_rows(theirs.read(page), issue.issue_id, issue.story, claims, problem)
        again += [*placed, *([asked] if asked is not None else [])]
    return in_file_order(again)


def _is_rows(path: Path) -> bool:
    """Whether a file holds rows of a pass, which name their layer, and no predictions."""
    if not path.is_file() or is_parquet(path):
        return False
    first = next(jsonl(path, Incidents()), (0, b""))[1]
    return b'"layer"' in first


def draft(story: str, system: str, articles: Articles, incidents: Incidents | None = None) -> list[Row]:
    """Rows of a story as a system has it: zones, mentions, numbers, quotes, disputes, and the registry they need.

    `incidents` takes the warnings about what the system says; else a UserWarning. Raises InputError if there is no such
    story or no such system.
    """
    documents = [document for document in articles.documents if document.story == story]
    if not documents:
        known = ", ".join(sorted(set(articles.stories.values())))
        message = f"the seeds have no story {story!r}; there is: {known}"
        raise InputError.of("story-unknown", message, fix="name one of these, or other seeds with --seeds")
    rows = [_completed(row) for row in start_of_system(system, documents, incidents).rows]
    return in_file_order([*rows, *registered(rows, story, (), None)])


def _completed(row: Row) -> Row:
    """A number with what its modality implies, and what the guidelines take for the common case."""
    if not isinstance(row, Number):
        return row
    row = msgspec.structs.replace(row, factuality=row.factuality or "asserted")
    if row.kind in ("date", "ident"):
        return row
    value = value_of(msgspec.convert(row, PredictedNumber, from_attributes=True))
    return msgspec.structs.replace(
        row,
        low=str(value.low) if row.low is None and value.low is not None else row.low,
        high=str(value.high) if row.high is None and value.high is not None else row.high,
        low_incl=value.low_incl,
        high_incl=value.high_incl,
        modality=row.modality or value.modality,
        role=row.role or "level",
    )


def encoded(rows: Iterable[Row]) -> bytes:
    """The bytes of a file of drafts: rows that carry the mark first."""
    mark = msgspec.json.encode({DRAFT: True})[:-1] + b","
    return b"".join(mark + msgspec.json.encode(row)[1:] + b"\n" for row in rows)
