"""Transformations of characters: how a text is spelled, pointed, stretched, spaced and encoded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from random import Random
from typing import Literal

from khabar.text.arabic import TATWEEL

Rewrite = tuple[int, int, str]
"""A stretch of a text and what stands there instead, which means the same."""

_LETTER = r"[\u0621-\u063a\u0641-\u064a]"
_MARKS = r"[\u064b-\u0652\u0670]"
_JOINING = "بتثجحخسشصضطظعغفقكلمنهيئ"
"""Letters that are joined to the one after them."""
_SUN = "ثدرزسشصضطظن"
_MOON = "بجحخعغفقكمهوي"
_FATHA, _SHADDA, _SUKUN = "\u064e", "\u0651", "\u0652"

TATWEEL_SHARE, NO_BREAK_SHARE, INVISIBLE_SHARE = 0.1, 0.2, 0.1
"""The shares of places that are changed, where changing all of them would look like no text there is."""

_INVISIBLE = ("\u200f", "\u200e", "\u200b", "\u200c", "\ufeff")
_JOINER = "\u200d"
_STYLES = (("«", "»"), ("“", "”"), ('"', '"'), ("„", "“"))


def hamza(text: str, random: Random) -> Iterator[Rewrite]:
    """Leave out the hamza and madda on alef, as hurried typists do."""
    for match in re.finditer("[أإآٱ]", text):
        yield *match.span(), "ا"


def ya(text: str, random: Random) -> Iterator[Rewrite]:
    """Write a ya at the end of a word without dots, as Egyptian papers do."""
    for match in re.finditer(rf"(?<={_LETTER})ي(?!\w|{_MARKS}|{TATWEEL})", text):
        yield *match.span(), "ى"


def ta_marbuta(text: str, random: Random) -> Iterator[Rewrite]:
    """Write a ta marbuta as ha."""
    for match in re.finditer("ة", text):
        yield *match.span(), "ه"


def diacritics(text: str, random: Random) -> Iterator[Rewrite]:
    """Add vowel signs that no reading of the word contradicts.

    These are fatha before a long alef inside a word and before ta marbuta, shadda on a sun letter after the article,
    and sukun on the article's lam before a moon letter. Words that only look like these (التقى، الذي، وللاتحاد، مائة)
    stay as they are.
    """
    patterns = (
        (rf"\bال([{_SUN}])(?={_LETTER}{{2}})", 1, _SHADDA),
        (rf"\bا(ل)(?=[{_MOON}]{_LETTER}{{2}})", 1, _SUKUN),
        (rf"(?<={_LETTER}{{2}})([تثجحخدذرزسشصضطظعغفقمن])(?=ا(?!ئة){_LETTER})", 1, _FATHA),
        (r"([بتثجحخدذرزسشصضطظعغفقكلمنيو])(?=ة)", 1, _FATHA),
    )
    places: dict[int, str] = {}
    for pattern, group, sign in patterns:
        for match in re.finditer(pattern, text):
            places.setdefault(match.start(group), sign)
    for start, sign in sorted(places.items()):
        yield start, start + 1, text[start] + sign


def no_diacritics(text: str, random: Random) -> Iterator[Rewrite]:
    """Leave out all vowel signs."""
    for match in re.finditer(rf"(\w){_MARKS}+", text):
        yield *match.span(), match.group(1)


def tatweel(text: str, random: Random) -> Iterator[Rewrite]:
    """Stretch a tenth of the joined letters."""
    for match in re.finditer(rf"[{_JOINING}](?={_LETTER})(?<!ل(?=ا))", text):
        if random.random() < TATWEEL_SHARE:
            yield *match.span(), match.group() + TATWEEL * random.randint(1, 3)


def digits(text: str, random: Random) -> Iterator[Rewrite]:
    """Write Western digits for Arabic-Indic ones and the other way round; codes with Latin letters stay."""
    for match in re.finditer(r"(?<![A-Za-z\d.-])\d+(?![A-Za-z\d])", text):
        for start, digit in enumerate(match.group(), start=match.start()):
            value = unicodedata.decimal(digit)
            yield start, start + 1, str(value) if not digit.isascii() else chr(0x0660 + value)


def quote_marks(text: str, random: Random) -> Iterator[Rewrite]:
    """Write quotation marks in another style. A straight mark opens where none of its line is open."""
    marks: list[tuple[int, bool]] = []
    for line in re.finditer("[^\n]+", text):
        is_open = False
        for match in re.finditer('["«»“”„]', line.group()):
            mark = match.group()
            opens = mark in "«„" or (mark in '"“' and not is_open)
            marks.append((line.start() + match.start(), opens))
            is_open = opens
    if not marks:
        return
    used = {text[start] for start, _ in marks}
    style = random.choice([style for style in _STYLES if not used & set(style)] or _STYLES)
    for start, opens in marks:
        new = style[0] if opens else style[1]
        if new != text[start]:
            yield start, start + 1, new


def no_break_spaces(text: str, random: Random) -> Iterator[Rewrite]:
    """Write a fifth of the spaces as no-break spaces."""
    for match in re.finditer(" ", text):
        if random.random() < NO_BREAK_SHARE:
            yield *match.span(), "\u00a0"


def zero_width(text: str, random: Random) -> Iterator[Rewrite]:
    """Put invisible characters behind a tenth of the spaces, and joiners into some words."""
    for match in re.finditer(rf" |[{_JOINING}](?={_LETTER})", text):
        share = INVISIBLE_SHARE if match.group() == " " else INVISIBLE_SHARE / 10
        if random.random() < share:
            yield *match.span(), match.group() + (random.choice(_INVISIBLE) if match.group() == " " else _JOINER)


def composed(text: str, random: Random) -> Iterator[Rewrite]:
    """Write letters and their signs composed (NFC)."""
    yield from _normalised(text, "NFC")


def decomposed(text: str, random: Random) -> Iterator[Rewrite]:
    """Write letters and their signs decomposed (NFD)."""
    yield from _normalised(text, "NFD")


def _normalised(text: str, form: Literal["NFC", "NFD"]) -> Iterator[Rewrite]:
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not unicodedata.combining(text[end]):
            new = unicodedata.normalize(form, text[start:end])
            if new != text[start:end]:
                yield start, end, new
            start = end
