"""A practice article: what is submitted beside gold, in the fields of the page and at its region."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from msgspec.structs import replace

from khabar.annotations.label_studio.configuration import QUESTIONS
from khabar.annotations.label_studio.projects import Answer, Task
from khabar.annotations.label_studio.pull import read_pass
from khabar.annotations.practice import Practised, beside_gold
from khabar.annotations.rounds import Articles
from khabar.formats.label_studio.document_page import STEPS, document_page
from khabar.formats.label_studio.names import Names
from khabar.formats.label_studio.page import to_results
from khabar.formats.label_studio.question_page import question_page
from khabar.reading.incidents import Incidents
from khabar.records import Claim, Conflict, Document, Entity, Number, Quote, Registered, Row, only
from tests.annotations.story import ONE, STORIES, TEXTS, TWO, a_pass, claim, issue

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


def asked(rows: Sequence[Row], *left: str, gold: Sequence[Row] | None = None) -> Practised:
    """The claims of both articles, and the questions of these rows, all submitted but those `left`."""
    claims, issues = only(rows, Claim), only(rows, Conflict)
    tasks: dict[str, list[Task]] = {"claims": [], QUESTIONS: []}
    for doc_id, text in TEXTS.items():
        page = document_page((row for row in claims if row.doc_id == doc_id), text).only(STEPS["claims"])
        data = {"key": doc_id, "story": "war", "text": text, "names": []}
        tasks["claims"].append(Task(1, data, f"{ADDRESS}{doc_id}", (Answer(1, tuple(to_results(page)), "amal"),)))
    for row in issues:
        answer = Answer(1, tuple(to_results(question_page(row, claims))), "amal")
        data = {"key": row.issue_id, "story": "war", "names": []}
        tasks[QUESTIONS].append(Task(1, data, ADDRESS + row.issue_id, () if row.issue_id in left else (answer,)))
    return beside_gold(read_pass(tasks, ARTICLES, (), Incidents()), MORE if gold is None else gold, tasks, ARTICLES)


TROOPS = [
    claim("c3", ONE, "600 جندي قتلوا", "A", "putin", value="600", issue_id="dead"),
    claim("c4", TWO, "700 جندي قتلوا", "B", "putin", value="700", issue_id="dead"),
    issue({"A": ["c3"], "B": ["c4"]}, key="dead", type="numeric", question="How many?", question_ar="كم؟"),
]
MORE = [*GOLD, *TROOPS]
"""Gold with two questions."""


def said(result: Practised) -> list[tuple[str, str]]:
    """Where, and what."""
    return [((note.file or "").removeprefix(ADDRESS).partition("&")[0], note.message) for note in result.notes]


def test_questions_of_gold_itself_are_all_right() -> None:
    """Whatever ids and letters they have."""
    other = [
        *(replace(row, id=f"x{row.id}", issue_id="mine", position="DC"[row.position == "A"]) for row in TROOPS[:2]),
        issue({"C": ["xc3"], "D": ["xc4"]}, key="mine", type="numeric"),
    ]
    result = asked([*GOLD, *other])
    assert result.notes == ()
    assert result.right == {"claims": (4, 4), "conflicts": (2, 2)}


def test_a_claim_read_otherwise() -> None:
    """Its value, in its article; a source by its name is the one that gold has."""
    read = {"c1": {"value": "no"}, "c2": {"source": "زيلينسكي"}}
    mine = [replace(row, **read.get(row.id, {})) if isinstance(row, Claim) else row for row in MORE]
    result = asked(mine)
    assert said(result) == [(ONE, "claim 'المعركة انتهت': value is no, and gold has yes")]
    assert (result.notes[0].file or "").endswith("&region=khabar-row-c1")
    assert result.right == {"claims": (3, 4), "conflicts": (2, 2)}


def test_gold_without_surfaces_is_read_with_those_of_the_articles() -> None:
    """As that of the stories whose articles are elsewhere."""
    withheld = [replace(row, text=None) if isinstance(row, Claim) else row for row in MORE]
    assert asked(GOLD, gold=withheld) == asked(GOLD)
    assert asked(MORE, gold=withheld).notes == ()


def test_a_status_and_a_pile_that_gold_has_otherwise() -> None:
    moved = [
        *(replace(row, position="A") if isinstance(row, Claim) else row for row in TROOPS[:2]),
        issue({"A": ["c3", "c4"]}, "corroborated", "dead", type=None, question_ar="كم؟"),
    ]
    result = asked([*GOLD, *moved])
    assert said(result) == [
        ("dead", "question 'كم؟': status is corroborated, and gold has conflict"),
        ("dead", "question 'كم؟': type is ∅, and gold has numeric"),
        ("dead", "question 'كم؟': card '700 جندي قتلوا' is in pile A, and gold has it in another pile"),
    ]
    assert result.notes[2].doc_id == TWO
    assert result.right["conflicts"] == (1, 2)


def test_a_card_that_is_in_no_pile_and_a_claim_that_is_not_marked() -> None:
    """Gold has them in the piles of other cards; a card beyond gold's is told too."""
    more = [
        claim("c5", TWO, "نفى", "A", "putin", issue_id="dead"),
        claim("c6", ONE, "كورسك", "B", "putin", issue_id="dead"),
    ]
    both = issue({"A": ["c3", "c5"], "B": ["c4", "c6"]}, key="dead", type="numeric", question_ar="كم؟")
    gold = [*GOLD, *TROOPS[:2], *more, both]
    result = asked([*GOLD, *TROOPS], gold=gold)
    assert said(result)[:2] == [(ONE, "claim 'كورسك' is in gold"), (TWO, "claim 'نفى' is in gold")]
    assert said(result)[2:] == [
        ("dead", "question 'كم؟': card 'نفى' is in none, and gold has it in pile A"),
        ("dead", "question 'كم؟': card 'كورسك' is not marked in its article, and gold has it in pile B"),
    ], "the first lies in a claim that is marked"
    assert said(asked(gold, gold=MORE))[2:] == [
        ("dead", "question 'كم؟': card 'نفى' is in pile A, and gold has it in none"),
        ("dead", "question 'كم؟': card 'كورسك' is in pile B, and gold has it in none"),
    ]


def test_a_question_too_many_and_one_too_few() -> None:
    result = asked([*GOLD, *TROOPS], gold=GOLD)
    assert said(result)[-1] == ("dead", "question 'كم؟': gold does not ask it")
    assert said(asked(GOLD, gold=MORE))[-1] == (
        "over",
        "gold asks 'كم؟' (conflict), with the cards '600 جندي قتلوا', '700 جندي قتلوا'",
    )


def test_what_is_missing_is_told_once_all_questions_of_the_story_are_submitted() -> None:
    assert asked(MORE, "dead").notes == ()
    assert asked(MORE, "dead").right["conflicts"] == (1, 2)


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
