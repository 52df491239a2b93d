"""Flat tags: what is left of nested spans when each token may carry one IOB2 tag."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from khabar.text.arabic import TATWEEL, classes


def last_letter(token: str) -> int:
    """Index of a token's last letter or digit (tatweel aside); of its last character if it has none."""
    kinds = classes(token)
    letters = (at for at in range(len(token) - 1, -1, -1) if kinds[at] in "LN" and token[at] != TATWEEL)
    return next(letters, len(token) - 1)


def iob2(anchors: Sequence[int], spans: Iterable[tuple[int, int, str]]) -> list[str]:
    """Tag tokens in IOB2: each takes the tag of the outermost (longest) span that holds its last letter.

    `anchors` are the offsets of the tokens' last letters, ascending; `spans` are (start, end, label) in any order.
    """
    holder: list[tuple[int, int, str] | None] = [None] * len(anchors)
    for span in sorted(set(spans), key=lambda entry: (entry[0] - entry[1], entry)):
        for at in range(bisect_left(anchors, span[0]), bisect_left(anchors, span[1])):
            if holder[at] is None:
                holder[at] = span
    return [
        "O" if span is None else ("I-" if at and holder[at - 1] == span else "B-") + span[2]
        for at, span in enumerate(holder)
    ]
