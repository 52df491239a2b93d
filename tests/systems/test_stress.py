"""Stress: the scorer under it, what a system loses and says otherwise, and a run that goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from khabar.corpus.gold import read_rows
from khabar.corpus.release import released_corpus
from khabar.edits import Story
from khabar.edits.stress import TRANSFORMATIONS, StressedStory, stressed
from khabar.reading.incidents import Incidents
from khabar.records import Annotations, Dispute, Document, Entity, PredictedEntity, Side, StorySpan
from khabar.scoring.scorer import score
from khabar.systems.checkers import Oracle
from khabar.systems.journal import Journal
from khabar.systems.runner import run_system
from khabar.systems.stress import reference_of, stress
from khabar.text.search import searchable
from tests.edits.test_stress import HELD_EQUAL

EVERYTHING = "+".join(TRANSFORMATIONS)


@pytest.fixture(scope="module")
def story() -> Story:
    return Story.of_tables(read_rows(released_corpus()))


@pytest.mark.parametrize("name", [*TRANSFORMATIONS, EVERYTHING])
def test_gold_carried_through_scores_1_against_itself(story: Story, name: str) -> None:
    """The scorer under stress: every layer, seqeval on tokens made anew, utterances and the rest."""
    transformed = stressed(story, name)
    gold = reference_of(transformed)
    annotations, disputes = run_system(Oracle(gold), transformed.documents)
    result = score(gold, annotations, disputes, resamples=10)
    assert result.headline == dict.fromkeys(("entities", "numbers", "quotes", "conflicts", "overall"), 1.0)
    assert result.layers["entities"]["seqeval.strict_iob2.f1"].value == 1.0


@pytest.mark.parametrize("name", HELD_EQUAL)
def test_strings_of_the_original_text_score_1_too(story: Story, name: str) -> None:
    """A system that copies strings from a text written otherwise is grounded by folding."""
    transformed = stressed(story, name)
    gold = reference_of(transformed)
    scored = [row for row in story.rows if isinstance(row, Entity) and row.scored]
    said: dict[str, list[PredictedEntity]] = {}
    for row in scored:
        places = searchable(story.texts[row.doc_id]).matches(row.text)
        if (row.start, row.end) in places:
            occurrence = places.index((row.start, row.end)) + 1
            entity = PredictedEntity(text=row.text, occurrence=occurrence, label=row.label)
            said.setdefault(row.doc_id, []).append(entity)
    annotations = [Annotations(doc_id=doc_id, entities=tuple(items)) for doc_id, items in said.items()]
    result = score(gold, annotations, layers=["entities"], resamples=10)
    assert result.ungrounded["entities"] == 0
    assert result.layers["entities"]["precision"].value == 1.0
    assert result.layers["entities"]["f1"].counts["exact.tp"] >= 0.95 * len(scored)


def kursk(document: Document) -> Annotations:
    """Finds one name, to the letter."""
    places = [at for at in range(len(document.text)) if document.text.startswith("كورسك", at)]
    return Annotations(
        doc_id=document.doc_id,
        entities=tuple(PredictedEntity(start=at, end=at + 5, label="GPE") for at in places),
    )


def test_what_is_lost_and_what_is_said_otherwise() -> None:
    report = stress(kursk, transformations=["tatweel", "digits", "nfc", "order"], layers=["entities"])
    outcomes = {name: outcome.layers["entities"] for name, outcome in report.transformations.items()}
    broken = outcomes.pop("tatweel")
    assert broken.original is not None
    assert broken.transformed is not None
    assert broken.lost == broken.original - broken.transformed > 0
    assert broken.low is not None
    assert broken.low <= broken.lost
    assert broken.consistency is not None
    assert 0 < broken.consistency < 1
    for outcome in outcomes.values():
        assert (outcome.lost, outcome.low, outcome.high, outcome.consistency) == (0, 0, 0, 1)
    assert report.transformations["nfc"].edits == 0
    assert report.to_dict()["signature"].startswith("khabar|")


class Everywhere:
    """Says of every story one dispute that there is not: between the first lines of its articles."""

    def __call__(self, document: Document) -> Annotations:
        return Annotations(doc_id=document.doc_id)

    def disputes(
        self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]
    ) -> Sequence[Dispute]:
        first = [StorySpan(doc_id=document.doc_id, start=0, end=document.text.index("\n")) for document in documents]
        return [Dispute(story=story, type="numeric", sides=(Side(spans=(first[0],)), Side(spans=(first[1],))))]


def test_a_false_dispute_that_stays_the_same_is_one_unit() -> None:
    """Its offsets are others in the transformed text, and it is no other dispute."""
    report = stress(Everywhere(), transformations=["tatweel+diacritics"], layers=["conflicts"])
    conflicts = report.transformations["tatweel+diacritics"].layers["conflicts"]
    assert (conflicts.original, conflicts.transformed) == (0, 0)
    assert (conflicts.lost, conflicts.low, conflicts.high, conflicts.consistency) == (0, 0, 0, 1)


def test_places_lead_back_to_the_original(story: Story) -> None:
    """A border in the midst of what an edit put there is widened to the whole of it."""
    transformed = stressed(story, "tatweel")
    [doc_id, *_] = story.texts
    text = transformed.story.texts[doc_id]
    at = text.index("ـ")
    start, end = transformed.original(doc_id, at, at + 1)
    assert story.texts[doc_id][start:end] == text[at - 1]
    assert StressedStory(story, story.documents, (), 0).original(doc_id, 3, 9) == (3, 9)


def test_a_run_that_was_stopped_goes_on(tmp_path: Path) -> None:
    names = ["hamza", "ya"]
    asked: list[str] = []

    def stopping(doing: str, done: int, total: int | None) -> None:
        if doing == "annotating: ya":
            raise KeyboardInterrupt

    def watching(doing: str, done: int, total: int | None) -> None:
        asked.append(doing)

    path = tmp_path / "report.json.partial"
    with pytest.raises(KeyboardInterrupt):
        stress("digits", transformations=names, layers=["numbers"], journal=Journal(path), progress=stopping)
    journal = Journal(path)
    report = stress("digits", transformations=names, layers=["numbers"], journal=journal, progress=watching)
    assert journal.kept == 2
    assert set(asked) == {"annotating: ya"}
    assert report.to_dict() == stress("digits", transformations=names, layers=["numbers"]).to_dict()


def test_what_is_not_read_is_warned_of() -> None:
    """Collected, or one UserWarning."""

    def misspelt(document: Document) -> Mapping[str, Any]:
        return {"entity": [{"text": "كييف", "label": "GPE"}]}

    incidents = Incidents()
    stress(misspelt, transformations=["tatweel"], layers=["entities"], incidents=incidents)
    assert {incident.message for incident in incidents} == {"unknown key 'entity'"}
    with pytest.warns(UserWarning, match="unknown key 'entity'"):
        stress(misspelt, transformations=["tatweel"], layers=["entities"])
