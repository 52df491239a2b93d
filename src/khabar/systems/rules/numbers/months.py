"""Names in the calendar: months of all Arab countries, weekdays, and the words that point from today."""

from __future__ import annotations

from functools import cache

from khabar.systems.rules.lexicon import cell, rows, word_set
from khabar.systems.rules.reading import Reading

WEEKDAYS = {
    "الاثنين": 0, "الاتنين": 0, "الثلاثاء": 1, "الاربعاء": 2, "الخميس": 3, "الجمعه": 4, "السبت": 5, "الاحد": 6,
}  # fmt: skip
PARTS_OF_DAY = word_set("صباح مساء ظهر عصر فجر ليل ليله عشيه")
_POINTERS = {
    "past": "الماضي الماضيه الفائت الفائته المنصرم المنصرمه السابق",
    "current": "الجاري الجاريه الحالي الحاليه",
    "future": "المقبل المقبله القادم القادمه",
}


@cache
def _pointers() -> dict[str, str]:
    return {word: when for when, words in _POINTERS.items() for word in words.split()}


def pointer(form: str) -> str:
    """Where a word points from the day of publication: past, current, future, or nothing."""
    return _pointers().get(form, "")


@cache
def _months() -> dict[tuple[str, ...], int]:
    return {tuple(name.split()): int(number) for number, names in rows("months.tsv", 2) for name in cell(names)}


@cache
def first_words() -> frozenset[str]:
    """The words month names begin with."""
    return frozenset(words[0] for words in _months())


def month_at(reading: Reading, at: int, first: str = "") -> tuple[int, int] | None:
    """The month named at a token and the token after its name; the pair أبريل/نيسان is one name."""
    found = _single(reading, at, first)
    if found is None:
        return None
    month, end = found
    bracket = reading.form_at(end) == "("
    if reading.form_at(end) in ("/", "(", "-", "\\"):
        pair = _single(reading, end + 1, "")
        if pair is not None and pair[0] == month:
            closed = bracket and reading.form_at(pair[1]) == ")"
            return month, pair[1] + 1 if closed else pair[1]
    return month, end


def _single(reading: Reading, at: int, first: str) -> tuple[int, int] | None:
    word = first or reading.form_at(at)
    pair = _months().get((word, reading.form_at(at + 1)))
    if pair is not None:
        return pair, at + 2
    single = _months().get((word,))
    return None if single is None else (single, at + 1)
