"""Practice: what is submitted of a pass beside gold, each difference at its region and in the fields of the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from khabar.annotations.agreement.alignment import align
from khabar.annotations.agreement.differences import FieldDifference, differences, differing, in_words
from khabar.annotations.agreement.names import keys_of, with_keys
from khabar.annotations.label_studio.checks import linked
from khabar.annotations.label_studio.projects import Task
from khabar.annotations.label_studio.pull import STEP_OF
from khabar.annotations.rounds import Articles, story_of
from khabar.reading.incidents import Incident
from khabar.records import Registered, Row

CHAPTERS = {"entities": 2, "numbers": 3, "quotes": 4}
"""Layers that can be practised → their chapter of the guidelines. Claims are read together with their issues."""


@dataclass(frozen=True, slots=True)
class Practised:
    """The differences, and by layer how many rows gold has, and how many of them the pass has alike."""

    notes: tuple[Incident, ...]
    right: Mapping[str, tuple[int, int]]


def beside_gold(
    rows: Sequence[Row], gold: Sequence[Row], tasks: Mapping[str, Sequence[Task]], articles: Articles
) -> Practised:
    """Compare the rows of a pass with gold, where both have them: articles submitted in the step of the layer."""
    submitted = {(kind, task.key): task for kind, of_kind in tasks.items() for task in of_kind if task.annotations}

    def practised(row: Row) -> bool:
        return row.layer in CHAPTERS and (STEP_OF[row.layer], getattr(row, "doc_id", "")) in submitted

    ours = [row for row in _in_names_of(rows, gold, articles) if practised(row)]
    theirs = [row for row in gold if practised(row)]
    pairs = align(ours, theirs, articles.texts, articles.stories)
    notes = []
    for difference in differences(pairs):
        if not difference.cosmetic:
            task = submitted[STEP_OF[difference.layer], str(difference.doc_id)]
            fix = f"read section {CHAPTERS[difference.layer]} of the guidelines"
            message, place = _words(difference), (difference.doc_id, difference.start)
            notes.append(linked(Incident("gold-differs", message, task.address, None, *place, fix), tasks))
    alike = Counter(pair.layer for pair in pairs if pair.both is not None and not differing(pair)[0])
    of_gold = Counter(row.layer for row in theirs)
    return Practised(tuple(notes), {layer: (alike[layer], of_gold[layer]) for layer in CHAPTERS if of_gold[layer]})


def _in_names_of(rows: Sequence[Row], gold: Sequence[Row], articles: Articles) -> list[Row]:
    """Rows with the keys of gold where a key is a name that gold's registry has."""
    keys = {
        (row.story, name): row.entity_id
        for row in gold
        if isinstance(row, Registered)
        for name in (*row.aliases, row.name)
    }
    return [
        with_keys(row, {key: keys.get((story_of(row, articles.stories), key), key) for key in keys_of(row)})
        for row in rows
    ]


def _words(difference: FieldDifference) -> str:
    what = f"{difference.layer} {difference.text!r:.60}"
    if difference.what != "row":
        return f"{what}: {difference.what} is {in_words(difference.a)}, and gold has {in_words(difference.b)}"
    return f"{what} is in gold: {difference.b}" if difference.a is None else f"{what} is not in gold"
