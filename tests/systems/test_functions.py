"""`module:attribute`: a function of ten lines, and what people get wrong in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from khabar import api
from tests.cli.conftest import Khabar

PUTIN = '{"entities": [{"text": "بوتين", "label": "PERS"}]}'


@pytest.mark.parametrize(
    "code",
    [
        f"def extract(document): return {PUTIN}",
        f"class extract:\n    n = 0\n    def __call__(self, document): self.n += 1; return {PUTIN}",
        f"extract = lambda document: {PUTIN}",
        f"import os\ndef extract(document):\n    print('noise'); os.system('echo noise'); return {PUTIN}",
        f"class extract:\n    def __call__(self, document): return {PUTIN}\n    def disputes(self, story, documents, annotations): yield from []",
    ],
    ids=[
        "function",
        "class with state",
        "lambda",
        "one that prints, and lets programs print",
        "a generator of disputes",
    ],
)
def test_what_can_be_a_system(code: str, khabar: Khabar, here: Path) -> None:
    (here / "mine.py").write_text(code, "utf-8")
    answer = khabar("run", "mine:extract", "--gold", "gold.jsonl", "--json", "--out", "out.jsonl")
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["headline"]["entities"] == 1.0
    assert len((here / "out.jsonl").read_text("utf-8").splitlines()) == 4


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("def extract(document):\n    if document.doc_id == 'c': raise ValueError('no luck')\n    return {}",
         ["document c: ValueError: no luck (mine.py, line 2)"]),
        ("def extract(document):\n    if document.doc_id in 'bd': return [1]\n    return {}",
         ["document b: it returned a list, not annotations", "document d: it returned a list"]),
        ("def extract(document): document.text = ''; return {}",
         [f"document {name}: AttributeError" for name in "abcd"]),
        ("def extract(): return {}", [f"document {name}: TypeError" for name in "abcd"]),
        ("async def extract(document): return {}", ["document a: it returned a coroutine, not annotations (an async function"]),
        ("def extract(document): yield {}", ["document a: it returned a generator"]),
        ("def extract(document): return {'entities': [{'text': 'x', 'label': 'PERSON'}]}", ["label-unknown"]),
        ("def extract(document): return {'doc_id': 'z'}", ["document z: no document 'z' in the gold"]),
        ("import sys\ndef extract(document): sys.exit(0)", ["document a: SystemExit: 0 (mine.py, line 2)"]),
        ("import nosuch", ["'mine' cannot be imported: ModuleNotFoundError"]),
        ("extract = 7", ["'mine:extract' is not callable"]),
        ("class extract:\n    def __init__(self, model): pass", ["'mine:extract' cannot be made: TypeError"]),
    ],
)  # fmt: skip
def test_what_cannot(code: str, says: list[str], khabar: Khabar, here: Path) -> None:
    """Every document it fails on is named, and nothing is written."""
    (here / "mine.py").write_text(code, "utf-8")
    answer = khabar("run", "mine:extract", "--gold", "gold.jsonl", "--out", "out.jsonl")
    assert (answer.code, answer.out) == (2, "")
    for words in says:
        assert words in answer.err
    assert not (here / "out.jsonl").exists()


def test_a_misspelt_layer_is_warned_of(khabar: Khabar, here: Path) -> None:
    """It would else score 0 without a word; in Python too."""
    (here / "mine.py").write_text(f"def extract(document): return {PUTIN.replace('entities', 'entity')}", "utf-8")
    answer = khabar("run", "mine:extract", "--gold", "gold.jsonl", "--json")
    assert json.loads(answer.out)["headline"]["entities"] == 0
    assert answer.err.count("warning[key-unknown]") == 4
    with pytest.warns(UserWarning, match="unknown key 'entity'"):
        api.run(lambda document: {"entity": []}, gold=here / "gold.jsonl")


def test_an_installed_system_is_known_by_its_name(khabar: Khabar, here: Path) -> None:
    """The entry-point group is `khabar.systems`."""
    (here / "mine.py").write_text(f"def extract(document): return {PUTIN}", "utf-8")
    installed = here / "mine-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[khabar.systems]\nputin = mine:extract\n")
    answer = khabar("run", "putin", "--gold", "gold.jsonl", "--json", PYTHONPATH=str(here))
    assert json.loads(answer.out)["headline"]["entities"] == 1.0
    answer = khabar("run", "putni", "--gold", "gold.jsonl", PYTHONPATH=str(here))
    assert answer.code == 2
    assert "tagger, putin, or write cmd:COMMAND, openai:MODEL, " in answer.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["cmd:"], "error[system-unknown] cmd: without anything behind it; write cmd:COMMAND"),
        (["cmd:cat", "--time-limit", "0"], "error[option-wrong] --time-limit 0 is not a number of seconds above 0"),
        (["cmd:cat", "--time-limit", "nan"], "error[option-wrong]"),
        (["cmd:cat", "--jobs", "0"], "error[option-wrong] --jobs 0 is less than 1"),
        (["cmd:cat", "--price", "cheap"], "error[option-wrong] --price 'cheap' is not two prices"),
        (["cmd:cat", "--out", "."], "error[file-unwritable]"),
    ],
)
def test_terms_nobody_can_keep(options: list[str], says: str, khabar: Khabar) -> None:
    answer = khabar("run", *options, "--gold", "gold.jsonl")
    assert (answer.code, answer.out) == (2, "")
    assert says in answer.err


def test_a_failure_keeps_the_other_answers(khabar: Khabar, here: Path) -> None:
    """With --out, beside it; they go when all is answered. Without --out nothing is written."""
    code = f"def extract(document):\n    if document.doc_id == 'c': raise ValueError\n    return {PUTIN}"
    (here / "mine.py").write_text(code, "utf-8")
    before = sorted(path.name for path in here.iterdir())
    assert khabar("run", "mine:extract", "--gold", "gold.jsonl").code == 2
    assert sorted(path.name for path in here.iterdir() if path.name != "__pycache__") == before
    answer = khabar("run", "mine:extract", "--gold", "gold.jsonl", "--out", "out.jsonl")
    assert (answer.code, answer.out) == (2, "")
    assert "what was answered, 3 document(s), is kept in out.jsonl.answered" in answer.err
    kept = [json.loads(line) for line in (here / "out.jsonl.answered").read_text("utf-8").splitlines()]
    assert [line["doc_id"] for line in kept] == ["a", "b", "d"]
    assert not (here / "out.jsonl").exists()
    (here / "mine.py").write_text(f"def extract(document): return {PUTIN}", "utf-8")
    assert khabar("run", "mine:extract", "--gold", "gold.jsonl", "--out", "out.jsonl").code == 0
    assert not (here / "out.jsonl.answered").exists()
