"""A round through the real server: pushed, killed half-way, edited, broken, pulled.

The story of the seeds goes there and back as a whole, once. Everything else is done with two of its articles.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from khabar.annotations.label_studio.configuration import QUESTIONS, kinds_of
from khabar.annotations.label_studio.projects import Server, Task
from khabar.annotations.rounds import PassName
from khabar.formats.label_studio.document_page import document_page
from khabar.formats.label_studio.page import Page, to_page, to_results
from khabar.formats.label_studio.question_page import GONE
from khabar.reading.files import write_records
from khabar.reading.incidents import Incidents
from khabar.reading.rows import read_rows
from khabar.records import Claim, Conflict, only
from khabar.seeds.store import read_manifest, write_manifest
from tests.cli.conftest import run

if TYPE_CHECKING:
    from tests.annotations.conftest import LabelStudio

ROOT = Path(__file__).parents[3]
GOLD = ROOT / "annotations" / "gold" / "kursk.jsonl"
DOC, OTHER = "000_4b9530c7bad84f71", "003_00ed3343057c9bc2"
WHOLE = {"entities": 5, "numbers": 5, "quotes": 5, "claims": 5, QUESTIONS: 39}
"""Tasks of gold by kind: five articles, 38 issues, and one more to ask."""
TASKS = {"entities": 2, "numbers": 2, "quotes": 2, "claims": 2, QUESTIONS: 4}
"""Tasks of two articles and the three issues that are all in them."""

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Rounds:
    """The command line in a folder with seeds and their gold, and what the server holds meanwhile."""

    folder: Path
    gold: Path
    environment: dict[str, str]
    server: Server
    client: Any

    def start(self, *args: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "khabar", "annotate", *args]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        return subprocess.Popen(command, cwd=self.folder, env={**os.environ, **self.environment}, text=True, **pipes)  # type: ignore[call-overload, no-any-return]

    def run(self, *args: str, code: int = 0) -> str:
        answer = run("annotate", *args, cwd=self.folder, **self.environment)
        assert answer.code == code, answer.out + answer.err
        return answer.err if code else answer.out

    def tasks(self, name: str, kind: str = "entities") -> list[Task]:
        project = self.server.find(PassName("r", name).title(kind))
        return self.server.tasks(project) if project else []

    def file(self, name: str) -> Path:
        return self.folder / "annotations" / "rounds" / "r" / f"{name}.jsonl"

    def push_gold(self, name: str) -> None:
        self.run("push", "r", name, "--from", str(self.gold), "--finished")

    def edit(self, task: Task, change: Callable[[list[dict[str, Any]]], None]) -> None:
        """Change the annotation of a task, as the page does when an annotator updates it."""
        results = [json.loads(json.dumps(each)) for each in task.annotations[0].results]
        change(results)
        self.client.annotations.update(id=task.annotations[0].id, result=results)


@pytest.fixture(scope="session")
def two_articles(own_sources: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Seeds of two articles, and the gold of them alone."""
    folder = tmp_path_factory.mktemp("two")
    seeds = shutil.copytree(own_sources[0], folder / "seeds")
    for seed in read_manifest(seeds):
        if seed.doc_id not in (DOC, OTHER):
            (seeds / seed.file).unlink()
    write_manifest(seeds, [seed for seed in read_manifest(seeds) if (seeds / seed.file).is_file()])
    rows = [located.row for located in read_rows(GOLD, Incidents())]
    inside = {issue.issue_id for issue in only(rows, Conflict)}
    inside -= {claim.issue_id for claim in only(rows, Claim) if claim.doc_id not in (DOC, OTHER)}
    kept = [
        row for row in rows if row.article in (None, DOC, OTHER) and getattr(row, "issue_id", None) in (None, *inside)
    ]
    write_records(folder / "kursk.jsonl", kept)
    return seeds, folder / "kursk.jsonl"


def rounds_at(label_studio: LabelStudio, seeds: Path, gold: Path, folder: Path) -> Rounds:
    there = label_studio.connection
    (folder / "seeds").symlink_to(seeds)
    environment = {"LABEL_STUDIO_URL": there.url, "LABEL_STUDIO_API_KEY": there.token}
    client = there.client()
    return Rounds(folder, gold, environment, Server(client, there.url), client)


@pytest.fixture
def rounds(label_studio: LabelStudio, two_articles: tuple[Path, Path], tmp_path: Path) -> Rounds:
    return rounds_at(label_studio, *two_articles, tmp_path)


@pytest.fixture
def whole(label_studio: LabelStudio, own_sources: tuple[Path, Path], tmp_path: Path) -> Rounds:
    return rounds_at(label_studio, own_sources[0], GOLD, tmp_path)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def changed(rounds: Rounds, name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Rows of a pass that differ from gold, each with gold's."""
    before, now = lines(rounds.gold), lines(rounds.file(name))
    assert len(before) == len(now)
    return [(old, new) for old, new in zip(before, now, strict=True) if old != new]


def test_gold_comes_back_to_the_byte(whole: Rounds) -> None:
    """Pushed, pulled, and both again: the same bytes, and nothing twice on the server."""
    for _ in range(2):
        whole.push_gold("gold")
        assert f"{len(lines(GOLD))} rows in {whole.file('gold').relative_to(whole.folder)}" in whole.run(
            "pull", "r", "gold"
        )
        assert whole.file("gold").read_bytes() == GOLD.read_bytes()
    for kind in kinds_of():
        assert [len(task.annotations) for task in whole.tasks("gold", kind)] == [1] * WHOLE[kind]


def test_killing_push_and_pull_loses_and_doubles_nothing(rounds: Rounds) -> None:
    def kill_when(process: subprocess.Popen[str], reached: Callable[[], bool]) -> None:
        while process.poll() is None and not reached():
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate()

    push = ("push", "r", "killed", "--from", str(rounds.gold), "--finished")
    for step in ("entities", "quotes"):
        kill_when(rounds.start(*push), lambda step=step: bool(rounds.tasks("killed", step)))  # type: ignore[misc]
    rounds.run(*push)
    assert sorted(task.key for task in rounds.tasks("killed")) == [DOC, OTHER]
    assert [len(task.annotations) for kind in kinds_of() for task in rounds.tasks("killed", kind)] == [1] * sum(
        TASKS.values()
    )

    path = rounds.file("killed")
    for seconds in (1.0, 2.5):
        ends = time.monotonic() + seconds
        kill_when(rounds.start("pull", "r", "killed"), lambda ends=ends: time.monotonic() > ends)  # type: ignore[misc]
        assert not path.exists() or path.read_bytes() == rounds.gold.read_bytes()
    rounds.run("pull", "r", "killed")
    assert path.read_bytes() == rounds.gold.read_bytes()


def test_an_edit_changes_just_its_row(rounds: Rounds) -> None:
    """A span, a label, an attribute and a relation, each in a row of its own."""
    rounds.push_gold("edited")
    texts = {task.key: task.data["text"] for task in rounds.tasks("edited")}
    text = texts[DOC]
    rows = {row["id"]: row for row in lines(rounds.gold) if row.get("doc_id") == DOC and "id" in row}
    moved, named, valued = rows[f"{DOC}-e003"], rows[f"{DOC}-e002"], rows[f"{DOC}-n001"]
    related = next(row for row in rows.values() if row["layer"] == "quotes" and "speaker_mention" in row)

    def change(results: list[dict[str, Any]]) -> None:
        for each in results:
            value = each.get("value", {})
            if each.get("id") == f"khabar-row-{moved['id']}":
                value["start"] += 1
                if each["type"] == "labels":
                    value["text"] = text[value["start"] : value["end"]]
            if each.get("id") == f"khabar-row-{named['id']}" and each["type"] == "labels":
                value["labels"] = ["LOC"]
            if each.get("id") == f"khabar-row-{valued['id']}" and each["from_name"] == "low":
                value["text"] = ["7"]

    def relate(results: list[dict[str, Any]]) -> None:
        mention = related["speaker_mention"]
        part = f"speaker-{mention['start']}-{mention['end']}"
        ends = {f"khabar-row-{related['id']}", part}
        links = [each for each in results if each["type"] == "relation" and {each["from_id"], each["to_id"]} == ends]
        assert len(links) == 1
        other = next(row for row in rows.values() if "speaker_mention" in row and row["speaker_mention"] != mention)
        elsewhere = other["speaker_mention"]
        links[0]["to_id"] = f"speaker-{elsewhere['start']}-{elsewhere['end']}"
        if not any(part in (each.get("from_id"), each.get("to_id")) for each in results):
            results[:] = [each for each in results if each.get("id") != part]

    for step, how in (("entities", change), ("numbers", change), ("quotes", relate)):
        rounds.edit(next(task for task in rounds.tasks("edited", step) if task.key == DOC), how)
    rounds.run("pull", "r", "edited")
    found = {
        old["id"]: {key for key in {*old, *new} if old.get(key) != new.get(key)}
        for old, new in changed(rounds, "edited")
    }
    assert found == {
        moved["id"]: {"start", "text", "name"} if moved["name"] == moved["text"] else {"start", "text"},
        named["id"]: {"label"},
        valued["id"]: {"low", "high"},
        related["id"]: {"speaker_mention"},
    }


def test_an_edit_of_a_claim_and_of_its_question(rounds: Rounds) -> None:
    """The value in the article's page, the question in its own."""
    rounds.push_gold("story")
    claim = next(row for row in lines(rounds.gold) if row["layer"] == "claims")
    issue = next(row for row in lines(rounds.gold) if row["layer"] == "conflicts")

    def revalue(results: list[dict[str, Any]]) -> None:
        for each in results:
            if each.get("id") == f"khabar-row-{claim['id']}" and each["from_name"] == "value":
                each["value"]["text"] = ["perhaps"]

    def ask(results: list[dict[str, Any]]) -> None:
        [question] = [each for each in results if each["from_name"] == "question"]
        question["value"]["text"] = ["Really?"]

    rounds.edit(next(task for task in rounds.tasks("story", "claims") if task.key == claim["doc_id"]), revalue)
    rounds.edit(next(task for task in rounds.tasks("story", QUESTIONS) if task.key == issue["issue_id"]), ask)
    rounds.run("pull", "r", "story")
    assert [
        (old.get("id", old.get("issue_id")), {key for key in new if new[key] != old.get(key)})
        for old, new in changed(rounds, "story")
    ] == [
        (claim["id"], {"value"}),
        (issue["issue_id"], {"question"}),
    ]


def test_offsets_a_front_end_broke_are_all_told(rounds: Rounds) -> None:
    """Shifted, beyond the text, and in bytes: each with document, offset and cause; the file stays as it was."""
    rounds.push_gold("broken")
    rounds.run("pull", "r", "broken")
    before = rounds.file("broken").read_bytes()
    wanted: list[tuple[str, int]] = []
    for task, broken in zip(rounds.tasks("broken"), ("shifted", "bytes"), strict=True):
        text = task.data["text"]

        def change(results: list[dict[str, Any]], task: Task = task, broken: str = broken, text: str = text) -> None:
            labels = [each for each in results if each["type"] == "labels" and each["value"]["end"] < 500]
            for each in labels[5:8]:
                value = each["value"]
                start, end = value["start"], value["end"]
                if broken == "bytes":
                    start, end = len(text[:start].encode()), len(text[:end].encode())
                else:
                    start, end = start + 3, end + 3
                wanted.append((task.key, start))
                value |= {"start": start, "end": end}

        rounds.edit(task, change)
    told = rounds.run("pull", "r", "broken", code=2)
    assert len(told.splitlines()) == len(wanted) == 6
    for key, offset in wanted:
        assert f"document {key}, offset {offset}:" in told
    assert told.count("3 code points earlier") + told.count("the offsets count UTF-8 bytes") == 6
    assert "/data?task=" in told, "the page to mend is named"
    assert rounds.file("broken").read_bytes() == before


def test_a_pass_shared_by_two_from_pre_annotations_to_the_file(rounds: Rounds) -> None:
    """Two shares, what each has done and left, questions dealt the claims of the articles, and the file."""
    gold = str(rounds.gold)
    first = json.loads(
        rounds.run("push", "r", "two", "--annotator", "amal", "--documents", "1/2", "--from", gold, "--json")
    )
    assert first["entities"] == [{"annotator": "amal", "tasks": 1, "done": 0, "begun": 0, "left": 1}]
    both = json.loads(
        rounds.run("push", "r", "two", "--annotator", "badr", "--documents", "2/2", "--from", gold, "--json")
    )
    assert [(share["annotator"], share["left"]) for share in both["quotes"]] == [("amal", 1), ("badr", 1)]
    assert "in the share of 'badr'" in rounds.run(
        "push", "r", "two", "--annotator", "amal", "--documents", "003", code=2
    )
    assert "nothing is submitted yet" in rounds.run("pull", "r", "two")
    assert not rounds.file("two").exists()

    claim = next(row for row in lines(rounds.gold) if row["layer"] == "claims")
    gone = {f"khabar-row-{claim['id']}", f"anchor-{claim['anchor']['start']}-{claim['anchor']['end']}"}
    for step in ("entities", "numbers", "quotes", "claims"):
        tasks = rounds.tasks("two", step)
        assert all([answer.by for answer in task.predictions] == ["kursk"] for task in tasks)
        for task in tasks:
            results = task.predictions[0].results
            if (step, task.key) == ("claims", claim["doc_id"]):
                ends = ({each.get("id"), each.get("from_id"), each.get("to_id")} for each in results)
                results = tuple(each for each, names in zip(results, ends, strict=True) if not gone & names)
            rounds.server.annotate(task, results)
    rounds.run("pull", "r", "two")
    assert {row["layer"] for row in lines(rounds.file("two"))} == {"zones", "entities", "numbers", "registry"} | {
        "quotes"
    }

    done = json.loads(rounds.run("push", "r", "two", "--annotator", "amal", "--documents", "1/2", "--json"))
    assert [share["left"] for share in done["claims"]] == [0, 0]
    questions = rounds.tasks("two", QUESTIONS)
    assert len(questions) == TASKS[QUESTIONS], "those of the file, and another"
    for task in questions:
        [gone_card] = [each for each in task.data["cards"] if each["title"] == GONE]
        assert gone_card["id"] == claim["id"], "the claim is gone here too"
        rounds.server.annotate(task, task.predictions[0].results if task.predictions else ())
    again = json.loads(rounds.run("pull", "r", "two", "--json"))
    assert again["rows"] == len(lines(rounds.gold)) - 1
    left = len(questions)
    assert again["questions"] == [{"annotator": "amal", "tasks": left, "done": left, "begun": 0, "left": 0}]


def test_claims_become_questions(rounds: Rounds) -> None:
    """An independent pass: no question before all claims are marked; then what they suggest, and one more to ask."""
    layers = ("--layers", "conflicts")
    rounds.run("push", "r", "asked", *layers)
    tasks = rounds.tasks("asked", "claims")
    claims = only([located.row for located in read_rows(rounds.gold, Incidents())], Claim)
    for number, task in enumerate(tasks, start=1):
        assert rounds.tasks("asked", QUESTIONS) == []
        mine = [claim for claim in claims if claim.doc_id == task.key]
        rounds.server.annotate(task, to_results(document_page(mine, str(task.data["text"]))))
        rounds.run("push", "r", "asked", *layers)
        assert bool(rounds.tasks("asked", QUESTIONS)) == (number == len(tasks))
    *proposed, another = rounds.tasks("asked", QUESTIONS)
    assert len(proposed) > 2
    assert all(len(task.data["cards"]) == len(claims) for task in (*proposed, another))
    assert not another.predictions
    [ranked] = proposed[0].predictions[0].results
    placed = {key for keys in ranked["value"]["ranker"].values() for key in keys}
    assert placed == {each["id"] for each in proposed[0].data["cards"][: len(placed)]}, "likely cards come first"

    rounds.run("push", "r", "asked", *layers)
    assert [task.id for task in rounds.tasks("asked", QUESTIONS)] == [task.id for task in (*proposed, another)]
    asked = {"status": ("corroborated",), "question": ("Who?",), "question_ar": ("من؟",)}
    cards = [card["id"] for card in another.data["cards"]][::5]
    rounds.server.annotate(another, to_results(Page(notes=asked, piles={"A": tuple(cards)})))
    for task in proposed:
        rounds.server.annotate(task, to_results(Page(notes={"status": ("no question",)})))
    rounds.run("push", "r", "asked", *layers)
    assert [task.key for task in rounds.tasks("asked", QUESTIONS)[len(proposed) :]] == [
        "kursk-another-1", "kursk-another-2",
    ]  # fmt: skip
    rounds.run("pull", "r", "asked")
    [issue] = [row for row in lines(rounds.file("asked")) if row["layer"] == "conflicts"]
    assert (issue["issue_id"], issue["status"], issue["scope"]) == ("kursk-another-1", "corroborated", "across")
    assert issue["positions"] == [{"position": "A", "claim_ids": sorted(cards)}]


def test_one_layer_of_a_pass(rounds: Rounds) -> None:
    """Entities alone: one project, and the file keeps the layers that are not on the server."""
    pushed = rounds.run("push", "r", "one", "--layers", "entities", "--from", str(rounds.gold), "--finished", "--json")
    assert list(json.loads(pushed)) == ["entities"]
    rounds.run("pull", "r", "one")
    assert {row["layer"] for row in lines(rounds.file("one"))} == {"entities", "registry"}
    rounds.file("one").write_bytes(rounds.gold.read_bytes())
    [task, *_] = rounds.tasks("one")
    results = task.annotations[0].results
    first = next(each["id"] for each in results if each.get("id", "").startswith("khabar-row-"))
    kept = [each for each in results if each.get("id") != first]
    rounds.client.annotations.update(id=task.annotations[0].id, result=kept)
    rounds.run("pull", "r", "one")
    there, now = lines(rounds.gold), lines(rounds.file("one"))
    assert [row for row in now if row["layer"] != "entities"] == [row for row in there if row["layer"] != "entities"]
    assert len(now) == len(there) - 1


def test_a_system_can_begin(rounds: Rounds) -> None:
    rounds.run("push", "r", "rules", "--system", "rules")
    for step in ("entities", "numbers", "quotes"):
        tasks = rounds.tasks("rules", step)
        assert [[answer.by for answer in task.predictions] for task in tasks] == [["rules"]] * 2
        for task in tasks:
            rounds.server.annotate(task, task.predictions[0].results)
    rounds.run("pull", "r", "rules")
    layers = {row["layer"] for row in lines(rounds.file("rules"))}
    assert layers == {"entities", "numbers", "quotes", "registry"}


def test_what_was_changed_on_the_server_is_refused(rounds: Rounds) -> None:
    assert "push it first" in rounds.run("pull", "r", "nothing", code=2)
    rounds.run("push", "r", "changed", "--documents", "000")
    [task] = rounds.tasks("changed")
    rounds.server.change_task(task, {**task.data, "text": "other"})
    for command in ("push", "pull"):
        if command == "pull":
            rounds.server.annotate(task, [])
        assert "error[task-wrong]" in rounds.run(command, "r", "changed", code=2)
    rounds.server.change_task(task, task.data)
    rounds.server.add_tasks(rounds.server.find("khabar r/changed entities"), [replace(task, id=0)])  # type: ignore[arg-type]
    assert f"is of '{DOC}' too" in rounds.run("pull", "r", "changed", code=2)

    rounds.run("push", "r", "relabelled", "--documents", "000")
    project = rounds.server.find("khabar r/relabelled entities")
    assert project is not None
    config = project.label_config.replace('value="WEBSITE"', 'value="SITE"')
    rounds.client.projects.update(id=project.id, label_config=config)
    for command in ("push", "pull"):
        assert "without 'WEBSITE'" in rounds.run(command, "r", "relabelled", code=2)


def test_no_server_and_no_way_in(rounds: Rounds) -> None:
    rounds.environment["LABEL_STUDIO_API_KEY"] = "wrong"
    assert "error[server-failed]" in rounds.run("push", "r", "x", code=2)
    rounds.environment["LABEL_STUDIO_URL"] = "http://127.0.0.1:9"
    assert "error[server-failed]" in rounds.run("pull", "r", "x", code=2)
    del rounds.environment["LABEL_STUDIO_URL"], rounds.environment["LABEL_STUDIO_API_KEY"]
    assert "khabar annotate serve" in rounds.run("pull", "r", "x", code=2)
    assert "option-wrong" in rounds.run("push", "r", "a/b", code=2)
    assert "option-wrong" in rounds.run("push", "r", "x", "--finished", code=2)


def test_a_share_that_is_pushed_after_the_questions_have_opened(rounds: Rounds, label_studio: LabelStudio) -> None:
    """On the server of `annotate serve` a story's questions open with the claims that are there. Those of a later share
    become cards of all of them; what was answered stays, and what was said to be the last question is asked again."""
    gold = only([located.row for located in read_rows(rounds.gold, Incidents())], Claim)

    def submit(task: Task, page: Page) -> None:
        """As in the page, whose server tells the notes."""
        rounds.server.annotate(task, to_results(page))
        httpx.post(label_studio.notes, json={"task": task.id}, trust_env=False).raise_for_status()

    def mark(keys: set[str], last: str) -> list[Task]:
        """Mark the claims of articles, and wait for the last question, and for a card of each claim in all of them."""
        for task in rounds.tasks("later", "claims"):
            if task.key in keys:
                submit(task, document_page((claim for claim in gold if claim.doc_id == task.key), task.data["text"]))
        marked = {task.key for task in rounds.tasks("later", "claims") if task.annotations}
        wanted = {claim.id for claim in gold if claim.doc_id in marked}
        while True:
            asked = rounds.tasks("later", QUESTIONS)
            cards = [{card["id"] for card in task.data["cards"]} for task in asked]
            if last in {task.key for task in asked} and all(shown == wanted for shown in cards):
                return asked
            time.sleep(0.2)

    first = {task.key for task in articles_pushed(rounds, "1/2")}
    proposed, *_, another = mark(first, "kursk-another-1")
    keys = [card["id"] for card in proposed.data["cards"][:2]]
    asks = {"status": ("corroborated",), "question": ("Who?",), "question_ar": ("من؟",)}
    submit(proposed, Page(notes=asks, piles={"A": tuple(keys)}))
    submit(another, Page())

    late = {task.key for task in articles_pushed(rounds, "2/2")} - first
    asked = {task.key: task for task in mark(late, "kursk-another-2")}
    for task in (proposed, another):
        [answer] = asked[task.key].annotations
        assert to_page(answer.results, Incidents().report).piles == ({"A": tuple(keys)} if task is proposed else {})
    assert not asked["kursk-another-2"].annotations
    for task in asked.values():
        if not task.annotations:
            submit(task, Page())
    rounds.run("pull", "r", "later")
    [issue] = [row for row in lines(rounds.file("later")) if row["layer"] == "conflicts"]
    assert (issue["issue_id"], issue["positions"]) == (
        proposed.key, [{"position": "A", "claim_ids": sorted(keys)}],
    )  # fmt: skip


def articles_pushed(rounds: Rounds, share: str) -> list[Task]:
    """The articles of the pass `later` once a share is pushed."""
    rounds.run("push", "r", "later", "--layers", "conflicts", "--annotator", share[0], "--documents", share)
    return rounds.tasks("later", "claims")
