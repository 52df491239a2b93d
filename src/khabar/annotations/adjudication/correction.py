"""A decision of "other", made field by field: what each field of the rows can be picked or typed as, and the rows then.

The rows are those of the first pass, of the second where the first has none. A span is typed as the words of the
article, a list with ` … ` between its members, null as `∅`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from khabar.annotations.adjudication.decisions import plain
from khabar.annotations.adjudication.disagreements import Disagreement
from khabar.annotations.agreement.differences import comparable, fields, in_words
from khabar.reading.incidents import Report
from khabar.records import Claim, Entity, Number, Row
from khabar.text.terminal import NOTHING

BETWEEN = " … "
_UNSAID = {"alternatives", "positions"}
"""Fields that no few words say."""


@dataclass(frozen=True, slots=True)
class Correctable:
    """A field of one of the rows: what it is called in the page, and the words it can be picked from."""

    row: int
    name: str
    shown: str
    options: tuple[str, ...]


def correctable(disagreement: Disagreement) -> list[Correctable]:
    """The fields of the rows that stand if nothing is changed, those that are read differently first."""
    rows = disagreement.a or disagreement.b
    is_pair = len(disagreement.a) == len(disagreement.b) == 1
    listed = []
    for number, row in enumerate(rows):
        for name in fields(row):
            if name not in _UNSAID:
                readings = [row, *(disagreement.b if is_pair else ())]
                words = dict.fromkeys(in_words(comparable(reading, name)) for reading in readings)
                words |= dict.fromkeys(_closed(type(row), name))
                shown = name if len(rows) == 1 else f"{number + 1} · {name}"
                listed.append(Correctable(number, name, shown, tuple(words)))
    return sorted(listed, key=lambda each: each.name not in disagreement.what)


def _types(kind: type[Row], name: str) -> list[Any]:
    """The types a column is declared with, those inside unions and tuples too."""
    hint = get_type_hints(kind).get(name)
    outer = (hint, *get_args(hint))
    return [*outer, *(inner for part in outer for inner in get_args(part))]


def _closed(kind: type[Row], name: str) -> Iterator[str]:
    """The values of a closed list, in words."""
    for part in _types(kind, name):
        if get_origin(part) is Literal:
            yield from map(str, get_args(part))
        elif part is bool:
            yield from ("yes", "no")


def corrected(
    disagreement: Disagreement, words: Mapping[int, Sequence[str]], texts: Mapping[str, str], report: Report
) -> list[dict[str, Any]]:
    """The rows with the fields changed that `words` names by number in `correctable`. Reports what is no value."""
    rows = plain(disagreement.a or disagreement.b)
    listed = correctable(disagreement)
    for number, values in words.items():
        change = listed[number]
        row = (disagreement.a or disagreement.b)[change.row]
        text = texts.get(row.article or "", "")
        try:
            rows[change.row] |= _columns(row, change.name, BETWEEN.join(values), text)
        except ValueError as error:
            report("value-wrong", f"{change.shown}: {error}", fix="mend it in the page")
    return rows


def _columns(row: Row, name: str, value: str, text: str) -> dict[str, Any]:
    """The columns that a field stands for. Raises ValueError."""
    if name == "span" and isinstance(row, (Entity, Number, Claim)):
        place = _place(value, row.start, text)
        inside = {"core": place} if isinstance(row, Number) and row.core.text == row.text else {}
        return {**place, **inside}
    old = getattr(row, name)
    near = getattr(row, "start", None) or next((span.start for _, span in row.spans()), 0)
    if value == NOTHING:
        return {name: [] if isinstance(old, tuple) else None}
    if name in ("core", "modifier", "anchor", "speaker_mention") and (old is None or not isinstance(old, str)):
        return {name: _place(value, near if old is None else old.start, text)}
    if name in ("content", "cue", "marked"):
        return {name: [_place(part, near, text) for part in value.split(BETWEEN)]}
    if bool in _types(type(row), name):
        if value not in ("yes", "no"):
            raise ValueError(f"{value!r} is neither yes nor no")
        return {name: value == "yes"}
    return {name: value.split(BETWEEN) if isinstance(old, tuple) else value}


def _place(surface: str, near: int, text: str) -> dict[str, Any]:
    """The place of a surface that begins nearest to an offset. Raises ValueError if it is nowhere."""
    starts = [start for start in range(len(text)) if text.startswith(surface, start)]
    if not surface or not starts:
        raise ValueError(f"{surface!r} does not stand in the article")
    start = min(starts, key=lambda start: abs(start - near))
    return {"start": start, "end": start + len(surface), "text": surface}
