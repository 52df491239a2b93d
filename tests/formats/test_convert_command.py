"""`khabar convert` as people type it, on the released corpus, and with files made to break it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from khabar.cli.app import app
from khabar.reading.incidents import InputError
from tests.cli.conftest import Answer, run

HOSTILE_LINE = "# newdoc id = 001_moscow\n"


Convert = Callable[..., Answer]


@pytest.fixture
def convert(here: Path, monkeypatch: pytest.MonkeyPatch) -> Convert:
    """The command in this process, as `main` runs it; what starts processes is tested by those that name `run`."""
    monkeypatch.chdir(here)

    def converted(*arguments: str) -> Answer:
        answer = CliRunner().invoke(app, ["convert", *arguments, "--gold", "gold.jsonl"])
        if isinstance(answer.exception, InputError):
            return Answer(2, answer.stdout, answer.stderr + str(answer.exception))
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return Answer(answer.exit_code, answer.stdout, answer.stderr)

    return converted


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("oracle")
    assert run("run", "oracle", "--out", "oracle.jsonl", "--json", cwd=folder).code == 0
    return folder / "oracle.jsonl"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("out", "wanted", "layers"),
    [
        ("x.conll", "conll", ("entities",)),
        ("x.spacy", "spacy", ("entities",)),
        ("x.parquet", "hf", ("entities",)),
        ("x", "brat", ("entities", "numbers", "quotes")),
        ("x.json", "labelstudio", ("entities", "numbers", "quotes")),
        ("x.json", "llm", ("entities", "numbers", "quotes")),
    ],
)
def test_gold_through_a_format_is_still_gold(
    oracle: Path, tmp_path: Path, out: str, wanted: str, layers: tuple[str, ...]
) -> None:
    there = run("convert", oracle, out, "--to", wanted, "--json", cwd=tmp_path)
    assert there.code == 0, there.err
    told = json.loads(there.out)
    assert told["lost"]["disputes"] == told["rows"]["disputes"] > 0
    assert ("numbers" in told["lost"]) == ("numbers" not in layers)
    assert run("convert", out, "back.jsonl", cwd=tmp_path).code == 0
    scored = run("score", "back.jsonl", "--json", "--layers", ",".join(layers), cwd=tmp_path)
    assert {layer: json.loads(scored.out)["headline"][layer] for layer in layers} == dict.fromkeys(layers, 1.0)


def test_what_is_lost_is_said(here: Path) -> None:
    line = {"doc_id": "001_moscow", "numbers": [{"text": "١٤ ألف جندي", "kind": "count"}]}
    (here / "said.jsonl").write_text(json.dumps(line), "utf-8")
    answer = run("convert", "said.jsonl", "said.conll", "--gold", "gold.jsonl", cwd=here)
    assert (answer.code, answer.err) == (0, "lost: 1 numbers\n")
    assert answer.out == "predictions → conll: 1 document(s), 1 numbers\n"


@pytest.mark.parametrize(
    ("name", "content", "incident"),
    [
        ("x.conll", b"\xff\xfe\x28\x06", "file-not-text"),
        ("x.conll", "قال O\n".encode("cp1256"), "file-not-text"),
        ("x.conll", b"", "file-empty"),
        ("x.conll", b"O\n", "format-broken"),
        ("x.conll", f"{HOSTILE_LINE}بوتين\tPERS\n".encode(), "format-broken"),
        ("x.conll", "# newdoc id = ../../etc/passwd\nبوتين\tB-PERS\n".encode(), "document-unknown"),
        ("x.conll", b"a\0b\tO\n", "file-not-text"),
        ("x.spacy", b"", "format-broken"),
        ("x.spacy", zlib.compress(b"x" * 1000)[:-9], "format-broken"),
        pytest.param("x.spacy", zlib.compress(b"\x83\xa1a"), "format-broken", marks=pytest.mark.slow),
        ("x.spacy", b"PK\x03\x04", "format-broken"),
        ("x.parquet", b"PAR1", "file-not-parquet"),
        ("x.json", b"[" * 100000, "format-unknown"),
        ("x.json", b'[{"data": {"text": 5}}]', "key-missing"),
        ("x.json", b'[{"data": {"text": "a"}, "annotations": 5}]', "format-broken"),
        ("x.json", b'[{"data": {"text": "a"}, "annotations": [{"result": [{"type": "labels"}]}]}]', "format-broken"),
        ("x.json", b'{"entities": []}', "key-missing"),
        ("x.json", b'{"nobody": {"entities": []}}', "document-unknown"),
        ("x.json", '{"001_moscow": {"entities": [{"text": "بوتين"'.encode(), "format-unknown"),
        ("x.md", '```json\n{"001_moscow": {"entities": [{"text": "بوتين"\n```'.encode(), "json-broken"),
        ("x.zip", b"PK\x03\x04", "format-unknown"),
    ],
)
def test_broken_files_are_refused(here: Path, convert: Convert, name: str, content: bytes, incident: str) -> None:
    assert_refused(here, convert, name, content, incident)


def test_a_file_that_unpacks_to_hundreds_of_megabytes_is_refused(here: Path, convert: Convert) -> None:
    assert_refused(here, convert, "x.spacy", zlib.compress(bytes(300 << 20), 1), "file-too-large")


def assert_refused(here: Path, convert: Convert, name: str, content: bytes, incident: str) -> None:
    (here / name).write_bytes(content)
    answer = convert(name, "out.jsonl")
    assert answer.code == 2
    assert f"error[{incident}]" in answer.err
    assert not (here / "out.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere.conll", "out.jsonl"), "no such file"),
        (("gold.jsonl", "out.xyz"), "--to"),
        (("gold.jsonl", "gold.jsonl"), "IN itself"),
        (("gold.jsonl", "out.conll", "--to", "xml"), "there is predictions, conll"),
        (("gold.jsonl", "out.conll", "--labels", "mine"), "wojood"),
        (("gold.jsonl", "out.conll", "--repair", "magic"), "conlleval"),
        (("gold.jsonl", "out.conll", "--columns", "0"), "from 2 to 999"),
    ],
)
def test_wrong_usage_is_explained(convert: Convert, arguments: tuple[str, ...], words: str) -> None:
    answer = convert(*arguments)
    assert answer.code == 2
    assert words in answer.err


@pytest.mark.parametrize("doc_id", ["../out", "a/b", "..", ".hidden", "a\\b", "x" * 300])
def test_names_of_documents_do_not_lead_out_of_the_folder(here: Path, convert: Convert, doc_id: str) -> None:
    (here / "said.jsonl").write_text(json.dumps({"doc_id": doc_id, "text": "نص"}), "utf-8")
    before = sorted(here.rglob("*"))
    answer = convert("said.jsonl", "folder", "--to", "brat")
    assert answer.code == 2
    assert "error[path-unsafe]" in answer.err
    assert sorted(here.rglob("*")) == before


def test_links_in_a_brat_folder_are_not_followed(here: Path, convert: Convert) -> None:
    (here / "folder").mkdir()
    (here / "folder" / "a.ann").write_text("", "utf-8")
    (here / "folder" / "a.txt").symlink_to("/etc/passwd")
    answer = convert("folder", "out.jsonl")
    assert answer.code == 2
    assert "error[path-unsafe]" in answer.err


@pytest.mark.parametrize(
    ("ann", "incident"),
    [
        ("T1\tPERS 0 999\tبوتين\n", "span-outside"),
        ("T1\tPERS 5 5\t\n", "span-empty"),
        ("T1\tPERS 1 6\tبوتين\n", "span-surface"),
        ("T1\tPERS 0 99999999999999999999\tx\n", "format-broken"),
        ("T1 PERS 0 5 بوتين\n", "format-broken"),
        ("T1\tPERS 0 5\tبوتين\nT1\tPERS 0 5\tبوتين\n", "id-repeated"),
        ("R1\tcue Arg1:T1 Arg2:T2\n", "reference-unknown"),
        ('T1\tPERS 0 5\tبوتين\n#1\tAnnotatorNotes T1\t{"entity_id": 5}\n', "value-wrong"),
    ],
)
def test_broken_standoff_is_refused_with_its_line(here: Path, convert: Convert, ann: str, incident: str) -> None:
    (here / "folder").mkdir()
    (here / "folder" / "mine.txt").write_text("بوتين يشيد بالأبطال", "utf-8")
    (here / "folder" / "mine.ann").write_text(ann, "utf-8")
    answer = convert("folder", "out.jsonl")
    assert answer.code == 2
    assert f"error[{incident}]" in answer.err


def test_a_folder_with_other_annotations_is_left_alone(here: Path, convert: Convert) -> None:
    (here / "folder").mkdir()
    (here / "folder" / "old.ann").write_text("", "utf-8")
    answer = convert("gold.jsonl", "folder", "--to", "brat")
    assert answer.code == 2
    assert "old.ann" in answer.err
    assert [path.name for path in (here / "folder").iterdir()] == ["old.ann"]
