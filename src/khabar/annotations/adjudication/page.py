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
from khabar.annotations.agreement.differences import comparable, fields, in_words, place, row_id, summary
from khabar.records import Claim, Conflict, Entity, Number, Quote, Row
from khabar.text.spans import Spans, intersection, normal
from khabar.text.terminal import NOTHING

KEY = "khabar_disagreement"
"""Key of a task's data that says which disagreement it is."""
_MARKED = ("span", "content", "cue", "speaker")
"""What a row marks in its text: its span, or of a quote its content, cue and speaker."""


def readings(disagreement: Disagreement) -> tuple[str, str]:
    """Each side in a few words: the fields that differ and their values, or the whole row where the other has none."""
    sides = (disagreement.a, disagreement.b)
    if all(len(rows) == 1 for rows in sides):
        names = [name for name in disagreement.what if name != "row"]
        a, b = ("; ".join(f"{name}={in_words(comparable(rows[0], name))}" for name in names) for rows in sides)
    else:
        a, b = ("; ".join(f"{place(row)[1]} ({summary(row)})" for row in rows) or NOTHING for rows in sides)
    return a, b


def task_data(disagreement: Disagreement, texts: Mapping[str, str], issues: Mapping[str, Conflict]) -> dict[str, Any]:
    """The data of a Label Studio task. `issues` are those of either pass, by id, for the questions claims answer."""
    start, _ = place(disagreement.rows[0])
    offset = None if start is None else f"offset {start}"
    where = " · ".join(part for part in (disagreement.layer, disagreement.doc_id or "story", offset) if part)
    differing = {*disagreement.what}
    return {
        KEY: disagreement.id,
        "where": where,
        "question": " · ".join(dict.fromkeys(_questions(disagreement.rows, issues))),
        "context": _context(disagreement, texts),
        "a": _side(disagreement.a, differing),
        "b": _side(disagreement.b, differing),
        "rows": json.dumps(plain(disagreement.a or disagreement.b), ensure_ascii=False, indent=1),
    }


def _questions(rows: Iterable[Row], issues: Mapping[str, Conflict]) -> Iterator[str]:
    for row in rows:
        issue = row if isinstance(row, Conflict) else issues.get(row.issue_id) if isinstance(row, Claim) else None
        if issue is not None:
            yield f"{issue.question_ar} ({issue.question})"


def _context(disagreement: Disagreement, texts: Mapping[str, str]) -> str:
    """The lines of the articles that either reading is about, with what a, b and both of them mark."""
    marked: dict[str, tuple[list[tuple[int, int]], list[tuple[int, int]]]] = {}
    for side, rows in enumerate((disagreement.a, disagreement.b)):
        for row in rows:
            if isinstance(row, (Entity, Number, Quote, Claim)):
                spans = [(span.start, span.end) for name, span in row.spans() if name in _MARKED]
                marked.setdefault(row.doc_id, ([], []))[side].extend(spans)
    parts = []
    for doc_id in sorted(marked):
        a, b = (normal(spans) for spans in marked[doc_id])
        lines = "".join(f"<p>{line}</p>" for line in _lines(texts[doc_id], a, b))
        parts.append(f'<div class="khabar-article"><small dir="ltr">{escape(doc_id)}</small>{lines}</div>')
    return f'<div dir="rtl">{"".join(parts)}</div>' if parts else "<div></div>"


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
            lines.append(f'<tr{mark}><th>{escape(name)}</th><td dir="auto">{escape(in_words(value))}</td></tr>')
    head = escape(f"{row.layer} {row_id(row)}")
    return f'<table><caption dir="ltr">{head}</caption>{"".join(lines)}</table>'
