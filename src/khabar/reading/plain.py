"""Plain documents: those that one look at all offsets at once finds sound, so that only the others are read by item."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.reading.mentions import Documents, keys

LARGEST_OFFSET = (1 << 31) - 1
"""Code points beyond which no text goes: what bounds offsets where gold has no text."""


def plain(records: Documents, texts: Sequence[str | None]) -> list[bool]:
    """Say of each document whether it holds nothing but entities at offsets inside its text, no two of them alike.

    `texts` are the texts of the documents (None: not known). A mention that gives its surface where there is a text to
    compare it with is not plain. What is not plain need not be wrong: it takes a closer look to say so.
    """
    import numpy as np

    try:
        given = records.mentions
    except OverflowError:  # an offset that no integer holds, so something is wrong
        return [False] * len(records)
    document, start, end = given.document, given.start, given.end
    sound = (start >= 0) & (start < end) & (end <= LARGEST_OFFSET)
    if any(text is not None for text in texts):
        known = np.array([text is not None for text in texts], bool)
        longest = np.array([LARGEST_OFFSET if text is None else len(text) for text in texts], np.int64)
        sound &= end <= longest[document]
        sound &= ~known[document] | np.array([item.text is None for item in given.items], bool)
    (key,) = keys((document, np.maximum(start, -1), np.maximum(end, -1), given.label))
    again: Sequence[int] = ()
    if not (key[1:] > key[:-1]).all():
        order = np.argsort(key, kind="stable")
        again = order[1:][key[order][1:] == key[order][:-1]].tolist()
    found = np.array([not (record.numbers or record.quotes) for record in records], bool)
    found[document[~sound]] = False
    found[document[list(again)]] = False
    flags: list[bool] = found.tolist()
    return flags
