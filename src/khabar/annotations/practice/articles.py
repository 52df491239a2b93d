"""Entities, numbers and quotes of practice articles beside gold: each difference at its region, by the field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from khabar.annotations.agreement.alignment import align
from khabar.annotations.agreement.differences import FieldDifference, differences, differing, in_words
from khabar.annotations.label_studio.checks import Tasks, linked
from khabar.annotations.label_studio.projects import Task
from khabar.annotations.label_studio.pull import STEP_OF
from khabar.annotations.rounds import Articles
from khabar.reading.incidents import Incident
from khabar.records import Row

CHAPTERS = {"entities": 2, "numbers": 3, "quotes": 4, "claims": 5, "conflicts": 5}
"""Layers → their chapter of the guidelines."""
LAYERS = ("entities", "numbers", "quotes")
Beside = tuple[list[Incident], dict[str, tuple[int, int]]]
"""The differences, and by layer how many rows are as gold has them, of how many."""


def note(layer: str, message: str, task: Task, doc_id: str | None = None, offset: int | None = None) -> Incident:
    """A difference, where it is mended."""
    fix = f"read section {CHAPTERS[layer]} of the guidelines"
    return Incident("gold-differs", message, task.address, None, doc_id, offset, fix)


def submitted(tasks: Tasks) -> Mapping[tuple[str, str], Task]:
    """The submitted tasks, by kind and by what they are of."""
    return {(kind, task.key): task for kind, of_kind in tasks.items() for task in of_kind if task.annotations}


def articles_beside_gold(rows: Sequence[Row], gold: Sequence[Row], tasks: Tasks, articles: Articles) -> Beside:
    """Compare the rows of articles that are submitted in the step of their layer."""
    done = submitted(tasks)

    def practised(row: Row) -> bool:
        return row.layer in LAYERS and (STEP_OF[row.layer], getattr(row, "doc_id", "")) in done

    ours = [row for row in rows if practised(row)]
    theirs = [row for row in gold if practised(row)]
    pairs = align(ours, theirs, articles.texts, articles.stories)
    notes = []
    for difference in differences(pairs):
        if not difference.cosmetic:
            task = done[STEP_OF[difference.layer], str(difference.doc_id)]
            said = note(difference.layer, _words(difference), task, difference.doc_id, difference.start)
            notes.append(linked(said, tasks))
    alike = Counter(pair.layer for pair in pairs if pair.both is not None and not differing(pair)[0])
    of_gold = Counter(row.layer for row in theirs)
    return notes, {layer: (alike[layer], of_gold[layer]) for layer in LAYERS if of_gold[layer]}


def _words(difference: FieldDifference) -> str:
    what = f"{difference.layer} {difference.text!r:.60}"
    if difference.what != "row":
        return f"{what}: {difference.what} is {in_words(difference.a)}, and gold has {in_words(difference.b)}"
    return f"{what} is in gold: {difference.b}" if difference.a is None else f"{what} is not in gold"
