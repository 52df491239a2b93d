"""A story's issues as a table: who says what as of when, and in which sentence; and an utterance in each wording."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import combinations, groupby, product
from typing import Literal

from khabar.reading.issues import AnsweredIssue, answered_issues
from khabar.records import Claim, Conflict, Document, Quote, Registered
from khabar.records.labels import NARRATOR, Status
from khabar.text.arabic import fold, is_word

Independence = Literal["independent", "one_side", "one_source"]
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


def agreement(asked: AnsweredIssue, sides: Mapping[str, str]) -> Independence:
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


SharedBy = Literal["all", "some", "one"]


_ALIKE = 0.5
"""From which share of common words on two passages in quotation marks are versions of the same words."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words that follow each other; `share` says how many of the other wordings have them at their place."""

    text: str
    share: SharedBy


@dataclass(frozen=True, slots=True)
class Wording:
    """An article's wording of an utterance; `also` are further places in the same article that report it."""

    quote: Quote
    runs: tuple[Run, ...]
    also: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class ComparedUtterance:
    """Something said once and reported by several articles, in the order of their ids."""

    key: str
    wordings: tuple[Wording, ...]
    altered: bool
    """Whether two articles print the same part of it in quotation marks, and not in the same words."""

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who is said to have said it."""
        return tuple(dict.fromkeys(wording.quote.speaker for wording in self.wordings))

    @property
    def shortest(self) -> str:
        """The shortest of its wordings, to name it by."""
        return min((_content(wording.quote) for wording in self.wordings), key=len)


def utterances(quotes: Sequence[Quote], documents: Sequence[Document]) -> list[ComparedUtterance]:
    """Utterances that at least two of these documents report: those of most articles first."""
    mine = {document.doc_id for document in documents}
    by_key: dict[str, dict[str, list[Quote]]] = defaultdict(lambda: defaultdict(list))
    for quote in quotes:
        if quote.utterance is not None and quote.doc_id in mine:
            by_key[quote.utterance][quote.doc_id].append(quote)
    shared = [_utterance(key, reports) for key, reports in by_key.items() if len(reports) > 1]
    return sorted(shared, key=lambda each: (-len(each.wordings), -len(each.shortest), each.key))


def _utterance(key: str, reports: dict[str, list[Quote]]) -> ComparedUtterance:
    chosen = []
    for doc_id in sorted(reports):
        # The fullest report stands for its article; one that is scored before one that is not.
        best, *rest = sorted(reports[doc_id], key=lambda quote: (not quote.scored, -len(_content(quote)), quote.id))
        chosen.append((best, tuple(sorted(rest, key=lambda quote: quote.content[0].start))))
    shared = compared([_content(quote) for quote, _ in chosen])
    wordings = tuple(Wording(quote, runs, also) for (quote, also), runs in zip(chosen, shared, strict=True))
    return ComparedUtterance(key, wordings, _altered([quote for quote, _ in chosen]))


def _altered(quotes: Sequence[Quote]) -> bool:
    marked = [[_folded(span.text).split() for span in quote.marked] for quote in quotes]
    return any(
        one != other and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
        for mine, theirs in combinations(marked, 2)
        for one, other in product(mine, theirs)
    )


def compared(texts: Sequence[str]) -> list[tuple[Run, ...]]:
    """Compare wordings word by word, folded, each with every other one (`difflib`); punctuation is in all."""
    split = [[word for word in text.split() if word] for text in texts]
    keys = [[_folded(word) for word in words] for words in split]
    compared_texts = []
    for index, words in enumerate(split):
        times = [0] * len(words)
        for other in (*keys[:index], *keys[index + 1 :]):
            for block in SequenceMatcher(None, keys[index], other, autojunk=False).get_matching_blocks():
                for place in range(block.a, block.a + block.size):
                    times[place] += 1
        shares = [_share(key, time, len(texts) - 1) for key, time in zip(keys[index], times, strict=True)]
        runs = groupby(zip(words, shares, strict=True), key=lambda entry: entry[1])
        compared_texts.append(tuple(Run(" ".join(word for word, _ in run), share) for share, run in runs))
    return compared_texts


def _share(key: str, times: int, others: int) -> SharedBy:
    return "all" if not key or times == others else "some" if times else "one"


def _content(quote: Quote) -> str:
    return " … ".join(span.text for span in quote.content)


def _folded(word: str) -> str:
    """A word for comparing: folded, and without anything that is no letter, digit or space."""
    return "".join(character for character in fold(word) if is_word(character) or character == " ").strip()
