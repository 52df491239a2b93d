"""Practice: what is submitted of a pass beside gold, each difference in the terms of the page where it is mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from khabar.annotations.agreement.names import keys_of, with_keys
from khabar.annotations.label_studio.checks import Tasks
from khabar.annotations.practice.articles import articles_beside_gold
from khabar.annotations.practice.claims import claims_beside_gold, marked_in
from khabar.annotations.practice.questions import questions_beside_gold
from khabar.annotations.rounds import Articles, story_of
from khabar.corpus.withheld import with_surfaces
from khabar.reading.incidents import Incident
from khabar.records import Claim, Registered, Row, only

__all__ = ["Practised", "beside_gold"]


@dataclass(frozen=True, slots=True)
class Practised:
    """The differences, and by layer how many rows gold has, and how many of them the pass has alike."""

    notes: tuple[Incident, ...]
    right: Mapping[str, tuple[int, int]]


def beside_gold(rows: Sequence[Row], gold: Sequence[Row], tasks: Tasks, articles: Articles) -> Practised:
    """Compare a pass with gold where both have something: articles submitted in the step of a layer, and questions.

    `rows` are those read from `tasks`; those of gold may be without surfaces.
    """

    gold = [with_surfaces(row, articles.texts) for row in gold]
    marked = only(_in_names_of(marked_in(tasks, articles), gold, articles), Claim)
    parts = (
        articles_beside_gold(_in_names_of(rows, gold, articles), gold, tasks, articles),
        claims_beside_gold(marked, gold, tasks, articles),
        questions_beside_gold(rows, marked, gold, tasks, articles),
    )
    notes = [note for of_part, _ in parts for note in of_part]
    return Practised(tuple(notes), {layer: shares for _, right in parts for layer, shares in right.items()})


def _in_names_of(rows: Sequence[Row], gold: Sequence[Row], articles: Articles) -> list[Row]:
    """Rows with the keys of gold where a key is a name that gold's registry has."""
    keys = {
        (row.story, name): row.entity_id
        for row in gold
        if isinstance(row, Registered)
        for name in (*row.aliases, row.name)
    }

    def names(row: Row) -> Mapping[str, str]:
        story, value = story_of(row, articles.stories), row.value if isinstance(row, Claim) else None
        return {key: keys.get((story, key), key) for key in (*keys_of(row), *([] if value is None else [value]))}

    return [with_keys(row, names(row)) for row in rows]
