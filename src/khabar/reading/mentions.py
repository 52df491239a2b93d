"""Entity mentions of all documents as columns, so that a hundred thousand are matched in a few array operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

from khabar.records import Annotations, PredictedEntity
from khabar.records.labels import ENTITY_LABELS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Booleans = NDArray[np.bool_]

LARGEST_OFFSET = (1 << 31) - 1
"""Code points beyond which no text goes: what bounds offsets where gold has no text."""

LABEL_NUMBER = {label: at for at, label in enumerate(ENTITY_LABELS)}


@dataclass(frozen=True, slots=True)
class Mentions:
    """Mentions as parallel columns, each of shape (mentions,)."""

    document: Integers
    """Index of the mention's document in the sequence of documents that the columns were gathered from."""
    start: Integers
    """First code point; -1 for a mention that is nowhere."""
    end: Integers
    """The code point behind the last one; -1 likewise."""
    label: Integers
    """Index of the label in ENTITY_LABELS."""
    scored: Booleans
    """False for a gold row that does not count."""
    items: NDArray[np.object_]
    """The mentions themselves, as PredictedEntity."""

    def __len__(self) -> int:
        return len(self.items)

    @property
    def grounded(self) -> Booleans:
        """Which mentions have a place."""
        return self.start >= 0

    def take(self, which: Integers) -> Mentions:
        """The mentions of some indices, of shape (chosen,)."""
        return Mentions(*(getattr(self, column.name)[which] for column in fields(self)))

    def of_document(self, index: int) -> slice:
        """Where the mentions of a document stand, given that they are in order."""
        import numpy as np

        first, last = np.searchsorted(self.document, [index, index + 1]).tolist()
        return slice(first, last)


class Documents(tuple[Annotations, ...]):
    """What is said of documents, and all their entity mentions as columns, gathered when they are first asked for."""

    @cached_property
    def mentions(self) -> Mentions:
        """The mentions as they stand; an offset left out is -1. Raises OverflowError for one beyond 64 bits."""
        return as_given([record.entities for record in self])

    @cached_property
    def by_id(self) -> dict[str, Annotations]:
        """The documents by name."""
        return {record.doc_id: record for record in self}


def as_given(documents: Sequence[Sequence[PredictedEntity]]) -> Mentions:
    """Gather the mentions of documents as they stand; an offset left out is -1. Raises OverflowError beyond 64 bits."""
    import numpy as np

    entities = [item for document in documents for item in document]
    scored = [item.scored for item in entities]

    def offsets(values: list[int | None]) -> Integers:
        try:
            return np.fromiter(values, np.int64, len(entities))
        except TypeError:
            return np.array([-1 if value is None else value for value in values], np.int64)

    return Mentions(
        np.repeat(np.arange(len(documents)), [len(document) for document in documents]),
        offsets([item.start for item in entities]),
        offsets([item.end for item in entities]),
        np.frombuffer(bytes([LABEL_NUMBER[item.label] for item in entities]), np.uint8).astype(np.int64),
        np.ones(len(entities), bool) if all(scored) else np.array(scored, bool),
        np.fromiter(entities, object, len(entities)),
    )


def keys(*groups: tuple[Integers, ...]) -> list[Integers]:
    """Number rows of columns across groups of rows: equal rows get one number, which grows with the columns in order.

    A group is a tuple of columns of shape (rows of the group,), as many in each group, that hold integers from -1 up.
    Gives an array of that shape for each group. Rows are packed into 64 bits where they fit, and else sorted.
    """
    import numpy as np

    joined = [np.concatenate([group[at] for group in groups]) + 1 for at in range(len(groups[0]))]
    widths = [int(column.max(initial=0)) + 1 for column in joined]
    packed = np.zeros(len(joined[0]), np.int64)
    if prod(widths) < 1 << 62:
        for column, width in zip(joined, widths, strict=True):
            packed = packed * width + column
    else:
        packed = np.unique(np.stack(joined), axis=1, return_inverse=True)[1].reshape(-1).astype(np.int64)
    ends = np.cumsum([len(group[0]) for group in groups])[:-1]
    return list(np.split(packed, ends))


def are_sound(documents: Documents, texts: Sequence[str | None]) -> list[bool]:
    """Say of each document whether one look finds it sound: entities alone, at offsets inside its text, no two alike.

    Gives a flag for each document, in order. `texts` are the texts of the documents (None: not known). A mention that
    gives its surface where there is a text to compare it with takes a closer look, as does everything else: what is not
    found sound need not be wrong.
    """
    import numpy as np

    try:
        mentions = documents.mentions
    except OverflowError:  # an offset that no integer holds, so something is wrong
        return [False] * len(documents)
    document, start, end = mentions.document, mentions.start, mentions.end
    sound = (start >= 0) & (start < end) & (end <= LARGEST_OFFSET)
    if any(text is not None for text in texts):
        has_text = np.array([text is not None for text in texts], bool)
        longest = np.array([LARGEST_OFFSET if text is None else len(text) for text in texts], np.int64)
        sound &= end <= longest[document]
        sound &= ~has_text[document] | np.array([item.text is None for item in mentions.items], bool)
    (key,) = keys((document, np.maximum(start, -1), np.maximum(end, -1), mentions.label))
    again: Sequence[int] = ()
    if not (key[1:] > key[:-1]).all():
        order = np.argsort(key, kind="stable")
        again = order[1:][key[order][1:] == key[order][:-1]].tolist()
    are_whole = np.array([not (record.numbers or record.quotes) for record in documents], bool)
    are_whole[document[~sound]] = False
    are_whole[document[list(again)]] = False
    flags: list[bool] = are_whole.tolist()
    return flags
