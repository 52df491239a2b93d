"""khabar annotate adjudicate, as it is used: what is undecided, decisions with every mistake named, gold in the end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from khabar.cli.app import app
from khabar.reading.files import write_records
from khabar.reading.incidents import Incidents, InputError
from khabar.reading.rows import read_rows
from khabar.records import Claim, Conflict, Entity, Number, Row
from tests.annotations.story import a_folder, a_pass


def disputed() -> list[Row]:
    """Two questions, one on an entity and one on a number, and one matter of wording."""

    def change(row: Row) -> Row:
        if isinstance(row, Entity) and row.text == "الكرملين":
            return replace(row, label="FAC")
        if isinstance(row, Number) and row.low == "700":
            return replace(row, modality="approx")
        return replace(row, note="in other words") if isinstance(row, Conflict) else row

    return [change(row) for row in a_pass()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(a_folder(tmp_path, a_pass(), disputed()))
    return tmp_path


def adjudicate(*args: str) -> Result:
    return CliRunner().invoke(app, ["annotate", "adjudicate", "first", "--rounds", "rounds", "--gold", "gold", *args])


def undecided() -> list[dict[str, Any]]:
    answer = adjudicate("--json")
    assert answer.exit_code == 1
    found: list[dict[str, Any]] = json.loads(answer.stdout)["undecided"]
    return found


def lines(verdicts: Iterable[str], **columns: object) -> list[dict[str, Any]]:
    """Lines of a decisions file, as somebody completes what --json gives."""
    return [
        {key: value for key, value in each.items() if key != "what"}
        | {"decision": verdict, "reason": "§2", "by": "amal"}
        | columns
        for each, verdict in zip(undecided(), verdicts, strict=False)
    ]


def write(decisions: Iterable[Mapping[str, object]]) -> None:
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in decisions)
    Path("rounds/first/decisions.jsonl").write_text(text, "utf-8")


def refused() -> str:
    answer = adjudicate()
    assert isinstance(answer.exception, InputError), answer.output
    assert not Path("gold").exists()
    return str(answer.exception)


def test_undecided(folder: Path) -> None:
    answer = adjudicate()
    assert answer.exit_code == 1
    assert "2 undecided, 0 decision(s), 1 group(s) of mere wording" in answer.stdout
    assert "label=ORG" in answer.stdout
    assert "label=FAC" in answer.stdout
    assert not (folder / "gold").exists()


def test_half_decided_is_undecided(folder: Path) -> None:
    write(lines(["b"]))
    answer = adjudicate()
    assert answer.exit_code == 1
    assert "1 undecided, 1 decision(s) (amal 1)" in answer.stdout
    assert not (folder / "gold").exists()


def test_all_decided(folder: Path) -> None:
    write(lines(["b", "a"]))
    answer = adjudicate()
    assert (answer.exit_code, answer.stdout) == (0, "2 decision(s) (amal 2): gold/war.jsonl written\n")
    gold = [item.row for item in read_rows(folder / "gold" / "war.jsonl", Incidents())]
    assert gold == [
        replace(row, label="FAC") if isinstance(row, Entity) and row.label == "ORG" else row for row in a_pass()
    ]
    before = (folder / "gold" / "war.jsonl").read_bytes()
    assert adjudicate().exit_code == 0
    assert (folder / "gold" / "war.jsonl").read_bytes() == before


def test_articles_are_as_the_manifest_has_them(folder: Path) -> None:
    """Neither changed, nor gone: offsets would mean another place."""
    article = folder / "seeds" / "one.txt"
    article.write_bytes(article.read_bytes() + b"\xd8")
    assert "one.txt: error[seed-changed]" in refused()
    article.unlink()
    assert "one.txt: error[seed-missing]" in refused()


def tagged(rows: Iterable[Row], text: str, *tags: str) -> list[Row]:
    return [replace(row, phenomena=tags) if isinstance(row, Entity) and row.text == text else row for row in rows]


def test_tags_alone_are_decided_by_rule(folder: Path) -> None:
    """They are listed, and in gold they have what either pass set; somebody may decide otherwise."""
    a_folder(folder, tagged(a_pass(), "بوتين", "spelling_variant"), tagged(a_pass(), "بوتين", "broken_marks"))
    answer = adjudicate("--json")
    assert answer.exit_code == 0, answer.output
    (line,) = json.loads(answer.stdout)["ruled"]
    assert (line["decision"], line["by"]) == ("other", "rule")

    def tags() -> set[str]:
        rows = [item.row for item in read_rows(folder / "gold" / "war.jsonl", Incidents())]
        (row,) = (row for row in rows if isinstance(row, Entity) and row.text == "بوتين")
        return set(row.phenomena)

    assert tags() == {"spelling_variant", "broken_marks"}
    write([{**line, "decision": "a", "rows": [], "by": "amal"}])
    assert adjudicate().exit_code == 0
    assert tags() == {"spelling_variant"}


def test_json_when_done(folder: Path) -> None:
    write(lines(["b", "a"]))
    found = json.loads(adjudicate("--json").stdout)
    assert (found["decided"], found["by"], found["gold"]) == ({"a": 1, "b": 1}, {"amal": 2}, ["gold/war.jsonl"])


def test_a_decision_needs_nothing_copied(folder: Path) -> None:
    write({key: value for key, value in each.items() if key not in ("a", "b")} for each in lines(["b", "a"]))
    assert adjudicate().exit_code == 0


def test_every_mistake_at_once(folder: Path) -> None:
    one, two = lines(["a", "b"])
    rows = [{"layer": "numbers", "id": "n"}, {"layer": "words"}]
    write(
        [
            {**one, "id": "entities-0000000000"},
            {**one, "reason": "  ", "by": ""},
            {**two, "decision": "other", "rows": rows},
            {**two, "decision": "c"},
        ]
    )
    with Path("rounds/first/decisions.jsonl").open("a") as file:
        file.write("{\n" + json.dumps({key: value for key, value in one.items() if key != "reason"}) + "\n")
    said = refused().splitlines()
    file_name = "rounds/first/decisions.jsonl"
    for line, words in (
        (1, "the passes have no disagreement 'entities-0000000000'"),
        (2, "reason is empty"),
        (2, "by is empty"),
        (3, "no key 'doc_id'"),
        (3, "rows[1].layer is 'words'"),
        (4, "decision is 'c', not one of a, b, both, neither, other"),
        (5, "json-broken"),
        (6, "no key 'reason'"),
    ):
        assert any(each.startswith(f"{file_name}:{line}: ") and words in each for each in said), (line, words, said)


def test_decided_twice(folder: Path) -> None:
    one, two = lines(["a", "b"])
    write([one, two, {**one, "decision": "b"}])
    said = refused()
    assert "decisions.jsonl:3" in said
    assert "line 1 already" in said


def test_a_decision_on_what_has_changed_since(folder: Path) -> None:
    """The passes are edited after the decision: it is about something that is no longer there."""
    write(lines(["b", "a"]))
    write_records(folder / "rounds" / "first" / "b.jsonl", [
        replace(row, label="GPE") if isinstance(row, Entity) and row.text == "الكرملين" else row for row in disputed()
    ])  # fmt: skip
    assert "the passes have no disagreement" in refused()


def test_readings_that_were_altered(folder: Path) -> None:
    one, two = lines(["a", "b"])
    one["a"][0]["label"] = "PERS"
    write([one, {**two, "layer": "quotes"}])
    said = refused()
    assert "a is not what the pass says" in said
    assert "is about numbers of two" in said


def test_rows_go_with_other_only(folder: Path) -> None:
    one, two = lines(["a", "other"])
    write([{**one, "rows": one["a"]}, two])
    said = refused()
    assert "there are rows beside decision 'a'" in said
    assert "there are no rows to decision 'other'" in said


def test_gold_that_would_be_wrong_is_not_written(folder: Path) -> None:
    """The rows of a decision are checked as gold is, and the mistake is named at the decision."""
    one, two = lines(["other", "a"])
    row = {**one["a"][0], "start": one["a"][0]["start"] + 1}
    write([{**one, "rows": [row]}, two])
    said = refused()
    assert "decisions.jsonl:1: error[span-surface] document one" in said


def test_rows_of_nowhere(folder: Path) -> None:
    """A row may name no document or story the round has not, nor lead out of the folder of gold."""
    one, two = lines(["other", "other"])
    thing = {"layer": "registry", "entity_id": "x", "story": "../elsewhere", "name": "x"}
    write([{**one, "rows": [{**one["a"][0], "doc_id": "three"}]}, {**two, "rows": [thing]}])
    said = refused()
    assert "decisions.jsonl:1: error[document-unknown]" in said
    assert "decisions.jsonl:2: error[story-unknown] the round has no story '../elsewhere'" in said
    assert not list(folder.glob("elsewhere*"))


def test_a_quote_of_nothing(folder: Path) -> None:
    one, two = lines(["other", "a"])
    write([{**one, "rows": [{"layer": "quotes", "id": "q", "doc_id": "one", "content": [], "speaker": "putin"}]}, two])
    assert "neither content nor cue" in refused()


def test_decisions_that_do_not_go_together(folder: Path) -> None:
    """A position nobody takes any more leaves a dispute with one side."""
    b = [replace(row, stance="hedged") if isinstance(row, Claim) and row.id == "c2" else row for row in a_pass()]
    write_records(folder / "rounds" / "first" / "b.jsonl", b)
    write(lines(["neither"]))
    said = refused()
    assert "issue-thin" in said
    assert "needs two positions" in said


def test_gold_of_other_documents_is_not_lost(folder: Path) -> None:
    write_records(folder / "gold" / "war.jsonl", a_pass())
    share = [
        row for row in a_pass() if getattr(row, "doc_id", "two") == "two" and not isinstance(row, (Claim, Conflict))
    ]
    write_records(folder / "rounds" / "first" / "a.jsonl", share)
    write_records(folder / "rounds" / "first" / "b.jsonl", share)
    before = (folder / "gold" / "war.jsonl").read_bytes()
    answer = adjudicate()
    assert isinstance(answer.exception, InputError)
    assert "documents this round has not: one" in str(answer.exception)
    assert (folder / "gold" / "war.jsonl").read_bytes() == before


def test_no_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    answer = adjudicate("--server", "--data", str(folder / "nothing"))
    assert isinstance(answer.exception, InputError)
    assert "khabar annotate serve" in str(answer.exception)
