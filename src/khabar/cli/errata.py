"""What is held to be wrong in gold: `nominate` asks about it, `annotate errata` records what was decided.

`nominate` puts places where systems outvote gold as blind questions to a second reader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from khabar import api
from khabar.cli.console import print_json, save, say, warn, writing
from khabar.cli.options import AsJson, CorpusFolder, Layers, Seeds, Split, chosen_layers, wrong_option
from khabar.cli.score import spare
from khabar.corpus.release import read_release
from khabar.reading.files import json_lines, write_all
from khabar.reading.incidents import Incidents
from khabar.records.labels import LAYERS
from khabar.records.repository import Erratum, NominationKey, ReaderAnswer


def nominate(
    files: Annotated[list[Path], typer.Argument(help="Predictions of several systems, a file each.", metavar="FILE…")],
    out: Annotated[Path, typer.Option(help="Write the questions here (JSONL), for the second reader.")],
    key: Annotated[
        Path, typer.Option(help="Write here what they do not say (JSONL): gold's answer, and who votes how.")
    ],
    gold: CorpusFolder = None,
    split: Split = "test",
    layers: Layers = None,
    most: Annotated[int, typer.Option(min=1, help="The most questions of a layer.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Ask about the places where systems outvote gold, without saying what gold has or which system says what."""
    from khabar.annotations.ballots import Voter, ballots
    from khabar.annotations.nomination import nominate as put_questions
    from khabar.reading.checks import checked_predictions

    spare(files, key=key, out=out)
    wanted = chosen_layers(layers)
    incidents = Incidents()
    reference = api.read_gold(gold, split, incidents)
    wanted = wanted or reference.scored_layers
    systems = []
    for path in files:
        records = checked_predictions(path, reference, wanted, incidents)
        systems.append(Voter(str(path), records.documents, records.disputes))
    incidents.refuse()
    warn(incidents)
    asked = put_questions(ballots(reference, systems, wanted), reference, api.load(gold, split=split), split, most)
    with writing():
        write_all({out: json_lines(asked.nominations), key: json_lines(asked.keys)})
    counts = Counter(nomination.layer for nomination in asked.nominations)
    by_layer = {layer: counts[layer] for layer in LAYERS if layer in wanted}
    if as_json:
        print_json({"nominations": sum(counts.values()), "layers": by_layer})
        return
    say(f"{sum(counts.values())} question(s) in {out}: " + ", ".join(f"{layer} {n}" for layer, n in by_layer.items()))
    say(f"what they do not say is in {key}: keep it from whoever answers")


def errata(
    answers: Annotated[
        Path | None, typer.Option(help="Enter what a second reader answered to the questions of --key.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="The key that `khabar nominate` wrote.")] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write what is accepted and waits into gold, as of the version it has now.")
    ] = False,
    file: Annotated[Path, typer.Option("--errata", help="The file of errata.")] = Path("annotations/errata.jsonl"),
    gold: Annotated[Path, typer.Option(help="The folder of gold rows.")] = Path("annotations/gold"),
    seeds: Seeds = Path("seeds"),
    as_json: AsJson = False,
) -> None:
    """Check the errata of gold, and list what is open and what waits for a data version."""
    from khabar.annotations.errata import entered, read_errata, read_lines, waiting
    from khabar.reading.rows import read_gold

    if (answers is None) != (key is None):
        raise wrong_option("--answers and --key go together", fix="name both")
    version = read_release(gold).version
    incidents = Incidents()
    rows = [located.row for located in read_gold(gold, incidents)]
    incidents.refuse()
    entries = read_errata(file, rows, version, incidents)
    if answers is not None and key is not None:
        by_question = {answer.id: answer for _, answer in read_lines(answers, ReaderAnswer, incidents)}
        keys = [line for _, line in read_lines(key, NominationKey, incidents)]
        for name in sorted(by_question.keys() - {entry.id for entry in keys}):
            incidents.report("reference-unknown", f"{key.name} has no question {name!r}", file=answers)
        incidents.refuse()
        entries = entered(entries, keys, by_question)
        save(file, entries)
    incidents.refuse()
    if apply:
        entries = _apply(entries, file, gold, seeds, version)
    listed = {
        "open": [entry.id for entry in entries if entry.decision == "open"],
        "waiting": [entry.id for entry in waiting(entries)],
    }
    if as_json:
        print_json({"version": version, "decisions": Counter(entry.decision for entry in entries), **listed})
        return
    counts = Counter(entry.decision for entry in entries)
    decisions = ", ".join(f"{counts[name]} {name}" for name in ("open", "accepted", "rejected"))
    say(f"{len(entries)} errata: {decisions}; {len(listed['waiting'])} wait for a data version after {version}")
    for entry in entries:
        if entry.id in listed["open"] or entry.id in listed["waiting"]:
            where = (
                entry.row.key if entry.row is not None else ", ".join(sorted({place.doc_id for place in entry.places}))
            )
            say(f"{entry.decision}  {entry.id}  {where}  {entry.claim}")


def _apply(errata: Sequence[Erratum], file: Path, gold: Path, seeds: Path, version: str) -> list[Erratum]:
    """Write the errata that wait into the rows of their stories, and the version into them. Raises InputError."""
    from khabar.annotations.errata import file_after, waiting
    from khabar.seeds.store import read_manifest, read_texts

    chosen = waiting(errata)
    kept_here = [seed for seed in read_manifest(seeds) if not seed.source]
    texts = read_texts(seeds, kept_here)
    files: dict[Path, bytes] = {}
    for story in sorted({erratum.story for erratum in chosen}):
        path = gold / f"{story}.jsonl"
        files[path] = file_after(path, [each for each in chosen if each.story == story], texts)
    done = [msgspec.structs.replace(each, version=version) if each in chosen else each for each in errata]
    files[file] = json_lines(done)
    with writing():
        write_all(files)
    return done
