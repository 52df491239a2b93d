"""What a clause is about: light stems of its content words and the keys of the things it names."""

from __future__ import annotations

from functools import lru_cache

from khabar.systems.rules.clitics import bare
from khabar.systems.rules.cues import is_cue
from khabar.systems.rules.lexicon import words
from khabar.systems.rules.numbers.months import WEEKDAYS, first_words, pointer
from khabar.systems.rules.numbers.numerals import scale_of, vague_words, word_value
from khabar.systems.rules.numbers.units import noun_lemma, time_units
from khabar.systems.rules.reading import form

_SUFFIXES = ("يين", "يون", "ات", "ون", "ين", "ان", "تها", "ته", "ها", "هم", "يه", "ه", "ي", "ا")
_CLITICS = ("لل", "ول", "وب", "ب", "ل", "ف", "س")


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A light stem of a folded word, or nothing for a word that carries no topic."""
    if not word.isalpha() or len(word) < 3 or word in words("function_words.txt"):
        return ""
    plain = bare(word)
    empty = plain in words("function_words.txt") or is_cue(word) or is_cue(plain) or plain in WEEKDAYS or pointer(word)
    counting = word_value(plain) is not None or scale_of(plain) or plain in vague_words() or plain in time_units()
    if empty or counting or plain in first_words() or word in WEEKDAYS:
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
