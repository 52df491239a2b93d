"""Differences between releases: every changed label, the step it asks for, and whether the version takes it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from khabar.cli.app import app
from khabar.corpus.build import build, write
from khabar.corpus.diff import DataDifference, changes, sections, shown, to_dict, verdict
from khabar.corpus.release import Version, parse_version
from khabar.corpus.tables import Tables
from khabar.reading.incidents import InputError
from khabar.records import Row

SHARED = Path(__file__).parents[1] / "incidents" / "shared"
TABLES = build(SHARED / "seeds", SHARED / "gold").tables


def _with(config: str, rows: list[Row], tables: Tables = TABLES) -> Tables:
    return {**tables, "test": {**tables["test"], config: rows}}


def _edited(config: str, at: int, **columns: object) -> Tables:
    rows = list(TABLES["test"][config])
    rows[at] = msgspec.structs.replace(rows[at], **columns)
    return _with(config, rows)


def _compared(old: Tables, new: Tables, versions: str = "1.0.0 1.0.0") -> DataDifference:
    before, after = (parse_version(each, "release.json") for each in versions.split())
    return DataDifference(before, after, tuple(changes(old, new)))


def test_nothing_differs_from_itself() -> None:
    found = _compared(TABLES, TABLES)
    assert (found.changes, found.step, found.honoured) == ((), "PATCH", True)


def test_an_edited_label_is_listed_with_both_values() -> None:
    found = _compared(TABLES, _edited("entities", 0, label="LOC"))
    [change] = found.changes
    [cell] = change.cells
    assert (change.kind, change.config, change.key) == ("changed", "entities", TABLES["test"]["entities"][0].id)
    assert (cell.column, cell.old, cell.new) == ("label", TABLES["test"]["entities"][0].label, "LOC")
    assert (found.step, found.honoured) == ("MAJOR", False)


@pytest.mark.parametrize("config", [config for config in TABLES["test"] if config != "tokens"])
def test_an_added_row_is_minor_and_a_removed_one_major(config: str) -> None:
    fewer = _with(config, TABLES["test"][config][1:])
    added, removed = _compared(fewer, TABLES), _compared(TABLES, fewer)
    assert [(change.kind, added.step) for change in added.changes] == [("added", "MINOR")]
    assert [(change.kind, removed.step) for change in removed.changes] == [("removed", "MAJOR")]
    assert added.changes[0].key == removed.changes[0].key


@pytest.mark.parametrize(
    ("config", "columns"),
    [
        ("tokens", {"tags": ("B-PERS",)}),
        ("entities", {"phenomena": ("clitic", "nested")}),
        ("quotes", {"type": "mixed"}),
        ("numbers", {"zone": "heading"}),
    ],
)
def test_what_the_corpus_computes_is_no_edit_of_gold(config: str, columns: dict[str, object]) -> None:
    """A new outer span makes an old one nested: only something was added."""
    found = _compared(TABLES, _edited(config, 0, **columns))
    assert [(change.follows, found.step) for change in found.changes] == [(True, "MINOR")]


def test_an_annotated_phenomenon_and_the_type_of_an_issue_are_gold() -> None:
    assert _compared(TABLES, _edited("entities", 0, phenomena=("metonymy",))).step == "MAJOR"
    other = "evaluative" if TABLES["test"]["conflicts"][0].type != "evaluative" else None
    assert _compared(TABLES, _edited("conflicts", 0, type=other)).step == "MAJOR"


def test_order_of_rows_is_no_change() -> None:
    assert not _compared(TABLES, _with("entities", TABLES["test"]["entities"][::-1])).changes


def test_a_split_that_comes_is_an_addition() -> None:
    only = {"test": TABLES["test"]}
    assert {change.split for change in _compared(only, TABLES).changes} == {"floods"}
    assert _compared(only, TABLES).step == "MINOR"
    assert _compared(TABLES, only).step == "MAJOR"


@pytest.mark.parametrize(
    ("old", "new", "step", "wanted"),
    [
        ("0.1.0", "0.2.0", "MAJOR", False),
        ("0.1.0", "1.0.0", "MAJOR", True),
        ("1.9.0", "1.10.0", "MINOR", True),
        ("1.9.0", "1.9.1", "MINOR", False),
        ("1.9.0", "2.0.0", "MINOR", True),
        ("1.9.0", "1.9.0", "PATCH", True),
        ("1.9.1", "1.9.0", "PATCH", False),
        ("2.0.0", "1.3.0", "MINOR", False),
    ],
)
def test_a_version_honours_a_step(old: str, new: str, step: str, wanted: bool) -> None:
    assert parse_version(old, "").is_honoured_by(parse_version(new, ""), step) is wanted  # type: ignore[arg-type]


def test_the_least_version_honours_its_step() -> None:
    for step in ("MAJOR", "MINOR", "PATCH"):
        assert Version(1, 2, 3).is_honoured_by(Version(1, 2, 3).after(step), step)


@pytest.mark.parametrize("text", ["1.0", "1.0.0-rc1", "01.0.0", "one", "1.0.٣", ""])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_version(text, "corpus/release.json")
    assert [(each.id, each.file) for each in caught.value.incidents] == [("value-wrong", "corpus/release.json")]


def test_the_table_shows_surfaces_and_what_differs_of_a_list() -> None:
    tags = list(TABLES["test"]["tokens"][0].tags)
    tags[0] = "B-LOC"
    found = _compared(TABLES, _edited("tokens", 0, tags=tuple(tags)))
    [section] = sections(found)
    assert section.heading == "tokens (test): 1 changed, all of it computed from other rows"
    [line] = section.lines
    assert (line.sign, line.column, line.old, line.new) == ("~", "tags", TABLES["test"]["tokens"][0].tags[0], "B-LOC")
    assert line.surface.split()[0] == TABLES["test"]["tokens"][0].tokens[0]


def test_a_value_is_shown_on_one_line_and_cut_in_the_middle() -> None:
    assert shown({"start": 3, "end": 7, "text": "بو\nتن"}) == r"3–7 بو\nتن"
    assert shown("\x1b[31m\u202e") == r"\x1b[31m\u202e"
    assert shown(None) == "∅"
    assert shown("ا" * 100) == f"{'ا' * 30} … {'ا' * 30}"


def test_the_verdict_names_the_version_that_would_do() -> None:
    found = _compared(TABLES, _edited("entities", 0, label="LOC"), "1.2.3 1.3.0")
    assert verdict(found).endswith("which is MAJOR; NOT honoured, at least 2.0.0")
    assert verdict(replace(found, new=Version(2, 0, 0))).endswith("which is MAJOR; honoured")


def _released(folder: Path, version: str, edit: tuple[str, str] = ("", "")) -> Path:
    gold = folder / "gold"
    gold.mkdir(parents=True)
    (gold / "rows.jsonl").write_text((SHARED / "gold" / "rows.jsonl").read_text("utf-8").replace(*edit, 1), "utf-8")
    (gold / "release.json").write_text(json.dumps({"name": "khabar", "version": version, "date": "2026-01-01"}))
    write(build(SHARED / "seeds", gold), folder / "corpus")
    return folder / "corpus"


def test_the_command(tmp_path: Path) -> None:
    old = _released(tmp_path / "old", "1.0.0")
    new = _released(tmp_path / "new", "1.0.1", ('"label": "PERS", "name"', '"label": "ORG", "name"'))
    answer = CliRunner().invoke(app, ["corpus", "diff", str(old), str(new), "--json"])
    told = json.loads(answer.stdout)
    assert answer.exit_code == 1
    assert (told["step"], told["honoured"], told["old"], told["new"]) == ("MAJOR", False, "1.0.0", "1.0.1")
    assert told["counts"]["test"]["entities"] == {"added": 0, "removed": 0, "changed": 1}
    edited = next(each for each in told["changes"] if each["config"] == "entities")
    assert edited["columns"] == {"label": {"old": "PERS", "new": "ORG"}}
    assert edited["surface"]

    answer = CliRunner().invoke(app, ["corpus", "diff", str(old), str(new)])
    assert answer.exit_code == 1
    for words in (edited["surface"], "PERS", "ORG", "1 changed", "NOT honoured, at least 2.0.0"):
        assert words in answer.stdout
    assert CliRunner().invoke(app, ["corpus", "diff", str(old), str(old)]).exit_code == 0


def test_a_folder_that_is_no_corpus(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["corpus", "diff", str(tmp_path), str(tmp_path)])
    assert isinstance(answer.exception, InputError)
    assert {each.id for each in answer.exception.incidents} == {"file-missing"}


def test_json_of_every_kind_of_change_is_plain() -> None:
    emptied = {"test": {config: [] for config in TABLES["test"]}}
    for pair in ((TABLES, emptied), (emptied, TABLES)):
        found = _compared(*pair)
        assert len(json.loads(json.dumps(to_dict(found)))["changes"]) == len(found.changes)
        assert sum(len(section.lines) for section in sections(found)) == len(found.changes)
