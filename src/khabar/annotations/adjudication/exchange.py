"""To Label Studio and back: what is undecided is put there as tasks, what is decided there comes into the file.

A task is known by the disagreement in its data, so running this again doubles nothing and loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from khabar.annotations.adjudication.adjudicating import state_of
from khabar.annotations.adjudication.decisions import decided_rows, plain, write_decisions
from khabar.annotations.adjudication.disagreements import Disagreement
from khabar.annotations.adjudication.page import KEY, task
from khabar.annotations.agreement.passes import Round
from khabar.annotations.label_studio.configuration import Configuration, differences, read_configuration
from khabar.annotations.label_studio.projects import Project, Reading, Server, Task
from khabar.annotations.server import Connection, asking
from khabar.progress import Progress, steps
from khabar.reading.incidents import Incident, InputError
from khabar.records import Conflict, Decision
from khabar.records.decisions import VERDICTS

INSTRUCTION = """
<div dir="rtl"><p>قراءتان مستقلتان للنص نفسه. اختر ما يبقى في النسخة المرجعية (المفاتيح 1 إلى 5)،
واكتب السبب: القاعدة من الدليل، أو ما في النص. إن كانت القراءتان مقبولتين لدى قارئ متأنٍّ فاختر «كلتاهما».</p></div>
<p>Two independent readings of one text. Choose what stands in the gold (keys 1 to 5) and say why: the rule of the
guidelines, or what the text says. Where careful readers may differ for good, keep both. “Other” asks for rows.</p>
"""

LONGEST_TITLE = 50
"""Letters Label Studio allows in the title of a project."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What went to and fro: tasks put on the server, decisions fetched that the file did not have so."""

    address: str
    pushed: int
    pulled: int


def exchange(at: Connection, given: Round, found: Sequence[Disagreement], path: Path, progress: Progress) -> Exchange:
    """Fetch decisions into `path`, then put what is still undecided on the server.

    A decision made in the page replaces one of the file. Raises InputError with every problem of either, and then
    writes nothing.
    """
    known = {each.id: each for each in found}
    before = {each.decision.id: each.decision for each in state_of(found, path).decided}
    with asking(at):
        server = Server(at.client(), at.url)
        project = _project(server, f"khabar {given.name}/adjudication")
        tasks = server.tasks(project)
    fetched = _decisions(tasks, known)
    after = before | fetched
    if after != before:
        write_decisions(path, [after[each.id] for each in found if each.id in after])
    there = {each.data.get(KEY) for each in tasks}
    missing = [each for each in found if not each.cosmetic and each.id not in after and each.id not in there]
    issues = {row.issue_id: row for rows in (given.b.rows, given.a.rows) for row in rows if isinstance(row, Conflict)}
    made = [task(each, given.texts, issues) for each in missing]
    with asking(at):
        for each in steps(made, "putting tasks", progress):
            server.add_task(project, each)
    return Exchange(project.address, len(made), sum(before.get(key) != decision for key, decision in fetched.items()))


def _project(server: Server, title: str) -> Project:
    """The project of the round, made if it is not there. Raises InputError if somebody changed what it can say."""
    if len(title) > LONGEST_TITLE:
        message = f"{title!r} is {len(title)} letters long, and Label Studio takes {LONGEST_TITLE}"
        raise InputError([Incident("option-wrong", message, fix="give the round a shorter name")])
    wanted = Configuration(read_configuration("adjudication").label_config, INSTRUCTION)
    project = server.find(title)
    if project is None:
        return server.make(title, wanted)
    if wrong := differences(project.label_config, wanted.label_config):
        raise InputError([Incident("project-wrong", f"{title!r}: {'; '.join(wrong)}", project.address)])
    return project


def _decisions(tasks: Iterable[Task], known: Mapping[str, Disagreement]) -> dict[str, Decision]:
    """The decisions taken in the page, by disagreement. What is no longer a disagreement is left where it is."""
    incidents: list[Incident] = []
    decided: dict[str, Decision] = {}
    for each in tasks:
        found = known.get(str(each.data.get(KEY)))
        if found is None or not each.annotations:
            continue

        def report(kind: str, message: str, fix: str | None = None, at: Task = each, of: Disagreement = found) -> None:
            incidents.append(Incident(kind, message, at.address, doc_id=of.doc_id, fix=fix))

        decision = _decision(found, max(each.annotations, key=lambda reading: reading.id), report)
        if decision is not None and decided_rows(found, decision, report) is not None:
            decided[found.id] = decision
    if incidents:
        raise InputError(incidents)
    return decided


def _decision(found: Disagreement, reading: Reading, report: Callable[..., None]) -> Decision | None:
    said: dict[str, Any] = {str(part.get("from_name")): part.get("value") or {} for part in reading.results}
    verdict = next(iter(said.get("decision", {}).get("choices", ())), None)
    if verdict not in VERDICTS:
        report("value-wrong", f"the decision is {verdict!r}", f"choose one of {', '.join(VERDICTS)}")
        return None
    rows: tuple[dict[str, Any], ...] = ()
    if verdict == "other":
        try:
            rows = tuple(dict(row) for row in json.loads(_typed(said.get("rows"))))
        except (ValueError, TypeError):
            report("value-wrong", "the rows of decision 'other' are no JSON list of objects", "mend them in the page")
            return None
    return Decision(
        id=found.id,
        layer=found.layer,
        doc_id=found.doc_id,
        decision=verdict,
        reason=_typed(said.get("reason")).strip(),
        by=reading.by,
        rows=rows,
        a=tuple(plain(found.a)),
        b=tuple(plain(found.b)),
    )


def _typed(value: Mapping[str, Any] | None) -> str:
    """What was typed into a text area, its parts as lines."""
    text = (value or {}).get("text", "")
    return "\n".join(text) if isinstance(text, list) else str(text)
