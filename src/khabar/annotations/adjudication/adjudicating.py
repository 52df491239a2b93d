"""Where an adjudication stands, and what it comes to once everything is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from khabar.annotations.adjudication.decisions import Decided, plain, read_decisions
from khabar.annotations.adjudication.disagreements import Disagreement
from khabar.annotations.adjudication.gold import by_story, key_of, settle
from khabar.annotations.agreement.alignment import Pair
from khabar.annotations.agreement.passes import Round
from khabar.reading.incidents import Incident, InputError, errors
from khabar.reading.row_checks import check
from khabar.reading.rows import Located, read_rows
from khabar.records import Row


@dataclass(frozen=True, slots=True)
class State:
    """All disagreements, and the decisions taken. Cosmetic ones are never waited for."""

    found: tuple[Disagreement, ...]
    decided: tuple[Decided, ...]

    @property
    def undecided(self) -> list[Disagreement]:
        """What somebody has to decide yet."""
        done = {each.disagreement.id for each in self.decided}
        return [each for each in self.found if not each.cosmetic and each.id not in done]

    def told(self) -> str:
        """Who decided how many."""
        by = Counter(each.decision.by for each in self.decided)
        whose = ", ".join(f"{name} {count}" for name, count in sorted(by.items()))
        return f"{len(self.decided)} decision(s)" + (f" ({whose})" if whose else "")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON form; a disagreement in the shape of a line of the decisions file that lacks its decision."""
        return {
            "disagreements": sum(not each.cosmetic for each in self.found),
            "decided": dict(sorted(Counter(each.decision.decision for each in self.decided).items())),
            "by": dict(sorted(Counter(each.decision.by for each in self.decided).items())),
            "undecided": [_line(each) for each in self.undecided],
            "cosmetic": [_line(each) for each in self.found if each.cosmetic],
        }


def _line(found: Disagreement) -> dict[str, Any]:
    return {
        "id": found.id,
        "layer": found.layer,
        "doc_id": found.doc_id,
        "what": list(found.what),
        "a": plain(found.a),
        "b": plain(found.b),
    }


def state_of(found: Sequence[Disagreement], path: Path) -> State:
    """Read the decisions taken so far. Raises InputError with every problem in them."""
    incidents: list[Incident] = []
    decided = read_decisions(path, found, incidents)
    if errors(incidents):
        raise InputError(incidents)
    return State(tuple(found), tuple(decided))


def conclude(state: State, pairs: Sequence[Pair], given: Round, gold: Path) -> dict[Path, list[Row]]:
    """The gold files that follow when all is decided, each by story, checked as gold is.

    Raises InputError with every problem: of rows (at the decision they come from), or if a gold file that is there
    holds documents this round is not about, which would be lost.
    """
    if incidents := _elsewhere(state.decided, given):
        raise InputError(incidents)
    rows = settle(pairs, state.decided)
    files = {gold / f"{story}.jsonl": found for story, found in by_story(rows, given.stories).items()}
    origin = {key_of(row): (each.file, each.line) for each in state.decided for row in each.rows}
    located = [
        Located(row, *origin.get(key_of(row), (str(path), line)))
        for path, rows in files.items()
        for line, row in enumerate(rows, start=1)
    ]
    incidents = check(located, given.texts, given.stories)
    for path in files:
        incidents += _lost(path, given)
    if errors(incidents):
        raise InputError(incidents)
    return files


def _elsewhere(decided: Sequence[Decided], given: Round) -> list[Incident]:
    """Rows that somebody decided for a document or story the round is not about."""
    incidents: list[Incident] = []
    for each in decided:
        for row in each.rows:
            doc_id, story = getattr(row, "doc_id", None), getattr(row, "story", None)
            if doc_id is not None and doc_id not in given.texts:
                fix = f"name one of {', '.join(sorted(given.texts))}"
                message = f"the round has no document {doc_id!r}"
                incidents.append(Incident("document-unknown", message, each.file, each.line, fix=fix))
            if story is not None and story not in given.stories.values():
                fix = f"name one of {', '.join(sorted({*given.stories.values()}))}"
                incidents.append(
                    Incident("story-unknown", f"the round has no story {story!r}", each.file, each.line, fix=fix)
                )
    return incidents


def _lost(path: Path, given: Round) -> list[Incident]:
    """Documents in a gold file that the two passes do not share."""
    if not path.exists():
        return []
    incidents: list[Incident] = []
    there = {owner for item in read_rows(path, incidents) if (owner := getattr(item.row, "doc_id", None)) is not None}
    lost = sorted(there - set(given.texts))
    if lost:
        message = f"it holds documents this round has not: {', '.join(lost)}"
        fix = "adjudicate a round over all of them, or give another folder with --gold"
        incidents.append(Incident("option-wrong", message, str(path), fix=fix))
    return incidents
