"""Stress: edits that change how a story is written and nothing of what it says, by name; and consistency.

Consistency is whether a system says the same of a text and of the same text written otherwise.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from msgspec.structs import replace

from khabar.edits import characters
from khabar.edits.application import apply, by_document
from khabar.edits.characters import Rewrite
from khabar.edits.offsets import Offsets
from khabar.edits.story import Story
from khabar.reading.incidents import Incident, InputError, fix_of
from khabar.records import (
    Annotations,
    Change,
    Dispute,
    Document,
    Edit,
    Entity,
    Number,
    PredictedNumber,
    PredictedQuote,
    PredictedSource,
    Row,
    Side,
    StorySpan,
)
from khabar.records.labels import Layer
from khabar.text.arabic import fold
from khabar.text.dates import date_key
from khabar.text.grounding import GroundedDocument, span_of
from khabar.text.spans import Passage, Spans
from khabar.text.values import value_of

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
            raise InputError([Incident("option-wrong", message, fix=fix_of(name, TRANSFORMATIONS))])
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
        rows_of[getattr(row, "doc_id", None)].append(row)
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


Answers = Counter[object]
"""What a system says on a layer, each answer as the columns that its headline compares, and how often."""
_Back = Callable[[str, Spans | None], Spans | None]


def answers(
    annotations: Iterable[Annotations], disputes: Iterable[Dispute], story: StressedStory
) -> dict[Layer, Answers]:
    """What a system says of a transformed story, layer by layer, with the offsets of the original one."""
    counts: dict[Layer, Answers] = {layer: Counter() for layer in ("entities", "numbers", "quotes", "conflicts")}
    texts = story.story.texts

    def back(doc_id: str, spans: Spans | None) -> Spans | None:
        return None if spans is None else tuple(story.original(doc_id, start, end) for start, end in spans)

    for record in annotations:
        doc_id = record.doc_id
        document = GroundedDocument(record, Passage(doc_id, texts[doc_id]))
        for entity in document.entities:
            counts["entities"][doc_id, back(doc_id, entity.spans), entity.item.label] += 1
        for number in document.numbers:
            counts["numbers"][doc_id, back(doc_id, number.spans), _value(number.item)] += 1
        for quote in document.quotes:
            counts["quotes"][doc_id, back(doc_id, quote.spans), _speaker(quote.item, document, back)] += 1
    for dispute in disputes_of_the_original(disputes, story):
        sides = [frozenset((span.doc_id, span.start, span.end) for span in side.spans) for side in dispute.sides]
        counts["conflicts"][dispute.story, dispute.type, frozenset(sides)] += 1
    return counts


def consistency(before: Answers, after: Answers) -> float | None:
    """The answers given both times, over the mean number given; None where there is none."""
    given = before.total() + after.total()
    return 2 * (before & after).total() / given if given else None


def disputes_of_the_original(disputes: Iterable[Dispute], story: StressedStory) -> list[Dispute]:
    """Disputes of a transformed story with the offsets of the original one; spans that are nowhere are left out."""
    passages = {doc_id: Passage(doc_id, text) for doc_id, text in story.story.texts.items()}
    return [
        replace(dispute, sides=tuple(_side(side, passages, story) for side in dispute.sides)) for dispute in disputes
    ]


def _side(side: Side, passages: Mapping[str, Passage], story: StressedStory) -> Side:
    spans = []
    for span in side.spans:
        place = span_of(span, passages[span.doc_id])
        if place is not None:
            start, end = story.original(span.doc_id, *place)
            spans.append(StorySpan(doc_id=span.doc_id, start=start, end=end))
    return replace(side, spans=tuple(spans))


def _value(number: PredictedNumber) -> object:
    if number.kind == "date":
        return number.kind, None if number.edtf is None else date_key(number.edtf)
    return number.kind, value_of(number), None if number.unit is None else fold(number.unit)


def _speaker(quote: PredictedQuote, document: GroundedDocument, back: _Back) -> object:
    """Who a quote is said to be by: a Wikidata item, a place, a name, or a cluster, known by its first mention."""
    speaker = quote.speaker
    doc_id = document.annotations.doc_id
    if isinstance(speaker, PredictedSource):
        if speaker.wikidata is not None:
            return speaker.wikidata
        place = span_of(speaker, document.passage)
        if place is not None:
            return back(doc_id, (place,))
        if speaker.name is not None:
            return fold(speaker.name)
        speaker = speaker.entity_id
    mentions = [entity.spans for entity in document.entities if speaker and entity.item.entity_id == speaker]
    first = min((spans for spans in mentions if spans), default=None)
    return speaker if first is None else back(doc_id, first)
