"""annotate agreement and adjudicate, and the tables of two passes: how far they agree, and what is to be decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from khabar.cli.console import console, note, print_json, say, table, writing
from khabar.cli.options import AsJson, RoundName, Rounds, Seeds, wrong_option
from khabar.reading.files import json_lines, write_all, write_whole
from khabar.reading.incidents import Incidents
from khabar.text.terminal import harmless, isolated, shortened

if TYPE_CHECKING:
    from khabar.annotations.adjudication.decisions import Adjudication
    from khabar.annotations.agreement.differences import FieldDifference
    from khabar.annotations.rounds import Round

PassNames = Annotated[
    list[str] | None, typer.Argument(help="The two passes. [default: the two there are]", metavar="[A B]")
]


def agreement(
    round_name: RoundName,
    passes: PassNames = None,
    rounds: Rounds = Path("annotations/rounds"),
    seeds: Seeds = Path("seeds"),
    as_json: AsJson = False,
    write: Annotated[
        bool, typer.Option("--write", help="Also write the figures to agreement.json beside the passes.")
    ] = False,
) -> None:
    """Compare two passes: the scorer with either as gold, Krippendorff's alpha, and every item that differs."""
    from khabar.annotations.agreement.differences import differences
    from khabar.annotations.agreement.figures import agreement as agreement_of

    given = _read(rounds, round_name, seeds, passes)
    figures = agreement_of(given)
    items = differences(figures.pairs)
    if write:
        path = given.folder / "agreement.json"
        with writing(path):
            write_whole(path, figures.to_json().encode())
    if as_json:
        print_json({**figures.to_dict(), "differences": msgspec.to_builtins(items)})
    else:
        _print_agreement(figures.to_dict(), items)


def adjudicate(
    round_name: RoundName,
    passes: PassNames = None,
    rounds: Rounds = Path("annotations/rounds"),
    seeds: Seeds = Path("seeds"),
    gold: Annotated[Path, typer.Option(help="The folder that gold is written to.")] = Path("annotations/gold"),
    server: Annotated[
        bool, typer.Option("--server", help="Fetch decisions from Label Studio, and put what is undecided there.")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="The data folder of the server.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what two passes disagree on, or, once all of it is decided in decisions.jsonl, write the gold.

    Exit code 1 while anything is undecided.
    """
    from khabar.annotations.adjudication.decisions import read_adjudication
    from khabar.annotations.adjudication.disagreements import disagreements
    from khabar.annotations.adjudication.gold import conclude
    from khabar.annotations.agreement.alignment import align
    from khabar.annotations.rounds import DECISIONS

    given = _read(rounds, round_name, seeds, passes)
    pairs = align(given.a.rows, given.b.rows, given.texts, given.stories)
    all_disagreements = disagreements(pairs, given.texts)
    path = given.folder / DECISIONS
    if server:
        from khabar.annotations.adjudication.label_studio import exchange
        from khabar.annotations.server.connection import connection

        with writing(path):
            done = exchange(connection(data), given, all_disagreements, path)
        say(f"{done.address}: {done.pushed} task(s) put there, {done.pulled} decision(s) fetched", err=True)
    state = read_adjudication(all_disagreements, path)
    if not state.undecided:
        written = conclude(state, pairs, given, gold)
        with writing(gold):
            write_all({target: json_lines(rows) for target, rows in written.items()})
    if as_json:
        print_json(state.to_dict() | {"gold": [] if state.undecided else [str(target) for target in written]})
    elif state.undecided:
        _print_undecided(state, path)
    else:
        say(f"{state}: {', '.join(map(str, written))} written")
    if state.undecided:
        raise typer.Exit(1)


def _read(rounds: Path, name: str, seeds: Path, passes: Sequence[str] | None) -> Round:
    """Read two passes of a round. Raises InputError if a name is a path that leads elsewhere."""
    from khabar.annotations.rounds import read_round

    if name in ("", ".", "..") or Path(name).name != name:
        raise wrong_option(f"{name!r} is not the name of a round", fix="name a folder of --rounds")
    names = [each.removesuffix(".jsonl") for each in passes or ()]
    if len(names) not in (0, 2):
        raise typer.BadParameter("name two passes, or none where the round has just two")
    incidents = Incidents()
    for pass_name in names:
        if Path(pass_name).name != pass_name:
            fix = "name a file of the round's folder"
            incidents.report("option-wrong", f"{pass_name!r} is not the name of a pass", fix=fix)
    incidents.refuse()
    return read_round(rounds / name, seeds, names)


def _print_agreement(figures: Mapping[str, Any], items: Sequence[FieldDifference]) -> None:
    """Print the figures, then what differs: a line an item; wording is counted only."""
    from rich.text import Text

    from khabar.annotations.agreement.table import lines, warning
    from khabar.text.wording import in_words

    terminal = console(least_width=90)
    a, b = figures["passes"]
    shown = table(f"round {figures['round']}: {a} and {b}, {len(figures['documents'])} document(s)")
    shown.add_column("layer", style="bold")
    shown.add_column("what", no_wrap=True)
    shown.add_column("n", justify="right")
    shown.add_column("agreement", justify="right", no_wrap=True)
    shown.add_column("alpha", justify="right")
    shown.add_column("elsewhere", style="dim", no_wrap=True)
    before = None
    for line in lines(figures):
        if before not in (None, line.layer):
            shown.add_section()
        first = "" if line.layer == before else line.layer
        words = Text(line.words, style="dim" if line.label else "")
        shown.add_row(first, words, str(line.n or ""), line.value, line.alpha_words, line.elsewhere_words)
        before = line.layer
    terminal.print(shown)
    notes = [f"x / y: with {a}, and with {b}, as gold; n: items both judge"]
    for name, left in figures["left_out"].items():
        notes += [f"only in {name}, not compared: {', '.join(left)}"] * bool(left)
    if (warned := warning(figures)) is not None:
        notes.append(warned)
    note(terminal, *notes)

    meant = [item for item in items if not item.cosmetic]
    title = f"{len(meant)} difference(s), and {len(items) - len(meant)} in wording only (--json lists these too)"
    columns = ("document", "offset", "layer", "what", "text", a, b)
    shown = table(title, *columns, right={"offset"}, no_wrap=True)
    for item in meant:
        document = (item.doc_id or "story")[:12]
        offset = "" if item.start is None else str(item.start)
        cells = (_cell(item.text, 34), *(_cell(in_words(value), 30) for value in (item.a, item.b)))
        shown.add_row(document, offset, item.layer, item.what, *cells)
    console(least_width=150).print(shown)


def _print_undecided(state: Adjudication, path: Path) -> None:
    """Print what is to be decided, a line each, and how."""
    from khabar.annotations.adjudication.page import readings
    from khabar.annotations.agreement.differences import place

    terminal = console(least_width=160)
    cosmetic = sum(disagreement.cosmetic for disagreement in state.disagreements)
    title = f"{len(state.undecided)} undecided, {state}, {cosmetic} group(s) of mere wording, where a's stands"
    shown = table(title, "id", "document", "offset", "text", "a", "b", right={"offset"}, no_wrap=True)
    for disagreement in state.undecided:
        start, text = place(disagreement.rows[0])
        a, b = readings(disagreement)
        cells = (_cell(text, 26), _cell(a, 38), _cell(b, 38))
        document = (disagreement.doc_id or "story")[:8]
        shown.add_row(disagreement.id, document, "" if start is None else str(start), *cells)
    terminal.print(shown)
    if state.ruled:
        listed = ", ".join(item.disagreement.id for item in state.ruled)
        note(terminal, f"{len(state.ruled)} decided by rule, as only tags differ: {listed}")
    note(
        terminal,
        f"Decide in {path}, a line each, or in Label Studio with --server; --json gives the lines to complete.",
    )


def _cell(text: str, longest: int) -> str:
    """A cell: shortened in the middle, harmless, and isolated so that it does not turn its neighbours."""
    text = " ".join(text.split())
    return isolated(harmless(text if len(text) <= longest else shortened(text, longest - 3)))
