"""Boards built and checked: submissions in, results and tables out, all files or none; and what stands held against it.

A check validates every submission and scores it again. Its summary is Markdown for a pull request: the table, what
changed, and by how much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from khabar.leaderboard import markdown
from khabar.leaderboard.board import Board, boards_of, read_board
from khabar.leaderboard.board_gold import BoardGold
from khabar.leaderboard.closed_boards import check_frozen, freeze, is_frozen, report_closed, report_unlisted
from khabar.leaderboard.markdown import in_markdown, main_table, sections, table, what_it_shows
from khabar.leaderboard.result import as_bytes, audit, audit_alone, differing, read_result, shown
from khabar.leaderboard.submission import Submission, score_all
from khabar.leaderboard.survey import (
    BOARD,
    FROZEN,
    TABLE,
    EvalFolder,
    SubmissionPlace,
    board_file,
    board_folder,
    place_of,
    survey,
)
from khabar.leaderboard.view import BoardView, views_of
from khabar.progress import Progress, logged
from khabar.reading.files import remove_parts, sha256
from khabar.reading.incidents import Incident, Incidents
from khabar.scoring.compare import Difference, compare
from khabar.scoring.result import decimal, interval_words


@dataclass(frozen=True, slots=True)
class BuiltBoards:
    """The present boards by split, the submissions, and each file with what it is to hold.

    Boards of `stated` splits, whose articles are not here, stay as they were.
    """

    boards: Mapping[str, Board]
    submissions: tuple[Submission, ...]
    files: dict[Path, bytes]
    warnings: tuple[Incident, ...]
    stated: tuple[str, ...]


def build(root: Path, gold: BoardGold, progress: Progress = logged) -> BuiltBoards:
    """Score every submission to the present corpus, make its boards, and close those of other versions.

    Nothing is written (`write_all(built.files)` does that), but what killed writers left is removed. Raises InputError
    with every problem found.
    """
    incidents = Incidents()
    remove_parts(root)
    present = survey(root, incidents)
    report_closed(root, gold.version, incidents)
    closing = [other for other in present.closed(gold.version) if not is_frozen(root, other)]
    for other in closing:
        report_unlisted(present, other, incidents)
    submissions = score_all(present, gold, incidents)
    incidents.refuse()
    stated = stated_boards(present, gold, incidents)
    incidents.refuse()
    made = boards_of(gold, submissions, progress)
    boards = {split: board for split in gold.splits if (board := made.get(split) or stated.get(split)) is not None}
    files = board_files(root, gold.version, boards)
    for each in submissions:
        files[place_of(root, each.system, gold.version).result(each.split)] = as_bytes(each.result)
    for other in closing:
        files[board_folder(root, other) / FROZEN] = as_bytes(freeze(present, other))
    return BuiltBoards(boards, tuple(submissions), files, tuple(incidents), tuple(stated))


def stated_boards(present: EvalFolder, gold: BoardGold, incidents: Incidents) -> dict[str, Board]:
    """The boards of splits whose articles are not here, as far as they are of the predictions that stand there.

    A submission that was never scored, or not as it is, cannot be told here: it is an incident.
    """
    boards: dict[str, Board] = {}
    for split in gold.outlined:
        places = [place for place in present.of(gold.version) if split in place.splits]
        for place in places:
            stated = read_result(place.result(split), incidents)
            said = place.predictions(split)
            if stated is not None and said.is_file() and stated.predictions != sha256(said.read_bytes()):
                message = f"the result is of other predictions, and the articles of split {split} are not here"
                incidents.report(
                    "result-drift", message, file=place.result(split), fix="run `khabar corpus fetch`, then build"
                )
        if places or f"{split}/{BOARD}" in present.boards.get(gold.version, ()):
            board = read_board(board_file(present.root, gold.version, split), incidents)
            if board is not None:
                boards[split] = board
    return boards


def board_files(root: Path, version: str, boards: Mapping[str, Board]) -> dict[Path, bytes]:
    """The files of the boards of a version: the JSON of each split, and one page."""
    files = {board_file(root, version, split): as_bytes(board) for split, board in boards.items()}
    files[board_folder(root, version) / TABLE] = _page(version, boards)
    return files


def _page(version: str, boards: Mapping[str, Board]) -> bytes:
    """The page with the tables of all boards of a version."""
    return markdown.page(version, list(views_of(boards).values())).encode()


_OTHER_BYTES = "its bytes are not those of what it says: a key stands twice, or is not khabar's"


@dataclass(frozen=True, slots=True)
class CheckedBoards:
    """What a check found. `boards` are what the submissions that could be scored make, by split.

    `stated` counts, by split, the submissions that were not scored again, since the articles are not here.
    """

    version: str
    boards: Mapping[str, Board]
    submissions: tuple[Submission, ...]
    closed: tuple[str, ...]
    stated: Mapping[str, int]
    incidents: Incidents


def check(root: Path, gold: BoardGold, *, base: Path | None = None, progress: Progress = logged) -> CheckedBoards:
    """Check an eval folder. `base` is the same folder before a change: closed boards must be as they are there.

    Raises InputError if there is no folder.
    """
    incidents = Incidents()
    present = survey(root, incidents)
    if is_frozen(root, gold.version):
        message = f"the present corpus is {gold.version}, and its board is closed"
        incidents.report("submission-closed", message, file=board_folder(root, gold.version))
    submissions = score_all(present, gold, incidents)
    scored = {(each.system, each.split): each for each in submissions}
    for place in present.of(gold.version):
        for split in set(place.splits) & set(gold.splits):
            _check_result(place, split, scored.get((place.system, split)), incidents)
    boards = boards_of(gold, submissions, progress)
    if not incidents.errors:  # what a wrong submission does to the board need not be said once more
        _check_boards(present, gold, boards, incidents)
    before = None if base is None else survey(base, Incidents())
    closed = present.closed(gold.version)
    for other in closed:
        check_frozen(present, other, before, incidents)
    if before is not None:
        for other in sorted(set(before.closed(gold.version)) - set(closed)):
            file = board_folder(present.root, other)
            incidents.report("submission-closed", f"the closed board of {other} is gone", file=file)
    places = present.of(gold.version)
    stated = {split: sum(split in place.splits for place in places) for split in gold.splits if split in gold.outlined}
    return CheckedBoards(gold.version, boards, tuple(submissions), tuple(closed), stated, incidents)


def _check_result(place: SubmissionPlace, split: str, scored: Submission | None, incidents: Incidents) -> None:
    path = place.result(split)
    stated = read_result(path, incidents)
    if stated is None:
        return
    if (stated.system, stated.corpus, stated.split) != (place.system, place.version, split):
        message = (
            f"it is of {stated.system!a}, corpus {stated.corpus!a}, split {stated.split!a}; its folder says otherwise"
        )
        incidents.report("result-other-corpus", message, file=path)
        return
    impossible = Incidents()
    audit_alone(stated, path, impossible)
    incidents.extend(impossible)
    if impossible.errors:
        return
    if as_bytes(stated) != path.read_bytes():
        incidents.report("result-drift", _OTHER_BYTES, file=path)
    elif scored is not None:
        audit(stated, scored.result, path, incidents)


def _check_boards(present: EvalFolder, gold: BoardGold, boards: Mapping[str, Board], incidents: Incidents) -> None:
    """Hold the board of each split against the one that was made, where the articles are here, and the page to all."""
    shown_boards = {**stated_boards(present, gold, incidents)}
    for split, board in boards.items():
        stated = read_board(board_file(present.root, gold.version, split), incidents)
        if stated is None:
            return
        shown_boards[split] = stated
        departures = differing(msgspec.to_builtins(stated), msgspec.to_builtins(board))
        if departures:
            path, ours, theirs = departures[0]
            more = f", and {len(departures) - 1} more" if len(departures) > 1 else ""
            message = f"{path}: stated {shown(ours)}, it is {shown(theirs)}{more}"
            incidents.report("board-stale", message, file=board_file(present.root, gold.version, split))
            return
    for split, stated in shown_boards.items():
        file = board_file(present.root, gold.version, split)
        if as_bytes(stated) != file.read_bytes():
            incidents.report("board-stale", _OTHER_BYTES, file=file)
            return
    for name in present.boards.get(gold.version, ()):
        if name.endswith(BOARD) and name.rpartition("/")[0] not in shown_boards:
            file = board_folder(present.root, gold.version) / name
            incidents.report("file-unlisted", "no submission is of a split of this name", file=file)
    page = board_folder(present.root, gold.version) / TABLE
    in_order = {split: shown_boards[split] for split in gold.splits if split in shown_boards}
    if not page.is_file() or page.read_bytes() != _page(gold.version, in_order):
        incidents.report("board-stale", f"{TABLE} is not what the boards say", file=page)


_MOST = 50
"""Problems that are listed; the log has all."""


def summary(checked: CheckedBoards, before: Sequence[Submission]) -> str:
    """Summarise a check of a proposed eval folder against the submissions that stand now, scored on the same gold."""
    failed = checked.incidents.errors
    parts = [f"# Leaderboard, khabar {in_markdown(checked.version)}"]
    refused = f"**Refused.** {len(failed)} problem{'s' * (len(failed) > 1)}, each with its fix below."
    parts.append(refused if failed else "**Accepted**: every figure is what was re-scored.")
    parts += [not_scored(split, count) for split, count in checked.stated.items() if count]
    parts += list(_problems(sorted(checked.incidents, key=lambda each: each.level)))  # errors first
    for split, view in views_of(checked.boards).items():
        old = {each.system: each for each in before if each.split == split}
        new = {each.system: each for each in checked.submissions if each.split == split}
        if old or new:
            parts += _of_a_split(view, new, old)
    if not checked.submissions:
        parts.append("No submission.")
    return "\n\n".join(parts) + "\n"


def not_scored(split: str, count: int) -> str:
    """What a check leaves out where the articles of a split are not here."""
    return (
        f"split {split}: the format of {count} submission(s) was checked; their figures were not scored again, since "
        "the articles are not here (khabar corpus fetch)"
    )


def _of_a_split(view: BoardView, new: Mapping[str, Submission], old: Mapping[str, Submission]) -> Iterator[str]:
    split = view.corpus.split
    changed: dict[str, str] = {}
    for key, each in new.items():
        if key not in old:
            changed[key] = f"- new: {in_markdown(key)}"
        elif parts := [part for part in ("card", "predictions") if getattr(each, part) != getattr(old[key], part)]:
            changed[key] = f"- changed: {in_markdown(key)}, {' and '.join(parts)}"
    gone = [f"- gone, or not to be scored: {in_markdown(key)}" for key in sorted(set(old) - set(new))]
    yield f"## What changed ({split})\n\n" + "\n".join([*changed.values(), *gone] or ["No submission."])
    if new:
        yield f"## Board ({split})\n\nNew or changed in bold.\n\n{main_table(view, changed)}"
    for key in changed:
        if old:
            yield f"## {in_markdown(new[key].card.name)} and the present board ({split})\n\n{_against(new[key], old)}"
    if len(new) > 1:
        yield from sections(view, split, "##")
    yield what_it_shows(view)


def _problems(incidents: Sequence[Incident]) -> Iterator[str]:
    if not incidents:
        return
    yield "\n".join(f"- {in_markdown(str(incident))}" for incident in incidents[:_MOST])
    if len(incidents) > _MOST:
        yield f"… and {len(incidents) - _MOST} more; the log has all."


def _against(new: Submission, old: Mapping[str, Submission]) -> str:
    """A system's difference to the best of the present board on each column, and to its own earlier submission."""
    rows = []
    own = old.get(new.system)
    others = {key: each for key, each in old.items() if key != new.system}
    if own is not None and own.predictions != new.predictions:
        rows += [_row(column, "itself before", each) for column, each in compare(own.counted, new.counted).items()]
    compared = {key: compare(each.counted, new.counted) for key, each in others.items()}
    for column in new.score.headline:
        figures = {key: value for key, each in others.items() if (value := each.score.headline[column]) is not None}
        if figures:
            best = max(sorted(figures), key=lambda key: figures[key])
            if column in compared[best]:
                rows.append(_row(column, f"{in_markdown(best)} (best)", compared[best][column]))
    return table(["column", "compared with", "that", "this", "difference", "95% interval", "p"], rows)


def _row(column: str, name: str, delta: Difference) -> list[str]:
    change = (decimal(delta.difference, "+.3f"), interval_words(delta.interval, "+.3f"), decimal(delta.p, ".4f"))
    return [column, name, decimal(delta.a), decimal(delta.b), *change]
