"""Scoring 120,000 entities: khabar, nervaluate and seqeval's report, as whole processes side by side.

    python benchmarks/entities.py                 # needs pip install -e '.[benchmarks]'

Makes gold and predictions of 20,000 sentences in a temporary folder, the same every time; runs each program several
times, in turn, and prints medians. Ratios within one run are what to compare: seconds depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from measuring import Run, machine, middle, run, table

SENTENCES, PER_SENTENCE, TOKENS = 20_000, 6, 42
LABELS = ["PERS", "NORP", "OCC", "ORG", "GPE", "LOC", "FAC", "EVENT", "LAW", "PRODUCT", "LANGUAGE", "WEBSITE"]

Spans = list[tuple[int, int, str]]


def generate(folder: Path) -> None:
    """Write gold.jsonl and predictions.jsonl. Spans are flat and disjoint, and an offset is a token.

    Each stretch of seven tokens holds one gold entity. Of the predictions 70% are right, 10% have another label, 10%
    another span, 5% are missed and 5% lie beside the entity.
    """
    chance = random.Random(0)
    with (folder / "gold.jsonl").open("w") as gold, (folder / "predictions.jsonl").open("w") as predictions:
        for sentence in range(SENTENCES):
            rows: Spans = []
            said: Spans = []
            for stretch in range(0, TOKENS, TOKENS // PER_SENTENCE):
                start, width, label = stretch + chance.randrange(2), chance.randint(1, 3), chance.choice(LABELS)
                rows.append((start, start + width, label))
                what = chance.random()
                if what < 0.7:
                    said.append((start, start + width, label))
                elif what < 0.8:
                    said.append((start, start + width, chance.choice(LABELS)))
                elif what < 0.9:
                    said.append((start, start + width + 1, label))
                elif what < 0.95:
                    said.append((stretch + 6, stretch + 7, label))
            for file, spans in ((gold, rows), (predictions, said)):
                entities = [{"start": start, "end": end, "label": label} for start, end, label in spans]
                file.write(json.dumps({"doc_id": f"s{sentence:06}", "entities": entities}) + "\n")


def parse(folder: Path) -> dict[str, Any]:
    """Decode both files to plain objects with msgspec, and do nothing with them: what reading alone costs."""
    import msgspec

    decode = msgspec.json.Decoder().decode
    files = [(folder / name).read_bytes().splitlines() for name in ("gold.jsonl", "predictions.jsonl")]
    return {"rows": sum(len(decode(line)["entities"]) for lines in files for line in lines)}


def counts(folder: Path) -> dict[str, Any]:
    """khabar without intervals: read, check, match and count, through the Python interface."""
    from khabar.api import read_gold
    from khabar.reading.checks import checked_predictions
    from khabar.reading.incidents import Incidents
    from khabar.scoring.scorer import Evaluation

    incidents = Incidents()
    reference = read_gold(folder / "gold.jsonl", "test", incidents)
    records = checked_predictions(folder / "predictions.jsonl", reference, ["entities"], incidents)
    incidents.refuse()
    tally = Evaluation(reference, records.documents, layers=["entities"]).tally
    table = tally.layers["entities"].table
    assert table is not None
    right, false, missed = (table.totals()[f"exact.{outcome}"] for outcome in ("tp", "fp", "fn"))
    return {"f1": 2 * right / (2 * right + false + missed)}


def nervaluate(folder: Path) -> dict[str, Any]:
    """All four schemes, overall and by label: what `Evaluator.evaluate` gives."""
    from nervaluate.evaluator import Evaluator

    def read(name: str) -> list[list[dict[str, Any]]]:
        # nervaluate's ends are inclusive.
        return [[{"label": label, "start": s, "end": e - 1} for s, e, label in row] for row in spans(folder / name)]

    gold, said = read("gold.jsonl"), read("predictions.jsonl")
    before = cpu()
    found = Evaluator(gold, said, tags=LABELS, loader="dict").evaluate()
    return {"f1": found["overall"]["strict"].f1, "scoring": cpu() - before}


def seqeval(folder: Path) -> dict[str, Any]:
    """The classification report in strict mode, scheme IOB2."""
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    def read(name: str) -> list[list[str]]:
        found = []
        for row in spans(folder / name):
            tags = ["O"] * TOKENS
            for start, end, label in row:
                tags[start:end] = ["B-" + label] + ["I-" + label] * (end - start - 1)
            found.append(tags)
        return found

    gold, said = read("gold.jsonl"), read("predictions.jsonl")
    before = cpu()
    report = classification_report(gold, said, mode="strict", scheme=IOB2, output_dict=True, zero_division=0)
    return {"f1": float(report["micro avg"]["f1-score"]), "scoring": cpu() - before}


def spans(path: Path) -> Iterator[Spans]:
    """Spans of each sentence, for the peers, read with the fastest reader at hand."""
    import msgspec

    decode = msgspec.json.Decoder().decode
    for line in path.read_bytes().splitlines():
        yield [(entity["start"], entity["end"], entity["label"]) for entity in decode(line)["entities"]]


def cpu() -> float:
    """CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


CHILDREN: dict[str, Callable[[Path], dict[str, Any] | None]] = {
    "generate": generate,
    "parse": parse,
    "count": counts,
    "nervaluate": nervaluate,
    "seqeval": seqeval,
}


def main() -> None:
    """Measure everything and print the tables; with a child's name, be that child."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each program; medians are printed")
    parser.add_argument("--child", choices=CHILDREN, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(CHILDREN[arguments.child](arguments.folder)))
        return
    with tempfile.TemporaryDirectory() as name:
        compare(Path(name), arguments.rounds)


def compare(folder: Path, rounds: int) -> None:
    """Run every program `rounds` times, in turn, and print what they took."""

    def child(name: str) -> list[str]:
        return [sys.executable, __file__, "--folder", str(folder), "--child", name]

    print(machine("khabar", "nervaluate", "seqeval", "numpy", "msgspec"), end="\n\n", flush=True)
    run(child("generate"))
    gold, predictions = str(folder / "gold.jsonl"), str(folder / "predictions.jsonl")
    score = [sys.executable, "-m", "khabar", "score", predictions, "--gold", gold, "--layers", "entities", "--json"]
    programs = {
        "khabar score, 1,000 resamples": score,
        "khabar, counts without intervals": child("count"),
        "only parse both files": child("parse"),
        "nervaluate Evaluator": child("nervaluate"),
        "seqeval report": child("seqeval"),
    }
    for command in programs.values():
        run(command)  # warms the caches and is not counted
    runs: dict[str, list[Run]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, command in programs.items():
            runs[name].append(run(command))
    medians = {name: middle(found) for name, found in runs.items()}
    ours, parsing = medians["khabar score, 1,000 resamples"], medians["only parse both files"]
    rows = []
    for name, found in medians.items():
        printed = json.loads(found.output)
        f1 = printed["headline"]["entities"] if "headline" in printed else printed.get("f1")
        alone = sorted(json.loads(each.output).get("scoring", 0.0) for each in runs[name])[rounds // 2]
        rows.append(
            [
                name,
                f"{found.cpu:.2f}",
                f"{found.wall:.2f}",
                f"{found.peak:.0f}",
                f"{found.cpu / parsing.cpu:.1f}",
                f"{alone:.2f}" if alone else "",
                f"{alone / ours.cpu:.1f}" if alone else "",
                "" if f1 is None else f"{f1:.6f}",
            ]
        )
    head = ["whole process", "CPU s", "wall s", "peak MiB", "÷ parsing", "scoring alone, CPU s", "÷ khabar score", "F1"]
    print(table(head, rows), end="\n\n")
    alone = {
        name: sorted(json.loads(each.output)["scoring"] for each in runs[name])[rounds // 2]
        for name in ("nervaluate Evaluator", "seqeval report")
    }
    counts = medians["khabar, counts without intervals"]
    print(
        verdicts(
            [
                ("whole `khabar score`, CPU s", ours.cpu, 0.5, None),
                ("its peak, MiB", ours.peak, 150, 250),
                ("counts without intervals ÷ parsing, CPU", counts.cpu / parsing.cpu, 3, None),
                (
                    "`khabar score` ÷ nervaluate's scoring alone, CPU",
                    ours.cpu / alone["nervaluate Evaluator"],
                    1 / 10,
                    1 / 5,
                ),
                ("`khabar score` ÷ seqeval's report alone, CPU", ours.cpu / alone["seqeval report"], 1 / 10, 1 / 5),
            ]
        )
    )


def verdicts(measured: Sequence[tuple[str, float, float, float | None]]) -> str:
    """A table of what was measured, what is aimed at (no more than) and what must not be passed, and how it stands."""
    rows = []
    for name, value, aim, limit in measured:
        stands = (
            "met"
            if value <= aim
            else "**not met**"
            if limit is None
            else "below the limit"
            if value <= limit
            else "**above**"
        )
        rows.append([name, f"{value:.2f}", f"{aim:g}", "" if limit is None else f"{limit:g}", stands])
    return table(["aim", "measured", "at most", "limit", "so it is"], rows)


if __name__ == "__main__":
    main()
