"""annotate serve, push, check and pull; agreement, adjudicate and errata join this group from modules of their own."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khabar.cli.agreement import adjudicate, agreement
from khabar.cli.app import Group
from khabar.cli.console import print_checked, print_json, progress, save, say, warn, writing
from khabar.cli.errata import errata
from khabar.cli.options import AsJson, RoundName, Rounds, Seeds, chosen_layers, wrong_option
from khabar.reading.files import write_whole
from khabar.reading.incidents import Incidents
from khabar.records import Document, Row
from khabar.records.labels import LAYERS

if TYPE_CHECKING:
    from types import FrameType

    from khabar.annotations.label_studio.projects import Task
    from khabar.annotations.label_studio.start import Start
    from khabar.annotations.rounds import Articles

annotate = typer.Typer(cls=Group, help="Lead annotation rounds in Label Studio.", no_args_is_help=True)

PassArgument = Annotated[str, typer.Argument(help="The pass, a file of the round.", metavar="PASS")]
Data = Annotated[Path | None, typer.Option("--data", help="Data folder of `khabar annotate serve`. [default: its own]")]


@annotate.command(epilog="Example: khabar annotate serve --port 8080")
def serve(
    data: Annotated[Path, typer.Option(help="The data folder of the server.")] = Path(".label-studio"),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where it listens on 127.0.0.1; 0: any free port.")
    ] = 8080,
    as_json: AsJson = False,
) -> None:
    """Serve Label Studio on this machine until Ctrl-C. The first time makes its environment: 1 GB, some minutes."""
    from khabar.annotations.label_studio.notes import checking, notes_served
    from khabar.annotations.label_studio.projects import Server
    from khabar.annotations.server.connection import Connection, login_file
    from khabar.annotations.server.serving import serving

    with _interruptible(), writing(), ExitStack() as until_the_end:
        notes = until_the_end.enter_context(notes_served())
        with progress() as show:
            served = until_the_end.enter_context(serving(data, port, show, notes.address))
        there = Connection(served.url, served.token)
        until_the_end.enter_context(checking(notes, Server(there.client(), there.url)))
        if as_json:
            login = {"email": served.login.email, "login": str(login_file(data))}
            print_json({"url": served.url, **login, "notes": notes.address})
        else:
            say(f"Label Studio is at {served.url}")
            say(f"Log in as {served.login.email}; the password is in {login_file(data)}.")
            say(f"Notes on what annotators submit are at {notes.address}")
            say("Ctrl-C stops it.")
        sys.stdout.flush()
        served.wait()


@annotate.command(epilog="Example: khabar annotate push second b --annotator amal --documents 1/2")
def push(
    round_name: RoundName,
    pass_name: PassArgument,
    documents: Annotated[
        str | None, typer.Option(help="The annotator's share: doc_ids with commas, or 1/2, 2/2. [default: all]")
    ] = None,
    layers: Annotated[str | None, typer.Option(help="Layers to annotate, with commas. [default: all four]")] = None,
    annotator: Annotated[str | None, typer.Option(help="Whose share it is. [default: the name of the pass]")] = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="Begin with the rows of a pass, with gold, or with predictions.")
    ] = None,
    system: Annotated[str | None, typer.Option(help="Begin with what a system says.")] = None,
    finished: Annotated[
        bool, typer.Option("--finished", help="--from is a finished pass: submit it, and ask nobody.")
    ] = False,
    seeds: Seeds = Path("seeds"),
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bring a pass, or an annotator's share of it, to Label Studio. Push again to go on, or to open the questions."""
    from khabar.annotations.label_studio.configuration import kinds_of, read_configuration
    from khabar.annotations.label_studio.projects import Server
    from khabar.annotations.label_studio.push import push as push_pass
    from khabar.annotations.label_studio.tasks import share_of
    from khabar.annotations.rounds import PassName, read_articles
    from khabar.annotations.server.connection import asking, connection

    if source is not None and system is not None:
        raise wrong_option("--from and --system exclude each other", fix="give one of them")
    if finished and source is None:
        raise wrong_option("--finished needs a pass", fix="name its file with --from")
    which = PassName(round_name, pass_name)
    articles = read_articles(seeds)
    share = share_of(documents, list(articles.texts))
    configurations = {kind: read_configuration(kind) for kind in kinds_of(chosen_layers(layers) or LAYERS)}
    there = connection(data)
    start = _start(source, system, finished, articles, [each for each in articles.documents if each.doc_id in share])
    with asking(there), progress() as show:
        server = Server(there.client(), there.url)
        pushed = push_pass(server, which, articles, share, annotator or pass_name, start, configurations, show)
    _print_shares(pushed, as_json=as_json)


@annotate.command(
    epilog="Example: khabar annotate draft bridge --system rules --seeds mine/seeds --out mine/draft.jsonl"
)
def draft(
    story: Annotated[str, typer.Argument(help="A story of the seeds.", metavar="STORY")],
    system: Annotated[str, typer.Option(help="Whose predictions to begin with, as `khabar run` takes it.")],
    out: Annotated[Path, typer.Option(help="Write the drafts here (JSONL). A file that is there is kept.")],
    seeds: Seeds = Path("seeds"),
    as_json: AsJson = False,
) -> None:
    """Write what a system says of a story as rows to correct. They are refused as gold until each is checked."""
    from khabar.annotations.label_studio.start import draft as draft_story
    from khabar.annotations.label_studio.start import encoded
    from khabar.annotations.rounds import read_articles

    if out.exists():
        raise wrong_option("--out is there already, perhaps with corrections", file=str(out), fix="name another file")
    incidents = Incidents()
    rows = draft_story(story, system, read_articles(seeds), incidents)
    warn(incidents)
    with writing(out):
        write_whole(out, encoded(rows))
    counts = Counter(row.layer for row in rows)
    if as_json:
        print_json({"file": str(out), "rows": counts})
        return
    say(f"{len(rows)} drafts in {out}: " + ", ".join(f"{layer} {count}" for layer, count in counts.items()))
    say("Compare each with the guidelines, mend it, and remove its `draft`; until then it is refused as gold.")


@annotate.command(epilog="Example: khabar annotate check second b")
def check(
    round_name: RoundName,
    pass_name: PassArgument,
    against: Annotated[
        Path | None, typer.Option(help="Practice: also list what these rows, gold, say otherwise.")
    ] = None,
    rounds: Rounds = Path("annotations/rounds"),
    seeds: Seeds = Path("seeds"),
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List what is to be mended in a pass so far, with links to the regions. Nothing is written."""
    from khabar.annotations.label_studio.checks import check_pass
    from khabar.annotations.label_studio.projects import Server
    from khabar.annotations.label_studio.pull import fetch, read_pass
    from khabar.annotations.practice import beside_gold
    from khabar.annotations.rounds import PassName, read_articles
    from khabar.annotations.server.connection import asking, connection

    which = PassName(round_name, pass_name)
    articles, before = read_articles(seeds), _rows_of(which.file(rounds))
    gold = None if against is None else _rows_of(against, there=True)
    there, incidents = connection(data), Incidents()
    with asking(there):
        tasks = fetch(Server(there.client(), there.url), which, incidents)
    incidents.extend(check_pass(tasks, articles, before))
    done = sum(bool(task.annotations) for of_kind in tasks.values() for task in of_kind)
    sound = f"{done} submitted task(s), nothing that pull would refuse"
    if gold is None:
        print_checked(incidents, sound, as_json)
        return
    practised = beside_gold(read_pass(tasks, articles, before, Incidents()), gold, tasks, articles)
    shares = {layer: {"alike": alike, "gold": rows} for layer, (alike, rows) in practised.right.items()}
    if not as_json:
        for layer, share in shares.items():
            say(f"{layer}: {share['alike']} of {share['gold']} as gold has them")
        for note in practised.notes:  # all of them, however many: they are what was asked for
            say(str(note), err=True)
    print_checked([*incidents, *(practised.notes if as_json else ())], sound, as_json, practice=shares)


@annotate.command(epilog="Example: khabar annotate pull second b")
def pull(
    round_name: RoundName,
    pass_name: PassArgument,
    rounds: Rounds = Path("annotations/rounds"),
    seeds: Seeds = Path("seeds"),
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write what annotators submitted to the file of the pass: all of it sound, or nothing and every problem."""
    from khabar.annotations.label_studio.projects import Server
    from khabar.annotations.label_studio.pull import pull as pull_pass
    from khabar.annotations.label_studio.pull import shrinks
    from khabar.annotations.rounds import PassName, read_articles
    from khabar.annotations.server.connection import asking, connection

    which = PassName(round_name, pass_name)
    articles = read_articles(seeds)
    path = which.file(rounds)
    before = _rows_of(path)
    there = connection(data)
    with asking(there):
        server = Server(there.client(), there.url)
        pulled = pull_pass(server, which, articles, before)
    warn(pulled.warnings)
    rows = pulled.rows
    if rows:
        Incidents(shrinks(path, before, pulled.tasks)).refuse()
        save(path, rows)
    file = str(path) if rows else None
    _print_shares(pulled.tasks, as_json=as_json, file=file, rows=len(rows))


def _rows_of(path: Path, *, there: bool = False) -> list[Row]:
    """The rows of a pass; none if it has no file yet, unless it must be `there`. Raises InputError."""
    from khabar.reading.rows import read_rows

    incidents = Incidents()
    rows = [located.row for located in read_rows(path, incidents)] if there or path.exists() else []
    incidents.refuse()
    return rows


@contextmanager
def _interruptible() -> Iterator[None]:
    """Take SIGTERM as Ctrl-C, and either as the end that was asked for."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        say("Stopped.", err=True)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _start(
    source: Path | None, system: str | None, finished: bool, articles: Articles, documents: Sequence[Document]
) -> Start:
    from khabar.annotations.label_studio.start import Start, start_of_file, start_of_system

    incidents = Incidents()
    start = Start()
    if source is not None:
        start = start_of_file(source, articles, finished, incidents)
    elif system is not None:
        start = start_of_system(system, documents, incidents)
    warn(incidents)
    return start


def _print_shares(
    tasks: Mapping[str, Sequence[Task]], *, as_json: bool, file: str | None = None, rows: int | None = None
) -> None:
    from khabar.annotations.label_studio.tasks import shares

    by_kind = {kind: shares(of_kind) for kind, of_kind in tasks.items()}
    columns = ("tasks", "done", "begun", "left")
    if as_json:
        result: dict[str, Any] = {} if rows is None else {"file": file, "rows": rows}
        for kind, of_kind in by_kind.items():
            result[kind] = [
                {"annotator": share.annotator, **{column: getattr(share, column) for column in columns}}
                for share in of_kind
            ]
        print_json(result)
        return
    say(f"{'':12}{'annotator':16}" + "".join(f"{column:>7}" for column in columns))
    for kind, of_kind in by_kind.items():
        for share in of_kind:
            say(f"{kind:12}{share.annotator:16}" + "".join(f"{getattr(share, column):7}" for column in columns))
    if rows is not None:
        say(f"{rows} rows in {file}" if rows else "nothing is submitted yet, and nothing written")


annotate.command(epilog="Example: khabar annotate agreement first")(agreement)
annotate.command(epilog="Example: khabar annotate adjudicate first --json")(adjudicate)
annotate.command(epilog="Example: khabar annotate errata --answers answers.jsonl --key key.jsonl")(errata)
