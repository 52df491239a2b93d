"""Shares: who annotates which documents of a pass, and how much of it is done."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from khabar.annotations.label_studio.projects import Task
from khabar.reading.incidents import Incident, Incidents, InputError


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
            raise InputError([Incident("option-wrong", f"--documents {text!r}", fix=fix)])
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
