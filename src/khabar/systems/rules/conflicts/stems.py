"""What a clause is about: rough roots of its content words, so that verb, verbal noun and participle come together."""

from __future__ import annotations

from functools import lru_cache

from khabar.systems.rules.clitics import bare
from khabar.systems.rules.cues import cue_at
from khabar.systems.rules.lexicon import word_set, words
from khabar.systems.rules.numbers.months import WEEKDAYS, first_words, pointer
from khabar.systems.rules.numbers.numerals import scale_of, vague_words, word_value
from khabar.systems.rules.numbers.units import noun_lemma, time_units
from khabar.systems.rules.reading import form

_SUFFIXES = ("يين", "يون", "تها", "ته", "ات", "ون", "ين", "ان", "ها", "هم", "نا", "وا", "يه", "ه", "ي", "ا", "ت")
_CLITICS = ("لل", "ول", "وب", "ب", "ل", "ف", "س")
_DERIVING = ("است", "مست", "يست", "تست", "ان", "من", "ا", "م", "ي", "ت", "ن")
_LONG = "اوي"
_EMPTY = word_set("بلغ بلغت يبلغ تبلغ عدد قدره قدرها وجود اي تجاوز تتجاوز يتجاوز يزيد مجرد عمليه صحه")
"""Words that say nothing of what is counted or denied."""


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A light stem of a folded word, or nothing for a word that carries no topic."""
    if not word.isalpha() or len(word) < 3 or word in words("function_words.txt"):
        return ""
    plain = bare(word)
    told = cue_at(word)
    says = told is not None and told[1].act == "statement"
    empty = plain in words("function_words.txt") or says or plain in WEEKDAYS or pointer(word)
    counting = word_value(plain) is not None or scale_of(plain) or plain in vague_words() or plain in time_units()
    if empty or counting or plain in first_words() or word in WEEKDAYS or {word, plain} & _EMPTY:
        return ""
    lemma = noun_lemma(plain)
    if lemma is not None:
        return form(lemma)
    if plain == word:
        plain = next((word[len(one) :] for one in _CLITICS if word.startswith(one) and len(word) - len(one) > 3), word)
    for suffix in _SUFFIXES:
        if plain.endswith(suffix) and len(plain) - len(suffix) >= 3:
            return plain[: -len(suffix)]
    return plain


@lru_cache(maxsize=1 << 16)
def root(word: str) -> str:
    """A rough root: the stem without deriving letters and long vowels, down to three letters. Nothing where no stem."""
    found = stem(word)
    for ending in ("يه", "ه"):
        if found.endswith(ending) and len(found) - len(ending) >= 3:
            found = found[: -len(ending)]
            break
    for prefix in _DERIVING:
        if found.startswith(prefix) and len(found) - len(prefix) >= 3:
            found = found[len(prefix) :]
            break
    for vowel in _LONG:
        if len(found) > 3 and vowel in found[1:]:
            found = found[0] + found[1:].replace(vowel, "", len(found) - 3)
    if len(found) > 3 and found[1] == "ت":
        found = found[0] + found[2:]
    return found
