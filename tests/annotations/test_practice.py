"""A practice article: what is submitted beside gold, in the fields of the page and at its region."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from msgspec.structs import replace

from khabar.annotations.label_studio.projects import Answer, Task
from khabar.annotations.label_studio.pull import read_pass
from khabar.annotations.practice import Practised, beside_gold
from khabar.annotations.rounds import Articles
from khabar.formats.label_studio.document_page import STEPS, document_page
from khabar.formats.label_studio.names import Names
from khabar.formats.label_studio.page import to_results
from khabar.reading.incidents import Incidents
from khabar.records import Document, Entity, Number, Quote, Registered, Row
from tests.annotations.story import STORIES, TEXTS, a_pass

GOLD = a_pass()
ARTICLES = Articles(
    tuple(
        Document(doc_id=doc_id, story=STORIES[doc_id], text=text, sha256=sha256(text.encode()).hexdigest())
        for doc_id, text in TEXTS.items()
    )
)
ADDRESS = "http://127.0.0.1/projects/1/data?task="


def practised(rows: Sequence[Row], *steps: str, names: Names = Names()) -> Practised:  # noqa: B008
    """The pages of these rows, submitted in some steps for the first article alone, beside gold."""
    tasks: dict[str, list[Task]] = {}
    for step in steps:
        tasks[step] = []
        for number, (doc_id, text) in enumerate(TEXTS.items()):
            mine = [row for row in rows if getattr(row, "doc_id", None) == doc_id]
            results = tuple(to_results(names.shown(document_page(mine, text)).only(STEPS[step])))
            answers = (Answer(1, results, "amal"),) if number == 0 else ()
            data = {"key": doc_id, "story": STORIES[doc_id], "text": text, "names": names.data}
            tasks[step].append(Task(number, data, f"{ADDRESS}{number}", answers))
    read = read_pass(tasks, ARTICLES, (), Incidents())
    return beside_gold(read, GOLD, tasks, ARTICLES)


def changed(kind: type[Row], surface: str, **columns: object) -> list[Row]:
    return [replace(row, **columns) if isinstance(row, kind) and row.text == surface else row for row in GOLD]  # type: ignore[attr-defined]


def test_gold_itself_is_all_right() -> None:
    result = practised(GOLD, "entities", "numbers", "quotes")
    assert result.notes == ()
    first = {
        layer: [row for row in GOLD if row.layer == layer and getattr(row, "doc_id", "") == "one"] for layer in STEPS
    }
    assert result.right == {
        layer: (len(rows), len(rows)) for layer, rows in first.items() if rows and layer != "claims"
    }


def test_only_what_is_submitted_counts() -> None:
    assert set(practised(GOLD, "numbers").right) == {"numbers"}


def test_a_field_read_otherwise() -> None:
    result = practised(changed(Entity, "الكرملين", label="FAC"), "entities")
    (note,) = result.notes
    assert "label is FAC, and gold has ORG" in note.message
    assert (
        note.file
        == f"{ADDRESS}0&region=khabar-row-{next(row.id for row in GOLD if isinstance(row, Entity) and row.text == 'الكرملين')}"
    )
    assert "section 2" in (note.fix or "")
    alike, of_gold = result.right["entities"]
    assert alike == of_gold - 1


def test_what_is_missed_and_what_is_too_much() -> None:
    without = [row for row in GOLD if not isinstance(row, Number)]
    (note,) = practised(without, "numbers").notes
    assert "is in gold" in note.message
    entity = next(row for row in GOLD if isinstance(row, Entity))
    more = [
        *GOLD,
        replace(
            entity,
            id="new",
            start=entity.start + 6,
            end=entity.start + 8,
            text=TEXTS["one"][entity.start + 6 : entity.start + 8],
        ),
    ]
    assert ["is not in gold" in note.message for note in practised(more, "entities").notes] == [True]


def test_a_name_is_the_key_that_gold_has_for_it() -> None:
    """Quotes practised alone, with speakers called by their names."""
    registry = {row.name: row.entity_id for row in GOLD if isinstance(row, Registered)}
    quote = next(row for row in GOLD if isinstance(row, Quote) and row.doc_id == "one")
    name = next(name for name, key in registry.items() if key == quote.speaker)
    said = [
        replace(row, speaker=name, source_chain=(*row.source_chain[:-1], name)) if row is quote else row for row in GOLD
    ]
    assert practised(said, "quotes").notes == ()
