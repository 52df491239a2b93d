"""Hostile input, made by machine: mutated valid files are scored (0) or refused with a message (2), and never a traceback.

Each seed takes valid gold and predictions and spoils one of them: values of any type and size in any place, keys
repeated, dropped or nested, bytes flipped, cut and doubled. What comes out as JSON holds no NaN.
"""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from khabar.cli.app import app
from khabar.reading.incidents import InputError

ROUNDS, FILES_A_ROUND = 20, 15

TEXT = "قال الرئيس فلاديمير بوتين إن 14 ألف جندي في موسكو.\nوقال «الكرملين» إن 10 آلاف جندي هناك منذ 2024."
DOCUMENT: dict[str, Any] = {
    "doc_id": "d",
    "entities": [
        {"start": 11, "end": 25, "label": "PERS", "entity_id": "e1"},
        {"text": "موسكو", "label": "GPE", "occurrence": 1},
    ],
    "numbers": [
        {"start": 29, "end": 40, "kind": "count", "low": "14000", "high": "14000", "modality": "exact", "unit": "جندي"},
        {"text": "2024", "kind": "date", "edtf": "2024", "edtf_literal": "2024"},
    ],
    "quotes": [
        {
            "content": [{"start": 29, "end": 49}],
            "cue": [{"start": 0, "end": 3}],
            "speaker": {"name": "بوتين"},
            "source_chain": [{"start": 11, "end": 25}, "e1"],
            "speaker_mention": {"start": 11, "end": 25},
            "utterance": "u1",
        }
    ],
}
DISPUTE: dict[str, Any] = {
    "story": "s",
    "type": "numeric",
    "confidence": 0.5,
    "sides": [
        {"value": "14000", "spans": [{"doc_id": "d", "start": 29, "end": 40}]},
        {"value": 10000, "spans": [{"doc_id": "d", "text": "10 آلاف جندي"}]},
    ],
}
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**30, -(10**400), 2**31, 2**63, 2**64, 1e308, 5e-324, -0.0),
    *("", " ", "\x00", "\u202e", "\ufeff", "ـ", "\ud800", "😀", "١٤٠٠٠", "1/0", "1/3", "0/0", "1e999999999", "-1e-999999999"),
    *("NaN", "Infinity", "1_000", "0x10", "9" * 5000, "1" + "0" * 100_000, "e", "2024-13", "2024/..", "[" * 300, "XXXX"),
    *("2024-06-31", "156X-12-XX~", "y-17E7", "{1960,1961-12}", "-9999999999", "PERS", "e1", "d", "s", "count", "ident"),
    *([], {}, [[]], [None], {"start": 0}, {"start": 5, "end": 2}, {"text": "من"}, [{"start": 0, "end": 10**18}]),
)  # fmt: skip
RAW: tuple[str, ...] = (
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" * 5000, "[" * 5000 + "]" * 5000, '{"a":' * 3000 + "1" + "}" * 3000),
    *('"\\ud800"', '"\\u0000"', "tru", "'x'", "", "{", "]", "01", "1.", '{"start":1,"start":2}'),
)  # fmt: skip
"""What stands in a file where a value should, and no Python value makes."""
HOLE = "\x02hole\x02"


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a value."""
    inside = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    return [(value, key) for key, _ in inside] + [place for _, each in inside for place in places(each)]


def spoiled(chance: random.Random, lines: list[Any]) -> bytes:
    """A file of the lines with a few mutations."""
    lines = copy.deepcopy(lines)
    raw: list[str] = []
    for _ in range(chance.randint(1, 4)):
        found = places(lines)
        if not found:
            break
        container, key = chance.choice(found)
        what = chance.randrange(7)
        if what <= 2:
            container[key] = copy.deepcopy(chance.choice(ODD))
        elif what == 3:
            container[key] = HOLE + str(len(raw))
            raw.append(chance.choice(RAW))
        elif what == 4 and isinstance(container, dict):
            container[chance.choice(["kind", "start", "low", "x", "", "\x00", "doc_id", "scored"])] = container.pop(key)
        elif what == 5:
            container[key] = [copy.deepcopy(container[key])] * chance.choice([1, 2, 50])
        elif isinstance(container, list):
            container.insert(chance.randrange(len(container) + 1), copy.deepcopy(chance.choice(container)))
    written = "\n".join(json.dumps(line, ensure_ascii=chance.random() < 0.5) for line in lines)
    for at, value in enumerate(raw):
        written = written.replace(json.dumps(HOLE + str(at)), value)
    data = bytearray(written.encode("utf-8", "surrogatepass"))
    for _ in range(chance.choice([0, 0, 0, 1, 3])):
        at = chance.randrange(len(data) + 1)
        length = chance.choice([1, 1, 5, 40])
        data[at : at + length] = chance.choice(
            [b"", b"\xff", b"\x00", b"\n", b"\r\n", b'"', b"\xef\xbb\xbf", data[at : at + length] * 2]
        )
    return bytes(data)


def refuse_nan(name: str) -> None:
    raise AssertionError(f"{name} in JSON")


def attempt(args: list[str], data: bytes) -> int:
    """Run a command; it ends with 0 or 2, and says why it refuses."""
    result = CliRunner().invoke(app, args)
    if isinstance(result.exception, InputError):
        assert result.exception.incidents
        printed = str(result.exception)
        assert "error[" in printed
        printed.encode()
        return 2
    assert result.exception is None or isinstance(result.exception, SystemExit), (result.exc_info, data[:3000])
    assert result.exit_code in (0, 2), (result.exit_code, data[:3000])
    if "--json" in args and result.stdout:
        json.loads(result.stdout, parse_constant=refuse_nan)
    return result.exit_code


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_mutated_files_are_scored_or_refused(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    gold, predictions = tmp_path / "gold.jsonl", tmp_path / "predictions.jsonl"
    whole = [{**DOCUMENT, "text": TEXT, "story": "s", "zones": [{"start": 0, "end": 50, "zone": "body"}]}, DISPUTE]
    endings = set()
    for _ in range(FILES_A_ROUND):
        for path, lines, is_spoiled in (
            (gold, whole, spoil_gold := chance.random() < 0.3),
            (predictions, [DOCUMENT, DISPUTE], not spoil_gold),
        ):
            fine = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()
            path.write_bytes(spoiled(chance, lines) if is_spoiled else fine)
        data = (gold if spoil_gold else predictions).read_bytes()
        command = chance.choice(["score", "score", "validate", "errors"])
        args = ["validate" if command == "validate" else "score", str(predictions), "--gold", str(gold), "--json"]
        if command == "errors":
            args += ["--errors", str(tmp_path / "errors.jsonl")]
        endings.add(attempt(args, data))
    assert endings <= {0, 2}


def test_the_mutations_reach_both_ends() -> None:
    """A fuzzer that only ever breaks the JSON tests little: a fair share of its files is scored."""
    chance = random.Random(0)
    readable = 0
    for _ in range(200):
        try:
            [json.loads(line) for line in spoiled(chance, [DOCUMENT, DISPUTE]).split(b"\n")]
            readable += 1
        except (ValueError, RecursionError):
            continue
    assert 60 < readable < 190
