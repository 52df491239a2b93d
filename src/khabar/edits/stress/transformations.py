"""The transformations of a story that change no meaning, by name, and what a story becomes under them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from khabar.edits.application import apply, by_document
from khabar.edits.offsets import Offsets
from khabar.edits.story import Story
from khabar.edits.stress import characters, names
from khabar.reading.incidents import Incident, InputError
from khabar.records import Change, Document, Edit, Row
from khabar.text.choices import fix_of

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
OF_ROWS: dict[str, _OfRows] = {"months": names.months, "transliterations": names.transliterations}
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
