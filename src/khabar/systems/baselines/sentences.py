"""Sentences as the baselines cut them: at full stops, question and exclamation marks, and line ends."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[^\s](?:[^\n.؟?!…]|[.](?=\d))*[.؟?!…]*")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of a text as half-open spans in code points, without space at their ends."""
    return [(match.start(), match.start() + len(match[0].rstrip())) for match in _SENTENCE.finditer(text)]
