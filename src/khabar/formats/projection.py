"""Projection: which document of the corpus somebody's document is, and its marks as annotations of that text.

Tokens, and offsets of another copy, are found in the corpus' own text: comparison ignores white space, invisible format
characters and what Arabic folding ignores. The offsets that come out are code points of the raw text.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from khabar.formats.context import Conversion
from khabar.formats.label_maps import MAPS, LabelMap, guess
from khabar.formats.standoff import Mark, MarkedDocument, rows_of, top_marks
from khabar.reading.shape import shaped
from khabar.records import Annotations
from khabar.records.rows import each_span
from khabar.text.arabic import folded

RawSpan = tuple[int, int]
"""Half-open code points of the raw text."""

_ESCAPES = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}", "``": '"', "''": '"'}
"""How Penn Treebank style writes brackets and quotation marks."""

_PROBE = 12
"""Characters that must be found again to go on beyond a longer gap."""

_NEAR = 60
"""Characters that may be left out before a token is taken up again by itself."""

_NEXT = 3
"""The same for a token of one or two characters."""

_LOOK_AHEAD = 50
"""Tokens that are tried as the place to go on from."""


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A text folded and without space: character i came from `[starts[i], ends[i])` of the raw text."""

    text: str
    starts: list[int]
    ends: list[int]


@lru_cache(maxsize=64)
def squeezed(text: str) -> Squeezed:
    """Squeeze a text, keeping the way back. Marks on a letter belong to the letter."""
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    fold = folded(text)
    for character, start, end in zip(fold.text, fold.raw, fold.raw[1:], strict=False):
        if not (character.isspace() or unicodedata.category(character) == "Cf"):
            characters.append(character)
            starts.append(start)
            ends.append(end)
    return Squeezed("".join(characters), starts, ends)


def align(sentences: Sequence[Sequence[str]], text: str) -> list[list[RawSpan | None]]:
    """Find the tokens of each sentence in `text`; None for one that is not there.

    A sentence is looked for to the letter behind the one before, then squeezed, there or anywhere; then token by
    token. Sentences may stand in any order.
    """
    small = squeezed(text)
    raw_offset = offset = 0  # where the last sentence ended, in the text and squeezed
    aligned: list[list[RawSpan | None]] = []
    for sentence in sentences:
        exact = _exactly(sentence, text, raw_offset)
        if exact is not None:
            raw_offset = exact[-1][1] if exact else raw_offset
            offset = bisect_left(small.starts, raw_offset)
            aligned.append(list(exact))
            continue
        words = [squeezed(_ESCAPES.get(token, token)).text for token in sentence]
        joined = "".join(words)
        start = small.text.find(joined, offset)
        if start < 0:
            start = small.text.find(joined)
        if joined and start >= 0:
            places, offset = _placed(words, small, start)
        else:
            places, offset = _token_by_token(words, small, offset)
        raw_offset = small.ends[offset - 1] if offset else 0
        aligned.append(places)
    return aligned


def _exactly(tokens: Sequence[str], text: str, offset: int) -> list[RawSpan] | None:
    """Tokens that follow each other from `offset` on to the letter, with only white space between them."""
    places: list[RawSpan] = []
    for token in tokens:
        while offset < len(text) and text[offset].isspace() and not text.startswith(token, offset):
            offset += 1
        if not token or not text.startswith(token, offset):
            return None
        places.append((offset, offset + len(token)))
        offset += len(token)
    return places


def _place(word: str, small: Squeezed, offset: int) -> RawSpan | None:
    return (small.starts[offset], small.ends[offset + len(word) - 1]) if word else None


def _placed(words: Sequence[str], small: Squeezed, offset: int) -> tuple[list[RawSpan | None], int]:
    places: list[RawSpan | None] = []
    for word in words:
        places.append(_place(word, small, offset))
        offset += len(word)
    return places, offset


def _token_by_token(words: Sequence[str], small: Squeezed, offset: int) -> tuple[list[RawSpan | None], int]:
    """Take tokens while they follow; at a gap go on from the nearest token that is found again with what follows it."""
    places: list[RawSpan | None] = []
    while len(places) < len(words):
        word = words[len(places)]
        if not word or small.text.startswith(word, offset):
            places.append(_place(word, small, offset))
            offset += len(word)
            continue
        for skipped in range(min(_LOOK_AHEAD, len(words) - len(places))):
            following = len(places) + skipped
            again = _again(words[following : following + _PROBE], small, offset)
            if again >= 0:
                places += [None] * skipped
                offset = again
                break
        else:
            places += [None] * min(_LOOK_AHEAD, len(words) - len(places))
    return places, offset


def _again(words: Sequence[str], small: Squeezed, offset: int) -> int:
    """Where the first of these tokens is found again: itself near by, or anywhere with those that follow; else -1."""
    if not words[0]:
        return -1
    reach = (_NEAR if len(words[0]) > 2 else _NEXT) + len(words[0])
    near = small.text.find(words[0], offset, offset + reach)
    probe = "".join(words)[:_PROBE]
    return near if near >= 0 or len(probe) < _PROBE else small.text.find(probe, offset)


class Projection:
    """Carries spans of another copy of a text over to `text`. The copies may differ in space and folding alone.

    Raises ValueError, naming the first place where the copies differ in more than that.
    """

    def __init__(self, copy: str, text: str) -> None:
        self._same = copy == text
        self._copy, self._text = squeezed(copy), squeezed(text)
        if not self._same and self._copy.text != self._text.text:
            pairs = zip_longest(self._copy.text, self._text.text)
            first = next(index for index, (a, b) in enumerate(pairs) if a != b)
            here, there = _from(self._copy, copy, first), _from(self._text, text, first)
            raise ValueError(f"its text has {here!r} where the corpus has {there!r}")

    def __call__(self, start: int, end: int) -> RawSpan | None:
        """The span in `text`; None if it holds nothing but space."""
        if self._same:
            return start, end
        first = bisect_left(self._copy.ends, start + 1)
        last = bisect_left(self._copy.starts, end) - 1
        return (self._text.starts[first], self._text.ends[last]) if first <= last else None


def _from(small: Squeezed, text: str, index: int) -> str:
    start = small.starts[index] if index < len(small.starts) else len(text)
    return text[start : start + 20]


def annotations_of(documents: Sequence[MarkedDocument], work: Conversion) -> list[Annotations]:
    """Read marked documents as annotations: labels mapped, offsets those of the corpus' own text.

    A document that is none of the corpus keeps its own text, so that it can be gold or be converted further.
    """
    scheme = label_map(Counter(mark.label for each in documents for mark in top_marks(each)), work)
    by_text = {squeezed(document.text).text: doc_id for doc_id, document in work.texts.items()}
    annotations: list[Annotations | None] = []
    for document in documents:
        doc_id = document.doc_id
        if doc_id not in work.texts and document.text is not None:
            doc_id = by_text.get(squeezed(document.text).text, doc_id)
        projected = _project(document, doc_id, work)
        if projected is None:
            continue
        marked, text = projected
        rows, lost = rows_of(marked, scheme, text)
        for what in lost:
            work.lose(what)
        line = {"doc_id": doc_id, **{layer: items for layer, items in rows.items() if items}}
        own = {} if doc_id in work.texts else {"text": text}
        annotations.append(shaped(line | own, Annotations, work.incidents.at(document.file, document.line, doc_id)))
    return [record for record in annotations if record is not None]


def label_map(labels: Counter[str], work: Conversion) -> LabelMap:
    """The label scheme that was named, or the one that fits.

    Reports which labels become nothing, and which mean more than what they become.
    """
    scheme = guess(labels) if work.labels is None else MAPS[work.labels]
    for label, times in sorted(labels.items()):
        target, lost = scheme.target(label), scheme.lost(label)
        if target is None:
            work.incidents.report("label-dropped", f"{times} of label {label!r} are left out: {lost}")
        elif lost:
            message = f"{times} of label {label!r} become {target.layer} {target.value}: {lost}"
            work.incidents.report("label-coarse", message)
    missing = scheme.missing(scheme.to)
    if labels and missing and scheme.name != "khabar":
        message = f"labels are read as those of {scheme.name!r}, which has no {', '.join(missing)}"
        fix = "name another scheme with --labels if these are not its labels"
        work.incidents.report("label-coarse", message, fix=fix)
    return scheme


def _project(document: MarkedDocument, doc_id: str | None, work: Conversion) -> tuple[MarkedDocument, str] | None:
    """Move the marks into the text of `doc_id`: the marks and that text, the document's own if the corpus has none."""
    report = work.incidents.at(document.file, document.line, doc_id)
    if doc_id is None:
        fix = "give it the doc_id of a document, or choose its corpus with --gold"
        report("document-unknown", "no document of the corpus has this text", fix=fix)
        return None
    text = work.text_of(doc_id, None)
    if text is None:
        if document.text is None:
            work.report_unknown(doc_id, file=document.file, line=document.line, doc_id=doc_id)
            return None
        return document, document.text
    if document.text is None or document.text == text:
        return document, text
    try:
        moved = Projection(document.text, text)
    except ValueError as error:
        report("text-other", str(error))
        return None
    marks = [_moved_mark(mark, moved, work) for mark in document.marks]
    return replace(document, marks=tuple(mark for mark in marks if mark is not None)), text


def _moved_mark(mark: Mark, moved: Projection, work: Conversion) -> Mark | None:
    spans = tuple(span for span in (moved(*span) for span in mark.spans) if span is not None)
    if not spans:
        work.lose("spans of nothing but space")
        return None
    return replace(mark, spans=spans, fields=_moved_fields(mark.fields, moved))


def _moved_fields(fields: Mapping[str, Any], moved: Projection) -> Any:
    """Offsets inside fields (a speaker's, an alternative's) move like the marks themselves."""

    def move(span: dict[str, Any]) -> dict[str, Any]:
        if not (isinstance(span["start"], int) and isinstance(span["end"], int)):
            return span
        start, end = moved(span["start"], span["end"]) or (span["start"], span["end"])
        return {**{key: item for key, item in span.items() if key != "text"}, "start": start, "end": end}

    return each_span(fields, move)
