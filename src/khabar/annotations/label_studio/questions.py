"""The questions of a story on the server: those it begins with, those its claims suggest, and one more to ask.

Claims are marked in the articles first. Once those of all articles are submitted, they are cards in every question;
what is submitted of the articles later changes the cards, and a card keeps its place. Claims that may answer one
question together are proposed from their anchors: a beginning for annotators, no reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import msgspec

from khabar.annotations.label_studio.configuration import QUESTIONS
from khabar.annotations.label_studio.projects import Task, begun
from khabar.annotations.label_studio.start import Start
from khabar.annotations.label_studio.tasks import page_of_question, read_document
from khabar.annotations.rounds import Articles
from khabar.formats.label_studio.fields import POSITIONS, SPEAKS_FOR
from khabar.formats.label_studio.names import Names
from khabar.formats.label_studio.page import Page, to_results
from khabar.formats.label_studio.question_page import ClaimCard, card, cards_now, question_page
from khabar.reading.incidents import Incidents
from khabar.records import Claim, Conflict, Entity, Number, Registered, Row, Span, groups_of, only
from khabar.text.arabic import bare, fold

Topic = tuple[str, str]
"""The type of an anchor (a kind of number, `date`, `name` or `word`), and a noun or an entity that goes with it."""
_SHORT = 3
"""Words of so many letters name nothing by themselves."""


def topics(claim: Claim, rows: Iterable[Row]) -> list[Topic]:
    """What a claim is about: the type of its anchor with the noun counted there, or with what else it names.

    `rows` are entities and numbers of the claim's article.
    """
    anchor = claim.anchor
    if anchor is None:
        return []
    inside = [row for row in rows if isinstance(row, (Entity, Number)) and _overlap(row, claim)]
    for number in (row for row in inside if isinstance(row, Number) and _overlap(row.core, anchor)):
        noun = number.unit or number.counted
        if noun:
            return [(number.kind, fold(noun))]
    names = [row for row in inside if isinstance(row, Entity)]
    dated = any(isinstance(row, Number) and row.kind == "date" and _overlap(row.core, anchor) for row in inside)
    named = any(_overlap(row, anchor) for row in names)
    kind = "date" if dated else ("name" if named else "word")
    about = [row.entity_id for row in names if kind == "word" or not _overlap(row, anchor)]
    words = fold(claim.text if kind == "word" else claim.text.replace(anchor.text, " ")).split()
    about += [bare(word) for word in words if len(word) > _SHORT]
    return [(kind, each) for each in dict.fromkeys(about)]


def _overlap(row: Claim | Entity | Number | Span, other: Claim | Span) -> bool:
    return row.start < other.end and other.start < row.end


def proposed(claims: Sequence[Claim], rows: Sequence[Row]) -> dict[Topic, tuple[Claim, ...]]:
    """Group claims that share a topic, each with the rarest of its topics that others share.

    A group is of two sources or articles at least, as an issue is.
    """
    rows_of = groups_of((row.article, row) for row in rows)
    by_topic = groups_of((topic, claim) for claim in claims for topic in topics(claim, rows_of.get(claim.doc_id, ())))
    groups: dict[Topic, tuple[Claim, ...]] = {}
    done: set[str] = set()
    for topic, sharing in sorted(by_topic.items(), key=lambda item: (len(item[1]), item[0])):
        group = tuple(claim for claim in sharing if claim.id not in done)
        if len({(claim.doc_id, claim.source) for claim in group}) > 1:
            groups[topic] = group
            done |= {claim.id for claim in group}
    return groups


def by_value(claims: Iterable[Claim]) -> Mapping[str, tuple[str, ...]]:
    """Positions for claims on one question: those of equal values share one. Claims beyond the last have none."""
    answers = groups_of((claim.value, claim.id) for claim in claims)
    return {position: tuple(ids) for position, ids in zip(POSITIONS, answers.values(), strict=False)}


ANOTHER = "سؤال آخر في القصة · another question"
"""What a task asks that nothing suggested."""
_KINDS = {"date": "تاريخ · date", "name": "اسم · name", "word": "كلمة · word"}


def marked_claims(tasks: Iterable[Task], texts: Mapping[str, str]) -> list[Claim]:
    """The claims marked in the articles that are submitted, as the tasks of the step claims have them."""
    unheard = Incidents()  # problems of the pages are for whoever pulls
    done = (task for task in tasks if task.key in texts and task.annotations)
    rows = (row for task in done for row in read_document(task, "claims", texts[task.key], unheard))
    return sorted(only(rows, Claim), key=lambda claim: (claim.doc_id, claim.start, claim.end, claim.id))


def all_claims(tasks: Sequence[Task], texts: Mapping[str, str]) -> list[Claim] | None:
    """The claims of a story; None until all its articles are submitted."""
    is_marked = {*texts} <= {task.key for task in tasks if task.annotations}
    return marked_claims(tasks, texts) if is_marked else None


@dataclass(frozen=True, slots=True)
class QuestionContext:
    """What the questions of a story are made of: its claims (None until all are marked), and rows of its articles that
    say what is named and counted there."""

    name: str
    articles: Articles
    names: Names
    claims: Sequence[Claim] | None
    rows: Sequence[Row]


class _Deck:
    """Claims as cards."""

    def __init__(self, claims: Sequence[Claim], story: QuestionContext) -> None:
        rows_of = groups_of((row.article, row) for row in story.rows)
        self._topics = {claim.id: set(topics(claim, rows_of.get(claim.doc_id, ()))) for claim in claims}
        self._cards = [card(claim, story.articles.texts[claim.doc_id], story.names) for claim in claims]

    def dealt(self, page: Page, before: Sequence[ClaimCard]) -> list[ClaimCard]:
        """The cards of a page that had others before: first those it has placed, then those on the same topics."""
        ours = {topic for key in page.placed for topic in self._topics.get(key, ())}

        def turn(card: ClaimCard) -> tuple[bool, bool]:
            return card["id"] not in page.placed, not ours & self._topics[card["id"]]

        return cards_now(sorted(self._cards, key=turn), before)


class StoryQuestions:
    """The questions of a story; `tasks` are those that are on the server."""

    def __init__(self, tasks: Sequence[Task], story: QuestionContext, start: Start, annotator: str) -> None:
        self._story, self._start, self._tasks, self._annotator = story, start, list(tasks), annotator
        self._rows = [row for row in start.rows if row.story_key(story.articles.stories) == story.name]
        self._claims = only(self._rows, Claim) if story.claims is None else story.claims
        self._deck = _Deck(self._claims, story)

    def asked(self) -> list[Task]:
        """Those that are there and those that are not, as they are to be. What is submitted is not touched."""
        marked = self._story.claims is not None
        if not marked and not any(isinstance(row, (Claim, Conflict, Registered)) for row in self._rows):
            return self._tasks
        for issue in only(self._rows, Conflict):
            self._ask(issue.issue_id, issue.question_ar, question_page(issue, self._claims))
        if marked:
            self._propose()
        self._leave_one_more()
        if marked:
            self._tasks = [self._dealt(task) for task in self._tasks]
        return self._tasks

    def _ask(self, key: str, topic: str, page: Page, **more: Any) -> None:
        """Ask a question, unless it is there, and show where to begin."""
        at = next((at for at, each in enumerate(self._tasks) if each.key == key), len(self._tasks))
        if at == len(self._tasks):
            whose = {"key": key, "annotator": self._annotator, "story": self._story.name, "topic": topic}
            shown = {"names": self._story.names.data, "cards": self._deck.dealt(page, ())}
            self._tasks.append(Task(0, whose | shown | more, ""))
        if self._start.finished or page != Page():
            results = to_results(self._story.names.shown(page))
            self._tasks[at] = begun(self._tasks[at], results, QUESTIONS, finished=self._start.finished)

    def _propose(self) -> None:
        """Ask what claims suggest that no question has placed, or was proposed with."""
        pages = (page for task in self._tasks for page in self._pages(task))
        asked = {key for page in pages for key in page.placed}
        free = [claim for claim in self._claims if claim.id not in asked]
        for (kind, about), group in proposed(free, self._story.rows).items():
            digest = sha256("\n".join(sorted(claim.id for claim in group)).encode()).hexdigest()[:6]
            topic = f"{_KINDS.get(kind, f'عدد · {kind}')}: {self._story.names.words_of(about)}"
            self._ask(f"{self._story.name}-{digest}", topic, Page(piles=by_value(group)))

    def _leave_one_more(self) -> None:
        """Leave one task open for a question that nobody proposed. The first carries the story's registry."""
        own = [task for task in self._tasks if task.data.get("topic") == ANOTHER]
        number = max(1, len(own) + (bool(own) and self._is_done(own[-1])))
        registry = only(self._rows, Registered) if number == 1 else []
        more = {"registry": [msgspec.to_builtins(row) for row in registry]} if number == 1 else {}
        self._ask(f"{self._story.name}-another-{number}", ANOTHER, question_page(None, (), registry), **more)

    def _dealt(self, task: Task) -> Task:
        """The task with the cards as the claims now are; where those are the same, in the order they have."""
        before = task.data.get("cards", [])
        now = self._deck.dealt(self._page(task), before)
        if {each["id"]: each for each in now} == {each["id"]: each for each in before}:
            return task
        return replace(task, data={**task.data, "cards": now})

    def _pages(self, task: Task) -> list[Page]:
        """What is said in a task, then what it began with."""
        return [page_of_question(task, answer, Incidents()) for answer in (*task.annotations, *task.predictions)]

    def _page(self, task: Task) -> Page:
        """What a task opens with."""
        return next(iter(self._pages(task)), Page())

    def _is_done(self, task: Task) -> bool:
        """Whether somebody asked something in a task that began empty, or submitted it before all claims were there."""
        page, shown = self._page(task), {each["id"] for each in task.data.get("cards", ())}
        is_asked = bool(page.piles or {*page.notes} - {SPEAKS_FOR.name})
        return bool(task.annotations) and (is_asked or any(claim.id not in shown for claim in self._claims))
