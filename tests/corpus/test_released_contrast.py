"""The contrast sets of the released corpus: exact, balanced, and no use to whoever reads no further than words.

Those of `news` and `dev` need their articles; that of the seeds' story does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from itertools import combinations
from pathlib import Path

import pytest

import khabar
from khabar import api
from khabar.corpus.contrast import original_split
from khabar.corpus.gold import from_corpus
from khabar.corpus.release import released_corpus
from khabar.corpus.tables import read_split
from khabar.edits import read_changes
from khabar.records import Dispute, Document, Flip, Side, StorySpan
from khabar.records.repository import CHANGES
from khabar.scoring.result import Measured

ROOT = Path(__file__).parents[2]
SPLITS = ["contrast", "contrast_news", "contrast_dev"]
BY_CHANCE = 0.25
"""Two coins a pair."""
SENTENCE = re.compile(r"[^.!؟?\n]+")
LONGEST = 340

pytestmark = pytest.mark.usefixtures("articles")
Place = tuple[str, int, int, str]


@pytest.fixture(params=SPLITS)
def split(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def articles(request: pytest.FixtureRequest) -> None:
    """The articles of `news` and `dev`, where a test asks for them."""
    callspec = getattr(request.node, "callspec", None)
    if callspec is None or callspec.params.get("split") != "contrast":
        request.getfixturevalue("fetched")


@cache
def documents(split: str) -> dict[str, Document]:
    return {document.doc_id: document for document in api.load(split=split)}


def sentences(document: Document) -> Iterator[Place]:
    for match in SENTENCE.finditer(document.text):
        if len(match[0].split()) > 2:
            yield document.doc_id, match.start(), min(match.end(), match.start() + LONGEST), match[0].strip()


def dispute(story: str, *places: Place) -> Dispute:
    sides = (Side(spans=(StorySpan(doc_id=doc_id, start=start, end=end),)) for doc_id, start, end, _ in places)
    return Dispute(story=story, type="numeric", sides=tuple(sides))


def figures(disputes: list[Dispute], split: str) -> dict[str, Measured]:
    return khabar.score(disputes, split=split, resamples=2).layers["conflicts"]


def test_gold_has_every_pair_and_silence_none(split: str) -> None:
    assert khabar.run("oracle", split=split).headline["conflicts"] == 1
    assert khabar.run("empty", split=split).headline["conflicts"] == 0


def test_every_offset_is_exact(split: str) -> None:
    tables, texts = read_split(released_corpus(), split), {key: d.text for key, d in documents(split).items()}
    spans = [(row.doc_id, span) for table in tables.values() for row in table for _, span in row.spans()]  # type: ignore[attr-defined]
    assert len(spans) > 100
    assert [span for doc_id, span in spans if texts[doc_id][span.start : span.end] != span.text] == []


def test_a_variant_differs_from_its_original_only_where_changes_say_so(split: str) -> None:
    """Undone, its edits give the article as it was published."""
    changes = read_changes(released_corpus() / CHANGES)
    originals = documents(original_split(split))
    for doc_id, document in documents(split).items():
        base, _, variant = doc_id.rpartition(".")
        edits = [e for c in changes if c.variant == variant for e in c.edits if e.doc_id == base]  # type: ignore[attr-defined]
        text = originals[base].text
        for edit in sorted(edits, key=lambda edit: -edit.start):
            text = text[: edit.start] + edit.new + text[edit.end :]
        assert document.text == text


def test_each_variant_has_about_as_many_decoys_as_flips(split: str) -> None:
    stories = {document.story for document in documents(split).values()}
    counts: dict[str, Counter[str]] = {story: Counter() for story in stories}
    for change in read_changes(released_corpus() / CHANGES):
        if (story := f"{change.story}.{change.variant}") in counts:  # type: ignore[attr-defined]
            counts[story]["flips" if isinstance(change, Flip) else "decoys"] += 1
    for variant in "ab":
        whole = sum((counts[story] for story in stories if story.endswith(variant)), Counter[str]())
        assert whole["decoys"] >= 0.8 * whole["flips"] > 0


def test_whoever_answers_both_members_alike_has_no_pair(split: str) -> None:
    """It finds every dispute there is, and calls it in the other variant too."""
    spans = {
        (pair.flip, variant): [[(c.doc_id, c.start, c.end, "") for c in group] for group in member.groups]
        for pair in from_corpus(released_corpus(), split).pairs
        for variant, member in zip("ab", pair.members, strict=True)
        if all(member.groups)
    }
    stories = {document.doc_id: document.story for document in documents(split).values()}
    disputes = [dispute(stories[one[0]], one, other) for (_, _), (left, right) in spans.items() for one in left[:1] for other in right[:1]]  # fmt: skip
    found = figures(disputes, split)
    # Two issues of one pair of sentences, flipped in different variants: either dispute is rightly called there.
    assert found["contrast.pair_f"].counts["contrast.right"] <= 2
    assert (found["contrast.called_where_hard"].value or 0) > 0.9


def test_whoever_joins_everything_has_no_pair(split: str) -> None:
    """A record of every two sentences of different articles, in one story, and one record of them all, in each."""
    for variant in "ab":
        mine = [d for d in documents(split).values() if d.story.endswith(variant)]
        disputes = []
        for number, story in enumerate(sorted({document.story for document in mine})):
            told = [document for document in mine if document.story == story]
            pairs = [(a, b) for one, other in combinations(told, 2) for a in sentences(one) for b in sentences(other)]
            disputes += [dispute(story, *pair) for pair in pairs[:2000]] if number == 0 else []
            disputes.append(dispute(story, *(place for document in told for place in sentences(document))))
        assert figures(disputes, split)["contrast.pair_f"].value == 0


@cache
def edited_sentences(split: str) -> list[tuple[str, Place, list[Place]]]:
    """What a program learns that compares the variants with the originals: each sentence that was edited, and all
    sentences of the other articles of its variant, those with most words in common first."""
    originals, variants = documents(original_split(split)), documents(split)
    found = []
    for document in variants.values():
        before = Counter(place[3] for place in sentences(originals[document.doc_id[:-2]]))
        others = [
            place
            for other in variants.values()
            if other.story == document.story and other is not document
            for place in sentences(other)
        ]
        for place in sentences(document):
            if not before[place[3]]:
                words = set(place[3].split())
                near = sorted(
                    others, key=lambda other: -len(words & set(other[3].split())) / len(words | set(other[3].split()))
                )
                found.append((document.story, place, near))
    return found  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("nearest", [1, 2, 3])
def test_comparing_with_the_originals_teaches_nothing(nearest: int) -> None:
    """An edited sentence is put against those it has most words in common with: flips and decoys look alike, and where
    a flip ends a dispute it is the wrong one to call."""
    right = pairs = 0.0
    for split in SPLITS:
        disputes = [
            dispute(story, place, other) for story, place, near in edited_sentences(split) for other in near[:nearest]
        ]
        assert disputes
        counts = figures(disputes, split)["contrast.pair_f"].counts
        right, pairs = right + counts["contrast.right"], pairs + counts["contrast.pairs"]
    assert pairs > 90
    assert right / pairs <= BY_CHANCE  # fmt: skip


@pytest.mark.slow
def test_words_do_not_tell_what_was_edited_or_what_is_disputed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Naive Bayes, which learns from all other stories, of lines and of whole articles."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    artefacts = import_module("artefacts")
    folder = released_corpus()
    asked = [choice for split in SPLITS for choice in artefacts.choices(folder, split)]
    questions = {choice.question for choice in asked}
    assert len(questions) == 3
    right_of: Callable[[list[object]], float] = artefacts.right_answers
    for question in questions:
        some = [choice for choice in asked if choice.question == question]
        assert right_of(some) / len(some) <= artefacts.MOST, question
    for question in artefacts.ALONE.values():
        alone = artefacts.pairs_right([choice for choice in asked if choice.question == question])
        assert artefacts.interval(alone.right, alone.pairs)[0] <= alone.chance, question
