"""Arabic text as khabar compares it: character classes, tokens, folding, words with their folded forms, and proclitics.

Folding is what counts as the same letter when strings are matched. Nothing here touches an offset: those stay of the
text as it is.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

TATWEEL = "\u0640"


class _ClassTable(dict[int, str]):
    """Maps a code point to its class: L letter, M mark, N digit, S space, X anything else; filled on demand."""

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        general = unicodedata.category(character)[0]
        kind = general if general in "LMN" else "S" if character.isspace() else "X"
        self[code_point] = kind
        return kind


_CLASSES = _ClassTable()
_TOKEN = re.compile(r"[LMN]+|X")


def classes(text: str) -> str:
    """Give the class of every code point of `text`: a string of equal length over L, M, N, S and X."""
    return text.translate(_CLASSES)


def token_spans(text: str) -> list[tuple[int, int]]:
    """Split a text into tokens: runs of letters, marks and digits; every other non-space character alone.

    Offsets are half-open code points of `text`. Needs no gold, so predictions and gold meet the same tokens.
    """
    return [match.span() for match in _TOKEN.finditer(classes(text))]


def is_word(character: str) -> bool:
    """Tell whether a character belongs to a word (letter, mark or digit)."""
    return _CLASSES[ord(character)] in "LMN"


FOLDING = "fold2"
"""Name and version of the folding, as it stands in signatures. `fold2` drops format characters, and what is composed
and what is decomposed (NFC, NFD) fold alike."""

_ALEF = dict.fromkeys("أإآٱٲٳ", "ا")
_YA = dict.fromkeys("ىیے", "ي")
_MARKS_OF_QUOTATION = dict.fromkeys("“”„‟«»‹›″＂", '"') | dict.fromkeys("‘’‚‛′", "'")
_LETTERS = _ALEF | _YA | {"ة": "ه"} | _MARKS_OF_QUOTATION
_HAMZA = "\u0654"
"""Hamza above, as a mark: with waw or ya it is a letter of its own, elsewhere it is dropped like any mark."""
_SEATED = {"و": "ؤ", "ي": "ئ"}


class _FoldTable(dict[int, str]):
    """Maps a code point to what it is matched as: mostly one character, nothing for marks, tatweel and formats."""

    def __missing__(self, code_point: int) -> str:
        # Hamza alone is kept here, for `_seat` to look at what it stands on.
        parts = [_folded_part(part) for part in unicodedata.normalize("NFD", chr(code_point))]
        self[code_point] = folded = _HAMZA if parts == [_HAMZA] else _seat("".join(parts))
        return folded


def _folded_part(character: str) -> str:
    """Fold a character that is not composed of others."""
    category = unicodedata.category(character)
    if character == _HAMZA:
        return character
    if character == TATWEEL or category in ("Mn", "Cf"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return " " if category == "Zs" else _LETTERS.get(character, character)


def _seat(text: str) -> str:
    """Join each hamza with the waw or ya it stands on, and drop the others."""
    if _HAMZA in text:
        for letter, seated in _SEATED.items():
            text = text.replace(letter + _HAMZA, seated)
        text = text.replace(_HAMZA, "")
    return text


_FOLD = _FoldTable()


def fold(text: str) -> str:
    """Fold a string for matching: spaces, tatweel, diacritics, formats, alef, ya, ta marbuta, digits, quote marks."""
    return _seat(text.translate(_FOLD))


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and the way back: `raw[i]` is the offset in the text of folded character `i`,
    and the last entry the length of the text, so that folded `[i:j]` is the text's `[raw[i]:raw[j]]`."""

    text: str
    raw: list[int]


@lru_cache(maxsize=256)
def folded(text: str) -> Folded:
    """Fold a text and keep, for each folded character, its offset (code points); one more entry holds the length."""
    words: list[str] = []
    raw: list[int] = []
    start = mapped = 0  # all before `mapped` is in `raw`
    for word in text.split(" "):
        folded_word, offsets = _folded_word(word)
        words.append(folded_word)
        if offsets is not None:
            raw += range(mapped, start)
            raw += [start + offset for offset in offsets]
            mapped = start + len(word)
        start += len(word) + 1
    raw += range(mapped, len(text) + 1)
    return Folded(" ".join(words), raw)


@lru_cache(maxsize=1 << 15)
def _folded_word(word: str) -> tuple[str, tuple[int, ...] | None]:
    """What lies between two spaces, folded, and the offset of each folded character; None where each becomes one."""
    parts = [_FOLD[ord(character)] for character in word]
    if _HAMZA not in parts and {*map(len, parts)} <= {1}:
        return "".join(parts), None
    letters = ""
    offsets: list[int] = []
    for offset, part in enumerate(parts):
        if part == _HAMZA:
            letters = letters[:-1] + _SEATED.get(letters[-1:], letters[-1:])
        else:
            letters += part
            offsets += [offset] * len(part)
    return letters, tuple(offsets)


_LETTER = r"[^\W\d_\u0640A-Za-z\u00c0-\u024f]"
_WITHIN = r"[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u2060\ufeff]"
_WORD = re.compile(
    rf"{_LETTER}(?:{_LETTER[:-1]}ةى]|{_WITHIN})*(?:[ةى]{_WITHIN}*)?"
    r"|[A-Za-z\u00c0-\u024f]+|\d+|\n|[^\s\u200b-\u200f\u2060\ufeff]"
)
"""Words of one script, digits, and any other character alone. Words run together come apart at digits and ة."""
_FOREIGN = str.maketrans("ڤپچگک", "فبجغك")
_STOPS = frozenset(".؟?!…")
QUOTES = frozenset('"«»“”„')
"""Quote marks, as folded or as written."""


@lru_cache(maxsize=1 << 16)
def form(word: str) -> str:
    """What a word is matched by: folded, letters of foreign sounds as the nearest Arabic ones."""
    return fold(word).translate(_FOREIGN)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text: token `i` is `text[starts[i]:ends[i]]`, folded `forms[i]`.

    `sentences` and `lines` hold the tokens that begin one, the first of the text left out.
    """

    text: str
    starts: list[int]
    ends: list[int]
    forms: list[str]
    sentences: set[int]
    lines: set[int]

    def form(self, token: int) -> str:
        """The form of a token, empty outside the text."""
        return self.forms[token] if 0 <= token < len(self.forms) else ""

    def inside(self, token: int, skip: int) -> int:
        """The offset in the text behind the first `skip` folded letters of a token, and the marks on them."""
        offset, end = self.starts[token], self.ends[token] - 1
        if not skip:
            return offset
        while offset < end and (skip or not fold(self.text[offset])):
            skip -= bool(skip and fold(self.text[offset]))
            offset += 1
        return offset

    def at(self, offset: int) -> int:
        """The first token that ends behind an offset."""
        return bisect_right(self.ends, offset)


@lru_cache(maxsize=64)
def tokenize(text: str) -> Tokens:
    """Split a text into tokens. Sentences end with . ؟ ! … and with the line, not inside numbers and addresses."""
    tokens = Tokens(text, [], [], [], set(), set())
    starts, ends, forms = tokens.starts, tokens.ends, tokens.forms
    base, breaks, stops = 0, False, False
    for word in text.split(" "):
        for token, start, end in _tokens(word):
            if token == "\n":
                breaks = True
                continue
            if breaks and forms:
                tokens.lines.add(len(forms))
                tokens.sentences.add(len(forms))
            elif stops and token not in QUOTES | _STOPS and (ends[-1] < base + start or not token.isascii()):
                tokens.sentences.add(len(forms))
            starts.append(base + start)
            ends.append(base + end)
            forms.append(token)
            breaks, stops = False, token in _STOPS
        base += len(word) + 1
    return tokens


@lru_cache(maxsize=1 << 16)
def _tokens(word: str) -> tuple[tuple[str, int, int], ...]:
    """The tokens of what lies between two spaces, line feeds among them: form, start and end."""
    spans = ((form(match[0]), *match.span()) for match in _WORD.finditer(word))
    return tuple(token for token in spans if token[0])


@lru_cache(maxsize=1 << 16)
def stems(word: str) -> dict[str, int]:
    """What a folded word may be without proclitics, and how many letters those take; `لل` leaves the article."""
    taken = int(len(word) > 3 and word[0] in "وف")
    stem = word[taken:]
    without = {word: 0} | {stem: taken}
    if len(stem) > 3 and stem[0] in "بلك":
        without |= {"ا" + stem[1:]: taken + 1} if stem.startswith("لل") else {}
        without |= {stem[1:]: taken + 1}
    return without


@lru_cache(maxsize=1 << 16)
def bare(word: str) -> str:
    """A folded word without conjunction, preposition and article."""
    for rest in reversed(stems(word)):
        if rest.startswith("ال") and len(rest) > 4:
            return rest[2:]
    return word[1:] if len(word) > 4 and word[0] == "و" else word
