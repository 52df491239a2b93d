"""A million documents: seconds, CPU seconds and peak memory of `khabar score`, and how they grow.

    python benchmarks/scale.py                       # 10,000 and 100,000 documents, a few minutes
    python benchmarks/scale.py 20000 100000 1000000  # half an hour, 6 GB of temporary files

Documents are short: five a story, four entities with identities, a number, a date and a quote each, two disputes a
story of which one is right. Every process that takes part is measured, and peaks are added.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from measuring import machine, table

STORY = 5
LABELS = ("PERS", "ORG", "GPE", "LOC")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("documents", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--layers", default="entities,numbers,quotes,conflicts")
    arguments = parser.parse_args()
    print(machine("khabar", "numpy", "msgspec"), end="\n\n", flush=True)
    rows = []
    for documents in arguments.documents:
        with tempfile.TemporaryDirectory() as name:
            gold, predictions = generate(Path(name), documents)
            size = (gold.stat().st_size + predictions.stat().st_size) / 2**20
            command = [sys.executable, "-m", "khabar", "score", str(predictions), "--gold", str(gold), "--json"]
            wall, cpu, largest, together, output = measured([*command, "--layers", arguments.layers])
        f1 = json.loads(output)["headline"]["entities"]
        rows.append(
            [
                f"{documents:,}",
                f"{size:.0f}",
                f"{wall:.0f}",
                f"{cpu:.0f}",
                f"{1e6 * cpu / documents:.0f}",
                f"{largest:.0f}",
                f"{together:.0f}",
                f"{f1:.6f}",
            ]
        )
        head = ["documents", "MiB", "wall s", "CPU s", "CPU µs each", "peak MiB, one process", "all together", "F1"]
        print(table(head, rows), end="\n\n", flush=True)


def generate(folder: Path, documents: int) -> tuple[Path, Path]:
    """Write gold and predictions, always the same for a number of documents; gives their paths."""
    chance = random.Random(documents)
    gold, predictions = folder / "gold.jsonl", folder / "predictions.jsonl"
    with gold.open("w", encoding="utf-8") as right, predictions.open("w", encoding="utf-8") as said:
        for number in range(documents):
            story = f"s{number // STORY:07}"
            ours, theirs = _document(number, chance)
            right.write(json.dumps({**ours, "story": story}, ensure_ascii=False) + "\n")
            said.write(json.dumps(theirs, ensure_ascii=False) + "\n")
            if number % STORY == STORY - 1:
                for offset in (0, 200):
                    right.write(json.dumps(_dispute(story, number, offset)) + "\n")
                    moved = offset + (0 if chance.random() < 0.6 else 100)
                    said.write(json.dumps({**_dispute(story, number, moved), "confidence": chance.random()}) + "\n")
    return gold, predictions


def _document(number: int, chance: random.Random) -> tuple[dict[str, object], dict[str, object]]:
    entities, found = [], []
    for at in range(4):
        row = {
            "start": 40 * at,
            "end": 40 * at + chance.randint(3, 12),
            "label": LABELS[(number + at) % 4],
            "entity_id": f"e{at}",
        }
        entities.append(row)
        if chance.random() < 0.9:
            moved = chance.random() < 0.15
            found.append({**row, "end": row["end"] + moved, "entity_id": f"c{at if chance.random() < 0.9 else 0}"})
    low = str(chance.randint(1, 20_000))
    numbers = [
        {"start": 170, "end": 175, "kind": "count", "low": low, "high": low, "modality": "exact", "unit": "جندي"},
        {"start": 180, "end": 190, "kind": "date", "edtf": "2024-06"},
    ]
    counted = [{**numbers[0], "unit": "جندي" if chance.random() < 0.8 else None}, numbers[1]]
    quote = {"content": [{"start": 200, "end": 240}], "speaker": "e0", "utterance": f"u{number % 3}"}
    speaker = "c0" if chance.random() < 0.7 else "c1"
    name = f"document-{number:09}"
    return (
        {"doc_id": name, "entities": entities, "numbers": numbers, "quotes": [quote]},
        {"doc_id": name, "entities": found, "numbers": counted, "quotes": [{**quote, "speaker": speaker}]},
    )


def _dispute(story: str, last: int, offset: int) -> dict[str, object]:
    sides = [
        {"value": value, "spans": [{"doc_id": f"document-{last - back:09}", "start": offset, "end": offset + 60}]}
        for back, value in enumerate(("1", "2"))
    ]
    return {"story": story, "type": "numeric", "sides": sides}


def measured(command: list[str]) -> tuple[float, float, float, float, str]:
    """Run a program with its children: wall and CPU seconds, MiB of the largest process and of all at their worst."""
    start = time.perf_counter()
    before = os.times()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peaks = _Peaks(process.pid)
        peaks.start()
        output = process.communicate()[0]
        peaks.join()
    if process.returncode:
        raise SystemExit(f"exit code {process.returncode}: {' '.join(command)}")
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - start, cpu, peaks.largest, peaks.together, output


class _Peaks(threading.Thread):
    """Looks every 0.2 s at the memory of a process and its children; what they share is counted for each."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.largest = self.together = 0.0

    def run(self) -> None:
        while sizes := _resident(self._pid):
            self.largest, self.together = max(self.largest, *sizes), max(self.together, sum(sizes))
            time.sleep(0.2)


def _resident(pid: int) -> list[float]:
    """MiB of a process and of its children, as Linux tells; nothing once it has ended."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        found = [line.split()[1] for each in (pid, *children) for line in _status(each) if line.startswith("VmRSS")]
    except OSError:
        return []
    return [int(size) / 1024 for size in found]


def _status(pid: int | str) -> list[str]:
    try:
        return Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return []


if __name__ == "__main__":
    main()
