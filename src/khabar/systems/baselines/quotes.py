"""Quotes by their marks, each given to the nearest name: the baseline of the nearest speaker.

After the "closest entity" baseline of quotation attribution (Elson and McKeown, AAAI 2010; O'Keefe et al., EMNLP
2012). Names are those that the gazetteer of `rules` knows.
"""

from __future__ import annotations

import re

from khabar.records import Annotations, Document, PredictedQuote, PredictedSource, PredictedSpan
from khabar.systems.rules.entities.extract import Mention

_MARKED = re.compile(r"«([^«»\n]+)»|“([^“”\n]+)”|\"([^\"\n]+)\"")
_LEAST_WORDS = 3
"""Fewer words in marks are a title or a word held at a distance more often than speech."""
_SPEAKERS = ("PERS", "ORG", "GPE", "NORP", "OCC")


def quote_marks(document: Document) -> Annotations:
    """Take what stands in a pair of marks as said by the nearest name of the same line; nobody if there is none."""
    from khabar.systems.rules.entities.extract import extract
    from khabar.text.arabic.words import tokenize

    names = [one for one in extract(tokenize(document.text)) if one.label in _SPEAKERS]
    quotes = []
    for match in _MARKED.finditer(document.text):
        start, end = match.span(match.lastindex or 0)
        if len(document.text[start:end].split()) < _LEAST_WORDS:
            continue
        nearest = _nearest(document.text, names, match.start(), match.end())
        quotes.append(
            PredictedQuote(
                content=(PredictedSpan(start=start, end=end),),
                type="direct",
                speaker=None if nearest is None else PredictedSource(start=nearest.start, end=nearest.end),
            )
        )
    return Annotations(doc_id=document.doc_id, quotes=tuple(quotes))


def _nearest(text: str, names: list[Mention], start: int, end: int) -> Mention | None:
    """The name with the fewest code points between it and the marks; of equals the one before, then the longest."""
    line_start, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    beside = [one for one in names if line_start <= one.start and one.end <= start]
    beside += [one for one in names if end <= one.start and one.end <= line_end]
    return min(
        beside,
        key=lambda one: (max(start - one.end, one.start - end), one.start >= end, one.start - one.end),
        default=None,
    )
