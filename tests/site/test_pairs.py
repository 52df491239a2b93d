"""Pairs side by side: which words of a sentence are marked."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.corpus.contrast import read_released
from khabar.corpus.gold import from_corpus, read_rows
from khabar.corpus.release import read_release, released_corpus
from khabar.records import Document
from khabar.site.pairs import PairSentence, ShownPair, shown_pairs


def pairs_of_the_seeds() -> Iterator[ShownPair]:
    folder = released_corpus()
    rows = {split: read_rows(folder, split) for split in ("test", "contrast")}
    documents = {row.doc_id: row for of in rows.values() for row in of["documents"] if isinstance(row, Document)}
    changes = read_released(folder, read_release(folder))
    gold = from_corpus(folder, "contrast")
    shown = shown_pairs("contrast", gold, rows["contrast"]["conflicts"], changes, [], documents)
    yield from (pair for some in shown.values() for pair in some)


def kept_words(sentence: PairSentence) -> list[str]:
    """The words of a sentence that the other variant has altered."""
    words: list[str] = []
    is_kept = False
    for token in sentence.tokens:
        if token.opens is not None and token.opens.layer == "altered":
            is_kept = token.opens.label == "kept"
            words += [""] * is_kept
        elif token.closes:
            is_kept = False
        elif is_kept:
            words[-1] += token.text
    return words


def test_words_that_both_variants_alter_are_marked_whole() -> None:
    """The same words are another text in each variant, and longer in one: the mark goes with them."""
    kept = {
        (pair.pair.flip, member.variant): words
        for pair in pairs_of_the_seeds()
        for member in pair.members
        for answer in member.answers
        for sentence in answer
        if (words := kept_words(sentence))
    }
    assert kept["confirmed_then", "a"][0] == "نوفمبر/ تشرين الثاني 2024"
    assert kept["november_17000", "b"][0] == "خريف العام الماضي"
