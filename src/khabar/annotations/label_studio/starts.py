"""What annotators begin with: nothing, the rows of a file, or what a system says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from khabar.annotations.label_studio.documents import document_page, document_rows
from khabar.annotations.label_studio.faces import POSITIONS
from khabar.annotations.label_studio.push import Start
from khabar.annotations.label_studio.results import Report, to_page, to_results
from khabar.annotations.label_studio.rounds import Articles, in_order
from khabar.annotations.label_studio.stories import story_page, story_rows, story_text
from khabar.annotations.label_studio.suggestions import suggested
from khabar.reading.incidents import Incident, InputError, errors
from khabar.reading.lines import is_parquet, jsonl
from khabar.reading.predictions import read_predictions, split
from khabar.reading.row_checks import check
from khabar.reading.rows import read_rows
from khabar.records import Claim, Conflict, Document, Registered, Row


def start_of_file(path: Path, articles: Articles, finished: bool) -> Start:
    """Read a pass, gold, or predictions. Raises InputError, for a finished pass also if it is not sound or if a row
    holds what no page can show."""
    incidents: list[Incident] = []
    if not _is_rows(path):
        said, disputes = split(read_predictions(path, incidents))
        if finished:
            message = "these are predictions, where --finished asks for the rows of a pass"
            incidents.append(Incident("option-wrong", message, str(path), fix="leave --finished out"))
        _refuse(incidents)
        return Start(tuple(suggested(said, disputes, articles.texts)), path.stem)
    located = read_rows(path, incidents)
    incidents += check(located, articles.texts, articles.stories)
    _refuse(incidents)
    rows = tuple(item.row for item in located)
    _refuse(unsayable(rows, articles, {id(item.row): item.line for item in located}, str(path)))
    return Start(rows, path.stem, finished)


def start_of_system(name: str, documents: Sequence[Document]) -> Start:
    """Run a system over the articles. Raises InputError."""
    from khabar.corpus.gold import load_gold
    from khabar.reading.reference import reference
    from khabar.systems.registry import find_system
    from khabar.systems.running import run_system

    gold = load_gold()[0] if name == "oracle" else reference([])
    said, disputes = run_system(find_system(name, gold), documents)
    texts = {document.doc_id: document.text for document in documents}
    return Start(tuple(suggested(said, disputes, texts)), name)


def unsayable(rows: Sequence[Row], articles: Articles, lines: dict[int, int], file: str) -> list[Incident]:
    """Rows that would not come back from their pages as they are: each with the column that would not."""
    back: dict[tuple[type[Row], str], Row] = {}
    incidents: list[Incident] = []

    def mute(incident: str, message: str, offset: int | None) -> None:
        """What cannot be read does not come back, and is reported for that."""

    for row in shown_again(rows, articles, mute):
        back[_key(row)] = row
    for row in rows:
        again = back.get(_key(row))
        if again == row or isinstance(row, Registered):
            continue
        columns = [name for name in row.__struct_fields__ if again and getattr(again, name) != getattr(row, name)]
        if isinstance(row, Claim) and row.position not in POSITIONS:
            columns = ["position"]
        message = f"{', '.join(columns) or 'the row'} cannot be shown in a page as it is"
        place = {"doc_id": getattr(row, "doc_id", None), "offset": getattr(row, "start", None)}
        incidents.append(Incident("row-unsayable", message, file, lines.get(id(row)), **place))
    return incidents


def shown_again(rows: Sequence[Row], articles: Articles, report: Report) -> list[Row]:
    """Rows as they come back when nobody changes the pages they are shown in."""
    found: list[Row] = []
    for doc_id, text in articles.texts.items():
        mine = [row for row in rows if getattr(row, "doc_id", None) == doc_id]
        if mine:
            page = to_page(to_results(document_page(mine, text)), report)
            found += [row for row in document_rows(page, doc_id, text, report) if not isinstance(row, Claim)]
    for story in sorted(set(articles.stories.values())):
        texts = articles.of(story)
        claims = [row for row in rows if isinstance(row, Claim) and row.doc_id in texts and row.position in POSITIONS]
        issues = [row for row in rows if isinstance(row, Conflict) and row.story == story]
        page = to_page(to_results(story_page(claims, issues, (), texts)), report)
        placed, asked, _ = story_rows(page, story, story_text(texts)[1], report)
        found += [*placed, *asked]
    return in_order(found)


def _key(row: Row) -> tuple[type[Row], str]:
    names = [getattr(row, name, "") for name in ("id", "issue_id", "entity_id", "doc_id")]
    return type(row), next(name for name in names if name)


def _is_rows(path: Path) -> bool:
    """Whether a file holds rows of a pass, which name their layer, and no predictions."""
    if not path.is_file() or is_parquet(path):
        return False
    first = next(jsonl(path, []), (0, b""))[1]
    return b'"layer"' in first


def _refuse(incidents: list[Incident]) -> None:
    if errors(incidents):
        raise InputError(incidents)
