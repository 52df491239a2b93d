"""One utterance as each outlet words it: whose words stand in every article, in some, or in one alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations, groupby, product
from typing import Literal

from khabar.records import Document, Quote
from khabar.text.arabic import fold, is_word

Share = Literal["all", "some", "one"]


_ALIKE = 0.5
"""From which share of common words on two passages in quotation marks are versions of the same words."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words that follow each other; `share` says how many of the other wordings have them at their place."""

    text: str
    share: Share


@dataclass(frozen=True, slots=True)
class Wording:
    """An article's wording of an utterance; `also` are further places in the same article that report it."""

    quote: Quote
    runs: tuple[Run, ...]
    also: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Utterance:
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


def utterances(quotes: Sequence[Quote], documents: Sequence[Document]) -> list[Utterance]:
    """Utterances that at least two of these documents report: those of most articles first."""
    mine = {document.doc_id for document in documents}
    by_key: dict[str, dict[str, list[Quote]]] = defaultdict(lambda: defaultdict(list))
    for quote in quotes:
        if quote.utterance is not None and quote.doc_id in mine:
            by_key[quote.utterance][quote.doc_id].append(quote)
    shared = [_utterance(key, reports) for key, reports in by_key.items() if len(reports) > 1]
    return sorted(shared, key=lambda each: (-len(each.wordings), -len(each.shortest), each.key))


def _utterance(key: str, reports: dict[str, list[Quote]]) -> Utterance:
    chosen = []
    for doc_id in sorted(reports):
        # The fullest report stands for its article; one that is scored before one that is not.
        best, *rest = sorted(reports[doc_id], key=lambda quote: (not quote.scored, -len(_content(quote)), quote.id))
        chosen.append((best, tuple(sorted(rest, key=lambda quote: quote.content[0].start))))
    shared = compared([_content(quote) for quote, _ in chosen])
    wordings = tuple(Wording(quote, runs, also) for (quote, also), runs in zip(chosen, shared, strict=True))
    return Utterance(key, wordings, _altered([quote for quote, _ in chosen]))


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


def _share(key: str, times: int, others: int) -> Share:
    return "all" if not key or times == others else "some" if times else "one"


def _content(quote: Quote) -> str:
    return " … ".join(span.text for span in quote.content)


def _folded(word: str) -> str:
    """A word for comparing: folded, and without anything that is no letter, digit or space."""
    return "".join(character for character in fold(word) if is_word(character) or character == " ").strip()
