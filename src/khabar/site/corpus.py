"""The corpus as pages need it; and a story's issues as a table: who says what as of when, with the sentence for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from khabar.corpus.contrast import AlteredSpan, VariantChange, altered_spans
from khabar.reading.issues import AnsweredIssue, answered_issues
from khabar.reading.reference import Reference
from khabar.records import Claim, Conflict, Document, Quote, Registered, Row, only
from khabar.records.labels import NARRATOR, Status
from khabar.site.annotations import ArticleAnnotations, of_gold
from khabar.site.language import Names, names_of


@dataclass(frozen=True, slots=True)
class SiteCorpus:
    """Rows of the splits whose articles are shown, names by story, and gold's annotations by article.

    Documents are in the order of their ids, split by split.
    """

    by_id: dict[str, Document]
    split_of: dict[str, str]
    claims: list[Claim]
    issues: list[Conflict]
    quotes: list[Quote]
    stories: list[str]
    names: dict[str, Names]
    sides: dict[str, dict[str, str]]
    """For whom sources speak in the end, by story."""
    gold: dict[str, ArticleAnnotations]
    altered: dict[str, list[AlteredSpan]]
    """Of articles of contrast sets alone: what is altered in them."""

    @classmethod
    def of(
        cls,
        splits: Mapping[str, Mapping[str, Sequence[Row]]],
        references: Mapping[str, Reference],
        changes: Sequence[VariantChange] = (),
    ) -> SiteCorpus:
        """Take the rows of each config of some splits. `changes` make the articles of contrast sets."""
        tables = {
            config: [row for rows in splits.values() for row in rows[config]]
            for config in ("registry", "claims", "conflicts", "quotes")
        }
        in_splits = {
            split: sorted(only(rows["documents"], Document), key=lambda document: document.doc_id)
            for split, rows in splits.items()
        }
        documents = [document for rows in in_splits.values() for document in rows]
        stories = list(dict.fromkeys(sorted(document.story for document in documents)))
        registry = only(tables["registry"], Registered)
        names = {story: names_of(registry, story) for story in stories}
        sides = {story: sides_of(registry, story) for story in stories}
        claims = sorted(only(tables["claims"], Claim), key=lambda claim: claim.start)
        split_of = {document.doc_id: split for split, rows in in_splits.items() for document in rows}
        by_id = {document.doc_id: document for document in documents}
        altered = {
            document.doc_id: altered_spans(document, by_id[original_id(document.doc_id)], changes)
            for document in documents
            if references[split_of[document.doc_id]].pairs
        }
        gold = {
            document.doc_id: of_gold(
                references[split_of[document.doc_id]].documents[document.doc_id],
                [claim for claim in claims if claim.doc_id == document.doc_id],
                names[document.story],
                altered.get(document.doc_id, ()),
            )
            for document in documents
        }
        issues, quotes = only(tables["conflicts"], Conflict), only(tables["quotes"], Quote)
        return cls(by_id, split_of, claims, issues, quotes, stories, names, sides, gold, altered)

    @property
    def splits(self) -> list[str]:
        """The splits whose articles are shown."""
        return list(dict.fromkeys(self.split_of.values()))

    @property
    def published(self) -> list[str]:
        """The stories as they were published: without the variants of contrast sets."""
        return [story for story in self.stories if not self.is_altered(story)]

    def is_altered(self, story: str) -> bool:
        """Whether a story is a variant, whose articles no outlet published so."""
        return any(document.doc_id in self.altered for document in self.in_story(story))

    @property
    def documents(self) -> list[Document]:
        """All documents."""
        return list(self.by_id.values())

    def in_story(self, story: str) -> list[Document]:
        """Documents of a story."""
        return [document for document in self.documents if document.story == story]

    def claims_in(self, doc_id: str) -> list[Claim]:
        """Claims of a document, in the order of its text."""
        return [claim for claim in self.claims if claim.doc_id == doc_id]


def original_id(key: str) -> str:
    """The article, or story, that a variant is made of."""
    return key.rpartition(".")[0]


Agreement = Literal["independent", "one_side", "one_source"]
STATUSES: tuple[Status, ...] = ("conflict", "contested", "apparent", "corroborated")
"""In the order they are told."""
_SENTENCE_END = re.compile(r"[.؟!?\n]+[”\"»]?\s|\n")
_AROUND = 160
"""Code points of a sentence shown on either side of its claim, at most."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A claim in its sentence: what stands before it, the claim up to, in and after its anchor, and what follows."""

    before: str
    head: str
    anchor: str
    tail: str
    after: str


def issues_by_status(
    issues: Sequence[Conflict], claims: Sequence[Claim], story: str
) -> dict[Status, list[AnsweredIssue]]:
    """Issues of a story by status: those of most claims first, so that what matters most stands on top.

    The claims of an answer are in the order of articles and their texts.
    """
    by_status: dict[Status, list[AnsweredIssue]] = {status: [] for status in STATUSES}
    for each in answered_issues((issue for issue in issues if issue.story == story), claims).values():
        answers = [replace(answer, claims=tuple(sorted(answer.claims, key=_place))) for answer in each.answers]
        by_status[each.issue.status].append(replace(each, answers=tuple(answers)))
    for of_status in by_status.values():
        of_status.sort(key=lambda each: (-sum(len(answer.claims) for answer in each.answers), each.issue.issue_id))
    return by_status


def _place(claim: Claim) -> tuple[str, int]:
    return claim.doc_id, claim.start


def agreement(asked: AnsweredIssue, sides: Mapping[str, str]) -> Agreement:
    """Whether who agrees is independent: several sides, one side through several mouths, or one source alone.

    `sides` gives for whom a source speaks in the end. Each article that speaks for itself is a side of its own.
    """
    claims = [claim for answer in asked.answers for claim in answer.claims]
    sources = {(claim.source, claim.doc_id if claim.source == NARRATOR else "") for claim in claims}
    if len(sources) == 1:
        return "one_source"
    return (
        "one_side" if len({(sides.get(source, source), doc_id) for source, doc_id in sources}) == 1 else "independent"
    )


def sides_of(registry: Iterable[Registered], story: str) -> dict[str, str]:
    """For whom each source of a story speaks in the end."""
    speaks_for = {row.entity_id: row.speaks_for for row in registry if row.story == story and row.speaks_for}
    sides: dict[str, str] = {}
    for source in speaks_for:
        side, passed = source, {source}
        while (above := speaks_for.get(side)) is not None and above not in passed:
            passed.add(above)
            side = above
        sides[source] = side
    return sides


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence begins and ends that something stands in."""
    first = max((sentence.end() for sentence in _SENTENCE_END.finditer(text, 0, start)), default=0)
    ended = _SENTENCE_END.search(text, max(end - 1, 0))
    return first, len(text) if ended is None else max(ended.start() + 1, end)


def evidence(claim: Claim, documents: Mapping[str, Document]) -> Evidence:
    """A claim within its sentence."""
    text = documents[claim.doc_id].text
    first, last = sentence_around(text, claim.start, claim.end)
    before, after = text[first : claim.start], text[claim.end : last].rstrip()
    if len(before) > _AROUND:
        before = "… " + before[-_AROUND:].partition(" ")[2]
    if len(after) > _AROUND:
        after = after[:_AROUND].rpartition(" ")[0] + " …"
    anchor = claim.anchor
    if anchor is None or not claim.start <= anchor.start <= anchor.end <= claim.end:
        return Evidence(before, claim.text, "", "", after)
    return Evidence(before, text[claim.start : anchor.start], anchor.text, text[anchor.end : claim.end], after)
