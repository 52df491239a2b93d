"""Notes for annotators: what is to be mended in a task, said as soon as it is submitted.

`annotate serve` keeps them open on 127.0.0.1. Its Label Studio says which task was submitted (launch.py); the notes on
it stand in a page of their own, and in a corner of Label Studio's (page.js). The address holds a secret, as the notes
quote the texts.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from khabar.annotations.label_studio.checks import articles_of, check_pass
from khabar.annotations.label_studio.configuration import QUESTIONS
from khabar.annotations.label_studio.projects import Server, Task, Tasks, each_task
from khabar.annotations.label_studio.pull import fetch, read_pass
from khabar.annotations.label_studio.push import grown, names_of_pass, show
from khabar.annotations.label_studio.questions import QuestionContext, StoryQuestions, all_claims
from khabar.annotations.label_studio.start import Start
from khabar.annotations.rounds import PassName
from khabar.formats.label_studio.names import Names
from khabar.reading.incidents import Incident, Incidents, KhabarError

if TYPE_CHECKING:
    from jinja2 import Template

HOST = "127.0.0.1"
_TITLE = re.compile(r"khabar (\S+)/(\S+) (\w+)")
_LONGEST_REQUEST = 1000

ARABIC = {
    "task-begun": "تعديل لم يُرسَل بعد",
    "label-suspect": "لعلّ الوسم تغيّر سهوًا: هل كان المفتاح للمقطع التالي؟",
    "span-surface": "المقطع ليس في موضعه من النص",
    "span-outside": "المقطع يتجاوز النص",
    "part-loose": "جزء بلا كلّ: اربطه بما هو منه",
    "value-wrong": "خانة ناقصة أو قيمتها غير مقبولة",
    "claim-unplaced": "دعوى بلا جواب أو بلا مسألة",
    "region-unknown": "ما لا تعرفه هذه الصفحة",
    "task-wrong": "المهمة ليست كما وُضعت",
    "spans-cross": "كيانان متقاطعان: يتداخلان كليًا أو ينفصلان",
    "core-outside": "صلب العدد خارج العدد",
    "gold-date": "تاريخ لا يُقرأ: اكتبه مثل 2024-06",
    "number-not-numeric": "قيمة ليست عددًا",
    "chain-end": "سلسلة المصادر لا تنتهي بالقائل",
    "row-in-boilerplate": "وسم في الحشو",
    "row-repeated": "الوسم نفسه مرتين",
    "reference-unknown": "إشارة إلى ما ليس موجودًا",
    "issue-thin": "مسألة من مصدر واحد",
    "issue-fields": "حال المسألة ونوعها لا يتفقان",
    "issue-values": "قيم الأجوبة لا توافق حال المسألة",
    "gold-unmatchable": "دعوى أطول مما يُقاس",
}
"""Incident → what it means to an annotator."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A submitted task with what is to be mended in it."""

    task: Task
    step: str
    notes: tuple[Incident, ...]


@dataclass
class Notes:
    """The notes on the tasks submitted since the server started, the last submitted first."""

    address: str
    secret: str
    asked: Queue[int | None] = field(default_factory=Queue)
    noted: dict[int, Noted] = field(default_factory=dict)
    failure: str = ""
    passes: dict[PassName, dict[str, dict[int, Task]]] = field(default_factory=dict)

    def work(self, server: Server) -> None:
        """Check whatever was submitted, until None is asked."""
        while (task_id := self.asked.get()) is not None:
            try:
                self._check(server, task_id)
                self.failure = ""
            except KhabarError as error:
                self.failure = str(error)
            except Exception as error:  # the server's client raises what it likes; the next submission is checked anew
                self.failure = f"{type(error).__name__}: {error}"

    def _check(self, server: Server, task_id: int) -> None:
        project, task = server.task(task_id)
        title = _TITLE.fullmatch(project.title)
        if title is None or title[3] == "adjudication":
            return
        which, kind = PassName(title[1], title[2]), title[3]
        if task_id not in self.passes.get(which, {}).get(kind, {}):
            fetched = fetch(server, which, Incidents())
            self.passes[which] = {kind: {task.id: task for task in of_kind} for kind, of_kind in fetched.items()}
        self.passes[which][kind][task_id] = task
        tasks = _of_one_story(self.passes[which], task)
        self._note(tasks, task)
        names = names_of_pass(tasks, articles_of(tasks))
        tasks = {step: grown(server, of_kind, names) for step, of_kind in tasks.items()}
        if kind in ("claims", QUESTIONS) and QUESTIONS in tasks:
            tasks[QUESTIONS] = _with_questions(server, which, tasks, names[task.story], task)
        for step, of_kind in tasks.items():
            self.passes[which][step] |= {each.id: each for each in of_kind}

    def _note(self, tasks: Tasks, submitted: Task) -> None:
        incidents = check_pass(tasks, articles_of(tasks))
        self.noted.pop(submitted.id, None)
        for kind, task in each_task(tasks):
            if task.annotations and (task is submitted or task.id in self.noted):
                mine = tuple(each for each in incidents if (each.file or "").split("&region=")[0] == task.address)
                self.noted[task.id] = Noted(task, kind, mine)

    def page(self, task_id: int | None = None, before: int | None = None) -> str:
        """The page of all notes, or of those on one task, with what the one before it lacks."""
        noted = [
            each
            for key, each in reversed(self.noted.items())
            if task_id in (None, key) or (key == before and each.notes)
        ]
        return _template().render(noted=noted, arabic=ARABIC, alone=task_id is None, failure=self.failure)


def _of_one_story(tasks: Mapping[str, Mapping[int, Task]], task: Task) -> Tasks:
    return {kind: [each for each in of_kind.values() if each.story == task.story] for kind, of_kind in tasks.items()}


def _with_questions(server: Server, which: PassName, tasks: Tasks, names: Names, task: Task) -> list[Task]:
    """The questions of a story, as what was submitted of its claims and questions makes them."""
    project = server.find(which.title(QUESTIONS))
    if project is None:
        return []
    articles = articles_of(tasks)
    marked = all_claims(tasks["claims"], articles.texts)
    rows = read_pass(
        {kind: tasks[kind] for kind in tasks if kind not in ("claims", QUESTIONS)}, articles, (), Incidents()
    )
    about = QuestionContext(task.story, articles, names, marked, rows)
    there = [each for each in server.tasks(project) if each.story == task.story]  # a push may have brought some since
    asked = StoryQuestions(there, about, Start(), str(task.data.get("annotator", ""))).asked()
    now = server.bring(project, there, asked)
    show(server, project, now, QUESTIONS)
    return now


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("khabar.annotations.label_studio")
    return Environment(loader=loader, undefined=StrictUndefined, autoescape=True).get_template("notes.html")


class _Handler(BaseHTTPRequestHandler):
    notes: Notes

    def do_GET(self) -> None:
        """Show the notes."""
        asked = urlsplit(self.path)
        if asked.path != f"/{self.notes.secret}":
            self.send_error(404)
            return
        given = {name: int(words[0]) for name, words in parse_qs(asked.query).items() if words[0].isdecimal()}
        body = self.notes.page(given.get("task"), given.get("before")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Take a submission, to be checked once Label Studio has its answer."""
        length = int(self.headers.get("Content-Length") or 0)
        if self.path != f"/{self.notes.secret}" or length > _LONGEST_REQUEST:
            self.send_error(404)
            return
        self.notes.asked.put(int(json.loads(self.rfile.read(length))["task"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal is the leader's."""


@contextmanager
def notes_served() -> Iterator[Notes]:
    """Serve notes on any free port until the block is left. What is asked is checked once somebody runs `work`."""
    secret = secrets.token_urlsafe(16)
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer((HOST, 0), handler) as http:
        http.daemon_threads = True
        notes = handler.notes = Notes(f"http://{HOST}:{http.server_address[1]}/{secret}", secret)  # type: ignore[attr-defined]
        thread = Thread(target=http.serve_forever, daemon=True)
        thread.start()
        try:
            yield notes
        finally:
            http.shutdown()
            thread.join()


@contextmanager
def checking(notes: Notes, server: Server) -> Iterator[None]:
    """Check what is submitted to a server until the block is left."""
    worker = Thread(target=notes.work, args=(server,), daemon=True)
    worker.start()
    try:
        yield
    finally:
        notes.asked.put(None)
