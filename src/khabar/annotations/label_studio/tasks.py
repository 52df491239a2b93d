"""Tasks as rows: what annotators submitted in the page of a document or a question, with every problem at its place.

A registry row has no face in the page but who speaks for whom; it travels in the data of the story's task. What a new
key stands for follows from its mentions. Shares say who annotates which documents of a pass, and how much is done.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec
from msgspec.structs import replace

from khabar.annotations.agreement.names import keys_of
from khabar.annotations.label_studio.projects import Answer, Task
from khabar.formats.label_studio.document_page import STEPS, document_rows
from khabar.formats.label_studio.fields import ZONE_LABELS
from khabar.formats.label_studio.names import names_of_task
from khabar.formats.label_studio.page import Page, sound_page, to_page
from khabar.formats.label_studio.question_page import question_rows, speakers
from khabar.reading.incidents import Incidents, InputError
from khabar.records import Claim, Conflict, Entity, Quote, Registered, Row, groups_of


def read_document(task: Task, step: str, text: str, incidents: Incidents, entities: Sequence[Entity] = ()) -> list[Row]:
    """Read the annotation of a document whose text is `text`, in a step; its claims have no issue yet.

    `entities` are those of the step where they are annotated.
    """
    problem = partial(incidents.report, file=task.address, doc_id=task.key)
    page = sound_page(task.annotations[0].results, str(task.data.get("text", "")), text, problem)
    if page is None:
        return []
    for region in page.regions:
        if region.label not in (*STEPS[step], *ZONE_LABELS):  # zones are seen in every step, and read in their own
            problem("region-unknown", f"{region.label!r} is no label of the step {step}", offset=region.start)
    with_zones = step == "claims"
    mine, names = page.only(STEPS[step]), names_of_task(task.data, problem)
    return document_rows(mine, task.key, text, problem, names=names, elsewhere=entities, with_zones=with_zones)


def page_of_question(task: Task, answer: Answer, incidents: Incidents) -> Page:
    """The page of a question with an answer, keys in place of names."""
    problem = partial(incidents.report, file=task.address)
    return names_of_task(task.data, problem).read(to_page(answer.results, problem))


def submitted_pages(tasks: Sequence[Task], incidents: Incidents) -> list[tuple[Task, Page]]:
    """The questions that are submitted, each with its page."""
    return [(task, page_of_question(task, task.annotations[0], incidents)) for task in tasks if task.annotations]


def read_questions(
    submitted: Sequence[tuple[Task, Page]], claims: Mapping[str, Claim], incidents: Incidents
) -> tuple[list[Claim], list[Conflict]]:
    """Read the issues of a story from its submitted questions, and its claims (by id) where they stand.

    A claim on two questions is two rows: the question pushed first has the claim's own id.
    """
    placed: list[Claim] = []
    issues: list[Conflict] = []
    taken: set[str] = set()
    for task, page in submitted:
        problem = partial(incidents.report, file=task.address)
        own, issue = question_rows(page, task.key, task.story, claims, problem, taken)
        placed += own
        issues += [issue] if issue is not None else []
        taken |= {claim.id for claim in own}
    return placed, issues


def read_speakers(submitted: Sequence[tuple[Task, Page]], incidents: Incidents) -> dict[str, str]:
    """Who speaks for whom in a story, as its submitted questions say it."""
    spoken: dict[str, str] = {}
    for task, page in submitted:
        spoken = speakers(page, partial(incidents.report, file=task.address)) | spoken
    return spoken


def registry_of(tasks: Sequence[Task], incidents: Incidents) -> list[Registered] | None:
    """The registry that travels with the questions of a story; None if there is none."""
    for task in (task for task in tasks if "registry" in task.data):
        try:
            return msgspec.convert(task.data["registry"], list[Registered])
        except msgspec.ValidationError as error:
            incidents.report("task-wrong", f"its data were changed: registry: {error}", file=task.address)
    return None


def registered(
    rows: Sequence[Row], story: str, known: Iterable[Registered], speaks_for: Mapping[str, str] | None
) -> list[Registered]:
    """The registry of a story: the known rows, with `speaks_for` as the page says it (None: it has not been asked),
    and a row for every other key that `rows` use."""
    spoken = speaks_for or {}
    registry = {row.entity_id: row for row in known}
    for key in (*(key for row in rows for key in keys_of(row)), *spoken, *spoken.values()):
        if key not in registry:
            registry[key] = _derived(key, story, rows)
    if speaks_for is not None:
        registry = {key: replace(row, speaks_for=speaks_for.get(key)) for key, row in registry.items()}
    return [registry[key] for key in sorted(registry)]


def _derived(key: str, story: str, rows: Sequence[Row]) -> Registered:
    """A row made of the mentions: their label, and the name that is the key, where somebody typed a name, else the
    commonest name (of equally common ones the first); the other names are aliases."""
    mentions = [row for row in rows if isinstance(row, Entity) and row.entity_id == key]
    if not mentions:
        phrases = [
            row.speaker_mention.text
            for row in rows
            if isinstance(row, Quote) and row.speaker_mention and row.speaker == key
        ]
        return Registered(entity_id=key, story=story, name=phrases[0] if phrases else key)
    labels = groups_of((mention.label, mention) for mention in mentions)
    label = next((name for name in labels if name not in ("NORP", "OCC")), mentions[0].label)  # an adjective, an office
    commonest = Counter(each.name for each in labels[label]).most_common(1)[0][0]
    name = commonest if key.isascii() else key  # somebody called it so
    aliases = sorted({each.name for each in mentions} - {name})
    items = [each.wikidata for each in mentions if each.wikidata]
    return Registered(
        entity_id=key,
        story=story,
        label=labels[label][0].label,
        name=name,
        aliases=tuple(aliases),
        wikidata=items[0] if items else None,
    )


@dataclass(frozen=True, slots=True)
class Share:
    """An annotator's share of the tasks of a pass."""

    annotator: str
    tasks: int
    done: int
    begun: int

    @property
    def left(self) -> int:
        """Tasks without a submitted annotation."""
        return self.tasks - self.done


def shares(tasks: Iterable[Task]) -> list[Share]:
    """How much is done and left, by annotator."""
    by_annotator = groups_of((str(task.data.get("annotator", "")), task) for task in tasks)
    return [
        Share(
            annotator,
            len(mine),
            sum(bool(task.annotations) for task in mine),
            sum(task.begun and not task.annotations for task in mine),
        )
        for annotator, mine in sorted(by_annotator.items())
    ]


def share_of(text: str | None, documents: Sequence[str]) -> list[str]:
    """The documents of a share: all (None), some by name or the beginning of it, or every n-th (`1/3`, `2/3`, `3/3`).

    Raises InputError with every name that is none, or of several.
    """
    if text is None:
        return list(documents)
    dealt = re.fullmatch(r"(\d+)/(\d+)", text.strip())
    if dealt:
        turn, of = int(dealt[1]), int(dealt[2])
        if not 1 <= turn <= of:
            fix = "write 1/2 and 2/2 for two shares"
            raise InputError.of("option-wrong", f"--documents {text!r}", fix=fix)
        return list(documents[turn - 1 :: of])
    incidents = Incidents()
    chosen: dict[str, None] = {}
    names = [part.strip() for part in text.split(",") if part.strip()]
    for name in names:
        fits = [name] if name in documents else [doc_id for doc_id in documents if doc_id.startswith(name)]
        if len(fits) == 1:
            chosen[fits[0]] = None
        else:
            message = f"--documents: {name!r} is {'no document' if not fits else f'one of {len(fits)} documents'}"
            incidents.report("option-wrong", message, fix="name documents by their doc_id")
    if not names:
        incidents.report("option-wrong", f"--documents {text!r} names none", fix="leave it out for all")
    incidents.refuse()
    return list(chosen)
