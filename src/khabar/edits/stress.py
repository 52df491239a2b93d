"""Stress: edits that change how a story is written and nothing of what it says, by name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from khabar.edits import characters
from khabar.edits.application import apply, by_document
from khabar.edits.characters import Rewrite
from khabar.edits.offset_map import Offsets
from khabar.edits.story import Story
from khabar.reading.incidents import InputError, fix_of
from khabar.records import Change, Document, Edit, Entity, Number, Row

_MONTHS = (  # Egypt and the Gulf, the Levant and Iraq, Algeria and Tunisia
    ("يناير", "كانون الثاني", "جانفي"),
    ("فبراير", "شباط", "فيفري"),
    ("مارس", "آذار", "مارس"),
    ("أبريل", "نيسان", "أفريل"),
    ("مايو", "أيار", "ماي"),
    ("يونيو", "حزيران", "جوان"),
    ("يوليو", "تموز", "جويلية"),
    ("أغسطس", "آب", "أوت"),
    ("سبتمبر", "أيلول", "سبتمبر"),
    ("أكتوبر", "تشرين الأول", "أكتوبر"),
    ("نوفمبر", "تشرين الثاني", "نوفمبر"),
    ("ديسمبر", "كانون الأول", "ديسمبر"),
)

_VARIANTS = (
    ("جونج", "جونغ"), ("يونج", "يونغ"), ("هونج", "هونغ"), ("يانج", "يانغ"), ("بيونج", "بيونغ"), ("كونج", "كونغ"),
    ("زيلينسكي", "زيلنسكي"), ("فولوديمير", "فلوديمير"), ("ميدفيديف", "مدفيديف"), ("شويغو", "شويجو"),
    ("سيرغي", "سيرجي"), ("غيراسيموف", "جيراسيموف"), ("دونيتسك", "دونتسك"), ("خاركوف", "خاركيف"), ("ترامب", "ترمب"),
    ("بلينكن", "بلينكين"), ("نتنياهو", "نتانياهو"), ("أردوغان", "أردوجان"), ("غوتيريش", "جوتيريش"),
    ("سيول", "سيؤول"), ("لوس أنجلوس", "لوس أنجليس"), ("إنجلترا", "إنكلترا"), ("إنجليزية", "إنكليزية"),
    ("إنجليزي", "إنكليزي"), ("غرينلاند", "جرينلاند"), ("أستراليا", "أوستراليا"), ("نيوزيلندا", "نيوزيلاندا"),
    ("غوغل", "جوجل"), ("فيسبوك", "فيس بوك"), ("إنستغرام", "إنستجرام"), ("تلغرام", "تليغرام"),
    ("أمريكا", "أميركا"), ("أمريكي", "أميركي"), ("أمريكية", "أميركية"), ("أمريكيين", "أميركيين"),
)  # fmt: skip
"""Names, and forms of them, that outlets spell differently."""


def months(text: str, rows: Sequence[Row], random: Random) -> Iterator[Rewrite]:
    """Name months as another part of the Arab world does; dates that give both names, and names of events, stay."""
    column = random.randrange(3)
    events = [(row.start, row.end) for row in rows if isinstance(row, Entity)]
    for row in rows:
        if not isinstance(row, Number) or row.kind != "date":
            continue
        named = list(_month_pattern().finditer(text[row.start : row.end]))
        if len({_month(match.group()) for match in named}) < len(named):
            continue  # one month by two names
        for match in named:
            names = _MONTHS[_month(match.group())]
            new = (
                names[column]
                if names[column] != match.group()
                else next(name for name in names if name != names[column])
            )
            start, end = row.start + match.start(), row.start + match.end()
            if not any(first <= start and end <= last for first, last in events):
                yield start, end, new


@cache
def _month_pattern() -> re.Pattern[str]:
    names = sorted({name for names in _MONTHS for name in names}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)")


def _month(name: str) -> int:
    return next(number for number, names in enumerate(_MONTHS) if name in names)


def transliterations(text: str, rows: Sequence[Row], random: Random) -> Iterator[Rewrite]:
    """Write names of foreign origin as other outlets do, each alike in the whole article."""
    chosen: dict[str, str] = {}
    places: dict[tuple[int, int], str] = {}
    for row in rows:
        if not isinstance(row, Entity):
            continue
        for match in _name_pattern().finditer(text[row.start : row.end]):
            name = match.group("name")
            if name not in chosen:
                chosen[name] = random.choice(sorted(_other_names()[name]))
            places[row.start + match.start("name"), row.start + match.end("name")] = chosen[name]
    for (start, end), new in sorted(places.items()):
        yield start, end, new


@cache
def _other_names() -> dict[str, set[str]]:
    others: dict[str, set[str]] = {}
    for names in _VARIANTS:
        for name in names:
            others.setdefault(name, set()).update(set(names) - {name})
    return others


@cache
def _name_pattern() -> re.Pattern[str]:
    names = sorted(_other_names(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:ال|لل)?(?P<name>{'|'.join(names)})(?!\w)")


_OfText = Callable[[str, Random], Iterable[characters.Rewrite]]
_OfRows = Callable[[str, Sequence[Row], Random], Iterable[characters.Rewrite]]

OF_TEXT: dict[str, _OfText] = {
    "hamza": characters.hamza,
    "ya": characters.ya,
    "ta-marbuta": characters.ta_marbuta,
    "diacritics": characters.diacritics,
    "no-diacritics": characters.no_diacritics,
    "tatweel": characters.tatweel,
    "digits": characters.digits,
    "quote-marks": characters.quote_marks,
    "no-break-spaces": characters.no_break_spaces,
    "zero-width": characters.zero_width,
    "nfc": characters.composed,
    "nfd": characters.decomposed,
}
"""Those that need the text alone."""
OF_ROWS: dict[str, _OfRows] = {"months": months, "transliterations": transliterations}
"""Those that need to know what is a date, and what a name."""
ORDER = "order"
"""The one that changes no text: the articles of a story in another order."""
TRANSFORMATIONS = (*OF_TEXT, *OF_ROWS, ORDER)


@dataclass(frozen=True, slots=True)
class StressedStory:
    """A story under transformations: its documents in the order they are given in, and the way back."""

    story: Story
    documents: tuple[Document, ...]
    steps: tuple[Mapping[str, Offsets], ...]
    edits: int
    """How many edits were made."""

    def original(self, doc_id: str, start: int, end: int) -> tuple[int, int]:
        """A span of the transformed text in the original one, widened where its border lies in what was put there."""
        for step in reversed(self.steps):
            start, end = step[doc_id].snapped(start, end) if doc_id in step else (start, end)
        return start, end


def stressed(story: Story, transformation: str, seed: int = 0) -> StressedStory:
    """Transform a story: one transformation, or several joined by `+`, one after the other.

    Rows are carried along by `khabar.edits.apply`, which refuses what it cannot prove. Raises InputError.
    """
    documents = story.documents
    steps: list[Mapping[str, Offsets]] = []
    count = 0
    for name in transformation.split("+"):
        if name not in TRANSFORMATIONS:
            message = f"no transformation {name!r}; there is: {', '.join(TRANSFORMATIONS)}"
            raise InputError.of("option-wrong", message, fix=fix_of(name, TRANSFORMATIONS))
        if name == ORDER:
            order = [document.doc_id for document in documents]
            Random(f"{seed} {name}").shuffle(order)
            documents = tuple(sorted(documents, key=lambda document: order.index(document.doc_id)))
            continue
        edits = edits_of(story, name, seed)
        change = Change(id=name, edits=tuple(edits), rewording=True)
        story = apply(story, [change])
        by_id = {document.doc_id: document for document in story.documents}
        steps.append({doc_id: Offsets.of(mine).inverse() for doc_id, mine in by_document([change]).items()})
        documents = tuple(by_id[document.doc_id] for document in documents)
        count += len(edits)
    return StressedStory(story, documents, tuple(steps), count)


def edits_of(story: Story, name: str, seed: int = 0) -> list[Edit]:
    """The edits of one transformation. One that would cross the border of a span or zone is left out."""
    edits: list[Edit] = []
    rows_of: dict[str | None, list[Row]] = defaultdict(list)
    for row in story.rows:
        rows_of[row.article].append(row)
    for document in story.documents:
        rows = rows_of[document.doc_id]
        borders = {border for row in rows for _, span in row.spans() for border in (span.start, span.end)}
        borders.update(zone.end for zone in document.zones)
        random = Random(f"{seed} {name} {document.doc_id}")
        if name in OF_TEXT:
            rewrites = OF_TEXT[name](document.text, random)
        else:
            rewrites = OF_ROWS[name](document.text, rows, random)
        edits += [
            Edit(doc_id=document.doc_id, start=start, end=end, new=new)
            for start, end, new in rewrites
            if not any(border in borders for border in range(start + 1, end))
        ]
    return edits
