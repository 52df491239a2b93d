"""Many problems that are alike, told as one: the first of them, how many more there are, and where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Protocol

MOST_ALIKE = 4
"""So many problems that differ in their place alone are each told in full."""
MOST_OF_A_KIND = 10
"""So many problems of one file and one id, or groups of them, are told before the rest is only counted."""
_MOST_PLACES = 8
_INDEX = re.compile(r"\[\d+\]")


class Problem(Protocol):
    """What is told of an incident; `str()` is all of it."""

    @property
    def id(self) -> str:
        """Its id in the catalogue."""

    @property
    def message(self) -> str:
        """What is wrong."""

    @property
    def file(self) -> str | None:
        """The file it is in."""

    @property
    def line(self) -> int | None:
        """The line of the file."""

    @property
    def doc_id(self) -> str | None:
        """The document it is of."""

    @property
    def fix(self) -> str | None:
        """How to mend it, where that is not as for its id."""


def digest(incidents: Iterable[Problem]) -> Iterator[str]:
    """Tell problems in lines and in their order: many that are alike together, and of a great many a count."""
    incidents = list(incidents)
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for incident in incidents:
        groups.setdefault(_likeness(incident), []).append(incident)
    told: Counter[tuple[str | None, str]] = Counter()
    untold: Counter[tuple[str | None, str]] = Counter()
    for incident in incidents:
        group = groups[_likeness(incident)]
        is_many = len(group) > MOST_ALIKE
        if is_many and incident is not group[0]:
            continue
        kind = (incident.file, incident.id)
        told[kind] += 1
        if told[kind] > MOST_OF_A_KIND:
            untold[kind] += len(group) if is_many else 1
            continue
        yield str(incident)
        if is_many:
            yield f"  … and {len(group) - 1:,} more like it{_places(group[1:])}"
    for (file, id), number in untold.items():
        yield f"{'' if file is None else f'{file}: '}… and {number:,} more of [{id}]"


def _likeness(incident: Problem) -> tuple[object, ...]:
    """What is equal of problems that differ in their place alone."""
    message = _INDEX.sub("[]", incident.message)
    if incident.doc_id:
        message = message.replace(incident.doc_id, "")
    return incident.id, incident.file, message, incident.fix


def _places(incidents: Sequence[Problem]) -> str:
    """Where problems are: lines of their file, else documents; a few of many."""
    lines = sorted({incident.line for incident in incidents if incident.line is not None})
    if incidents[0].file is not None and lines:
        runs = (list(run) for _, run in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0]))
        ends = [(run[0][1], run[-1][1]) for run in runs]
        places = [str(first) if first == last else f"{first}–{last}" for first, last in ends]
        kind = "line"
    else:
        places = list(dict.fromkeys(incident.doc_id for incident in incidents if incident.doc_id is not None))
        kind = "document"
    if not places:
        return ""
    more = ", …" if len(places) > _MOST_PLACES else ""
    plural = "" if len(places) == 1 and "–" not in places[0] else "s"
    return f": {kind}{plural} {', '.join(places[:_MOST_PLACES])}{more}"
