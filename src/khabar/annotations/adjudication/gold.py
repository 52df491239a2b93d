"""Gold from two passes and the decisions between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec.structs import replace

from khabar.annotations.adjudication.decisions import Adjudication, Decided
from khabar.annotations.adjudication.disagreements import implied_registry
from khabar.annotations.agreement.alignment import RowPair, place_of
from khabar.annotations.agreement.names import keys_of
from khabar.annotations.rounds import Round
from khabar.formats.label_studio.question_page import positions_of
from khabar.reading.incidents import Incidents
from khabar.reading.rows import Located, check, read_rows
from khabar.records import ANNOTATED, Claim, Conflict, Entity, Number, Quote, Registered, Row, only

RowRef = tuple[str, str]
"""Layer and key of a row, which tell it from all others of a pass."""


def settle(pairs: Sequence[RowPair], decided: Sequence[Decided]) -> list[Row]:
    """The rows of gold: what both passes have, as a has it, and what was decided where they differ.

    All disagreements are decided but the cosmetic ones, where a's words stand. Rows keep a's order; what a does not
    have comes in by its place. Positions of issues follow from the claims, and so do registry rows only one pass has.
    """
    turn = {_key(pair.a): number for number, pair in enumerate(pairs) if pair.a is not None}
    implied = implied_registry(pairs)
    unasked = {_key(row) for row in implied}
    rows = {_key(pair.a): pair.a for pair in pairs if pair.a is not None and _key(pair.a) not in unasked}
    fresh: list[Row] = []
    for item in decided:
        for row in item.disagreement.a:
            rows.pop(_key(row), None)
    for item in decided:
        for row in item.rows:
            if _key(row) in turn and _key(row) not in rows:
                rows[_key(row)] = row
            else:
                fresh.append(row)
    standing = [*(rows[key] for key in sorted(rows, key=turn.__getitem__)), *fresh]
    standing += _needed(implied, standing)
    claims = only(standing, Claim)
    settled = [_with_positions(row, claims) if isinstance(row, Conflict) else row for row in standing]
    known = sorted((row for row in settled if _key(row) in turn), key=lambda row: turn[_key(row)])
    return _inserted(known, [row for row in settled if _key(row) not in turn])


def _key(row: Row) -> RowRef:
    return row.layer, row.key


def _with_positions(row: Conflict, claims: Iterable[Claim]) -> Conflict:
    """The issue with the positions its claims name, in the order it had them, new ones by name; claims by id."""
    named = {position.position: position for position in positions_of(row.issue_id, claims)}
    before = [position.position for position in row.positions if position.position in named]
    return replace(row, positions=tuple(named[name] for name in dict.fromkeys((*before, *named))))


def _needed(registry: Sequence[Registered], rows: Sequence[Row]) -> list[Registered]:
    """Of these registry rows, those that rows refer to, directly or through `speaks_for`."""
    wanted = {key for row in rows for key in keys_of(row)}
    needed: dict[str, Registered] = {}
    while fresh := [row for row in registry if row.entity_id in wanted and row.entity_id not in needed]:
        needed |= {row.entity_id: row for row in fresh}
        wanted |= {row.speaks_for for row in fresh if row.speaks_for is not None}
    return list(needed.values())


def _inserted(rows: Sequence[Row], fresh: Sequence[Row]) -> list[Row]:
    """Rows with new ones put in: after the last of their layer that does not stand behind them."""
    rows = list(rows)
    for row in sorted(fresh, key=_place):
        before = (number for number, other in enumerate(rows) if _place(other) <= _place(row))
        rows.insert(max(before, default=-1) + 1, row)
    return rows


def _place(row: Row) -> tuple[int, str, int, str]:
    layer = ANNOTATED.index(type(row))
    if isinstance(row, (Entity, Number, Quote)):
        return layer, row.doc_id, min((start for start, _ in place_of(row)), default=-1), row.id
    return layer, "", 0, row.key


def conclude(
    adjudication: Adjudication, pairs: Sequence[RowPair], compared: Round, gold: Path
) -> dict[Path, list[Row]]:
    """The gold files that follow when all is decided, each by story, checked as gold is.

    Raises InputError with every problem: of rows (at the decision they come from), or if a gold file that is there
    holds documents this round is not about, which would be lost.
    """
    incidents = Incidents()
    for item in adjudication.decided:
        _check_elsewhere(item, compared, incidents)
    incidents.refuse()
    files: dict[Path, list[Row]] = {}
    for row in settle(pairs, adjudication.decided):
        files.setdefault(gold / f"{row.story_key(compared.stories)}.jsonl", []).append(row)
    origin = {_key(row): (item.file, item.line) for item in adjudication.decided for row in item.rows}
    located = [
        Located(row, *origin.get(_key(row), (str(path), line)))
        for path, rows in files.items()
        for line, row in enumerate(rows, start=1)
    ]
    incidents.extend(check(located, compared.texts, compared.stories))
    for path in files:
        _check_lost(path, compared, incidents)
    incidents.refuse()
    return files


def _check_elsewhere(item: Decided, compared: Round, incidents: Incidents) -> None:
    """Report rows that somebody decided for a document or story the round is not about."""
    stories = set(compared.stories.values())
    for row in item.rows:
        doc_id, story = row.article, getattr(row, "story", None)
        if doc_id is not None and doc_id not in compared.texts:
            message, fix = f"the round has no document {doc_id!r}", f"name one of {', '.join(sorted(compared.texts))}"
            incidents.report("document-unknown", message, file=item.file, line=item.line, fix=fix)
        if story is not None and story not in stories:
            message, fix = f"the round has no story {story!r}", f"name one of {', '.join(sorted(stories))}"
            incidents.report("story-unknown", message, file=item.file, line=item.line, fix=fix)


def _check_lost(path: Path, compared: Round, incidents: Incidents) -> None:
    """Report documents in a gold file that the two passes do not share."""
    if not path.exists():
        return
    there = {item.row.article for item in read_rows(path, incidents)}
    lost = sorted(doc_id for doc_id in there if doc_id is not None and doc_id not in compared.texts)
    if lost:
        message = f"it holds documents this round has not: {', '.join(lost)}"
        fix = "adjudicate a round over all of them, or give another folder with --gold"
        incidents.report("option-wrong", message, file=path, fix=fix)
