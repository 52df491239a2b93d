"""khabar annotate agreement, as it is used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from khabar.cli.app import app
from khabar.reading.files import write_records
from khabar.reading.incidents import InputError
from khabar.records import Conflict, Entity, Row
from tests.annotations.story import a_folder, a_pass


def disputed() -> list[Row]:
    def change(row: Row) -> Row:
        if isinstance(row, Entity) and row.text == "الكرملين":
            return replace(row, label="FAC")
        return replace(row, note="another wording") if isinstance(row, Conflict) else row

    return [change(row) for row in a_pass()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(a_folder(tmp_path, a_pass(), disputed()))
    return tmp_path


def agree(*args: str) -> Result:
    return CliRunner().invoke(app, ["annotate", "agreement", *args, "--rounds", "rounds"])


def refused(*args: str) -> str:
    answer = agree(*args)
    assert isinstance(answer.exception, InputError), answer.output
    assert answer.stdout == ""
    return str(answer.exception)


def test_table(folder: Path) -> None:
    answer = agree("first")
    assert answer.exit_code == 0
    assert "span and label, F1" in answer.stdout
    assert "1 difference(s), and 1 in wording only" in answer.stdout
    (line,) = [line for line in answer.stdout.splitlines() if "FAC" in line and "label" in line]
    assert all(word in line for word in ("one", "entities", "label", "الكرملين", "ORG"))
    assert not (folder / "rounds" / "first" / "agreement.json").exists()


def test_json_lists_what_differs(folder: Path) -> None:
    found = json.loads(agree("first", "a", "b", "--json").stdout)
    start = next(row.start for row in disputed() if isinstance(row, Entity) and row.label == "FAC")
    assert found["differences"][0] == {
        "layer": "entities", "doc_id": "one", "start": start, "text": "الكرملين", "what": "label",
        "a": "ORG", "b": "FAC", "cosmetic": False,
    }  # fmt: skip
    assert [each["what"] for each in found["differences"] if each["cosmetic"]] == ["note"]


def test_write_is_reproducible(folder: Path) -> None:
    path = folder / "rounds" / "first" / "agreement.json"
    assert agree("first", "--write").exit_code == 0
    written = path.read_bytes()
    assert agree("first", "--write").exit_code == 0
    assert path.read_bytes() == written
    assert json.loads(written)["passes"] == ["a", "b"]


def test_three_passes_have_to_be_named(folder: Path) -> None:
    write_records(folder / "rounds" / "first" / "c.jsonl", a_pass())
    assert "a, b, c" in refused("first")
    assert agree("first", "a", "c").exit_code == 0
    assert agree("first", "a").exit_code == 2


def test_decisions_are_no_pass(folder: Path) -> None:
    (folder / "rounds" / "first" / "decisions.jsonl").write_text("{}\n")
    assert agree("first").exit_code == 0


@pytest.mark.parametrize("name", ["second", "..", "first/../first", "/tmp"])
def test_no_such_round(folder: Path, name: str) -> None:
    assert "round" in refused(name)


def test_no_such_pass_and_one_that_lies_elsewhere(folder: Path) -> None:
    assert "no such file" in refused("first", "a", "z")
    assert "not the name of a pass" in refused("first", "a", "../first/b")


def test_every_problem_of_both_passes(folder: Path) -> None:
    moved = [replace(row, start=row.start + 1, end=row.end + 1) if isinstance(row, Entity) else row for row in a_pass()]
    for name in ("a", "b"):
        write_records(folder / "rounds" / "first" / f"{name}.jsonl", moved)
    said = refused("first")
    assert said.count("span-surface") == 12
    assert all(f"{name}.jsonl:3" in said for name in ("a", "b"))


def test_passes_without_a_common_document(folder: Path) -> None:
    for name, doc in (("a", "one"), ("b", "two")):
        rows = [
            row
            for row in a_pass()
            if getattr(row, "doc_id", doc) == doc and type(row).__name__ not in ("Claim", "Conflict")
        ]
        write_records(folder / "rounds" / "first" / f"{name}.jsonl", rows)
    assert "no document in common" in refused("first")
