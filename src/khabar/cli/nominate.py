"""nominate: places where systems outvote gold, as blind questions to a second reader."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from khabar.cli.console import print_json, say, warn, writing
from khabar.cli.options import AsJson, CorpusFolder, Layers, Split, chosen_layers
from khabar.cli.score import spare


def add_to(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(
        epilog="Example: khabar nominate eval/submissions/*/2.0.0/test/predictions.jsonl --out q.jsonl --key k.jsonl"
    )(nominate)


def nominate(
    files: Annotated[list[Path], typer.Argument(help="Predictions of several systems, a file each.", metavar="FILE…")],
    out: Annotated[Path, typer.Option("--out", help="Write the questions here (JSONL), for the second reader.")],
    key: Annotated[
        Path, typer.Option("--key", help="Write here what they do not say (JSONL): gold's answer, and who votes how.")
    ],
    gold: CorpusFolder = None,
    split: Split = "test",
    layers: Layers = None,
    most: Annotated[int, typer.Option("--most", min=1, help="The most questions of a layer.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Ask about the places where systems outvote gold, without saying what gold has or which system says what."""
    from khabar import api
    from khabar.annotations.nomination import Voter, ballots
    from khabar.annotations.nomination import nominate as put_questions
    from khabar.reading.checks import checked_predictions
    from khabar.reading.files import json_lines, write_all
    from khabar.reading.incidents import Incidents
    from khabar.records.labels import LAYERS

    spare(out, key, *files, option="--out")
    spare(key, *files, option="--key")
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
