"""Rounds: where a pass stands on disk and on the server, and how much of it is done."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from khabar.annotations.label_studio.projects import Task
from khabar.reading.incidents import Incident, InputError
from khabar.records import Claim, Conflict, Entity, Number, Quote, Registered, Row, Zones

ROUNDS = Path("annotations") / "rounds"
DOCUMENTS, STORIES = "documents", "stories"
"""Kinds of projects: a pass has one of each."""
_NAME = re.compile(r"\w[\w.-]*", re.ASCII)
_LONGEST = 30
"""Letters of round and pass together: Label Studio's titles take 50."""
_TURN: tuple[type[Row], ...] = (Zones, Entity, Number, Quote, Claim, Conflict, Registered)


@dataclass(frozen=True, slots=True)
class Pass:
    """One reading of a round's documents, by one annotator or by several who share them."""

    round: str
    name: str

    def __post_init__(self) -> None:
        wrong = [name for name in (self.round, self.name) if not _NAME.fullmatch(name)]
        incidents = [Incident("option-wrong", f"{name!r} is no name of a round or pass", fix=_NAMES) for name in wrong]
        if len(self.round) + len(self.name) > _LONGEST:
            incidents.append(Incident("option-wrong", f"{self.round}/{self.name} is too long", fix=_NAMES))
        if incidents:
            raise InputError(incidents)

    def title(self, kind: str) -> str:
        """Title of its project of one kind ("documents" or "stories")."""
        return f"khabar {self.round}/{self.name} {kind}"

    def file(self, rounds: Path = ROUNDS) -> Path:
        """Its file."""
        return rounds / self.round / f"{self.name}.jsonl"


_NAMES = f"use letters, digits, _ . and -, at most {_LONGEST} for both names together"


@dataclass(frozen=True, slots=True)
class Articles:
    """The articles a pass may be of: their texts and stories by doc_id."""

    texts: Mapping[str, str]
    stories: Mapping[str, str]

    def of(self, story: str) -> dict[str, str]:
        """The texts of one story."""
        return {doc_id: text for doc_id, text in self.texts.items() if self.stories[doc_id] == story}


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
            raise InputError(
                [Incident("option-wrong", f"--documents {text!r}", fix="write 1/2 and 2/2 for two shares")]
            )
        return list(documents[turn - 1 :: of])
    found: list[str] = []
    incidents = []
    for name in (part.strip() for part in text.split(",") if part.strip()):
        fits = [name] if name in documents else [each for each in documents if each.startswith(name)]
        if len(fits) == 1:
            found += [each for each in fits if each not in found]
        else:
            message = f"--documents: {name!r} is {'no document' if not fits else f'one of {len(fits)} documents'}"
            incidents.append(Incident("option-wrong", message, fix="name documents by their doc_id"))
    if not found and not incidents:
        incidents.append(Incident("option-wrong", f"--documents {text!r} names none", fix="leave it out for all"))
    if incidents:
        raise InputError(incidents)
    return found


def shares(tasks: Iterable[Task]) -> list[Share]:
    """How much is done and left, by annotator."""
    by_annotator: dict[str, list[Task]] = {}
    for task in tasks:
        by_annotator.setdefault(str(task.data.get("annotator", "")), []).append(task)
    return [
        Share(
            annotator,
            len(mine),
            sum(bool(task.annotations) for task in mine),
            sum(task.begun and not task.annotations for task in mine),
        )
        for annotator, mine in sorted(by_annotator.items())
    ]


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Rows as the file of a pass has them: layer by layer, by id (zones by document, the registry by key)."""

    def place(row: Row) -> tuple[int, str, str]:
        names: Sequence[str] = [getattr(row, name, "") for name in ("id", "issue_id", "entity_id", "doc_id")]
        own = next(name for name in names if name)
        return _TURN.index(type(row)), own if not isinstance(row, Registered) else row.story, own

    return sorted(rows, key=place)
