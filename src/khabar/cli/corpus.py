"""The dataset, `corpus build, check, diff, fetch, fill, stats, upload`; and its articles, `seeds add, verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khabar.cli.app import Group
from khabar.cli.console import console, print_checked, print_json, progress, say, table, warn, writing
from khabar.cli.options import AsJson, Seeds
from khabar.corpus.release import read_release, released_corpus

if TYPE_CHECKING:
    from khabar.corpus.build import Built
    from khabar.corpus.diff import DataDifference


corpus = typer.Typer(cls=Group, help="Build, check, fetch and publish the dataset.", no_args_is_help=True)
seeds = typer.Typer(cls=Group, help="Take articles in exactly as received, and verify them.", no_args_is_help=True)

GoldFolder = Annotated[Path, typer.Option("--gold", help="The folder of gold annotations.")]
Folder = Annotated[Path | None, typer.Argument(help="A built corpus. [default: the released corpus]", metavar="CORPUS")]


@corpus.command(epilog="Example: khabar corpus build --out corpus")
def build(
    seeds: Seeds = Path("seeds"),
    gold: GoldFolder = Path("annotations/gold"),
    out: Annotated[
        Path | None, typer.Option(help="Where the dataset goes. [default: corpus; corpus-without-text]")
    ] = None,
    without_text: Annotated[bool, typer.Option("--without-text", help="Only offsets, labels and hashes.")] = False,
    as_json: AsJson = False,
) -> None:
    """Build the dataset: Parquet for each config, its card, its Croissant description and its checksums."""
    from khabar.corpus.build import build as build_corpus

    built = build_corpus(seeds, gold, "none" if without_text else "here")
    _write(built, out or Path("corpus-without-text" if without_text else "corpus"), as_json)


def _write(built: Built, out: Path, as_json: bool) -> None:
    from khabar.corpus.build import write

    with writing(out):
        write(built, out)
    warn(built.warnings)
    rows = {split: {config: len(rows) for config, rows in tables.items()} for split, tables in built.tables.items()}
    if as_json:
        print_json({"out": str(out), "rows": rows})
        return
    for split, configs in rows.items():
        say(f"{split}: " + ", ".join(f"{n} {config}" for config, n in configs.items()))


@corpus.command(epilog="Example: khabar corpus fill corpus-without-text articles/*.txt --out corpus")
def fill(
    folder: Annotated[Path, typer.Argument(help="A release without text.", metavar="CORPUS")],
    copies: Annotated[
        list[Path], typer.Argument(help="The articles byte for byte; their names do not matter.", metavar="FILE…")
    ],
    out: Annotated[Path | None, typer.Option(help="Where the full dataset goes. [default: into CORPUS itself]")] = None,
    as_json: AsJson = False,
) -> None:
    """Complete a release without text from your own copies of its articles, all of them or not at all."""
    from khabar.corpus.fill import fill as fill_corpus

    _write(fill_corpus(folder, copies), out or folder, as_json)


@corpus.command(epilog="Example: khabar corpus fetch --from ../ntrex")
def fetch(
    folder: Folder = None,
    origin: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="A folder that holds the two files, or an address they are below. [default: where they are public]",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring the articles of splits without text (NTREX-128, CC BY-SA 4.0), verified, into your cache, and fill them in.

    From then on these splits work wherever this release is read. What is there is not fetched again.
    """
    from khabar.corpus.fill import fetch as fetch_articles
    from khabar.seeds import ntrex

    with writing(ntrex.cached()), progress() as show:
        filled = fetch_articles(released_corpus() if folder is None else folder, origin, show)
    if as_json:
        print_json({"articles": str(ntrex.cached()), "corpus": None if filled is None else str(filled)})
    elif filled is None:
        say(f"{ntrex.cached()}: fetched; this release has no split that it would fill")
    else:
        say(str(filled))


@corpus.command(epilog="Example: khabar corpus check")
def check(
    folder: Folder = None,
    seeds: Annotated[
        Path | None, typer.Option(help="The seeds folder it is built from. [default: seeds, for ./corpus]")
    ] = None,
    gold: Annotated[
        Path | None, typer.Option(help="The gold it is built from. [default: annotations/gold, for ./corpus]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify checksums, counts, first and last rows; with seeds and gold, also that they build this corpus.

    They are looked for only where they are named, or where the corpus is ./corpus: another one has others.
    """
    from khabar.corpus.build import check as check_corpus
    from khabar.corpus.build import compared_splits

    where = released_corpus() if folder is None else folder
    chosen = (seeds or Path("seeds"), gold or Path("annotations/gold"))
    own = where.resolve() == Path("corpus").resolve() and all(path.is_dir() for path in chosen)
    sources = chosen if own or seeds is not None or gold is not None else None
    incidents = check_corpus(where, sources)
    sound = f"{where}: sound"
    if sources and not incidents:
        release = read_release(where)
        unseen = sorted({*release.splits} - {*compared_splits(release, sources[0])})
        sound += ", and what seeds and gold build"
        sound += f" (but for {', '.join(unseen)}: run `khabar corpus fetch`)" if unseen else ""
    print_checked(incidents, sound, as_json)


@corpus.command(epilog="Example: khabar corpus stats --json")
def stats(folder: Folder = None, as_json: AsJson = False) -> None:
    """Count what the dataset holds."""
    from khabar.corpus.card import statistic_words, statistics
    from khabar.corpus.contrast import read_released
    from khabar.corpus.tables import read_all

    where = released_corpus() if folder is None else folder
    release = read_release(where)
    counts = statistics(read_all(where), read_released(where, release))
    if as_json:
        print_json({"version": release.version, "splits": counts})
        return
    shown = table(None, "", *counts)
    for name in next(iter(counts.values()), {}):
        shown.add_row(name, *(statistic_words(counts[split][name]) for split in counts))
    console().print(shown)


@corpus.command(epilog="Example: khabar corpus diff corpus-1.0.0 corpus")
def diff(
    old: Annotated[Path, typer.Argument(help="A built corpus.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="The one that follows it.", metavar="NEW")],
    as_json: AsJson = False,
) -> None:
    """List every changed label, and the step in version that it asks for. Exit code 1 if NEW does not take it."""
    from khabar.corpus.diff import diff as diff_corpora
    from khabar.corpus.diff import to_dict

    difference = diff_corpora(old, new)
    if as_json:
        print_json(to_dict(difference))
    else:
        _print_difference(difference)
    if not difference.honoured:
        raise typer.Exit(1)


@corpus.command(epilog="Example: khabar corpus upload ./rehearsal")
def upload(
    target: Annotated[
        str,
        typer.Argument(
            help="OWNER/NAME of a dataset on the Hugging Face Hub, or a folder (./…, ../… or /…) to rehearse in.",
            metavar="TARGET",
        ),
    ],
    folder: Annotated[
        Path | None, typer.Option("--corpus", help="A built corpus. [default: the released corpus]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put a sound release where others load it, under a tag that is its version and is never moved."""
    from khabar.corpus.upload import plan, publish, rehearse

    planned = plan(released_corpus() if folder is None else folder)
    if target.startswith((".", "/")):
        with writing(Path(target)):
            new = rehearse(planned, Path(target))
        pinned = f'load_dataset("{Path(target) / planned.tag}", "quotes")'
    else:
        new = publish(planned, target)
        pinned = f'load_dataset("{target}", "quotes", revision="{planned.tag}")'
    if as_json:
        print_json({"target": target, "tag": planned.tag, "new": new, "files": sorted(planned.files)})
        return
    say(f"{target}: {planned.tag} {'is there now' if new else 'was there already'}, {len(planned.files)} files")
    say(pinned)


def _print_difference(difference: DataDifference) -> None:
    from khabar.corpus.diff import sections, verdict

    terminal = console()
    for section in sections(difference):
        shown = table(section.heading, "", "row", "surface", "column", "old", "new", overflow="fold")
        for line in section.lines:
            shown.add_row(*line)
        terminal.print(shown)
    terminal.print(verdict(difference), soft_wrap=True)


@seeds.command(epilog="Example: khabar seeds verify")
def verify(folder: Seeds = Path("seeds"), as_json: AsJson = False) -> None:
    """Find changed, missing and unlisted articles. Those that are elsewhere are verified once they are fetched."""
    from khabar.seeds.store import at_hand, read_manifest
    from khabar.seeds.store import verify as verify_seeds

    incidents = verify_seeds(folder)
    if incidents:
        print_checked(incidents, "", as_json)
    manifest = read_manifest(folder)
    verified = len(at_hand(manifest))
    sound = f"{verified} article(s), all as in the manifest"
    if verified < len(manifest):
        sound += f" ({len(manifest) - verified} more are elsewhere: run `khabar corpus fetch`)"
    print_checked((), "" if as_json else sound, as_json)


@seeds.command(epilog="Example: khabar seeds add article.txt --story floods --split floods")
def add(
    files: Annotated[list[Path], typer.Argument(help="UTF-8 text files, one article each.", metavar="FILE…")],
    story: Annotated[
        str | None, typer.Option(help="Key of the story they report. [default: the one story there is]")
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Split they go to. It must be named: what joins a split changes it.")
    ] = None,
    folder: Seeds = Path("seeds"),
    as_json: AsJson = False,
) -> None:
    """Take articles in, byte for byte. Outlet, title and date are then filled in the manifest by hand."""
    from khabar.seeds.store import MANIFEST, keys_for, read_manifest
    from khabar.seeds.store import add as add_seeds

    known = read_manifest(folder) if (folder / MANIFEST).exists() else []
    chosen, its_split = keys_for(known, story, split)
    with writing(folder):
        added = add_seeds(folder, files, story=chosen, split=its_split)
    if as_json:
        print_json({"added": [seed.doc_id for seed in added]})
        return
    for seed in added:
        say(f"added {seed.doc_id}")
    if added:
        say(f"Now fill outlet, title and published (with its evidence) in {folder / MANIFEST}.")
    else:
        say("nothing new: all of them are there already")
