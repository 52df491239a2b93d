"""Incidents: the problems of one piece of work, each with its place and its fix, collected and told.

Of many that are alike the first is told, how many more there are, and where.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from functools import partial
from itertools import groupby, islice
from typing import Any, Protocol

from khabar.reading.catalog import CATALOG, Level
from khabar.text.terminal import one_line


def said_by(error: Exception) -> str:
    """What an error of another library says, in one line; its name if it says nothing."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200].rstrip(".")


def nearest(written: str, known: Iterable[str]) -> str | None:
    """The known name that is most like an unknown one; None where none is like it."""
    return next(iter(get_close_matches(written, list(known), n=1)), None)


def fix_of(written: str, known: Iterable[str], *, before: str = "") -> str:
    """The fix of a name that is unknown: write the known one most like it; where none is like it, one of them all.

    `before` is what stands before the one name on a command line, such as `--split `.
    """
    choices = list(known)
    near = nearest(written, choices)
    meant = choices if near is None else [near]
    return f"write {before}{meant[0]}" if len(meant) == 1 else f"write one of {', '.join(meant)}"


MOST_ALIKE = 4
"""So many problems that differ in their place alone are each told in full."""
MOST_OF_A_KIND = 10
"""So many problems of one file and one id, or groups of them, are told before the rest is only counted."""
MOST_EXPLAINED = 2
"""As many of those that `words-cut` explains."""
_MOST_PLACES = 8
_EXPLANATION, _EXPLAINED = "words-cut", ("span-surface", "span-outside")
_MOST_LINES = 30
"""Of a UserWarning."""
_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Incident:
    """One problem at one place. `offset` is a code point of the document."""

    id: str
    message: str
    file: str | None = None
    line: int | None = None
    doc_id: str | None = None
    offset: int | None = None
    fix: str | None = None

    @property
    def level(self) -> Level:
        """Whether it stops the work."""
        return CATALOG[self.id].level

    def __str__(self) -> str:
        line = self.line if self.file is not None else None  # without a file there is nothing to count lines of
        place = ":".join(str(part) for part in (self.file, line) if part is not None)
        where = [f"document {self.doc_id}"] if self.doc_id is not None else []
        where += [f"offset {self.offset}"] if self.offset is not None else []
        head = f"{place}: " if place else ""
        inside = f" {', '.join(where)}:" if where else ""
        fix = self.fix or CATALOG[self.id].fix
        return one_line(f"{head}{self.level}[{self.id}]{inside} {self.message}. Fix: {fix}.")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON form."""
        return {**asdict(self), "level": self.level, "fix": self.fix or CATALOG[self.id].fix}


class Report(Protocol):
    """Reports a problem of one place: `Incidents.at` gives one, and `Incidents().report` is one that nobody hears."""

    def __call__(self, id: str, message: str, /, offset: int | None = None, *, fix: str | None = None) -> None:
        """Add a problem, as `Incidents.report` does."""


def in_file_order(incidents: Iterable[Incident]) -> list[Incident]:
    """Incidents as one reads the files they are of: file by file, what is of the whole file, of a line, of no line."""
    incidents = list(incidents)
    turn = {name: at for at, name in enumerate(dict.fromkeys(incident.file for incident in incidents))}
    return sorted(incidents, key=lambda each: (turn[each.file], _turn_in_file(each)))


def _turn_in_file(incident: Incident) -> tuple[int, int]:
    if incident.line is not None:
        return 1, incident.line
    return (0, 0) if incident.doc_id is None else (2, 0)


def errors(incidents: Iterable[Incident]) -> list[Incident]:
    """The incidents that stop the work."""
    return [incident for incident in incidents if incident.level == "error"]


def digest(incidents: Iterable[Incident]) -> Iterator[str]:
    """Tell problems in lines and in their order: many that are alike together, and of a great many a count."""
    incidents = list(incidents)
    groups: dict[tuple[object, ...], list[Incident]] = {}
    for incident in incidents:
        groups.setdefault(_likeness(incident), []).append(incident)
    shown: Counter[tuple[str | None, str]] = Counter()
    omitted: Counter[tuple[str | None, str]] = Counter()
    explained = {incident.file for incident in incidents if incident.id == _EXPLANATION and incident.fix}
    for incident in incidents:
        group = groups[_likeness(incident)]
        is_many = len(group) > MOST_ALIKE
        if is_many and incident is not group[0]:
            continue
        kind = (incident.file, incident.id)
        shown[kind] += 1
        is_explained = incident.file in explained and incident.id in _EXPLAINED
        if shown[kind] > (MOST_EXPLAINED if is_explained else MOST_OF_A_KIND):
            omitted[kind] += len(group) if is_many else 1
            continue
        yield str(incident)
        if is_many:
            yield f"  … and {len(group) - 1:,} more like it{_places(group[1:])}"
    for (file, id), number in omitted.items():
        yield f"{'' if file is None else f'{file}: '}… and {number:,} more of [{id}]"


def _likeness(incident: Incident) -> tuple[object, ...]:
    """What is equal of problems that differ in their place alone."""
    message = _INDEX.sub("[]", incident.message)
    if incident.doc_id:
        message = message.replace(incident.doc_id, "")
    return incident.id, incident.file, message, incident.fix


def _places(incidents: Sequence[Incident]) -> str:
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


class KhabarError(Exception):
    """Base of all errors khabar raises on purpose."""


class InputError(KhabarError):
    """Input was refused (exit code 2). `incidents` lists every problem, in file order; warnings may be among them.

    `str()` tells those that are alike together.

    Of a very large input only the first problems are listed; `unlisted` is how many more there are.
    """

    def __init__(self, incidents: Iterable[Incident], *, unlisted: int = 0) -> None:
        self.incidents = tuple(in_file_order(incidents))
        self.unlisted = unlisted
        rest = [f"… and {unlisted:,} more problems"] if unlisted else []
        super().__init__("\n".join([*digest(self.incidents), *rest]))

    @classmethod
    def of(
        cls,
        id: str,
        message: str,
        file: str | None = None,
        line: int | None = None,
        *,
        fix: str | None = None,
    ) -> InputError:
        """The error of a single problem: the fields of an Incident."""
        return cls([Incident(id, message, file, line, fix=fix)])


class Incidents:
    """Collects the problems of one piece of work, so that all of them are reported at once.

    Pass one on to whatever reads or checks; ask for `errors`, or call `refuse` to stop if there are any. Where there
    may be a million problems, `most` says how many to list: what is of a whole file, errors before warnings, in the
    order of `files` and their lines. `unlisted` is how many more there are.
    """

    def __init__(
        self, incidents: Iterable[Incident] = (), *, most: int | None = None, files: Iterable[str] = ()
    ) -> None:
        self._incidents: list[Incident] = []
        self._most = most
        self._turn = {name: at for at, name in enumerate(files)}
        self.unlisted = 0
        self.extend(incidents)

    def report(
        self,
        id: str,
        message: str,
        offset: int | None = None,
        *,
        file: object = None,
        line: int | None = None,
        doc_id: str | None = None,
        fix: str | None = None,
    ) -> None:
        """Add a problem. `id` is a key of CATALOG; `offset` counts code points; `fix` replaces the catalogue's."""
        name = None if file is None else str(file)
        self.extend([Incident(id, message, name, line, doc_id, offset, fix)])

    def at(self, file: object, line: int | None = None, doc_id: str | None = None) -> Report:
        """Give a function that reports problems of one place: id, message and, if known, offset."""
        return partial(self.report, file=file, line=line, doc_id=doc_id)

    def extend(self, incidents: Iterable[Incident]) -> None:
        """Add what somebody else found."""
        if isinstance(incidents, Incidents):
            self.unlisted += incidents.unlisted
        self._incidents.extend(incidents)
        if self._most is not None:
            self.unlisted += max(0, len(self) - self._most)
            self._incidents = sorted(self._incidents, key=self._rank)[: self._most]

    def _rank(self, incident: Incident) -> tuple[object, ...]:
        turn = self._turn.get(incident.file or "", len(self._turn))
        of_file = _turn_in_file(incident)
        last = incident.level != "error" and of_file[0] > 0
        return last, turn, of_file, incident.doc_id or "", incident.offset or 0

    @property
    def errors(self) -> list[Incident]:
        """The incidents that stop the work."""
        return errors(self._incidents)

    def refuse(self) -> None:
        """Raise InputError with everything found, if any of it is an error."""
        if self.errors:
            raise InputError(self._incidents, unlisted=self.unlisted)

    def __iter__(self) -> Iterator[Incident]:
        return iter(self._incidents)

    def __len__(self) -> int:
        return len(self._incidents)


@contextmanager
def warned(incidents: Incidents | None) -> Iterator[Incidents]:
    """Collect incidents; where the caller does not, tell what remains as one UserWarning at the end."""
    if incidents is not None:
        yield incidents
        return
    collected = Incidents()
    yield collected
    if len(collected):
        warnings.warn("\n".join(islice(digest(collected), _MOST_LINES)), stacklevel=4)
