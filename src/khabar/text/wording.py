"""Rows and their values in words: one wording for the terminal, pages, questions and differences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec

from khabar.records import (
    Claim,
    Conflict,
    Document,
    Entity,
    Number,
    PredictedNumber,
    PredictedSource,
    Quote,
    Registered,
    Row,
    TokenRow,
)
from khabar.text.terminal import NOTHING, harmless
from khabar.text.values import value_of

BETWEEN = " … "
"""Stands between the members of a list, and between the pieces of a surface."""


def surface(row: Row) -> str:
    """What a row is about, in the words of the article or of the annotator: of a quote its content, else its cue."""
    if isinstance(row, Document):
        return row.title or ""
    if isinstance(row, Conflict):
        return row.question_ar
    if isinstance(row, Registered):
        return row.name
    return " ".join(row.tokens) if isinstance(row, TokenRow) else BETWEEN.join(span.text for span in row.own_spans)


def in_words(value: Any, *, offsets: bool = False) -> str:
    """A value of plain JSON as somebody would say it: a span by its text, a list by its members, null and nothing as ∅.

    With `offsets` a span says where it is too.
    """
    if value is None or value in ("", [], (), {}):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if offsets and {"start", "end"} <= value.keys():
            return f"{value['start']}–{value['end']} {value.get('text', value.get('zone', ''))}".strip()
        if "text" in value:
            return str(value["text"])
        members = (in_words(member, offsets=offsets) for member in value.values() if member is not None)
        return " ".join(members) or NOTHING
    if isinstance(value, Sequence) and not isinstance(value, str):
        return BETWEEN.join(in_words(member, offsets=offsets) for member in value)
    return str(value)


def summary(row: Row) -> str:
    """What is annotated of a row in a few words, without its surface."""
    words: list[str | None]
    if isinstance(row, Entity):
        words = [row.label, row.entity_id]
    elif isinstance(row, Number):
        words = [row.kind, row.modality, row.edtf or bounds(row.low, row.high, ".."), row.unit]
    elif isinstance(row, Quote):
        words = [" ← ".join(row.source_chain or (row.speaker,)), BETWEEN.join(span.text for span in row.cue)]
    elif isinstance(row, Claim):
        words = [f"{row.issue_id}/{row.position}", row.source, row.stance, row.value]
    else:
        words = [getattr(row, "status", None) or getattr(row, "label", None), row_id(row)]
    aside = [] if getattr(row, "scored", True) else ["not scored"]
    return " ".join(word for word in (*words, *aside) if word)


def row_id(row: Row) -> str:
    """What a row is called within its story."""
    return row.entity_id if isinstance(row, Registered) else row.key


def bounds(low: object, high: object, between: str = "–") -> str:
    """The bounds of a number: one where they are equal or only one is given, nothing where there is none."""
    return between.join(dict.fromkeys(str(bound) for bound in (low, high) if bound is not None))


def amount(number: Number | PredictedNumber) -> tuple[str, str]:
    """A number's value and unit as signs: `≈ 14,000`, `> 5`, `1,000–<2,000`; a date's resolved EDTF.

    What a prediction omits is completed as the scorer does.
    """
    if number.kind == "date":
        return harmless(number.edtf or number.edtf_literal or ""), ""
    if number.kind == "ident":
        return "", ""
    meant = value_of(number)
    low, high = _bound(number.low, meant.low), _bound(number.high, meant.high)
    above, below = "" if meant.low_incl else ">", "" if meant.high_incl else "<"
    if low and high:
        value = low if meant.low == meant.high else f"{above}{low}–{below}{high}"
    elif low:
        value = f"{above or '≥'} {low}"
    else:
        value = f"{below or '≤'} {high}" if high else ""
    approximately = "≈ " if number.modality == "approx" and value else ""
    return approximately + value, harmless(number.unit or number.counted or "")


def _bound(written: object, meant: Fraction | None) -> str:
    """A bound as it is written, else as it is meant; the empty string where there is none."""
    bound = meant if written is None else written
    return "" if bound is None else grouped(harmless(str(bound)))


def grouped(number: str) -> str:
    """Put commas between the thousands of a decimal string; anything else as it stands."""
    whole, point, rest = number.partition(".")
    return f"{int(whole):,}{point}{rest}" if re.fullmatch(r"-?\d+", whole, re.ASCII) else number


def source_name(source: object) -> str | None:
    """What names a speaker or another source, a PredictedSource or plain JSON: a key, or the first thing said of it."""
    said = msgspec.to_builtins(source) if isinstance(source, PredictedSource) else source
    if isinstance(said, Mapping):
        said = next((said[name] for name in ("name", "text", "wikidata", "entity_id") if said.get(name)), None)
    return str(said) if said else None
