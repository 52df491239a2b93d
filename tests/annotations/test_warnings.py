"""What `annotate push` and `nominate` warn of: what they read and will not use, each once, before anything is made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.annotations.story import ONE, TEXTS, TWO, a_folder, a_pass
from tests.cli.conftest import run

NOWHERE = {"LABEL_STUDIO_URL": "http://127.0.0.1:9", "LABEL_STUDIO_API_KEY": "none"}
"""A server that is not there: what `push` begins with is read before."""
SYSTEM = """
def extract(document):
    return {"entities": [{"text": "كورسك", "label": "GPE", "entityid": "k"}], "quote": []}
"""


def warned(printed: str) -> list[str]:
    """The lines of warnings."""
    return [line for line in printed.splitlines() if "warning[" in line]


def write(path: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
    return path


def test_push_warns_of_a_key_in_predictions_that_is_not_read(tmp_path: Path) -> None:
    a_folder(tmp_path, a_pass(), a_pass())
    write(tmp_path / "said.jsonl", [{"doc_id": ONE, "entites": []}, {"doc_id": TWO, "entities": []}])
    answer = run("annotate", "push", "r", "x", "--from", "said.jsonl", cwd=tmp_path, **NOWHERE)
    assert answer.code == 2
    assert f"error[{'server-failed' if find_spec('label_studio_sdk') else 'extra-missing'}]" in answer.err
    [line] = warned(answer.err)
    assert line.startswith("said.jsonl:1: warning[key-unknown]")
    assert "write entities" in line


def test_push_warns_of_a_key_in_the_rows_of_a_pass_that_is_not_read(tmp_path: Path) -> None:
    a_folder(tmp_path, a_pass(), a_pass())
    path = tmp_path / "rounds" / "first" / "a.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    turn = next(turn for turn, row in enumerate(rows) if row["layer"] == "entities")
    write(path, [row | ({"wiki": "Q1"} if at == turn else {}) for at, row in enumerate(rows)])
    answer = run("annotate", "push", "r", "x", "--from", "rounds/first/a.jsonl", cwd=tmp_path, **NOWHERE)
    [line] = [line for line in answer.err.splitlines() if "'wiki'" in line]
    assert f"a.jsonl:{turn + 1}:" in line


def test_push_warns_of_what_a_system_says_of_the_articles_of_the_share(tmp_path: Path) -> None:
    """Two keys that are not read, in one article of the two."""
    a_folder(tmp_path, a_pass(), a_pass())
    (tmp_path / "mine.py").write_text(SYSTEM, "utf-8")
    begin = ("annotate", "push", "r", "x", "--system", "mine:extract")
    answer = run(*begin, "--documents", ONE, cwd=tmp_path, **NOWHERE)
    lines = warned(answer.err)
    assert len(lines) == len(set(lines)) == 2
    assert all(f"document {ONE}" in line for line in lines)
    assert ["'quote'" in line for line in lines].count(True) == 1


def test_nominate_warns_once_of_what_each_file_has_that_is_not_read(tmp_path: Path) -> None:
    """A key, a string that is not there, a repetition; of two files the same is told of each."""
    entities = [{"text": "كورسك", "label": "GPE", "occurrence": 1}] * 2 + [{"text": "القاهرة", "label": "GPE"}]
    gold = write(
        tmp_path / "gold.jsonl",
        [{"doc_id": doc, "story": "war", "text": text, "entities": entities[:1]} for doc, text in TEXTS.items()],
    )
    said = [{"doc_id": ONE, "entities": entities, "number": []}, {"doc_id": TWO, "entities": []}]
    files = [write(tmp_path / f"{name}.jsonl", said).name for name in "ab"]
    ask = ("--gold", gold.name, "--layers", "entities", "--out", "q.jsonl", "--key", "k.jsonl")
    answer = run("nominate", *files, *ask, cwd=tmp_path)
    assert answer.code == 0, answer.err
    lines = warned(answer.err)
    assert len(lines) == len(set(lines))
    kinds = [(file, kind) for file in files for kind in ("key-unknown", "span-ungrounded", "prediction-repeated")]
    assert sorted((line.partition(":")[0], line.partition("[")[2].partition("]")[0]) for line in lines) == sorted(kinds)
