"""What was said: from the complementiser, colon or mark after a cue to where the report ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache

import msgspec

from khabar.systems.rules.cues import Cue, cue_at, passes_on
from khabar.systems.rules.lexicon import phrases, word_set
from khabar.systems.rules.quotes.marks import Marked
from khabar.systems.rules.reading import OPENING, Reading

_BARE = frozenset({"ان", "بان"})
_FUSED = word_set("انه انها انهم انهن انهما انني اني اننا انا بانه بانها بانهم بانهما باننا بانني بانهن")
_NOMINAL = frozenset({"demand", "accuse", "describe", "np"})
"""Ways to a noun phrase, which marks may stand in: دعا إلى العودة "من دون شروط"."""
_REACH = 26
_ASIDE = (
    ("في", "حين"), ("في", "اشاره"), ("في", "وقت"), ("في", "المقابل"), ("بينما",), ("فيما",), ("وذلك",), ("علما",),
    ("وهو", "ما"), ("وهي", "المره"), ("الامر", "الذي"), ("وهو", "الامر"), ("وسط",), ("بعدما",), ("غير", "ان"),
)  # fmt: skip
"""After a comma: what may be the outlet's own."""


class Opening(msgspec.Struct, frozen=True):
    """Where a content begins: token `at` that introduces it (a complementiser, colon, mark), `first` of its own."""

    at: int
    first: int
    kind: str


def opening(reading: Reading, marks: Sequence[Marked], cue: int, kind: Cue, limit: int) -> Opening | None:
    """The complementiser, colon or mark that leads from a cue to its content."""
    opens = {one.opening for one in marks}
    token = cue + 1
    while token < min(limit, cue + _REACH):
        form = reading.forms[token]
        if form in _BARE:
            return Opening(token, token + 1, "that")
        if form in _FUSED:
            return Opening(token, token, "that")
        if form == ":" and not (reading.glued(token) and token + 1 < limit and reading.forms[token + 1].isdigit()):
            return Opening(token, token + 1, "colon")
        if token in opens:
            inside = next(one for one in marks if one.opening == token)
            short = _nothing_follows(reading, inside.closing + 1) and "say" in kind.ways
            if token == cue + 1 or short or (inside.closing - inside.opening > 4 and not _NOMINAL & set(kind.ways)):
                return Opening(token, token, "mark")
            token = inside.closing
        other = cue_at(form)
        if other is not None and (other[1].form == "verb" or reading.forms[token - 1] in ("،", ",")):
            return None
        token += 1
    return None


def end_of(reading: Reading, marks: Sequence[Marked], begin: Opening, is_row: Callable[[int], bool]) -> tuple[int, int]:
    """The content's tokens `[first, last)`. `is_row` says whether a token is a cue that opens a row of its own."""
    first = begin.first
    wrapped = next((one for one in marks if one.opening == first), None)
    if wrapped is not None:
        inner = (wrapped.opening + 1, wrapped.closing)
        if begin.kind != "that" or not wrapped.closed or _nothing_follows(reading, wrapped.closing + 1):
            return inner
    limit = sentence_limit(reading, marks, first)
    closings = {one.opening: one.closing for one in marks if first <= one.opening < limit}
    token = first
    while token < limit:
        if token in closings:
            token = max(closings[token], token + 1)
            continue
        form = reading.forms[token]
        if token > first and (
            (may_open(form) and (is_row(token) or tail_at(reading, token))) or _aside_at(reading, token)
        ):
            break
        token += 1
    return first, trimmed(reading, first, token)


def sentence_limit(reading: Reading, marks: Sequence[Marked], token: int) -> int:
    """The end of a token's sentence, or the end of the stretch in marks that runs over it."""
    limit = reading.sentence_end(token)
    for one in marks:
        if one.opening < limit <= one.closing and reading.lines[one.opening] == reading.lines[token]:
            limit = max(limit, one.closing + 1) if one.closed else limit
    return limit


def _nothing_follows(reading: Reading, token: int) -> bool:
    form = reading.form_at(token)
    return not form or not form.isalnum() or reading.sentences[token] != reading.sentences[token - 1]


def _aside_at(reading: Reading, token: int) -> bool:
    if reading.forms[token - 1] not in ("،", ",", "؛"):
        return False
    return any(tuple(reading.forms[token : token + len(aside)]) == aside for aside in _ASIDE)


@lru_cache(maxsize=1 << 15)
def may_open(form: str) -> bool:
    """Whether a word can begin a frame at all; most cannot, and are passed over quickly."""
    return cue_at(form) is not None or passes_on(form) or begins_tail(form)


@lru_cache(maxsize=1 << 15)
def begins_tail(form: str) -> bool:
    """Whether a word can begin a phrase that names a source."""
    return form in _tails() or (form[0] in "وف" and form[1:] in _tails())


def tail_at(reading: Reading, token: int) -> int:
    """The length of a phrase that names a source, such as بحسب or وفقا ل, at a token; 0 where there is none."""
    form = reading.forms[token]
    found = 0
    if not begins_tail(form):
        return found
    for word in (form, form[1:]) if form[0] in "وف" else (form,):
        for phrase in _tails().get(word, ()):
            if tuple(reading.forms[token + 1 : token + len(phrase)]) == phrase[1:]:
                found = max(found, len(phrase))
    return found


@cache
def _tails() -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for name in phrases("cue_words.txt"):
        phrase = tuple(part for part in name.split() if part not in ("ل", "ب"))
        found.setdefault(phrase[0], []).append(phrase)
    return found


def trimmed(reading: Reading, first: int, last: int) -> int:
    """The end without trailing punctuation; a mark that closes one inside stays."""
    while last > first and not reading.forms[last - 1].isalnum():
        mark = reading.raw(last - 1) in OPENING and _opened_inside(reading, first, last - 1)
        if mark or reading.forms[last - 1] in ")]%٪":
            break
        last -= 1
    return last


def _opened_inside(reading: Reading, first: int, mark: int) -> bool:
    return sum(reading.raw(token) in OPENING for token in range(first, mark)) % 2 == 1
