"""annotate push and pull."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khabar.cli.output import AsJson, print_json, progress, warn, writing

if TYPE_CHECKING:
    from khabar.annotations.label_studio.projects import Task
    from khabar.annotations.label_studio.push import Start
    from khabar.annotations.label_studio.rounds import Articles
    from khabar.records import Document

RoundName = Annotated[str, typer.Argument(help="The round, a folder of --rounds.", metavar="ROUND")]
PassName = Annotated[str, typer.Argument(help="The pass, a file of the round.", metavar="PASS")]
Data = Annotated[Path | None, typer.Option("--data", help="Data folder of `khabar annotate serve`. [default: its own]")]
Seeds = Annotated[Path, typer.Option("--seeds", help="The seeds folder.")]
Rounds = Annotated[Path, typer.Option("--rounds", help="The folder of rounds.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the group `annotate`."""
    app.command(epilog="Example: khabar annotate push second b --annotator amal --documents 1/2")(push)
    app.command(epilog="Example: khabar annotate pull second b")(pull)


def push(
    round_name: RoundName,
    pass_name: PassName,
    documents: Annotated[
        str | None,
        typer.Option("--documents", help="The annotator's share: doc_ids with commas, or 1/2, 2/2. [default: all]"),
    ] = None,
    annotator: Annotated[
        str | None, typer.Option("--annotator", help="Whose share it is. [default: the name of the pass]")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="Begin with the rows of a pass, with gold, or with predictions.")
    ] = None,
    system: Annotated[str | None, typer.Option("--system", help="Begin with what a system says.")] = None,
    finished: Annotated[
        bool, typer.Option("--finished", help="--from is a finished pass: submit it, and ask nobody.")
    ] = False,
    seeds: Seeds = Path("seeds"),
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Bring a pass, or an annotator's share of it, to Label Studio. Push again to go on, or to open the stories."""
    from khabar.annotations.label_studio import rounds as passes
    from khabar.annotations.label_studio.configuration import read_configuration
    from khabar.annotations.label_studio.projects import Server
    from khabar.annotations.label_studio.push import push as push_pass
    from khabar.annotations.server import asking, connection

    _fit(source, system, finished)
    which = passes.Pass(round_name, pass_name)
    articles, known = _articles(seeds)
    share = passes.share_of(documents, list(articles.texts))
    configurations = {kind: read_configuration(kind) for kind in (passes.DOCUMENTS, passes.STORIES)}
    there = connection(data)
    start = _start(source, system, finished, articles, [each for each in known if each.doc_id in share])
    with asking(there):
        server = Server(there.client(), there.url)
        pushed = push_pass(server, which, articles, share, annotator or pass_name, start, configurations, _step)
    _print_shares(*pushed, as_json=as_json)


def pull(
    round_name: RoundName,
    pass_name: PassName,
    rounds: Rounds = Path("annotations/rounds"),
    seeds: Seeds = Path("seeds"),
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write what annotators submitted to the file of the pass: all of it sound, or nothing and every problem."""
    from khabar.annotations.label_studio import rounds as passes
    from khabar.annotations.label_studio.configuration import read_configuration
    from khabar.annotations.label_studio.projects import Server
    from khabar.annotations.label_studio.pull import pull as pull_pass
    from khabar.annotations.label_studio.pull import shrinks
    from khabar.annotations.server import asking, connection
    from khabar.reading.incidents import InputError
    from khabar.reading.rows import write_rows

    which = passes.Pass(round_name, pass_name)
    articles, _ = _articles(seeds)
    configurations = {kind: read_configuration(kind) for kind in (passes.DOCUMENTS, passes.STORIES)}
    there = connection(data)
    with asking(there):
        server = Server(there.client(), there.url)
        pulled = pull_pass(server, which, articles, configurations)
    warn(pulled.warnings)
    rows = pulled.rows
    path = which.file(rounds)
    if rows:
        lost = shrinks(path, rows)
        if lost:
            raise InputError(lost)
        with writing(path):
            write_rows(path, rows)
    file = str(path) if rows else None
    _print_shares(pulled.documents, pulled.stories, as_json=as_json, file=file, rows=len(rows))


def _articles(seeds: Path) -> tuple[Articles, list[Document]]:
    from khabar.annotations.label_studio.rounds import Articles
    from khabar.reading.incidents import InputError
    from khabar.records import Document
    from khabar.seeds import read_manifest, read_text, verify

    problems = verify(seeds)
    if problems:
        raise InputError(problems)
    known = [
        Document(
            doc_id=seed.doc_id,
            story=seed.story,
            outlet=seed.outlet,
            title=seed.title,
            text=read_text(seeds, seed),
            sha256=seed.sha256,
            lang=seed.lang,
            published=seed.published,
            published_evidence=seed.published_evidence,
            rights=seed.rights,
        )
        for seed in read_manifest(seeds)
    ]
    texts = {document.doc_id: document.text for document in known}
    return Articles(texts, {document.doc_id: document.story for document in known}), known


def _fit(source: Path | None, system: str | None, finished: bool) -> None:
    """Refuse options that do not go together, before anything is asked of anybody. Raises InputError."""
    from khabar.reading.incidents import Incident, InputError

    if source is not None and system is not None:
        raise InputError([Incident("option-wrong", "--from and --system exclude each other", fix="give one of them")])
    if finished and source is None:
        raise InputError([Incident("option-wrong", "--finished needs a pass", fix="name its file with --from")])


def _start(
    source: Path | None, system: str | None, finished: bool, articles: Articles, documents: Sequence[Document]
) -> Start:
    from khabar.annotations.label_studio.push import Start
    from khabar.annotations.label_studio.starts import start_of_file, start_of_system

    if source is not None:
        return start_of_file(source, articles, finished)
    return Start() if system is None else start_of_system(system, documents)


def _step(keys: Sequence[str], label: str) -> Iterable[str]:
    return progress(keys, label)


def _print_shares(
    documents: Sequence[Task],
    stories: Sequence[Task],
    *,
    as_json: bool,
    file: str | None = None,
    rows: int | None = None,
) -> None:
    from khabar.annotations.label_studio.rounds import shares

    found = {"documents": shares(documents), "stories": shares(stories)}
    if as_json:
        told: dict[str, Any] = {} if rows is None else {"file": file, "rows": rows}
        for kind, each in found.items():
            told[kind] = [
                {"annotator": share.annotator, "tasks": share.tasks, "done": share.done}
                | {"begun": share.begun, "left": share.left}
                for share in each
            ]
        print_json(told)
        return
    print(f"{'':12}{'annotator':16}{'tasks':>7}{'done':>7}{'begun':>7}{'left':>7}")
    for kind, each in found.items():
        for share in each:
            figures = (share.tasks, share.done, share.begun, share.left)
            print(f"{kind:12}{share.annotator:16}" + "".join(f"{figure:7}" for figure in figures))
    if rows is not None:
        print(f"{rows} rows in {file}" if rows else "nothing is submitted yet, and nothing written")
