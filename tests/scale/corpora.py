"""Small corpora of every kind: with and without stories, texts, identities and disputes."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

WORDS = ["قال", "الرئيس", "بوتين", "كييف", "موسكو", "14000", "جندي", "في", "يونيو", "روسيا", "كورسك", "وبوتين"]
Record = dict[str, Any]


def corpus(
    seed: int,
    documents: int = 60,
    *,
    stories: bool = True,
    texts: bool = True,
    named: bool = True,
    disputes: bool = True,
) -> tuple[list[Record], list[Record]]:
    """Gold and predictions as objects, each in an order of its own."""
    chance = random.Random(seed)
    gold: list[Record] = []
    said: list[Record] = []
    for number in range(documents):
        entities = [
            {
                "start": 20 * at,
                "end": 20 * at + 5,
                "label": chance.choice(["PERS", "ORG"]),
                **({"entity_id": f"e{chance.randrange(5)}"} if named else {}),
                **({"scored": False} if chance.random() < 0.1 else {}),
                **({"phenomena": [chance.choice(["nested", "spelling_variant"])]} if chance.random() < 0.2 else {}),
            }
            for at in range(4)
        ]
        numbers = [
            {"start": 84, "end": 88, "kind": "count", "low": "14", "high": "14", "modality": "exact", "unit": "جندي"},
            {"start": 94, "end": 98, "kind": "date", "edtf": "2024-06"},
        ]
        speaker = {"name": "ناطق"}  # whom no mention has: a name that fits two entities is refused in gold
        quotes = [{"content": [{"start": 90, "end": 110}], "speaker": speaker, "utterance": f"u{chance.randrange(3)}"}]
        document: Record = {"doc_id": f"d{number:04}", "entities": entities, "numbers": numbers, "quotes": quotes}
        if texts:
            document["text"] = (" ".join(chance.choice(WORDS) for _ in range(40)) + " " * 120)[:160]
        if stories:
            document["story"] = f"s{number // 3}"
        gold.append(document)
        said.append(_system(document, chance))
    if disputes:
        for number in range(documents // 3):
            gold.append(_dispute(f"s{number}", 3 * number, 5, "temporal"))
            moved = chance.choice([0, 0, 60])
            record = _dispute(f"s{number}", 3 * number, 5 + moved, chance.choice(["temporal", "numeric"]))
            said.append({**record, "confidence": chance.choice([0.2, 0.5, 0.9])})
    chance.shuffle(gold)
    chance.shuffle(said)
    return gold, said


def _system(document: Record, chance: random.Random) -> Record:
    entities = [
        {
            "start": row["start"] + chance.choice([0, 0, 0, 1]),
            "end": row["end"] + chance.choice([0, 0, 2]),
            "label": row["label"] if chance.random() < 0.8 else "GPE",
            **({"entity_id": f"c{row['entity_id']}" if chance.random() < 0.8 else "c"} if "entity_id" in row else {}),
        }
        for row in document["entities"]
        if chance.random() < 0.9
    ]
    numbers = [{**row, **({"edtf": "2024-06/2024-07"} if "edtf" in row else {})} for row in document["numbers"]]
    quotes = [
        {
            **row,
            "content": [{"start": 90, "end": chance.choice([110, 117, 133])}],
            "speaker": {"name": chance.choice(["ناطق", "الرئيس"])},
        }
        for row in document["quotes"]
    ]
    return {"doc_id": document["doc_id"], "entities": entities, "numbers": numbers, "quotes": quotes}


def _dispute(story: str, first: int, start: int, kind: str) -> Record:
    sides = [
        {"value": str(at), "spans": [{"doc_id": f"d{first + at:04}", "start": start, "end": start + 40}]}
        for at in (0, 1)
    ]
    return {"story": story, "type": kind, "sides": sides}


def write(path: Path, records: list[Record]) -> Path:
    """Write JSONL."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    return path


def write_parquet(path: Path, records: list[Record]) -> Path:
    """Write Parquet, columns of all records together."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    columns = sorted({key for record in records for key in record})
    pq.write_table(pa.table({key: [record.get(key) for record in records] for key in columns}), path)
    return path
