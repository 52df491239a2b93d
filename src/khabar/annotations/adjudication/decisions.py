"""Decisions: which reading stands, why, and who says so. One JSON line each, `decisions.jsonl` beside the passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from khabar.annotations.adjudication.disagreements import Disagreement
from khabar.annotations.adjudication.keeping import kept_both
from khabar.reading.files import write_lines
from khabar.reading.incidents import Incident
from khabar.reading.lines import check_file, decoded, jsonl
from khabar.reading.shape import shaped
from khabar.records import ANNOTATED, Decision, Row
from khabar.records.decisions import Verdict

_KINDS = {str(kind.__struct_config__.tag): kind for kind in ANNOTATED}


@dataclass(frozen=True, slots=True)
class Decided:
    """A disagreement with its decision, the rows that follow from it, and where it stands in the file."""

    disagreement: Disagreement
    decision: Decision
    rows: tuple[Row, ...]
    file: str
    line: int


def read_decisions(path: Path, found: Sequence[Disagreement], incidents: list[Incident]) -> list[Decided]:
    """Read decisions on these disagreements; a file that is not there holds none. Problems go to `incidents`."""
    if not path.exists():
        return []
    known = {each.id: each for each in found}
    problems = check_file(path)
    incidents += problems
    seen: dict[str, int] = {}
    decided: list[Decided] = []
    for number, line in jsonl(path, incidents) if not problems else ():
        value = decoded(line, (str(path), number), incidents)
        if value is None:
            continue
        doc_id = value.get("doc_id") if isinstance(value.get("doc_id"), str) else None

        def report(kind: str, message: str, fix: str | None = None, at: int = number, doc: str | None = doc_id) -> None:
            incidents.append(Incident(kind, message, str(path), at, doc, fix=fix))

        decision = shaped(value, Decision, report)
        if decision is None:
            continue
        disagreement = known.get(decision.id)
        if disagreement is None:
            fix = "remove the line, or mend the id; an id changes with the rows it is about"
            report("reference-unknown", f"the passes have no disagreement {decision.id!r}", fix)
            continue
        if decision.id in seen:
            report("id-repeated", f"{decision.id!r} is decided on line {seen[decision.id]} already", "keep one")
            continue
        seen[decision.id] = number
        rows = decided_rows(disagreement, decision, report)
        if rows is not None:
            decided.append(Decided(disagreement, decision, rows, str(path), number))
    return decided


def decided_rows(disagreement: Disagreement, decision: Decision, report: Callable[..., None]) -> tuple[Row, ...] | None:
    """The rows that stand after a decision, or None with every problem reported."""
    sound = True
    for key in ("reason", "by"):
        if not getattr(decision, key).strip():
            report("value-wrong", f"{key} is empty", f"say {'why' if key == 'reason' else 'who decided'}")
            sound = False
    if (decision.layer, decision.doc_id) != (disagreement.layer, disagreement.doc_id):
        where = " of ".join(part for part in (disagreement.layer, disagreement.doc_id) if part)
        report("value-wrong", f"{decision.id!r} is about {where}", "mend layer and doc_id, or the id")
        sound = False
    for side in ("a", "b"):
        given = getattr(decision, side)
        if given and list(given) != plain(getattr(disagreement, side)):
            report("value-wrong", f"{side} is not what the pass says", f"leave {side} out, or copy it from --json")
            sound = False
    if bool(decision.rows) != (decision.decision == "other"):
        words = "there are rows beside" if decision.rows else "there are no rows to"
        report("value-wrong", f"{words} decision {decision.decision!r}", 'give rows with "other", and with it only')
        sound = False
    if not sound:
        return None
    if decision.decision == "other":
        return _given_rows(decision.rows, report)
    if decision.decision == "both":
        both = kept_both(disagreement)
        if both is None:
            fix = 'decide a, b, neither, or "other" with rows'
            report("value-wrong", f"both readings of {decision.id!r} cannot stand side by side in gold", fix)
        return both
    return {"a": disagreement.a, "b": disagreement.b, "neither": ()}[decision.decision]


def _given_rows(rows: Sequence[Mapping[str, Any]], report: Callable[..., None]) -> tuple[Row, ...] | None:
    made: list[Row | None] = []
    for at, row in enumerate(rows):
        kind = _KINDS.get(str(row.get("layer")))
        if kind is None:
            report("value-wrong", f"rows[{at}].layer is {row.get('layer')!r}, not one of {', '.join(_KINDS)}")
        made.append(None if kind is None else shaped(dict(row), kind, report))
    return None if None in made else tuple(row for row in made if row is not None)


def plain(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Rows as the objects that stand in a file."""
    return [msgspec.json.decode(msgspec.json.encode(row)) for row in rows]


def decide(disagreement: Disagreement, verdict: Verdict, reason: str, by: str, rows: Sequence[Row] = ()) -> Decision:
    """A whole line of the file: the decision with both readings."""
    return Decision(
        id=disagreement.id,
        layer=disagreement.layer,
        doc_id=disagreement.doc_id,
        decision=verdict,
        reason=reason,
        by=by,
        rows=tuple(plain(rows)),
        a=tuple(plain(disagreement.a)),
        b=tuple(plain(disagreement.b)),
    )


def write_decisions(path: Path, decisions: Iterable[Decision]) -> None:
    """Write decisions in the order given."""
    write_lines(path, (msgspec.json.encode(each) for each in decisions))
