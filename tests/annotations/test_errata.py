"""Errata: what is held to be wrong in gold, decided with a reason, and how gold follows. The repository's own hold, too."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Answer, run

ROOT = Path(__file__).parents[2]
ROW = "000_4b9530c7bad84f71-e001"


@pytest.fixture
def here(own_sources: tuple[Path, Path], tmp_path: Path) -> Path:
    """A folder with the seeds and gold of the story whose articles are in the repository."""
    seeds, gold = own_sources
    shutil.copytree(seeds, tmp_path / "seeds")
    shutil.copytree(gold, tmp_path / "annotations" / "gold")
    return tmp_path


def erratum(**columns: Any) -> dict[str, Any]:
    """One that is whole: the first mention of the seeds is labelled ORG."""
    return {
        "id": "e1",
        "layer": "entities",
        "story": "kursk",
        "source": "https://example.org/issues/1",
        "row": {"layer": "entities", "key": ROW},
        "claim": "The label is another.",
        "decision": "accepted",
        "reason": "Guidelines, section 2.",
        "by": "amal",
        "rows": [{"layer": "entities", "id": ROW, "label": "ORG"}],
    } | columns


def command(folder: Path, *arguments: str, errata: list[dict[str, Any]] | None = None) -> Answer:
    if errata is not None:
        lines = (json.dumps(each, ensure_ascii=False) for each in errata)
        (folder / "annotations" / "errata.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return run("annotate", "errata", *arguments, cwd=folder)


def rows(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "annotations" / "gold" / "kursk.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_without_errata_there_is_nothing_to_do(here: Path) -> None:
    answer = command(here)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("0 errata: 0 open, 0 accepted, 0 rejected; 0 wait")


def test_what_is_open_and_what_waits_is_listed(here: Path) -> None:
    still = erratum(id="e2", decision="open", reason=None, by=None, rows=[])
    answer = command(here, errata=[erratum(), still])
    assert answer.code == 0, answer.err
    assert "2 errata: 1 open, 1 accepted, 0 rejected; 1 wait" in answer.out
    listed = json.loads(command(here, "--json").out)
    assert (listed["open"], listed["waiting"]) == (["e2"], ["e1"])


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"reason": " "}, "accepted without a reason"),
        ({"by": None}, "accepted by nobody"),
        ({"rows": []}, "accepted, and changes no row"),
        ({"decision": "rejected"}, "rejected, and changes rows"),
        ({"decision": "rejected", "rows": [], "version": "2.1.0"}, "rejected, and names a version"),
        ({"rows": [{"layer": "entities", "id": ROW, "text": "بوتين"}]}, "a row quotes the article"),
        ({"rows": [{"layer": "verbs", "id": "v1"}]}, "a row has the layer 'verbs'"),
        ({"row": {"layer": "entities", "key": "none"}}, "gold has no entities row 'none'"),
        ({"removed": [{"layer": "quotes", "key": "none"}]}, "gold has no quotes row 'none'"),
        ({"version": "2.0.0"}, f"gold differs from '{ROW}' in label"),
        ({"version": "2.0.0", "removed": [{"layer": "entities", "key": ROW}]}, "in 2.0.0 gold should have no entities"),
        ({"decision": "perhaps"}, "decision is 'perhaps'"),
    ],
)
def test_every_problem_is_named_with_its_line(here: Path, wrong: dict[str, Any], problem: str) -> None:
    answer = command(here, errata=[erratum(id="fine"), erratum(**wrong)])
    assert (answer.code, answer.out) == (2, "")
    assert problem in answer.err
    assert "errata.jsonl:2" in answer.err
    assert "errata.jsonl:1" not in answer.err


def test_an_id_stands_once(here: Path) -> None:
    answer = command(here, errata=[erratum(), erratum()])
    assert answer.code == 2
    assert "its id is that of line 1" in answer.err


def test_accepted_errata_are_written_into_gold(here: Path) -> None:
    """A restated row keeps all else, a new one has its surface from the article, a removed one is gone."""
    before = rows(here)
    first = next(row for row in before if row.get("id") == ROW)
    text = (here / "seeds" / f"{first['doc_id']}.txt").read_text("utf-8")
    last = next(row for row in before if row["layer"] == "quotes")
    new = {
        "layer": "entities",
        "id": "new-e001",
        "doc_id": first["doc_id"],
        "start": 0,
        "end": 4,
        "label": "WEBSITE",
        "name": "مثال",
        "entity_id": "example",
    }
    changed = erratum(
        rows=[{"layer": "entities", "id": ROW, "label": "ORG"}, new],
        removed=[{"layer": "quotes", "key": last["id"]}],
    )
    answer = command(
        here, "--apply", errata=[changed, erratum(id="e2", decision="open", reason=None, by=None, rows=[])]
    )
    assert answer.code == 0, answer.err
    after = rows(here)
    assert next(row for row in after if row.get("id") == ROW) == first | {"label": "ORG"}
    assert next(row for row in after if row.get("id") == "new-e001") == new | {"text": text[0:4]}
    assert [row for row in after if row.get("id") not in (ROW, "new-e001")] == [
        row for row in before if row.get("id") not in (ROW, last["id"])
    ]
    written = [json.loads(line) for line in (here / "annotations" / "errata.jsonl").read_text("utf-8").splitlines()]
    assert [each.get("version") for each in written] == ["2.0.0", None]
    assert command(here).code == 0, "and the file holds against this gold"


def test_a_story_without_text_keeps_every_other_line(here: Path) -> None:
    """Its rows have no surfaces, and errata bring none in: the difference is the one row."""
    path = here / "annotations" / "gold" / "palu.jsonl"
    shutil.copy(ROOT / "annotations" / "gold" / "palu.jsonl", path)
    before = path.read_text("utf-8").splitlines()
    at, number = next((at, row) for at, row in enumerate(map(json.loads, before)) if row.get("modifier"))
    restated = {"layer": "numbers", "id": number["id"], "core": {"start": number["start"], "end": number["end"]}}
    named = {"layer": "numbers", "key": number["id"]}
    answer = command(here, "--apply", errata=[erratum(layer="numbers", story="palu", row=named, rows=[restated])])
    assert answer.code == 0, answer.err
    after = path.read_text("utf-8").splitlines()
    assert json.loads(after[at]) == number | {"core": restated["core"]}
    assert after[:at] + after[at + 1 :] == before[:at] + before[at + 1 :]


def test_a_row_that_fits_no_record_is_refused_and_nothing_written(here: Path) -> None:
    before = rows(here)
    answer = command(here, "--apply", errata=[erratum(rows=[{"layer": "entities", "id": ROW, "label": "VERB"}])])
    assert answer.code == 2
    assert "VERB" in answer.err
    assert rows(here) == before


def test_answers_are_entered(here: Path) -> None:
    """Who reads it as gold does rejects; any other answer opens. What was decided before stays."""
    files = [
        ROOT / "eval" / "submissions" / name / "2.0.0/test/predictions.jsonl" for name in ("rules", "language-model")
    ]
    gold = ("--gold", ROOT / "corpus")
    assert (
        run("nominate", *files, *gold, "--out", "q.jsonl", "--key", "k.jsonl", "--layers", "entities", cwd=here).code
        == 0
    )
    keys = [json.loads(line) for line in (here / "k.jsonl").read_text("utf-8").splitlines()]
    assert len(keys) > 2
    answers = [
        {"id": key["id"], "answer": key["gold"] if number else "other", "reason": "Section 2.", "by": "badr"}
        for number, key in enumerate(keys)
    ]
    (here / "a.jsonl").write_text("\n".join(map(json.dumps, answers)) + "\n", "utf-8")
    answer = command(here, "--answers", "a.jsonl", "--key", "k.jsonl", "--json")
    assert answer.code == 0, answer.err
    listed = json.loads(answer.out)
    assert listed["open"] == [keys[0]["id"]]
    assert listed["decisions"] == {"open": 1, "rejected": len(keys) - 1}
    before = (here / "annotations" / "errata.jsonl").read_bytes()
    assert command(here, "--answers", "a.jsonl", "--key", "k.jsonl").code == 0
    assert (here / "annotations" / "errata.jsonl").read_bytes() == before
    assert command(here, "--answers", "a.jsonl").code == 2, "answers go with their key"
    (here / "a.jsonl").write_text(json.dumps(answers[0] | {"id": "none"}) + "\n", "utf-8")
    assert "no question 'none'" in command(here, "--answers", "a.jsonl", "--key", "k.jsonl").err


def test_the_errata_of_the_repository_hold() -> None:
    """Each decided with its reason; what is said to be in a version is in gold; nothing quotes an article."""
    answer = run("annotate", "errata", "--json", cwd=ROOT)
    assert (answer.code, answer.err) == (0, "")
