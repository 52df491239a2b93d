"""leaderboard add, build and check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from khabar import api
from khabar.cli.app import Group
from khabar.cli.console import console, note, print_checked, print_json, progress, say, table, warn, writing
from khabar.cli.options import AsJson, Gold
from khabar.reading.files import write_all
from khabar.reading.incidents import Incident, Incidents, in_file_order
from khabar.records import Annotations, Dispute

if TYPE_CHECKING:
    from rich.text import Text

    from khabar.leaderboard.board_gold import BoardGold
    from khabar.leaderboard.view import BoardView, RankedFigure
    from khabar.reading.reference import Reference

leaderboard = typer.Typer(
    cls=Group, help="Take submissions in, score them again and build the boards.", no_args_is_help=True
)

_NAME_WIDTH = 12
"""Columns of a system's name, which goes over two lines as its figures do."""
Root = Annotated[Path, typer.Option("--eval", help="The eval folder.")]


@leaderboard.command(epilog="Example: khabar leaderboard add mine --from predictions.jsonl --card card.toml")
def add(
    names: Annotated[list[str], typer.Argument(help="The system's key: its folder's name.", metavar="NAME…")],
    predictions: Annotated[
        Path | None, typer.Option("--from", help="Its predictions, JSONL or Parquet. [default: --run]", metavar="FILE")
    ] = None,
    system: Annotated[
        str | None, typer.Option("--run", help="Run this system instead. [default: the one called NAME]")
    ] = None,
    recordings: Annotated[
        list[Path] | None,
        typer.Option("--recording", help="Or a language model's answers, of `khabar run --record`; up to three runs."),
    ] = None,
    card: Annotated[Path | None, typer.Option(help="Its card (TOML). [default: that of its last submission]")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of another submission.")] = False,
    splits: Annotated[
        str, typer.Option("--split", help="The split of the predictions; of a run several, with commas.")
    ] = "test",
    root: Root = Path("eval"),
    gold: Gold = None,
    as_json: AsJson = False,
) -> None:
    """Make a submission of predictions, or of a run. Several NAMES are run by these names, with their last cards."""
    from khabar.cli.glossary import LOOK_ADDED
    from khabar.cli.tables import print_scores
    from khabar.leaderboard.add import add as add_submission
    from khabar.leaderboard.board_gold import read_board_gold

    chosen = [split.strip() for split in splits.split(",")]
    if len(names) > 1 and (predictions or system or recordings or card):
        raise typer.BadParameter("--from, --run, --recording and --card are of one NAME")
    if sum(map(bool, (predictions, system, recordings))) > 1:
        raise typer.BadParameter("--from, --run and --recording are ways to get predictions: choose one")
    if (predictions or recordings) and len(chosen) > 1:
        raise typer.BadParameter("--from and --recording are of one split: name it with --split")
    of_board = read_board_gold(gold)
    references = {split: of_board.split(split) for split in chosen}
    files: dict[Path, bytes] = {}
    added, incidents = [], Incidents()
    for name in names:
        unanswered: dict[str, int] | None = None
        by_split: dict[str, Path | list[Annotations | Dispute]] = {chosen[0]: predictions or []}
        if not predictions and not recordings:
            runs = {split: _run(system or name, gold, split, reference) for split, reference in references.items()}
            by_split = {split: records for split, (records, _) in runs.items()}
            unanswered = {split: count for split, (_, count) in runs.items()}
        submissions, new_files = add_submission(
            root,
            name,
            by_split,
            card,
            of_board,
            incidents,
            replace=replace,
            unanswered=unanswered,
            recordings=recordings or (),
        )
        files |= new_files
        added += submissions
    with writing(root):
        write_all(files)
    warn(incidents)
    if as_json:
        made = [{"system": each.system, "split": each.split, **each.score.to_dict()} for each in added]
        print_json({"added": made})
        return
    for submission in added:
        print_scores({f"{submission.system}, {submission.split}": submission.score}, "short", look=LOOK_ADDED)
    say("\n".join(map(str, files)))
    say("Now run `khabar leaderboard build`, and commit what changed.")


@leaderboard.command(epilog="Example: khabar leaderboard build")
def build(
    root: Root = Path("eval"),
    gold: Gold = None,
    exports: Annotated[
        Path | None, typer.Option(help="Also write results for Hugging Face and Every Eval Ever into this folder.")
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="OWNER/NAME of the corpus on Hugging Face, for --exports.")
    ] = None,
    site: Annotated[Path | None, typer.Option(help="Where the site goes. [default: the eval folder's site]")] = None,
    as_json: AsJson = False,
) -> None:
    """Score every submission again, write results, tables and the site, and close boards of other corpus versions."""
    from khabar.leaderboard.board_gold import read_board_gold
    from khabar.leaderboard.build import build as build_boards
    from khabar.leaderboard.exports import export, repository_id
    from khabar.leaderboard.view import views_of
    from khabar.site.build import check_folder, write_site
    from khabar.site.build import site as site_of

    if (exports is None) != (dataset is None):
        raise typer.BadParameter("--exports and --dataset go together")
    identity = None if dataset is None else repository_id(dataset)
    site_folder = root / "site" if site is None else site
    check_folder(site_folder)
    of_board = read_board_gold(gold)
    with progress() as show:
        built = build_boards(root, of_board, show)
    known = _on_boards(root, of_board)
    pages = site_of(root, built, of_board, gold)
    files = dict(built.files)
    if exports is not None and identity is not None:
        files |= export(of_board, built.boards, built.submissions, exports, identity)
    with writing(root):
        write_all(files)
    with writing(site_folder):
        write_site(site_folder, pages)
    _warn(built.warnings, root, known)
    if as_json:
        print_json(msgspec.to_builtins({"boards": built.boards}))
        return
    for view in views_of(built.boards).values():
        _print_board(view)
    for split in built.stated:
        say(f"the board of split {split} stays as it was: its articles are not here (khabar corpus fetch)")
    say(f"{site_folder / 'index.html'}: the site, {len(pages)} files")


@leaderboard.command(epilog="Example: khabar leaderboard check")
def check(
    root: Root = Path("eval"),
    gold: Gold = None,
    base: Annotated[
        Path | None, typer.Option(help="The eval folder before a change: closed boards must be as they are there.")
    ] = None,
    summary: Annotated[Path | None, typer.Option(help="Append what changed since --base here, as Markdown.")] = None,
    as_json: AsJson = False,
) -> None:
    """Validate and score every submission again. Exit 1 on any drift, wrong corpus, unknown file, link or markup."""
    from khabar.leaderboard.board_gold import read_board_gold
    from khabar.leaderboard.build import check as check_boards
    from khabar.leaderboard.build import not_scored
    from khabar.leaderboard.submission import score_all
    from khabar.leaderboard.survey import survey

    of_board = read_board_gold(gold)
    with progress() as show:
        checked = check_boards(root, of_board, base=base, progress=show)
    if summary is not None:
        from khabar.leaderboard.build import summary as summarise

        before = [] if base is None else score_all(survey(base, Incidents()), of_board, Incidents())
        with writing(summary), summary.open("a", encoding="utf-8") as stream:
            stream.write(summarise(checked, before))
    systems = {split: [each.system for each in checked.submissions if each.split == split] for split in checked.boards}
    sound = [
        f"corpus {checked.version}, split {split}: {len(keys)} submission(s), as re-scored"
        for split, keys in systems.items()
    ]
    sound += [not_scored(split, count) for split, count in checked.stated.items() if count]
    sound += [f"closed board {closed}: unchanged" for closed in checked.closed]
    more = {"corpus": checked.version, "systems": systems, "not_scored": checked.stated, "closed": list(checked.closed)}
    incidents = in_file_order(checked.incidents)
    if as_json or checked.incidents.errors:
        print_checked(incidents, "", as_json, **more)
    else:
        _warn(incidents, root, _on_boards(base or root, of_board))
        say("\n".join(sound))


def _on_boards(root: Path, gold: BoardGold) -> set[str]:
    """The systems on the boards of the present corpus, as they stand in an eval folder."""
    from khabar.leaderboard.board import read_board
    from khabar.leaderboard.survey import board_file

    boards = [read_board(board_file(root, gold.version, split), Incidents()) for split in gold.splits]
    return {entry.system for board in boards if board is not None for entry in board.systems}


def _warn(warnings: Iterable[Incident], root: Path, known: Container[str]) -> None:
    """Print warnings, but of systems that were on a board before only how many each has."""
    from khabar.leaderboard.survey import SUBMISSIONS

    folder, listed = root / SUBMISSIONS, []
    counted: Counter[str] = Counter()
    for warning in warnings:
        path = Path(warning.file or "")
        system = path.relative_to(folder).parts[0] if path.is_relative_to(folder) else ""
        if system in known:
            counted[system] += 1
        else:
            listed.append(warning)
    warn(listed)
    if counted:
        counts = ", ".join(f"{system} {number}" for system, number in counted.items())
        say(f"warnings on other submissions: {counts} (khabar leaderboard check --json lists them)", err=True)


def _run(system: str, gold: Path | None, split: str, reference: Reference) -> tuple[list[Annotations | Dispute], int]:
    """What a system says, and how much it left unanswered, which is told as `khabar run` tells it."""
    from khabar.cli.run import tell_failures
    from khabar.systems.journal import Journal
    from khabar.systems.protocol import SlowSystem
    from khabar.systems.registry import find_system
    from khabar.systems.runner import run_system

    runnable = find_system(system, reference)
    incidents = Incidents()
    with progress() as show:
        documents, layers = api.load(gold, split=split), reference.scored_layers
        annotations, disputes = run_system(runnable, documents, show, layers, incidents)
    warn(incidents)
    tell_failures(runnable, Journal())
    return [*annotations, *disputes], len(runnable.failures) if isinstance(runnable, SlowSystem) else 0


def _print_board(view: BoardView) -> None:
    from khabar.leaderboard.markdown import rank_text

    shown = table(f"khabar {view.corpus.version}, {view.corpus.split}: leaderboard", dense=True)
    shown.add_column("rank", no_wrap=True)
    shown.add_column("system", style="bold")
    for column in view.corpus.columns:
        shown.add_column(column, justify="right", no_wrap=True)
    for row in view.listed:
        places = {"ranked": rank_text(row.figures[view.corpus.leading]), "seen": "saw gold", "floor": "floor"}
        cells = (_cell(row.figures[name]) for name in view.corpus.columns)
        shown.add_row(places[row.block], fill(row.system, _NAME_WIDTH), *cells)
    terminal = console()
    terminal.print(shown)
    note(terminal, "letters: two systems that share one on a column are not told apart there (Holm-corrected)")


def _cell(figure: RankedFigure) -> Text:
    from rich.text import Text

    if figure.value is None:
        return Text("–")
    cell = Text(f"{figure.value:.3f}" + "!" * figure.perfect)
    if figure.letters:
        cell += Text(f" {figure.letters}", style="cyan")
    return cell if figure.interval is None else cell + Text("\n{:.2f}–{:.2f}".format(*figure.interval), style="dim")
