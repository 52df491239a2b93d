"""`module:attribute`: a function of ten lines, and what people get wrong in it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

import khabar as package
from khabar import api
from khabar.systems.registry import EMBEDDED
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
         ["document c: ValueError: no luck (mine.py, line 2: if document.doc_id == 'c': raise ValueError('no luck'))"]),
        ("def extract(document):\n    if document.doc_id in 'bd': return [1]\n    return {}",
         ["document b: it returned a list, not annotations. Fix: return an object of layers", "document d: it returned a list"]),
        ("def extract(document): document.text = ''; return {}",
         [f"document {name}: AttributeError" for name in "abcd"]),
        ("def extract(): return {}", [f"document {name}: TypeError" for name in "abcd"]),
        ("async def extract(document): return {}", ["document a: it returned a coroutine, not annotations (an async function"]),
        ("def extract(document): yield {}", ["document a: it returned a generator"]),
        ("def extract(document): return {'entities': [{'text': 'x', 'label': 'PERSON'}]}", ["label-unknown"]),
        ("def extract(document): return {'doc_id': 'z'}", ["document z: no document 'z' in the gold"]),
        ("import sys\ndef extract(document): sys.exit(0)", ["document a: SystemExit: 0 (mine.py, line 2: def extract(document): sys.exit(0))"]),
        ("import json\ndef extract(document):\n    return json.loads(document.doc_id)",
         ["document a: JSONDecodeError: Expecting value: line 1 column 1 (char 0) (mine.py, line 3: return json.loads"]),
        ("def extrct(document): return {}", ["module 'mine' has no 'extract'. Fix: write mine:extrct."]),
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


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("python mine.py", 'write "cmd:python mine.py"'),
        ("python mine.py --from a:b", 'write "cmd:python mine.py --from a:b"'),
        ("mine.py", 'write mine:NAME, NAME being your function, or "cmd:python mine.py" if it is a program'),
        ("mine.extract", "write mine:extract"),
    ],
)
def test_what_was_meant_is_said(written: str, fix: str, khabar: Khabar, here: Path) -> None:
    (here / "mine.py").write_text("def extract(document): return {}", "utf-8")
    answer = khabar("run", written, "--gold", "gold.jsonl")
    assert (answer.code, answer.out) == (2, "")
    assert f"Fix: {fix}." in answer.err


def test_an_installed_system_is_known_by_its_name(khabar: Khabar, here: Path) -> None:
    """The entry-point group is `khabar.systems`."""
    (here / "mine.py").write_text(f"def extract(document): return {PUTIN}", "utf-8")
    path = os.pathsep.join((str(here), str(Path(package.__file__).parents[1])))
    installed = here / "mine-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[khabar.systems]\nputin = mine:extract\n")
    answer = khabar("run", "putin", "--gold", "gold.jsonl", "--json", PYTHONPATH=path)
    assert json.loads(answer.out)["headline"]["entities"] == 1.0
    answer = khabar("run", "putni", "--gold", "gold.jsonl", PYTHONPATH=path)
    assert answer.code == 2
    assert "tagger, putin, cmd:COMMAND, openai:MODEL, " in answer.err
    assert "Fix: write putin." in answer.err
    listed = json.loads(khabar("systems", "--json", PYTHONPATH=path).out)
    assert {"written": "putin", "what": "installed: mine:extract", "extra": None, "is_installed": True} in listed


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["cmd:"], "error[system-unknown] cmd: without anything behind it. Fix: write cmd:COMMAND."),
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


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("mine.py:extract", "'mine.py' is the name of a file, and a system is named by its module. Fix: write mine:extract."),
        ("here/mine.py:extract", "Fix: in the folder here, write mine:extract."),
        ("mine.py", 'NAME being your function, or "cmd:python mine.py" if it is a program.'),
        ("mine", "Fix: write mine:NAME, NAME being your function."),
        ("ours:extract", "Fix: a file ours.py must be in this folder, or be installed."),
        ("ruels", "Fix: write rules."),
        ("nothing-like-it", "Fix: `khabar systems` says what each is."),
    ],
)  # fmt: skip
def test_a_system_that_is_written_otherwise(written: str, says: str, khabar: Khabar, here: Path) -> None:
    (here / "mine.py").write_text(f"def extract(document): return {PUTIN}", "utf-8")
    answer = khabar("run", written, "--gold", "gold.jsonl")
    assert (answer.code, answer.out) == (2, "")
    assert says in answer.err


def test_systems_are_listed_with_their_extras(khabar: Khabar) -> None:
    """Each that is listed can be run, or says which extra it lacks; what is not installed is said below."""
    answer = khabar("systems")
    assert (answer.code, answer.err) == (0, "")
    rows = {line.split()[0]: line for line in answer.out.splitlines()[2:] if line[:1].strip()}
    assert set(EMBEDDED) < set(rows)
    assert rows["openai:MODEL"].rstrip().endswith("openai")
    listed = json.loads(khabar("systems", "--json").out)
    assert {each["written"] for each in listed} <= set(rows)
    missing = dict.fromkeys(each["extra"] for each in listed if not each["is_installed"])
    told = [line for line in answer.out.splitlines() if line.startswith("not installed")]
    assert told == [f"not installed: {', '.join(missing)}; pip install 'khabar[{','.join(missing)}]'"] * bool(missing)


def test_failures_that_are_alike_are_told_once(khabar: Khabar) -> None:
    """The articles of the released corpus, with a system that fails on each."""
    answer = khabar("run", "nosuch.mine:extract")
    assert answer.code == 2
    answer = khabar("run", "os:getcwd")
    assert answer.code == 2
    first, more = answer.err.splitlines()
    assert first.startswith("error[system-failed] document 000_")
    assert re.match(r"  … and 4 more like it: documents 001_\w+, 002_", more)
