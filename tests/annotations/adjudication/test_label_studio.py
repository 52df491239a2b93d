"""Adjudicating in a real Label Studio: tasks there and decisions back, as often as one likes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect
from typer.testing import CliRunner, Result

from khabar.annotations.adjudication.page import KEY
from khabar.cli.app import app
from khabar.reading.files import write_records
from khabar.reading.incidents import InputError
from khabar.records import Entity, Number, Row
from tests.annotations.browser.page import Annotator, annotator
from tests.annotations.conftest import LabelStudio
from tests.annotations.story import a_folder, a_pass

pytestmark = pytest.mark.slow


def disputed() -> list[Row]:
    def change(row: Row) -> Row:
        if isinstance(row, Entity) and row.text == "الكرملين":
            return replace(row, label="FAC")
        return replace(row, modality="approx") if isinstance(row, Number) and row.low == "700" else row

    return [change(row) for row in a_pass()]


class Adjudication:
    """A round of its own on the shared server."""

    def __init__(self, server: LabelStudio, folder: Path, name: str) -> None:
        a_folder(folder, a_pass(), disputed())
        (folder / "rounds" / "first").rename(folder / "rounds" / name)
        self.name, self.folder, self.server = name, folder, server
        self.client: Any = server.connection.client()

    def run(self, *args: str) -> Result:
        given = ["--rounds", "rounds", "--gold", "gold", "--server", "--data", str(self.server.data), *args]
        return CliRunner().invoke(app, ["annotate", "adjudicate", self.name, *given])

    @property
    def project(self) -> int:
        (found,) = [each.id for each in self.client.projects.list() if each.title == f"khabar {self.name}/adjudication"]
        return int(found)

    def tasks(self) -> dict[str, Any]:
        """Layer of the disagreement → task."""
        found = list(self.client.tasks.list(project=self.project, fields="all"))
        assert len({each.data[KEY] for each in found}) == len(found)
        return {each.data[KEY].partition("-")[0]: each for each in found}

    def decide(
        self,
        layer: str,
        verdict: str,
        reason: str = "§2",
        picks: Mapping[int, str] | None = None,
        typed: Mapping[int, str] | None = None,
    ) -> None:
        """What the page sends when somebody submits."""
        choices = {"decision": verdict, **{f"pick_{number}": words for number, words in (picks or {}).items()}}
        texts = {"reason": reason, **{f"field_{number}": words for number, words in (typed or {}).items()}}
        result = [
            {"from_name": name, "to_name": "context", "type": kind, "value": {key: [words]}}
            for kind, key, said in (("choices", "choices", choices), ("textarea", "text", texts))
            for name, words in said.items()
        ]
        self.client.annotations.create(id=self.tasks()[layer].id, result=result)

    def decisions(self) -> dict[str, Mapping[str, Any]]:
        text = (self.folder / "rounds" / self.name / "decisions.jsonl").read_text("utf-8")
        return {each["layer"]: each for each in map(json.loads, text.splitlines())}


@pytest.fixture
def round_there(
    label_studio: LabelStudio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Adjudication:
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    return Adjudication(label_studio, tmp_path, request.node.name[5:25])


def test_there_and_back(round_there: Adjudication) -> None:
    """Two tasks; one decided, fetched, then the other; in the end gold, and who decided."""
    there = round_there
    first = there.run()
    assert first.exit_code == 1
    assert "2 task(s) put there, 0 decision(s) fetched" in first.stderr
    assert set(there.tasks()) == {"entities", "numbers"}
    assert "0 task(s) put there, 0 decision(s) fetched" in there.run().stderr
    assert len(there.tasks()) == 2

    there.decide("entities", "b", "المادة ٢: مبنى")
    second = there.run()
    assert second.exit_code == 1
    assert "0 task(s) put there, 1 decision(s) fetched" in second.stderr
    decided = there.decisions()["entities"]
    assert (decided["decision"], decided["reason"]) == ("b", "المادة ٢: مبنى")
    assert there.server.email in decided["by"]
    assert [row["label"] for row in (*decided["a"], *decided["b"])] == ["ORG", "FAC"]

    there.decide("numbers", "a")
    third = there.run()
    assert third.exit_code == 0, third.output
    assert (there.folder / "gold" / "war.jsonl").is_file()
    written = (there.folder / "rounds" / there.name / "decisions.jsonl").read_bytes()
    assert there.run().exit_code == 0
    assert (there.folder / "rounds" / there.name / "decisions.jsonl").read_bytes() == written


def test_what_was_interrupted_goes_on(round_there: Adjudication) -> None:
    """A server that got half of the tasks gets the other half, and no task twice."""
    there = round_there
    there.run()
    there.client.tasks.delete(id=str(there.tasks()["numbers"].id))
    assert "1 task(s) put there" in there.run().stderr
    assert set(there.tasks()) == {"entities", "numbers"}


def test_a_name_that_label_studio_does_not_take(label_studio: LabelStudio, tmp_path: Path) -> None:
    there = Adjudication(label_studio, tmp_path, "r" * 40)
    given = ["--rounds", str(tmp_path / "rounds"), "--seeds", str(tmp_path / "seeds"), "--server"]
    answer = CliRunner().invoke(app, ["annotate", "adjudicate", there.name, *given, "--data", str(label_studio.data)])
    assert isinstance(answer.exception, InputError)
    assert "shorter name" in str(answer.exception)


def test_second_thoughts(round_there: Adjudication) -> None:
    """A decision made anew in the page replaces the one before; what is decided in the file needs no task."""
    there = round_there
    there.run()
    there.decide("entities", "a")
    there.run()
    there.decide("entities", "neither")
    there.run()
    assert there.decisions()["entities"]["decision"] == "neither"


def test_what_the_file_decides_is_not_asked(round_there: Adjudication) -> None:
    there = round_there
    plain = ["annotate", "adjudicate", there.name, "--rounds", "rounds", "--gold", "gold", "--json"]
    (one, _) = json.loads(CliRunner().invoke(app, plain).stdout)["undecided"]
    line = {
        "id": one["id"],
        "layer": one["layer"],
        "doc_id": one["doc_id"],
        "decision": "a",
        "reason": "r",
        "by": "amal",
    }
    (there.folder / "rounds" / there.name / "decisions.jsonl").write_text(json.dumps(line) + "\n")
    there.run()
    assert set(there.tasks()) == {"numbers"}


def test_another_reading_is_made_in_fields(round_there: Adjudication) -> None:
    """A label picked, a span typed as it stands in the article."""
    there = round_there
    there.run()
    fields = [each["name"] for each in there.tasks()["entities"].data["fields"]]
    assert fields[0] == "label", "what differs comes first"
    label, where = fields.index("label"), fields.index("span")
    there.decide("entities", "other", picks={label: "GPE"}, typed={where: "كرملين"})
    there.decide("numbers", "b")
    assert there.run().exit_code == 0
    (row,) = there.decisions()["entities"]["rows"]
    assert (row["label"], row["text"]) == ("GPE", "كرملين")
    assert '"text":"كرملين","label":"GPE"' in (there.folder / "gold" / "war.jsonl").read_text("utf-8")


def test_mistakes_in_the_page_are_all_told_and_nothing_is_written(round_there: Adjudication) -> None:
    there = round_there
    there.run()
    fields = [each["name"] for each in there.tasks()["entities"].data["fields"]]
    there.decide("entities", "other", typed={fields.index("span"): "Kremlin", fields.index("scored"): "perhaps"})
    there.decide("numbers", "a", reason=" ")
    answer = there.run()
    assert isinstance(answer.exception, InputError)
    said = str(answer.exception)
    assert "'Kremlin' does not stand in the article" in said
    assert "'perhaps' is neither yes nor no" in said
    assert "reason is empty" in said
    assert all(f"?task={each.id}" in said for each in there.tasks().values())
    assert not (there.folder / "rounds" / there.name / "decisions.jsonl").exists()


def test_passes_that_change_bring_new_tasks(round_there: Adjudication) -> None:
    """Decisions on what is no longer a disagreement stay on the server and decide nothing."""
    there = round_there
    there.run()
    there.decide("entities", "a")
    again = [
        replace(row, label="GPE") if isinstance(row, Entity) and row.text == "الكرملين" else row for row in disputed()
    ]
    write_records(there.folder / "rounds" / there.name / "b.jsonl", again)
    assert "1 task(s) put there, 0 decision(s) fetched" in there.run().stderr


def test_a_project_somebody_changed_is_refused(round_there: Adjudication) -> None:
    there = round_there
    there.run()
    config = (
        '<View><Text name="t" value="$where"/><Choices name="decision" toName="t"><Choice value="a"/></Choices></View>'
    )
    there.client.projects.update(id=there.project, label_config=config)
    answer = there.run()
    assert isinstance(answer.exception, InputError)
    assert "project-wrong" in str(answer.exception)


@contextmanager
def at_question(there: Adjudication, layer: str) -> Iterator[Annotator]:
    """The page of a layer's question in a real browser, once it takes keys."""
    with annotator(there.server) as who:
        who.page.goto(f"{who.url}/projects/{there.project}/data?task={there.tasks()[layer].id}")
        who.page.locator(".khabar-decision input[type=text]").wait_for()
        who.page.wait_for_load_state("networkidle")
        yield who


def test_decided_in_the_page(round_there: Adjudication) -> None:
    """In a real browser: both readings by their names, what differs first, a key decides, a key says why."""
    there = round_there
    there.run()
    with at_question(there, "numbers") as who:
        page = who.page
        differing = page.locator(".khabar-differs").all_inner_texts()
        assert [each.split() for each in differing] == [["modality", "exact"], ["modality", "approx"]]
        expect(page.get_by_text("1 · a")).to_be_visible()
        expect(page.locator(".khabar-side-a").get_by_text("low", exact=True)).to_be_hidden()
        who.press("2", page.locator(".khabar-decision :checked"))
        page.keyboard.press("q")
        expect(page.locator(".khabar-decision :checked")).to_have_count(2)
        expect(page.locator("#khabar-left")).to_contain_text("2")
        with page.expect_response(lambda answer: "/annotations" in answer.url and answer.request.method == "POST"):
            page.keyboard.press("Control+Enter")
        expect(page.locator("#khabar-left")).to_contain_text("1")
        assert who.hosts == {"127.0.0.1"}
    assert there.run().exit_code == 1, "the other question is open"
    decided = there.decisions()["numbers"]
    assert (decided["decision"], decided["reason"]) == ("b", "section 3: Values")


def test_another_reading_in_the_page(round_there: Adjudication) -> None:
    """In a real browser: "other" shows the fields, and one is typed."""
    there = round_there
    there.run()
    with at_question(there, "numbers") as who:
        page = who.page
        expect(page.locator(".khabar-other")).to_be_hidden()
        who.press("5", page.locator(".khabar-decision :checked"))
        page.keyboard.press("q")
        low = (
            page.locator(".khabar-other > div > div")
            .filter(has=page.get_by_text("low", exact=True))
            .locator("textarea, input[type=text]")
            .last
        )
        low.fill("750")
        low.press("Enter")
        who.submit()
    there.run()
    (row,) = there.decisions()["numbers"]["rows"]
    assert (row["low"], row["high"]) == ("750", "700")
