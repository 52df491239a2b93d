"""Errata: what is held to be wrong in gold, decided one by one with a reason, and the gold that follows.

An erratum names rows by their keys and places by their offsets. It quotes no article, so that one file serves texts
that are in the repository and texts that are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from khabar.corpus.withheld import with_surfaces
from khabar.edits.application import restated_key
from khabar.edits.story import KINDS, key_of
from khabar.reading.incidents import Incidents
from khabar.reading.lines import json_objects
from khabar.reading.rows import read_rows
from khabar.reading.shape import shaped
from khabar.records import Row, RowKey
from khabar.records.repository import Erratum, NominationKey, ReaderAnswer
from khabar.records.rows import each_span, offsets_alone

FROM_NOMINATION = "nomination"
"""The source of an erratum that `khabar nominate` asked about."""
_Line = TypeVar("_Line", bound=msgspec.Struct)


def read_lines(path: Path, kind: type[_Line], incidents: Incidents) -> list[tuple[int, _Line]]:
    """Read a JSONL file of one record, each with its line; an id that is there already is a problem."""
    records: list[tuple[int, _Line]] = []
    line_of: dict[str, int] = {}
    for number, value, report in json_objects(path, incidents):
        record = shaped(value, kind, report)
        if record is None:
            continue
        first = line_of.setdefault(str(getattr(record, "id")), number)  # noqa: B009
        if first != number:
            report("id-repeated", f"its id is that of line {first}")
        records.append((number, record))
    return records


def read_errata(path: Path, gold: Iterable[Row], version: str, incidents: Incidents) -> list[Erratum]:
    """Read the errata of a gold and check each: its decision is whole, and gold has what those of its version say.

    A file that is empty or not there holds none.
    """
    rows = {key_of(row): row for row in gold}
    read = read_lines(path, Erratum, incidents) if path.exists() and path.stat().st_size else []
    for number, erratum in read:
        report = partial(incidents.report, file=path, line=number)
        for message, fix in (*_incomplete(erratum), *_unlike_gold(erratum, rows, version)):
            report("value-wrong", f"{erratum.id}: {message}", fix=fix)
    return [erratum for _, erratum in read]


def waiting(errata: Iterable[Erratum]) -> list[Erratum]:
    """The accepted errata that no data version has yet."""
    return [erratum for erratum in errata if erratum.decision == "accepted" and erratum.version is None]


def entered(
    errata: Sequence[Erratum], keys: Iterable[NominationKey], answers: Mapping[str, ReaderAnswer]
) -> list[Erratum]:
    """Errata with what a second reader answered to nominations: rejected where the answer is gold's, else open.

    What is there already under the id of a nomination stays as it is.
    """
    known = {erratum.id for erratum in errata}
    new = [_of_answer(key, answers[key.id]) for key in keys if key.id in answers and key.id not in known]
    return [*errata, *new]


def _of_answer(key: NominationKey, answer: ReaderAnswer) -> Erratum:
    stands = answer.answer == key.gold
    return Erratum(
        id=key.id,
        layer=key.layer,
        story=key.story,
        source=FROM_NOMINATION,
        row=key.row,
        places=key.places,
        claim="Systems outvote gold here." if stands else f"Second reader: {answer.reason}",
        decision="rejected" if stands else "open",
        reason=f"A blind second reader reads it as gold does. {answer.reason}" if stands else None,
        by=answer.by if stands else None,
    )


def file_after(path: Path, errata: Iterable[Erratum], texts: Mapping[str, str]) -> bytes:
    """The bytes of a gold file after errata: lines of other rows are what they were, to the letter.

    `texts` are those of the articles whose surfaces gold holds. Raises InputError.
    """
    incidents = Incidents()
    located = read_rows(path, incidents)
    incidents.refuse()
    lines = path.read_bytes().splitlines()
    before = {key_of(item.row): (item.row, lines[item.line - 1]) for item in located}
    after = []
    for row in applied([item.row for item in located], errata, texts):
        old, line = before.get(key_of(row), (None, b""))
        after.append(line if row is old else _encoded(row))
    return b"".join(line + b"\n" for line in after)


def _encoded(row: Row) -> bytes:
    """A line of gold; a span without a surface has none there."""

    def without_empty(span: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in span.items() if name != "text" or value}

    return msgspec.json.encode(each_span(msgspec.to_builtins(row), without_empty))


def applied(gold: Sequence[Row], errata: Iterable[Erratum], texts: Mapping[str, str]) -> list[Row]:
    """The rows of one gold file after errata: restated, removed, or added behind the last row of their layer.

    `texts` are those of the articles whose surfaces gold holds. Raises InputError where a row fits no record.
    """
    rows = {key_of(row): row for row in gold}
    incidents = Incidents()
    for erratum in errata:
        for key in erratum.removed:
            rows.pop(key, None)
        for restated in erratum.rows:
            key = restated_key(restated)
            before = rows[key].columns if key in rows else {}
            columns = {"layer": key.layer, **before, **restated}
            row = shaped(columns, KINDS[key.layer], partial(incidents.report, doc_id=columns.get("doc_id")))
            if row is not None:
                rows[key] = with_surfaces(row, texts)
    incidents.refuse()
    known = {key_of(row) for row in gold}
    after = [rows[key] for key in rows if key in known]
    for row in (row for key, row in rows.items() if key not in known):
        last = max((at for at, other in enumerate(after) if other.layer == row.layer), default=len(after) - 1)
        after.insert(last + 1, row)
    return after


def _incomplete(erratum: Erratum) -> Iterator[tuple[str, str]]:
    """What a decision lacks, or has too much, each with its fix."""
    decided, accepted = erratum.decision != "open", erratum.decision == "accepted"
    if decided and not (erratum.reason or "").strip():
        yield f"{erratum.decision} without a reason", "say why"
    if decided and not (erratum.by or "").strip():
        yield f"{erratum.decision} by nobody", "say who decided"
    if accepted != bool(erratum.rows or erratum.removed):
        words = "accepted, and changes no row" if accepted else f"{erratum.decision}, and changes rows"
        yield words, "give rows or removed with an accepted erratum, and with it only"
    if erratum.version is not None and not accepted:
        yield f"{erratum.decision}, and names a version", "only an accepted erratum comes into a version"
    for row in erratum.rows:
        if str(row.get("layer")) not in KINDS:
            yield f"a row has the layer {row.get('layer')!r}", f"write one of {', '.join(KINDS)}"
        if "text" in row or any(isinstance(value, dict) and "text" in value for value in row.values()):
            yield "a row quotes the article", "leave text out: the offsets say it"


def _unlike_gold(erratum: Erratum, gold: Mapping[RowKey, Row], version: str) -> Iterator[tuple[str, str]]:
    """Where an erratum that gold should have differs from gold, and what one that waits refers to and gold lacks."""
    named = [*erratum.removed, *([erratum.row] if erratum.row is not None else [])]
    if erratum.version is None:
        for key in dict.fromkeys(named):
            if key not in gold:
                yield f"gold has no {key.layer} row {key.key!r}", "mend the key"
        return
    if erratum.version != version:  # gold of a later version may have changed the row once more
        return
    fix = "change gold as the erratum says, or take its version away"
    for key in erratum.removed:
        if key in gold:
            yield f"in {erratum.version} gold should have no {key.layer} row {key.key!r}", fix
    for restated in erratum.rows:
        row = gold.get(restated_key(restated))
        columns = {} if row is None else row.columns
        unlike = [
            name
            for name, value in restated.items()
            if name != "layer" and offsets_alone(columns.get(name)) != offsets_alone(value)
        ]
        if row is None or unlike:
            what = ", ".join(unlike) if row is not None else "the whole row"
            yield f"gold differs from {restated_key(restated).key!r} in {what}", fix
