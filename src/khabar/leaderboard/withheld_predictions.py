"""Predictions on articles that the repository holds no text of: offsets and values, and no words of the articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import structs

from khabar.records import Annotations, Dispute, PredictedQuote, PredictedSource, PredictedSpan
from khabar.text.grounding import Grounded, GroundedDocument, span_of
from khabar.text.search import searchable
from khabar.text.spans import Passage

MOST = 5
"""Running words a string may have: a name, a unit, a value; longer ones could quote."""
NOWHERE = ""
"""The text of a span that is nowhere in its article: still predicted, still wrong, and no words."""
_WORD = re.compile(r"\S*[^\W_]\S*")


_Span = TypeVar("_Span", bound=PredictedSpan)


def in_offsets(record: Annotations | Dispute, passages: Mapping[str, Passage]) -> Annotations | Dispute:
    """A prediction by offsets. Strings are grounded in the articles; those that are nowhere there lose their words.

    `passages` has the text of each document.
    """
    placed = _dispute(record, passages) if isinstance(record, Dispute) else _document(record, passages[record.doc_id])
    kept: Annotations | Dispute = _without_words(placed)
    return kept


def _dispute(dispute: Dispute, passages: Mapping[str, Passage]) -> Dispute:
    sides = tuple(
        structs.replace(side, spans=tuple(_placed(span, passages.get(span.doc_id)) for span in side.spans))
        for side in dispute.sides
    )
    return structs.replace(dispute, sides=sides)


def _document(annotations: Annotations, passage: Passage) -> Annotations:
    grounded = GroundedDocument(annotations, passage)
    return structs.replace(
        annotations,
        text=None,
        entities=tuple(_with_spans(item) for item in grounded.entities),
        numbers=tuple(_with_spans(item) for item in grounded.numbers),
        quotes=tuple(_with_sources(_with_spans(item), passage) for item in grounded.quotes),
    )


def quoted(record: Annotations | Dispute) -> Iterator[str]:
    """The strings of a prediction that may be words of an article: texts of spans, and whatever has many words."""
    yield from _quoted(record, "")


def _quoted(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _quoted(getattr(value, name), name)
    elif isinstance(value, tuple):
        for each in value:
            yield from _quoted(each, key)
    elif isinstance(value, str) and (len(_WORD.findall(value)) > MOST or (key == "text" and value != NOWHERE)):
        yield value


def _with_spans(grounded: Grounded[Any]) -> Any:
    item, spans = grounded.item, grounded.spans
    if isinstance(item, PredictedQuote):
        content = tuple(PredictedSpan(start=start, end=end) for start, end in spans or ())
        return structs.replace(item, content=content or (PredictedSpan(text=NOWHERE),))
    if spans is None:
        return structs.replace(item, start=None, end=None, text=NOWHERE)
    return grounded.with_offsets


def _with_sources(quote: PredictedQuote, passage: Passage) -> PredictedQuote:
    def placed(source: str | PredictedSource | None) -> str | PredictedSource | None:
        if not isinstance(source, PredictedSource):
            return source
        if source.is_span and source.wikidata is None:
            return _placed(source, passage)
        name = source.name if source.name is not None else source.text
        if name is None or len(_WORD.findall(name)) <= MOST:
            return structs.replace(source, name=name, text=None)
        # Too long to be kept as a name; where it is in the text, its first place says the same.
        first = next(iter(searchable(passage.text or "").matches(name)), None)
        return structs.replace(source, name=None, text=None, start=first[0], end=first[1]) if first else source

    chain = None if quote.source_chain is None else tuple(map(placed, quote.source_chain))
    return structs.replace(quote, speaker=placed(quote.speaker), addressee=placed(quote.addressee), source_chain=chain)


def _placed(span: _Span, passage: Passage | None) -> _Span:
    found = None if passage is None else span_of(span, passage)
    return span if found is None else structs.replace(span, start=found[0], end=found[1])


def _without_words(value: Any) -> Any:
    """A record whose spans have offsets alone, or no words, and whose strings are short."""
    if isinstance(value, tuple):
        return tuple(map(_without_words, value))
    if isinstance(value, str):
        words = list(_WORD.finditer(value))
        return value[: words[MOST - 1].end()] if len(words) > MOST else value
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: _without_words(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, PredictedSpan):
        nowhere = value.start is None and value.text is not None
        fields |= {"text": NOWHERE if nowhere else None, "line": None, "occurrence": None}
    return structs.replace(value, **fields)
