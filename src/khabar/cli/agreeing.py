"""annotate agreement and adjudicate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khabar.cli.output import AsJson, print_json, progress, writing

if TYPE_CHECKING:
    from collections.abc import Sequence

RoundName = Annotated[str, typer.Argument(help="The round, a folder of --rounds.", metavar="ROUND")]
PassNames = Annotated[
    list[str] | None, typer.Argument(help="The two passes. [default: the two there are]", metavar="[A B]")
]
Rounds = Annotated[Path, typer.Option("--rounds", help="The folder of rounds.")]
Seeds = Annotated[Path, typer.Option("--seeds", help="The seeds folder.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the group `annotate`."""
    app.command(epilog="Example: khabar annotate agreement first")(agreement)
    app.command(epilog="Example: khabar annotate adjudicate first --json")(adjudicate)


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
    import msgspec

    from khabar.annotations.agreement import agreement as agreement_of
    from khabar.annotations.agreement import differences, read_round

    given = read_round(_round(rounds, round_name), seeds, _two(passes))
    found = agreement_of(given)
    items = differences(found.pairs)
    if write:
        from khabar.reading.files import write_whole

        with writing(given.folder / "agreement.json"):
            write_whole(given.folder / "agreement.json", found.to_json().encode())
    if as_json:
        print_json({**found.to_dict(), "differences": msgspec.to_builtins(items)})
        return
    from khabar.cli.readings import agreement_tables

    agreement_tables(found.to_dict(), items)


def adjudicate(
    round_name: RoundName,
    passes: PassNames = None,
    rounds: Rounds = Path("annotations/rounds"),
    seeds: Seeds = Path("seeds"),
    gold: Annotated[Path, typer.Option("--gold", help="The folder that gold is written to.")] = Path(
        "annotations/gold"
    ),
    server: Annotated[
        bool, typer.Option("--server", help="Fetch decisions from Label Studio, and put what is undecided there.")
    ] = False,
    data: Annotated[Path | None, typer.Option("--data", help="The data folder of the server.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what two passes disagree on, or, once all of it is decided in decisions.jsonl, write the gold.

    Exit code 1 while anything is undecided.
    """
    from khabar.annotations.adjudication import disagreements
    from khabar.annotations.adjudication.adjudicating import conclude, state_of
    from khabar.annotations.agreement import read_round
    from khabar.annotations.agreement.alignment import align
    from khabar.annotations.agreement.passes import DECISIONS

    given = read_round(_round(rounds, round_name), seeds, _two(passes))
    pairs = align(given.a.rows, given.b.rows, given.texts, given.stories)
    found = disagreements(pairs, given.texts)
    path = given.folder / DECISIONS
    if server:
        from khabar.annotations.adjudication.exchange import exchange
        from khabar.annotations.server import connection

        with writing(path):
            done = exchange(connection(data), given, found, path, lambda tasks: progress(tasks, "putting tasks"))
        typer.echo(f"{done.address}: {done.pushed} task(s) put there, {done.pulled} decision(s) fetched", err=True)
    state = state_of(found, path)
    if not state.undecided:
        from khabar.reading.files import write_all
        from khabar.reading.rows import encoded

        written = conclude(state, pairs, given, gold)
        with writing(gold):
            write_all({target: encoded(rows) for target, rows in written.items()})
    if as_json:
        print_json(state.to_dict() | {"gold": [] if state.undecided else [str(target) for target in written]})
    elif state.undecided:
        from khabar.cli.readings import undecided_table

        undecided_table(state, path)
    else:
        print(f"{state.told()}: {', '.join(map(str, written))} written")
    if state.undecided:
        raise typer.Exit(1)


def _round(rounds: Path, name: str) -> Path:
    """The folder of a round. Raises InputError if the name is a path that leads elsewhere."""
    from khabar.reading.incidents import Incident, InputError

    if name in ("", ".", "..") or Path(name).name != name:
        fix = "name a folder of --rounds"
        raise InputError([Incident("option-wrong", f"{name!r} is not the name of a round", fix=fix)])
    return rounds / name


def _two(passes: Sequence[str] | None) -> list[str]:
    """The names of two passes, or none. Any other number is a usage error."""
    from khabar.reading.incidents import Incident, InputError

    names = [name.removesuffix(".jsonl") for name in passes or ()]
    if len(names) not in (0, 2):
        raise typer.BadParameter("name two passes, or none where the round has just two")
    wrong = [name for name in names if Path(name).name != name]
    if wrong:
        fix = "name a file of the round's folder"
        raise InputError([Incident("option-wrong", f"{name!r} is not the name of a pass", fix=fix) for name in wrong])
    return names
