"""To Label Studio and back: what is undecided is put there as tasks, what is decided there comes into the file.

A task is known by the disagreement in its data, so running this again doubles nothing and loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from khabar.annotations.adjudication.decisions import decide, decided_rows, read_adjudication
from khabar.annotations.adjudication.disagreements import Disagreement
from khabar.annotations.adjudication.page import KEY, corrected, task_data
from khabar.annotations.label_studio.configuration import Configuration, differences, read_configuration
from khabar.annotations.label_studio.projects import Answer, Project, Server, Task
from khabar.annotations.rounds import Round
from khabar.annotations.server.connection import Connection, asking
from khabar.formats.label_studio.page import words_of
from khabar.reading.files import write_records
from khabar.reading.incidents import Incidents, InputError, Report
from khabar.records import Conflict, Decision
from khabar.records.repository import RULINGS

INSTRUCTION = """
<div dir="rtl"><p>قراءتان مستقلتان للنص نفسه. اختر ما يبقى في النسخة المرجعية (المفاتيح 1 إلى 5)،
ثم السبب بمفتاحه: القاعدة من الدليل، أو اكتبه. ثم Ctrl+Enter.
إن كانت القراءتان مقبولتين لدى قارئ متأنٍّ فاختر «كلتاهما».</p></div>
<p>Two independent readings of one text. Choose what stands in the gold (keys 1 to 5), then why: each reason has its
key, or type one. Ctrl+Enter submits. Where careful readers may differ for good, keep both. “Other” asks field by field.
Begin with “Label All Tasks”: the next question opens by itself.</p>
"""

LONGEST_TITLE = 50
"""Letters Label Studio allows in the title of a project."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What went to and fro: tasks put on the server, decisions fetched that the file did not have so."""

    address: str
    pushed: int
    pulled: int


def exchange(connection: Connection, compared: Round, disagreements: Sequence[Disagreement], path: Path) -> Exchange:
    """Fetch decisions into `path`, then put what is still undecided on the server.

    A decision made in the page replaces one of the file. Raises InputError with every problem of either, and then
    writes nothing.
    """
    before = {item.decision.id: item.decision for item in read_adjudication(disagreements, path).decided}
    with asking(connection):
        server = Server(connection.client(), connection.url)
        project = _project(server, f"khabar {compared.name}/adjudication")
        tasks = server.tasks(project)
    fetched = _decisions(tasks, {each.id: each for each in disagreements}, compared.texts)
    after = before | fetched
    if after != before:
        write_records(path, [after[each.id] for each in disagreements if each.id in after])
    there = {task.data.get(KEY) for task in tasks}
    issues = {
        row.issue_id: row for rows in (compared.b.rows, compared.a.rows) for row in rows if isinstance(row, Conflict)
    }
    missing = [
        task_data(each, compared.texts, issues, (compared.a.name, compared.b.name))
        for each in disagreements
        if not each.cosmetic and each.id not in after and each.id not in there
    ]
    with asking(connection):
        server.add_tasks(project, [Task(0, data, "") for data in missing])
    pulled = sum(before.get(key) != decision for key, decision in fetched.items())
    return Exchange(project.address, len(missing), pulled)


def _project(server: Server, title: str) -> Project:
    """The project of the round, made if it is not there. Raises InputError if somebody changed what it can say."""
    if len(title) > LONGEST_TITLE:
        message = f"{title!r} is {len(title)} letters long, and Label Studio takes {LONGEST_TITLE}"
        raise InputError.of("option-wrong", message, fix="give the round a shorter name")
    configuration = Configuration(read_configuration("adjudication").label_config, INSTRUCTION)
    project = server.find(title)
    if project is None:
        return server.make(title, configuration)
    if wrong := differences(project.label_config, configuration.label_config):
        raise InputError.of("project-wrong", f"{title!r}: {'; '.join(wrong)}", project.address)
    return project


def _decisions(
    tasks: Iterable[Task], by_id: Mapping[str, Disagreement], texts: Mapping[str, str]
) -> dict[str, Decision]:
    """The decisions taken in the page, by disagreement. What is no longer a disagreement is left where it is."""
    incidents = Incidents()
    decisions: dict[str, Decision] = {}
    for task in tasks:
        disagreement = by_id.get(str(task.data.get(KEY)))
        if disagreement is None or not task.annotations:
            continue
        report = partial(incidents.report, file=task.address, doc_id=disagreement.doc_id)
        decision = _decision(disagreement, max(task.annotations, key=lambda answer: answer.id), texts, report)
        if decision is not None and decided_rows(disagreement, decision, report) is not None:
            decisions[disagreement.id] = decision
    incidents.refuse()
    return decisions


def _decision(disagreement: Disagreement, answer: Answer, texts: Mapping[str, str], report: Report) -> Decision | None:
    words = {str(result.get("from_name")): words_of(result.get("value") or {}) for result in answer.results}
    verdict = next(iter(words.get("decision", ())), None)
    if verdict not in RULINGS:
        report("value-wrong", f"the decision is {verdict!r}", fix=f"choose one of {', '.join(RULINGS)}")
        return None
    reason = "; ".join((*words.get("grounds", ()), *words.get("reason", ())))
    if verdict != "other":
        return decide(disagreement, verdict, reason, answer.by)
    changes: dict[int, tuple[str, ...]] = {}
    for kind in ("pick", "field"):  # what is typed replaces what is picked
        for control, said in words.items():
            numbered = re.fullmatch(rf"{kind}_(\d+)", control)
            if numbered and said:
                changes[int(numbered[1])] = said
    return decide(disagreement, verdict, reason, answer.by, corrected(disagreement, changes, texts, report))
