"""A disagreement as a person sees it: both readings side by side in their context, in a terminal or as a page's HTML.

Everything that comes from a text or a row is escaped: the page shows it and runs none of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from khabar.annotations.adjudication.decisions import plain
from khabar.annotations.adjudication.disagreements import Disagreement
from khabar.annotations.agreement.differences import comparable, fields, place, summary
from khabar.annotations.agreement.pairing import row_id, spans_of
from khabar.annotations.agreement.telling import told
from khabar.records import Claim, Conflict, Entity, Number, Quote, Row
from khabar.text.spans import Spans, intersection, normal

KEY = "khabar_disagreement"
"""Key of a task's data that says which disagreement it is."""


def readings(found: Disagreement) -> tuple[str, str]:
    """Each side in a few words: the fields that differ and their values, or the whole row where the other has none."""
    if len(found.a) == len(found.b) == 1:
        a, b = found.a[0], found.b[0]
        told_of = [
            "; ".join(f"{name}={told(comparable(row, name))}" for name in found.what if name != "row") for row in (a, b)
        ]
        return told_of[0], told_of[1]
    a_side, b_side = (
        "; ".join(f"{place(row)[1]} ({summary(row)})" for row in rows) or "∅" for rows in (found.a, found.b)
    )
    return a_side, b_side


def task(found: Disagreement, texts: Mapping[str, str], issues: Mapping[str, Conflict]) -> dict[str, Any]:
    """The data of a Label Studio task. `issues` are those of either pass, by id, for the questions claims answer."""
    start, _ = place((*found.a, *found.b)[0])
    where = " · ".join(
        part for part in (found.layer, found.doc_id or "story", None if start is None else f"offset {start}") if part
    )
    differing = {*found.what}
    return {
        KEY: found.id,
        "where": where,
        "question": " · ".join(dict.fromkeys(_questions((*found.a, *found.b), issues))),
        "context": _context(found, texts),
        "a": _side(found.a, differing),
        "b": _side(found.b, differing),
        "rows": json.dumps(plain(found.a or found.b), ensure_ascii=False, indent=1),
    }


def _questions(rows: Iterable[Row], issues: Mapping[str, Conflict]) -> Iterator[str]:
    for row in rows:
        issue = row if isinstance(row, Conflict) else issues.get(row.issue_id) if isinstance(row, Claim) else None
        if issue is not None:
            yield f"{issue.question_ar} ({issue.question})"


def _context(found: Disagreement, texts: Mapping[str, str]) -> str:
    """The lines of the articles that either reading is about, with what a, b and both of them mark."""
    marked: dict[str, tuple[list[tuple[int, int]], list[tuple[int, int]]]] = {}
    for side, rows in enumerate((found.a, found.b)):
        for row in rows:
            if isinstance(row, (Entity, Number, Quote, Claim)):
                marked.setdefault(row.doc_id, ([], []))[side].extend(_all_spans(row))
    parts = []
    for doc_id in sorted(marked):
        a, b = (normal(spans) for spans in marked[doc_id])
        lines = "".join(f"<p>{line}</p>" for line in _lines(texts[doc_id], a, b))
        parts.append(f'<div class="khabar-article"><small dir="ltr">{escape(doc_id)}</small>{lines}</div>')
    return f'<div dir="rtl">{"".join(parts)}</div>' if parts else "<div></div>"


def _all_spans(row: Row) -> list[tuple[int, int]]:
    """What a row marks: its span, or of a quote its content, cue and speaker."""
    if isinstance(row, Quote):
        mention = () if row.speaker_mention is None else (row.speaker_mention,)
        return [(span.start, span.end) for span in (*row.content, *row.cue, *mention)]
    return list(spans_of(row)) if isinstance(row, (Entity, Number, Claim)) else []


def _lines(text: str, a: Spans, b: Spans) -> Iterator[str]:
    start = 0
    for line in text.split("\n"):
        here = ((start, start + len(line)),)
        if intersection(a, here) or intersection(b, here):
            yield "".join(_pieces(text, start, start + len(line), a, b))
        start += len(line) + 1


def _pieces(text: str, start: int, end: int, a: Spans, b: Spans) -> Iterator[str]:
    edges = {start, end, *(edge for span in (*a, *b) for edge in span if start < edge < end)}
    for first, last in pairwise(sorted(edges)):
        who = "".join(name for name, spans in (("a", a), ("b", b)) if intersection(spans, ((first, last),)))
        piece = escape(text[first:last])
        yield f'<span class="khabar-{who}">{piece}</span>' if who else piece


def _side(rows: Sequence[Row], differing: set[str]) -> str:
    if not rows:
        return '<div dir="rtl" class="khabar-none">لا شيء هنا · nothing here</div>'
    return '<div dir="rtl">' + "".join(_table(row, differing) for row in rows) + "</div>"


def _table(row: Row, differing: set[str]) -> str:
    lines = []
    for name in fields(row):
        value = comparable(row, name)
        if name in differing or value not in (None, [], ""):
            mark = ' class="khabar-differs"' if name in differing else ""
            lines.append(f'<tr{mark}><th>{escape(name)}</th><td dir="auto">{escape(told(value))}</td></tr>')
    head = escape(f"{row.__struct_config__.tag} {row_id(row)}")
    return f'<table><caption dir="ltr">{head}</caption>{"".join(lines)}</table>'
