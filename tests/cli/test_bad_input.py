"""Bad input: refused with every problem listed at once, exit code 2, nothing on stdout, and nothing written."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from khabar import api
from khabar.corpus.gold import load_gold
from khabar.reading.incidents import Incident, Incidents, InputError, errors
from khabar.records.labels import LAYERS, Layer
from tests.cli.conftest import SHARED, Khabar, run

DOC = "001_moscow"
GOOD = json.dumps({"doc_id": DOC, "entities": [{"text": "بوتين", "label": "PERS"}]}, ensure_ascii=False)
MANY = [
    json.dumps({"doc_id": DOC, "entities": [{"start": 0, "end": 5, "label": "PERSON"},
                                            {"start": 5, "end": 5, "label": "PERS"}]}),
    '{"doc_id": "002_kyiv", "entities": [',
    json.dumps({"doc_id": "999_nowhere"}),
    json.dumps({"doc_id": DOC, "numbers": [{"start": 0, "end": 400, "kind": "count", "low": "many"}]}),
    '{"doc_id": "003", "numbers": [{"low": NaN}]}',
    json.dumps({"story": "kursk", "confidence": 7, "sides": [{"spans": [{"doc_id": DOC, "start": -1, "end": 4}]}]}),
    json.dumps({"story": "kursk", "sides": [{"value": "1", "spans": [{"doc_id": "888", "start": 0, "end": 4}]}]}),
]  # fmt: skip
WANTED = [
    "many.jsonl:1: error[label-unknown] document 001_moscow: entities[0].label is 'PERSON'",
    "many.jsonl:1: error[span-empty] document 001_moscow, offset 5: entities[0]: [5, 5)",
    "many.jsonl:2: error[json-broken]",
    "many.jsonl:3: error[document-unknown] document 999_nowhere:",
    "many.jsonl:4: error[document-repeated] document 001_moscow: first given on line 1",
    "many.jsonl:5: error[json-broken]",
    "many.jsonl:6: error[confidence-range]",
    "many.jsonl:6: error[span-empty] document 001_moscow, offset -1: sides[0]: [-1, 4)",
    "many.jsonl:7: error[document-unknown] document 888:",
]


@pytest.mark.parametrize("command", ["validate", "score", "compare"])
def test_every_problem_at_once(khabar: Khabar, here: Path, command: str) -> None:
    (here / "many.jsonl").write_text("\n".join(MANY) + "\n", "utf-8")
    (here / "none.jsonl").write_bytes(b"")
    files = ["many.jsonl", "none.jsonl"] if command == "compare" else ["many.jsonl"]
    answer = khabar(command, *files, "--gold", "gold.jsonl")
    assert (answer.code, answer.out) == (2, "")
    wanted = [*WANTED, *(["none.jsonl: error[file-empty]"] if command == "compare" else [])]
    assert len(answer.err.splitlines()) == len(wanted), answer.err
    for line, start in zip(answer.err.splitlines(), wanted, strict=True):
        assert line.startswith(start)


def test_the_same_in_json(khabar: Khabar, here: Path) -> None:
    """`validate --json` gives the incidents on stdout, each with all of its keys."""
    (here / "many.jsonl").write_text("\n".join(MANY) + "\n", "utf-8")
    answer = khabar("validate", "many.jsonl", "--gold", "gold.jsonl", "--json")
    assert (answer.code, answer.err) == (2, "")
    told = json.loads(answer.out)
    assert told["valid"] is False
    assert len(told["incidents"]) == len(WANTED)
    for each in told["incidents"]:
        assert set(each) == {"id", "message", "file", "line", "doc_id", "offset", "fix", "level"}
        assert each["fix"]
        assert each["file"] == "many.jsonl"


def test_missing_documents(khabar: Khabar, here: Path) -> None:
    """All of them are named. Where only disputes are scored no line is needed."""
    gold = [{"doc_id": f"d{at}", "text": "نص"} for at in range(3)]
    (here / "gold3.jsonl").write_text("".join(json.dumps(line) + "\n" for line in gold), "utf-8")
    (here / "one.jsonl").write_text('{"doc_id": "d1"}\n', "utf-8")
    answer = khabar("score", "one.jsonl", "--gold", "gold3.jsonl")
    assert (answer.code, answer.out) == (2, "")
    assert [line.split(":")[1].split("]")[0] for line in answer.err.splitlines()] == [" error[document-missing"] * 2
    assert "document d0" in answer.err
    assert "document d2" in answer.err
    assert khabar("score", "one.jsonl", "--gold", "gold3.jsonl", "--layers", "conflicts").code == 0


@pytest.mark.parametrize("command", ["validate", "score"])
@pytest.mark.parametrize(
    ("named", "says"),
    [
        (
            "corpus",
            "corpus: error[file-unreadable] this is a corpus, which holds gold. "
            "Fix: name a file of predictions, and this folder with --gold.",
        ),
        ("-", "-: error[file-missing] standard input is not read. Fix: save it as a file, and name the file."),
    ],
)
def test_what_holds_no_predictions(built: Path, command: str, named: str, says: str) -> None:
    answer = run(command, named, "--gold", "corpus", cwd=built)
    assert (answer.code, answer.out, answer.err) == (2, "", f"{says}\n")


def test_nothing_is_written_for_a_system_that_says_nonsense(khabar: Khabar, here: Path) -> None:
    (here / "nonsense.py").write_text(
        'def extract(document):\n    return {"entities": [{"start": 9, "end": 2, "label": "PERS"}]}\n', "utf-8"
    )
    answer = khabar("run", "nonsense:extract", "--gold", "gold.jsonl", "--out", "out.jsonl")
    assert (answer.code, answer.out) == (2, "")
    assert "error[span-empty] document 001_moscow, offset 9" in answer.err
    assert not (here / "out.jsonl").exists()


def test_out_that_cannot_be_written(khabar: Khabar, here: Path) -> None:
    answer = khabar("run", "empty", "--gold", "gold.jsonl", "--out", "seeds")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("seeds: error[file-unwritable]")
    assert sorted(path.name for path in here.iterdir()) == ["card.toml", "gold", "gold.jsonl", "seeds"]


def test_what_a_file_says_cannot_move_the_cursor(khabar: Khabar, here: Path) -> None:
    """Control characters of somebody's file are printed escaped, and make up no line of their own."""
    doc_id = "\x1b[2J\rx\nforged.jsonl:1: error[key-missing] all is well\u2028"
    (here / "ansi.jsonl").write_text(json.dumps({"doc_id": doc_id, doc_id: 1}) + "\n" + GOOD + "\n", "utf-8")
    answer = khabar("validate", "ansi.jsonl", "--gold", "gold.jsonl")
    assert answer.code == 2
    assert [line.split("[")[0] for line in answer.err.splitlines()] == ["ansi.jsonl:1: warning", "ansi.jsonl:1: error"]
    assert not {"\x1b", "\r", "\u2028"} & set(answer.err + answer.out)


# The rest asks the same functions in this process: a start of Python for each would take minutes.


def _problems(predictions: Path, layers: Sequence[Layer] = LAYERS) -> list[Incident]:
    with pytest.raises(InputError) as caught:
        api.score(predictions, gold=SHARED / "gold.jsonl", layers=layers)
    return errors(list(caught.value.incidents))


def _entity(**keys: object) -> str:
    return json.dumps({"doc_id": DOC, "entities": [{"label": "PERS", **keys}]})


def _number(low: str) -> str:
    return f'{{"doc_id": "{DOC}", "numbers": [{{"start": 0, "end": 5, "kind": "count", "low": {low}}}]}}'


REFUSED = {
    "null": ("null", "json-not-object"),
    "a list": (f"[{GOOD}]", "json-not-object"),
    "two objects on a line": (GOOD + GOOD, "json-broken"),
    "old Mac line ends": (f"{GOOD}\r{GOOD}", "json-broken"),
    "a comment": (f"// {GOOD}", "json-broken"),
    "cut off": (GOOD[:-3], "json-broken"),
    "nested a million deep": ('{"doc_id": ' + "[" * 1_000_000, "json-broken"),
    "nested 900 deep": ('{"doc_id": ' + "[" * 900 + "]" * 900 + "}", "value-wrong"),
    "half a surrogate pair": ('{"doc_id": "\\ud800"}', "json-broken"),
    "half a surrogate pair in a key": (f'{{"doc_id": "{DOC}", "\\udc00x": 1}}', "json-broken"),
    "NaN": (_number("NaN"), "json-broken"),
    "Infinity": (_number("-Infinity"), "json-broken"),
    "a float out of range": (_number("1e999"), "json-broken"),
    "5,000 digits": (_number("1" * 5000), "json-broken"),
    "5,000 digits in a string": (_number(f'"{"1" * 5000}"'), "number-not-numeric"),
    "a huge exponent": (_number('"1e999999999"'), "number-not-numeric"),
    "a division by zero": (_number('"1/0"'), "number-not-numeric"),
    "nan in a string": (_number('"nan"'), "number-not-numeric"),
    "no number": (_number('""'), "number-not-numeric"),
    "a boolean as a value": (_number("true"), "value-wrong"),
    "null doc_id": ('{"doc_id": null}', "value-wrong"),
    "null entity": (f'{{"doc_id": "{DOC}", "entities": [null]}}', "value-wrong"),
    "null content": (f'{{"doc_id": "{DOC}", "quotes": [{{"content": null}}]}}', "value-wrong"),
    "null in a chain": (f'{{"doc_id": "{DOC}", "quotes": [{{"content": [], "source_chain": [null]}}]}}', "value-wrong"),
    "an object for a list": (f'{{"doc_id": "{DOC}", "entities": {{}}}}', "value-wrong"),
    "no keys": ("{}", "key-missing"),
    "a boolean offset": (_entity(start=True, end=5), "value-wrong"),
    "a fractional offset": (_entity(start=0.5, end=5), "value-wrong"),
    "a float offset": (_entity(start=0.0, end=5), "value-wrong"),
    "a string offset": (_entity(start="0", end=5), "value-wrong"),
    "a huge offset": (_entity(start=0, end=10**30), "span-outside"),
    "start is end": (_entity(start=5, end=5), "span-empty"),
    "a negative start": (_entity(start=-5, end=5), "span-empty"),
    "a negative end": (_entity(start=0, end=-1), "span-empty"),
    "end before start": (_entity(start=5, end=0), "span-empty"),
    "only an end": (_entity(end=5, text="بوتين"), "span-incomplete"),
    "neither offsets nor text": (_entity(), "span-incomplete"),
    "occurrence 0": (_entity(text="بوتين", occurrence=0), "occurrence-wrong"),
    "the wrong text": (_entity(start=1, end=6, text="بوتين"), "span-surface"),
    "a wrong alternative": (
        json.dumps({"doc_id": DOC, "quotes": [{"content": [{"start": 0, "end": 5}],
                    "alternatives": [{"content": [{"start": 0, "end": 5, "text": "x"}]}]}]}),
        "span-surface",
    ),
    "a speaker with an end only": (
        json.dumps({"doc_id": DOC, "quotes": [{"content": [{"start": 0, "end": 5}], "speaker": {"end": 5}}]}),
        "span-incomplete",
    ),
    "a confidence in words": ('{"story": "kursk", "confidence": "0.5", "sides": []}', "value-wrong"),
    "a boolean confidence": ('{"story": "kursk", "confidence": true, "sides": []}', "value-wrong"),
    "a negative confidence": ('{"story": "kursk", "confidence": -0.01, "sides": []}', "confidence-range"),
    "sides of no story": ('{"sides": []}', "key-missing"),
    "a side of a document elsewhere": (
        '{"story": "kursk", "sides": [{"spans": [{"doc_id": "x", "start": 0, "end": 5}]}]}',
        "document-unknown",
    ),
    "a side beyond the text": (
        f'{{"story": "kursk", "sides": [{{"spans": [{{"doc_id": "{DOC}", "start": 0, "end": 500}}]}}]}}',
        "span-outside",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(REFUSED))
def test_refused_line(name: str, tmp_path: Path) -> None:
    """One bad line: exactly one problem, at its line. (Where only disputes are scored, no document needs a line.)"""
    line, wanted = REFUSED[name]
    path = tmp_path / "predictions.jsonl"
    path.write_text(f"\n{line}\n", "utf-8", newline="")
    found = _problems(path, ["conflicts"])
    assert [(incident.id, incident.line) for incident in found] == [(wanted, 2)], "\n".join(map(str, found))
    assert len(str(found[0])) < 1000


ACCEPTED = {
    "a BOM": "\ufeff" + GOOD,
    "CRLF": GOOD + "\r\n",
    "blank lines": f"\n \n{GOOD}\n\n",
    "null layers": f'{{"doc_id": "{DOC}", "entities": null, "numbers": null, "quotes": null}}',
    "null keys": _entity(start=None, end=None, text="بوتين", occurrence=None, wikidata=None, id=None),
    "no line break at the end": GOOD,
    "one side": GOOD + '\n{"story": "kursk", "sides": [{"value": 1e300, "spans": []}]}',
    "Arabic digits": _number('"١٤"'),
}


@pytest.mark.parametrize("name", list(ACCEPTED))
def test_accepted_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    path.write_bytes(ACCEPTED[name].encode())
    incidents = Incidents()
    api.score(path, gold=SHARED / "gold.jsonl", resamples=10, incidents=incidents)
    assert incidents.errors == []


def _written(folder: Path, kind: str) -> Path:
    path = folder / "predictions.jsonl"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("no named pipes here")
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "long name":
        path = folder / ("ط" * 300)
    else:
        data = {"UTF-16": GOOD.encode("utf-16"), "CP1256": GOOD.encode("cp1256"), "empty": b"", "blank": b"\n\n"}
        path.write_bytes(data[kind])
    return path


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("folder", "file-unreadable"),
        ("pipe", "file-unreadable"),
        ("loop", "file-missing"),
        ("long name", "file-unreadable"),
        ("UTF-16", "file-not-text"),
        ("CP1256", "file-not-text"),
        ("empty", "file-empty"),
        ("blank", "file-empty"),
    ],
)
def test_refused_file(kind: str, wanted: str, tmp_path: Path) -> None:
    path = _written(tmp_path, kind)
    found = _problems(path)
    assert [incident.id for incident in found] == [wanted]
    assert found[0].file == str(path)


def _parquet(folder: Path, kind: str) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    binary = pa.array([b"\xff\xfe"])
    tables = {
        "numbers for doc_id": pa.table({"doc_id": [1]}),
        "bytes for doc_id": pa.table({"doc_id": [b"001_moscow"]}),
        "float offsets": pa.table({"doc_id": [DOC], "entities": [[{"start": 0.0, "end": 5.0, "label": "PERS"}]]}),
        "JSON in strings": pa.table({"doc_id": [DOC], "entities": ["[]"]}),
        "a map": pa.table({"doc_id": [DOC], "entities": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64()))}),
        "no UTF-8": pa.table({"doc_id": pa.StringArray.from_buffers(1, binary.buffers()[1], binary.buffers()[2])}),
        "a time out of range": pa.table({"doc_id": pa.array([2**62], pa.timestamp("us"))}),
        "no rows": pa.table({"doc_id": pa.array([], pa.string())}),
        "no columns": pa.table({}),
        "NaN": pa.table({"story": ["kursk"], "confidence": [float("nan")], "sides": [[{"value": "1"}]]}),
    }
    path = folder / "predictions.parquet"
    pq.write_table(tables.get(kind, pa.table({"doc_id": [DOC]})), path)
    data = path.read_bytes()
    if kind == "truncated":
        path.write_bytes(data[:-20])
    elif kind == "zeroed":
        path.write_bytes(data[:4] + bytes(len(data) - 12) + data[-8:])
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "named .jsonl":
        return path.rename(folder / "predictions.jsonl")
    return path


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("numbers for doc_id", {"value-wrong"}),
        ("bytes for doc_id", {"value-wrong"}),
        ("float offsets", {"value-wrong"}),
        ("JSON in strings", {"value-wrong"}),
        ("a map", {"value-wrong"}),
        ("no UTF-8", {"file-not-parquet"}),
        ("a time out of range", {"file-not-parquet"}),
        ("no rows", {"file-empty"}),
        ("no columns", {"file-empty"}),
        ("NaN", {"confidence-range", "document-missing"}),
        ("truncated", {"file-not-parquet"}),
        ("zeroed", {"file-not-parquet"}),
        ("empty", {"file-not-parquet"}),
        ("named .jsonl", {"file-not-text"}),
    ],
)
def test_refused_parquet(kind: str, wanted: set[str], tmp_path: Path) -> None:
    found = _problems(_parquet(tmp_path, kind))
    assert {incident.id for incident in found} == wanted, "\n".join(map(str, found))


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ({"doc_id": "d", "text": "نص", "entities": [{"start": 0, "end": 2, "label": "ORG"}] * 2}, "row-repeated"),
        ({"doc_id": "d", "text": "نص", "entities": [{"start": 0, "end": 3, "label": "ORG"}]}, "span-outside"),
        ({"doc_id": "d", "text": "نص", "zones": [{"start": -1, "end": 900, "zone": "body"}]}, "zones-broken"),
        (
            {
                "story": "s",
                "sides": [
                    {"spans": [{"doc_id": "good", "start": 0, "end": 2}]},
                    {"spans": [{"doc_id": "other", "start": 0, "end": 2}]},
                ],
            },
            "document-unknown",
        ),
        ({"doc_id": "good"}, "document-repeated"),
    ],
)
def test_refused_gold(line: dict[str, object], wanted: str, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"doc_id": "good", "text": "نص"}\n' + json.dumps(line) + "\n", "utf-8")
    with pytest.raises(InputError) as caught:
        load_gold(path)
    assert [incident.id for incident in caught.value.incidents] == [wanted]
    assert caught.value.incidents[0].line == 2


def test_what_python_code_can_say_and_no_file(tmp_path: Path) -> None:
    """Objects straight from Python: lone surrogates, endless integers and lists are refused like anything else."""
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    items = [{"text": "\ud800", "label": "PERS"}, {"start": 0, "end": 10**5000, "label": "PERS"},
             {"start": deep, "end": 5, "label": "PERS"}]  # fmt: skip
    with pytest.raises(InputError) as caught:
        api.score([{"doc_id": DOC, "entities": items}], gold=SHARED / "gold.jsonl")
    assert [incident.id for incident in caught.value.incidents] == ["value-wrong"] * 3


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("tagged.conll", "بوتين\tB-PERS\n", "Fix: convert it (khabar convert tagged.conll predictions.jsonl)"),
        ("all.json", '\n[\n  {"doc_id": "a"}\n]\n', "all.json:2: error[json-not-object] this is a JSON array"),
        ("llm.md", '```json\n{"d": {}}\n```', "khabar convert llm.md predictions.jsonl"),
        ("llm.json", '{"d": {"entities": []}}', "khabar convert llm.json predictions.jsonl"),
        ("rows.jsonl", '{"doc_id": "d", "start": 0, "end": 5, "label": "PERS"}', '"entities": [row, …]'),
        (
            "all.json",
            '{\n  "doc_id": "a"\n}\n',
            "if it is a prediction, pack it (jq -c . all.json > predictions.jsonl)",
        ),
        (
            "all.jsonl",
            '[{"doc_id": "a"}]',
            "if its objects are predictions, unpack it (jq -c '.[]' all.jsonl > predictions.jsonl)",
        ),
    ],
)
def test_other_formats_are_told_in_one_sentence(name: str, content: str, says: str, khabar: Khabar, here: Path) -> None:
    (here / name).write_text(content, "utf-8")
    for command in ("score", "validate"):
        answer = khabar(command, name, "--gold", "gold.jsonl")
        assert (answer.code, answer.out) == (2, "")
        [line] = answer.err.splitlines()
        assert says in line
