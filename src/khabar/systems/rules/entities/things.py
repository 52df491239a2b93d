"""What is neither person nor institution: treaties, cited articles, buildings, seas, models, languages, addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from khabar.systems.rules.clitics import stems
from khabar.systems.rules.entities.extents import Headed, is_definite, run
from khabar.systems.rules.entities.known import Known
from khabar.systems.rules.entities.mention import Mention, mention
from khabar.systems.rules.entities.persons import name_end
from khabar.systems.rules.lexicon import known_word, word_set
from khabar.systems.rules.numbers.numerals import ordinal_value
from khabar.systems.rules.reading import Reading

_LATIN_MODEL = re.compile(r"[A-Za-z]{1,6}\d{1,4}[A-Za-z]{0,3}")
_LATIN_LETTERS = re.compile(r"[A-Za-z]{1,4}")
_ARABIC_LETTERS = word_set("اف اس تي سو ميغ بي كي ام ار جي اكس توبوليف")
_OPENERS = frozenset({"الماده", "ماده", "اللغه", "الحرب", "طراز", "طرازي"})
_WARS = frozenset({"الاهليه", "العالميه"})
_DOMAIN = word_set("com net org info gov edu io co ru ua")
_PLACE_NAMED = frozenset({"GPE", "LOC", "PERS", "ORG"})


def things(reading: Reading, known: Known, opened: Sequence[Headed]) -> list[Mention]:
    """Every treaty, building, body of water, model, language and address that a pattern finds."""
    found: list[Mention] = []
    for one in opened:
        if one.kind == "law":
            found += _law(reading, known, one.token, one.skip)
        elif one.kind in ("fac", "loc"):
            found += _place(reading, known, one.token, one.skip, one.kind)
    for token, form in enumerate(reading.forms):
        skip, stem = _opener(form)
        if not stem:
            continue
        if stem.isascii():
            found += _latin(reading, token, skip)
        elif stem in ("الماده", "ماده"):
            found += _article(reading, token, skip)
        elif stem == "اللغه":
            found += _language(reading, known, token, skip)
        elif stem == "الحرب":
            found += _war(reading, known, token, skip)
        elif stem in ("طراز", "طرازي"):
            found += _type(reading, known, token)
        else:
            found += _arabic_model(reading, token, skip)
    return found


@lru_cache(maxsize=1 << 15)
def _opener(form: str) -> tuple[int, str]:
    """The clitics and stem of a word that opens one of the patterns, or an empty stem."""
    for skip, stem in stems(form):
        if stem in _OPENERS or stem in _ARABIC_LETTERS or (stem.isascii() and stem.isalnum()):
            return skip, stem
    return 0, ""


def _law(reading: Reading, known: Known, token: int, skip: int) -> list[Mention]:
    """معاهدة الدفاع المشترك, ميثاق روما; not معاهدة دفاع, which names nothing."""
    after = token + 1
    name = known.whole(reading, after)
    if name is not None and name.label not in ("GPE", "ORG", "LOC"):
        return []
    if name is None and not is_definite(reading.form_at(after)):
        return []
    end, _ = run(reading, after, known, open_end=True)
    return [mention(reading, token, end, skip, "LAW")] if end > after else []


def _article(reading: Reading, token: int, skip: int) -> list[Mention]:
    cited = reading.form_at(token + 1)
    if ordinal_value(cited) is None and not cited.isdigit():
        return []
    end = token + 2
    if reading.form_at(end) in ("عشره", "عشر"):
        end += 1
    return [mention(reading, token, end, skip, "LAW")]


def _place(reading: Reading, known: Known, token: int, skip: int, kind: str) -> list[Mention]:
    """مطار القاهرة الدولي, نهر السنغال: a head before a known name; ordinary words after it describe."""
    name = known.whole(reading, token + 1)
    if name is not None and name.label in _PLACE_NAMED:
        end = name.last
    elif kind == "fac" and name is None:
        end = name_end(reading, known, token + 1, titled=False, first=reading.form_at(token + 1))
    else:
        return []
    if end <= token + 1:
        return []
    while kind == "fac" and reading.form_at(end) in ("الدولي", "الدوليه", "النوويه", "النووي", "الجويه", "البحريه"):
        end += 1
    return [mention(reading, token, end, skip, "FAC" if kind == "fac" else "LOC")]


def _language(reading: Reading, known: Known, token: int, skip: int) -> list[Mention]:
    name = known.whole(reading, token + 1)
    if name is None or name.label != "NORP":
        return []
    return [mention(reading, token, name.last, skip, "LANGUAGE", f"language:{name.key}")]


def _war(reading: Reading, known: Known, token: int, skip: int) -> list[Mention]:
    if reading.form_at(token + 1) not in _WARS:
        return []
    name = known.whole(reading, token + 2)
    if name is None or name.label != "NORP":
        return []
    return [mention(reading, token, name.last, skip, "EVENT")]


def _latin(reading: Reading, token: int, skip: int) -> list[Mention]:
    """M1991, M1989 Koksan, F-16, example.com."""
    raw = reading.text[reading.start_after(token, skip) : reading.ends[token]]
    forms = reading.forms
    if _LATIN_MODEL.fullmatch(raw):
        last = token + 1
        if last < len(forms) and re.fullmatch(r"[A-Z][a-z]+", reading.raw(last)):
            last += 1
        return [mention(reading, token, last, skip, "PRODUCT")]
    if not _LATIN_LETTERS.fullmatch(raw) and not raw.isalnum():
        return []
    dashed = reading.form_at(token + 1) in ("-", "–") and reading.glued(token + 1) and reading.glued(token + 2)
    if _LATIN_LETTERS.fullmatch(raw) and dashed and forms[token + 2][0].isdigit():
        return [mention(reading, token, token + 3, skip, "PRODUCT")]
    at = token
    while reading.form_at(at + 1) == "." and reading.glued(at + 1) and at + 2 < len(forms) and reading.glued(at + 2):
        at += 2
    if at > token and forms[at].lower() in _DOMAIN and forms[token].isalnum() and not forms[token].isdigit():
        return [mention(reading, token, at + 1, skip, "WEBSITE")]
    return []


def _type(reading: Reading, known: Known, token: int) -> list[Mention]:
    """من طراز رافال, من طراز أغني-5: what follows is the name of a model, in marks or not."""
    first = token + 1 + (reading.form_at(token + 1) == '"')
    form = reading.form_at(first)
    if not form.isalpha() or form.isascii() or known_word(form) or known.at(first) is not None:
        return []
    last = first + 1
    if reading.form_at(last) in ("-", "–") and reading.form_at(last + 1).isdigit():
        last += 2
    elif reading.form_at(last).isdigit():
        last += 1
    return [mention(reading, first, last, 0, "PRODUCT")]


def _arabic_model(reading: Reading, token: int, skip: int) -> list[Mention]:
    """إف-16, إس 400: letters spelt out before a number."""
    at = token + 1
    if reading.form_at(at) in ("-", "–"):
        at += 1
    number = reading.form_at(at)
    if not number.isdigit() or len(number) > 4 or not number.isascii():
        return []
    return [mention(reading, token, at + 1, skip, "PRODUCT")]
