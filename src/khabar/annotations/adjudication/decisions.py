"""Decisions: which reading stands, why, and who says so. One JSON line each, `decisions.jsonl` beside the passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from khabar.annotations.adjudication.disagreements import Disagreement
from khabar.annotations.agreement.names import renamed
from khabar.reading.incidents import Incidents, Report
from khabar.reading.lines import json_objects
from khabar.reading.shape import shaped
from khabar.records import BY_LAYER, Decision, Entity, Number, Quote, Reading, Row
from khabar.records.repository import Ruling

RULE = "rule"
"""Who decides what is trivial."""
Scorable = Entity | Number | Quote
"""Rows that can be in gold without being scored."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A disagreement with its decision, the rows that follow from it, and where it stands in the file."""

    disagreement: Disagreement
    decision: Decision
    rows: tuple[Row, ...]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Adjudication:
    """All disagreements of a round, and the decisions taken. Cosmetic ones are never waited for."""

    disagreements: tuple[Disagreement, ...]
    decided: tuple[Decided, ...]

    @property
    def undecided(self) -> list[Disagreement]:
        """What somebody has to decide yet."""
        done = {item.disagreement.id for item in self.decided}
        return [each for each in self.disagreements if not each.cosmetic and each.id not in done]

    @property
    def ruled(self) -> list[Decided]:
        """What a rule decided, as nobody did."""
        return [item for item in self.decided if item.decision.by == RULE]

    @property
    def by(self) -> Counter[str]:
        """How many decisions are whose."""
        return Counter(item.decision.by for item in self.decided)

    def __str__(self) -> str:
        whose = ", ".join(f"{name} {count}" for name, count in sorted(self.by.items()))
        return f"{len(self.decided)} decision(s)" + (f" ({whose})" if whose else "")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON form; a disagreement in the shape of a line of the decisions file that lacks its decision."""
        return {
            "disagreements": sum(not each.cosmetic for each in self.disagreements),
            "decided": dict(sorted(Counter(item.decision.decision for item in self.decided).items())),
            "by": dict(sorted(self.by.items())),
            "undecided": [_line(each) for each in self.undecided],
            "ruled": [msgspec.to_builtins(item.decision) for item in self.ruled],
            "cosmetic": [_line(each) for each in self.disagreements if each.cosmetic],
        }


def _line(disagreement: Disagreement) -> dict[str, Any]:
    return {
        "id": disagreement.id,
        "layer": disagreement.layer,
        "doc_id": disagreement.doc_id,
        "what": list(disagreement.what),
        "a": plain(disagreement.a),
        "b": plain(disagreement.b),
    }


def read_adjudication(disagreements: Sequence[Disagreement], path: Path) -> Adjudication:
    """Read the decisions taken so far. Raises InputError with every problem in them."""
    incidents = Incidents()
    decided = read_decisions(path, disagreements, incidents)
    incidents.refuse()
    done = {item.disagreement.id for item in decided}
    ruled = (_by_rule(each, path) for each in disagreements if each.id not in done)
    return Adjudication(tuple(disagreements), (*decided, *(item for item in ruled if item is not None)))


def _by_rule(disagreement: Disagreement, path: Path) -> Decided | None:
    """The decision on a trivial difference: where two rows differ in their tags alone, the tags of both stand."""
    if disagreement.what != ("phenomena",) or len(disagreement.a) != 1 or len(disagreement.b) != 1:
        return None
    (a,), (b,) = disagreement.a, disagreement.b
    tags = tuple(dict.fromkeys((*a.phenomena, *b.phenomena)))  # type: ignore[attr-defined]
    row = replace(a, phenomena=tags)
    decision = decide(disagreement, "other", "differing in tags alone, it has the tags of both", RULE, plain([row]))
    return Decided(disagreement, decision, (row,), str(path), 0)


def read_decisions(path: Path, disagreements: Sequence[Disagreement], incidents: Incidents) -> list[Decided]:
    """Read decisions on these disagreements; a file that is not there holds none."""
    if not path.exists():
        return []
    by_id = {each.id: each for each in disagreements}
    line_of: dict[str, int] = {}
    decided: list[Decided] = []
    for number, value, report in json_objects(path, incidents):
        decision = shaped(value, Decision, report)
        if decision is None:
            continue
        disagreement = by_id.get(decision.id)
        if disagreement is None:
            fix = "remove the line, or mend the id; an id changes with the rows it is about"
            report("reference-unknown", f"the passes have no disagreement {decision.id!r}", fix=fix)
            continue
        if decision.id in line_of:
            report("id-repeated", f"{decision.id!r} is decided on line {line_of[decision.id]} already", fix="keep one")
            continue
        line_of[decision.id] = number
        rows = decided_rows(disagreement, decision, report)
        if rows is not None:
            decided.append(Decided(disagreement, decision, rows, str(path), number))
    return decided


def decided_rows(disagreement: Disagreement, decision: Decision, report: Report) -> tuple[Row, ...] | None:
    """The rows that stand after a decision, or None with every problem reported."""
    problems = list(_problems(disagreement, decision))
    for message, fix in problems:
        report("value-wrong", message, fix=fix)
    if problems:
        return None
    if decision.decision == "other":
        return _given_rows(decision.rows, report)
    if decision.decision == "both":
        both = kept_both(disagreement)
        if both is None:
            fix = 'decide a, b, neither, or "other" with rows'
            message = f"both readings of {decision.id!r} cannot stand side by side in gold"
            report("value-wrong", message, fix=fix)
        return both
    return {"a": disagreement.a, "b": disagreement.b, "neither": ()}[decision.decision]


def _problems(disagreement: Disagreement, decision: Decision) -> Iterator[tuple[str, str]]:
    """What is wrong with a decision, each with its fix."""
    if not decision.reason.strip():
        yield "reason is empty", "say why"
    if not decision.by.strip():
        yield "by is empty", "say who decided"
    if (decision.layer, decision.doc_id) != (disagreement.layer, disagreement.doc_id):
        where = " of ".join(part for part in (disagreement.layer, disagreement.doc_id) if part)
        yield f"{decision.id!r} is about {where}", "mend layer and doc_id, or the id"
    for side in ("a", "b"):
        given = getattr(decision, side)
        if given and list(given) != plain(getattr(disagreement, side)):
            yield f"{side} is not what the pass says", f"leave {side} out, or copy it from --json"
    if bool(decision.rows) != (decision.decision == "other"):
        words = "there are rows beside" if decision.rows else "there are no rows to"
        yield f"{words} decision {decision.decision!r}", 'give rows with "other", and with it only'


def _given_rows(rows: Sequence[Mapping[str, Any]], report: Report) -> tuple[Row, ...] | None:
    read: list[Row | None] = []
    for number, row in enumerate(rows):
        kind = BY_LAYER.get(str(row.get("layer")))
        if kind is None:
            report("value-wrong", f"rows[{number}].layer is {row.get('layer')!r}, not one of {', '.join(BY_LAYER)}")
        read.append(None if kind is None else shaped(dict(row), kind, report))
    return None if None in read else tuple(row for row in read if row is not None)


def kept_both(disagreement: Disagreement) -> tuple[Row, ...] | None:
    """The rows that keep both readings as reasonable readers differ for good, or None where gold has no way to.

    One quote read in two ways is a's row with b's content and speaker among its `alternatives`. Whether a row is there
    at all, and rows that differ otherwise, become `scored: false`; of two rows at one place a's is kept.
    """
    a, b = disagreement.a, disagreement.b
    if len(a) == len(b) == 1 and isinstance(a[0], Quote) and isinstance(b[0], Quote):
        readings = _other_readings(a[0], b[0])
        return (replace(a[0], alternatives=readings),) if readings != a[0].alternatives else None
    if not all(isinstance(row, Scorable) for row in disagreement.rows):
        return None
    places = {_place(row) for row in a}
    added = [row for row in b if _place(row) not in places]
    # A row of b that had a partner goes by a's id.
    ids = renamed([row.key for row in added], {}, {row.key for row in a})
    return tuple(replace(row, scored=False) for row in [*a, *(replace(row, id=ids[row.key]) for row in added)])


def _place(row: Row) -> tuple[object, ...]:
    if isinstance(row, Quote):
        return row.content, row.cue, row.speaker
    return tuple(span for name, span in row.spans() if name == "span")


def _other_readings(a: Quote, b: Quote) -> tuple[Reading, ...]:
    """a's alternatives, then what else b holds to be right, each once and none of them a's own reading."""

    def relative(quote: Quote, reading: Reading) -> Reading:
        """A reading of `quote` as one of a: null where it is as in a's row."""
        content = quote.content if reading.content is None else reading.content
        speaker = quote.speaker if reading.speaker is None else reading.speaker
        return Reading(
            content=None if content == a.content else content, speaker=None if speaker == a.speaker else speaker
        )

    known = {Reading(), *(relative(a, reading) for reading in a.alternatives)}
    others = dict.fromkeys(relative(b, reading) for reading in (Reading(), *b.alternatives))
    return (*a.alternatives, *(reading for reading in others if reading not in known))


def plain(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Rows as the objects that stand in a file."""
    return [msgspec.json.decode(msgspec.json.encode(row)) for row in rows]


def decide(
    disagreement: Disagreement, verdict: Ruling, reason: str, by: str, rows: Iterable[Mapping[str, Any]] = ()
) -> Decision:
    """A whole line of the file: the decision with both readings; `rows` are those of decision "other"."""
    return Decision(
        id=disagreement.id,
        layer=disagreement.layer,
        doc_id=disagreement.doc_id,
        decision=verdict,
        reason=reason,
        by=by,
        rows=tuple(dict(row) for row in rows),
        a=tuple(plain(disagreement.a)),
        b=tuple(plain(disagreement.b)),
    )
