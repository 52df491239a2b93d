"""A disagreement as a person sees it: both readings side by side in their context, in a terminal or as a page's HTML.

Everything that comes from a text or a row is escaped: the page shows it and runs none of it. A decision of "other" is
made field by field: what each field of the rows can be picked or typed as, and the rows then. The rows are those of the
first pass, of the second where the first has none. A span is typed as the words of the article, a list with ` … `
between its members, null as `∅`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from itertools import pairwise
from typing import Any, Literal, get_args, get_origin, get_type_hints

from khabar.annotations.adjudication.decisions import plain
from khabar.annotations.adjudication.disagreements import Disagreement
from khabar.annotations.agreement.differences import comparable, fields, place
from khabar.reading.incidents import Report
from khabar.records import Claim, Conflict, Entity, Number, Quote, Row
from khabar.records.repository import RULINGS
from khabar.text.spans import Spans, lines_of, normal, shared_length
from khabar.text.terminal import NOTHING
from khabar.text.wording import BETWEEN, in_words, row_id, summary

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


REASONS = {
    "entities": {
        "Persons and roles": "الأشخاص والمناصب",
        "Peoples, parties, continents": "الشعوب والأحزاب والقارات",
        "Institutions": "المؤسسات",
        "Places, events, laws": "الأماكن والأحداث والقوانين",
        "Identity and spelling": "الهوية والرسم",
    },
    "numbers": {
        "Values": "القيم",
        "Units": "الوحدات",
        "Scored and not scored": "المحسوب وغير المحسوب",
        "Durations": "المدد",
        "Dates": "التواريخ",
        "Factuality, role, flags": "الثبوت والدور والعلامات",
    },
    "quotes": {
        "Content": "المضمون",
        "Cue": "لفظ القول",
        "Speaker": "القائل",
        "Chain, addressee, medium": "السلسلة والمخاطَب والوسيلة",
        "Marks": "علامات التنصيص",
        "Act and polarity": "فعل القول والقطب",
        "Scored and not scored": "المحسوب وغير المحسوب",
        "Alternatives and utterances": "القراءات الأخرى والقول الواحد",
    },
    "claims": {
        "Claims": "الدعاوى",
        "As of": "وقت الدعوى",
        "Positions": "الأجوبة",
        "One issue for one question": "مسألة واحدة لكل سؤال",
    },
    "conflicts": {
        "Claims": "الدعاوى",
        "Status": "حال المسألة",
        "Positions": "الأجوبة",
        "One issue for one question": "مسألة واحدة لكل سؤال",
    },
    "registry": {"Identity and spelling": "الهوية والرسم"},
}
"""Layer → the sections of its chapter of the guidelines, any of which may decide, with their headings in Arabic."""
CHAPTERS = {"entities": 2, "numbers": 3, "quotes": 4, "claims": 5, "conflicts": 5, "registry": 2}
"""Layer → its chapter."""
RULING_WORDS = ("كلتاهما · both", "لا شيء · neither", "غيرهما · other")
"""What a decision is called that is not for either pass."""
GENERAL = {
    "section 1: what all layers share": "القسم 1: ما تشترك فيه الطبقات",
    "the text says so": "هكذا في النص",
    "a slip": "سهو",
}
"""Reasons that may decide on any layer, and in Arabic."""
KEYS = "qasdfgzxcyj"
"""Hot keys of the reasons, in turn; Label Studio has none of them."""


def task_data(
    disagreement: Disagreement,
    texts: Mapping[str, str],
    issues: Mapping[str, Conflict],
    names: tuple[str, str] = ("a", "b"),
) -> dict[str, Any]:
    """The data of a Label Studio task. `issues` are those of either pass, by id, for the questions claims answer;
    `names` are what the passes are called."""
    start, _ = place(disagreement.rows[0])
    offset = None if start is None else f"offset {start}"
    where = " · ".join(part for part in (disagreement.layer, disagreement.doc_id or "story", offset) if part)
    a, b = _sides(disagreement)
    return {
        KEY: disagreement.id,
        "where": where,
        "question": " · ".join(dict.fromkeys(_questions(disagreement.rows, issues))),
        "context": _context(disagreement, texts),
        "a_name": f"1 · {names[0]}",
        "b_name": f"2 · {names[1]}",
        "a": a,
        "b": b,
        "decisions": [
            {"value": value, "html": escape(words), "hotkey": str(turn)}
            for turn, (value, words) in enumerate(zip(RULINGS, (*names, *RULING_WORDS), strict=True), start=1)
        ],
        "reasons": [
            {"value": reason, "html": f"{escape(arabic)} <small>{escape(reason)}</small>", "hotkey": key}
            for (reason, arabic), key in zip(reasons(disagreement.layer).items(), KEYS, strict=False)
        ],
        "fields": [
            {"name": each.shown, "options": [{"value": words} for words in each.options]}
            for each in correctable(disagreement)
        ],
    }


def reasons(layer: str) -> dict[str, str]:
    """The reasons to choose from, with their Arabic: the sections on a layer, then what may decide on any."""
    chapter = CHAPTERS[layer]
    sections = {f"section {chapter}: {title}": f"القسم {chapter}: {arabic}" for title, arabic in REASONS[layer].items()}
    return sections | GENERAL


def _questions(rows: Iterable[Row], issues: Mapping[str, Conflict]) -> Iterator[str]:
    for row in rows:
        issue = issues.get(row.issue_id) if isinstance(row, Claim) else row
        if isinstance(issue, Conflict):
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
    for start, line in lines_of(text):
        here = ((start, start + len(line)),)
        if shared_length(a, here) or shared_length(b, here):
            yield "".join(_pieces(text, start, start + len(line), a, b))


def _pieces(text: str, start: int, end: int, a: Spans, b: Spans) -> Iterator[str]:
    edges = {start, end, *(edge for span in (*a, *b) for edge in span if start < edge < end)}
    for first, last in pairwise(sorted(edges)):
        who = "".join(name for name, spans in (("a", a), ("b", b)) if shared_length(spans, ((first, last),)))
        piece = escape(text[first:last])
        yield f'<span class="khabar-{who}">{piece}</span>' if who else piece


def _sides(disagreement: Disagreement) -> tuple[str, str]:
    """Both readings, each as a table a row."""
    if len(disagreement.a) == len(disagreement.b) == 1:
        (a,), (b,) = disagreement.a, disagreement.b
        differing = {*disagreement.what}
        return _side([_table(a, differing, b)]), _side([_table(b, differing, a)])
    a_tables, b_tables = ([_table(row, {*fields(row)}) for row in rows] for rows in (disagreement.a, disagreement.b))
    return _side(a_tables), _side(b_tables)


def _side(tables: Sequence[str]) -> str:
    if not tables:
        return '<div dir="rtl" class="khabar-none">لا شيء هنا · nothing here</div>'
    return '<div dir="rtl">' + "".join(tables) + "</div>"


def _table(row: Row, differing: set[str], other: Row | None = None) -> str:
    """A row: the fields that differ first, what differs from the `other` row marked, all else folded."""
    above, folded = [], []
    for name in fields(row):
        value = comparable(row, name)
        if name in differing and (other is not None or value not in (None, [], "")):
            words = _words(in_words(value), None if other is None else in_words(comparable(other, name)))
            mark = ' class="khabar-differs"' if other is not None else ""
            above.append(f'<tr{mark}><th>{escape(name)}</th><td dir="auto">{words}</td></tr>')
        elif value not in (None, [], ""):
            folded.append(f'<tr><th>{escape(name)}</th><td dir="auto">{escape(in_words(value))}</td></tr>')
    alike = f"<details><summary>سائرهما سواء · alike ({len(folded)})</summary>{_rows(folded)}</details>"
    head = f'<p class="khabar-row" dir="ltr">{escape(f"{row.layer} {row_id(row)}")}</p>'
    return head + _rows(above) + (alike if folded else "")


def _rows(rows: Sequence[str]) -> str:
    return f"<table>{''.join(rows)}</table>"


def _words(words: str, other: str | None) -> str:
    """Words with those marked that the other reading has not."""
    if other is None or not other or other == NOTHING:
        return escape(words)
    mine, theirs = words.split(" "), other.split(" ")
    pieces = []
    for kind, first, last, _, _ in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        piece = escape(" ".join(mine[first:last]))
        if piece:
            pieces.append(piece if kind == "equal" else f"<mark>{piece}</mark>")
    return " ".join(pieces)
