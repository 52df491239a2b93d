"""Numbers of a text by the patterns of `patterns.txt`: dates first, then quantities and ranks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from khabar.records import PredictedNumber, PredictedSpan
from khabar.systems.rules.entities.extract import Mention
from khabar.systems.rules.entities.kinds import known_names
from khabar.systems.rules.lexicon import likely, ordinary, pattern, table, verbs, words
from khabar.systems.rules.numbers.dates import dated, published_day
from khabar.text.arabic import Folded, folded

Columns = dict[str, Any]
"""Columns of a number; `end` is where the mention ends, if not with its group."""
Before = re.Match[str] | None
"""What stands before a number and says something of it: the group `modifier`."""
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
_COMPARED = ("اكبر", "اكثر", "اعلي", "اسرع", "اقل", "اقوي")
_RATES = {" في الساعه": "/h", " في الثانيه": "/s"}
_NAMED = frozenset(("PERS", "ORG", "GPE", "LOC", "EVENT"))


def numbers(text: str, mentions: Sequence[Mention], published: str | None) -> tuple[PredictedNumber, ...]:
    """The numbers of a text in their order; words inside a name, such as a newspaper's, are none."""
    whole = folded(text)
    taken = bytearray(len(text) + 1)
    for one in mentions:
        if one.label in _NAMED:
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
    found, base = list[PredictedNumber](), published_day(published)
    for place, shape in likely(whole.text):
        match = shape.pattern.match(whole.text, place) if shape.table != "quotes" else None
        if match is None or taken[start := whole.raw[match.start("mention")]]:
            continue
        before = _before(shape.table, match)
        columns = dated(shape.reader, match, base) if shape.table == "dates" else _amount(shape.reader, match, before)
        if columns is None:
            continue
        end = whole.raw[columns.pop("end", match.end("mention")) - 1] + 1
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            modifier = _span(text, whole, *before.span("modifier")) if before else None
            core = _span(text, whole, *match.span("core"))
            span = {"start": start, "end": end, "text": text[start:end], "core": core, "modifier": modifier}
            found.append(PredictedNumber(**span, **columns))
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


def _before(table: str, match: re.Match[str]) -> Before:
    start = match.start("mention")
    if not match.string[max(0, start - 20) : start].rstrip(" بل").endswith(_modifier_ends(table)):
        return None
    return pattern("modifiers", table).search(match.string, max(0, start - 80), start)


@cache
def _modifier_ends(name: str) -> tuple[str, ...]:
    """The last words of modifiers, without a preposition that is glued to the number."""
    phrases = table("dated").keys() if name == "dates" else {*table("before"), *table("between"), "الي"}
    return tuple({phrase.rstrip(" بل").split()[-1] for phrase in phrases})


def _span(text: str, whole: Folded, first: int, last: int) -> PredictedSpan:
    start, end = whole.raw[first], whole.raw[last - 1] + 1
    return PredictedSpan(start=start, end=end, text=text[start:end])


def _amount(name: str, match: re.Match[str], before: Before) -> Columns | None:
    """The number that the pattern of a name has found; None if it is none after all."""
    core = match["core"]
    match name:
        case "ident":
            return {"kind": "ident"}
        case "score":
            return _exactly(Fraction(core), kind="count")
        case "period" | "one" | "some":
            phrase = match["times"] if name == "some" else core
            factor, unit = _scaled(table({"period": "periods", "some": "times"}.get(name, name))[phrase])
            bounds = {"low": _written(factor), "high": _written(factor * (10 if name == "some" else 1))}
            kind, modality = "set" if name == "period" else "duration", "vague" if name == "some" else "exact"
            return {"kind": kind, "unit": unit, "counted": phrase, "modality": modality, **bounds}
        case "rank":
            return _rank(match["ranked"], *core.split())
        case "part":
            part = Fraction(table("fractions")[core])
            if match["unit"] and match["unit"][0] not in "%٪":
                return _bounded(match, before, part, part, _counted(match))
            return {**_bounded(match, before, part, part, {"kind": "ratio"}), "end": match.end("core")}
        case "dual":
            return _dual(match, before, core)
        case "vague":
            first, *rest = core.split()
            low = Fraction(table("vague")[first]) * Fraction(table("multipliers")[rest[0]] if rest else 1)
            columns = {"kind": "count", "low": _written(low), "high": _written(10 * low), "modality": "vague"}
            if not _countable(match["noun"] or "", definite=True):
                return columns | {"end": match.end("core")}
            kind, _, unit = table("units").get(match["noun"], f"count:{match['noun']}").partition(":")
            return columns | {"kind": kind, "unit": unit, "counted": match["noun"]}
        case "between":
            return _quantity(match, before) if before is not None and before["modifier"] in table("between") else None
        case _:
            return _quantity(match, before)


def _written(number: Fraction) -> str:
    """A value as a decimal, or as a fraction where it is below one and has a small denominator."""
    if number < 1 and number.denominator in (2, 3, 4):
        return str(number)
    return f"{float(number):f}".rstrip("0").rstrip(".") if number.denominator > 1 else str(number.numerator)


def _exactly(number: Fraction, **columns: object) -> Columns:
    return {"low": _written(number), "high": _written(number), "modality": "exact", **columns}


def _scaled(code: str) -> tuple[Fraction, str]:
    """Factor and code: a decade, 10.a, is ten years."""
    factor, _, unit = code.rpartition(".")
    return Fraction(factor or 1), unit


def _rank(noun: str, first: str, *rest: str) -> Columns | None:
    """An ordinal with the noun it ranks: اجتماعها السادس, أول سقوط."""
    unranked = table("lexical").keys() | table("ident").keys() | words("particles")
    if {noun, re.sub("^[بل]", "", noun), noun.removeprefix("ال")} & unranked:
        return None
    rank = Fraction(table("ordinals")[first.removeprefix("ال")])
    for word in rest:
        rank += Fraction(table("atoms")[word.removeprefix("و").removeprefix("ال")]) - (rank == 11)
    return _exactly(rank, kind="ordinal", counted=noun)


def _dual(match: re.Match[str], before: Before, word: str) -> Columns | None:
    """An indefinite dual: a unit of time, a feminine noun, or one of a list."""
    feminine = word[-3] == "ت" and len(word) > 5 and word not in known_names() and not word.startswith("ال")
    if word in table("two"):
        factor, unit = _scaled(table("two")[word])
    elif word[:-2] in table("duals") or feminine:
        factor, unit = Fraction(1), word[:-3] + "ه" if word[-3] == "ت" else word[:-2]
    else:
        return None
    columns = {"kind": "duration" if word in table("two") else "count", "unit": unit, "counted": word}
    return _bounded(match, before, 2 * factor, 2 * factor, columns)


def _quantity(match: re.Match[str], before: Before) -> Columns | None:
    low = _value(match["low"])
    high = _value(match["high"]) if match["high"] else low
    shared = [word for word in (match["high"] or "").split() if word in table("multipliers")]
    if shared and low < 1000:
        low *= Fraction(table("multipliers")[shared[0]])
    partitive = low == high == 1 and not match["core"][0].isdigit()  # أحد الحضور
    return None if partitive or match["core"] in words("teens") else _bounded(match, before, low, high, _counted(match))


def _counted(match: re.Match[str]) -> Columns:
    """Kind and unit by what follows a numeral, with the end of the mention."""
    if sign := match.groupdict().get("sign"):
        return {"kind": "percent", "unit": "%"} if sign in "%٪" else {"kind": "money", "unit": _SIGNS[sign]}
    if match["unit"]:
        kind, code = table("units")[match["unit"]].split(":")
        factor, unit = _scaled(code)
        rate = match["rate"] or ""
        end = match.end("us" if match["us"] else "rate" if rate else "unit")
        columns = {"kind": kind, "unit": None if code == "-" else unit + _RATES.get(rate, ""), "end": end}
        return columns | {"factor": factor, "counted": None if kind == "percent" else match["unit"] + rate}
    noun = (match["noun"] or "").removeprefix("من ")
    if noun == "مرات" and match.string[: match.start("mention")].rstrip().endswith(_COMPARED):
        return {"kind": "ratio"}
    countable = _countable(noun, definite=noun != match["noun"])
    return {"kind": "count"} | ({"unit": noun, "counted": noun} if countable else {"end": match.end("core")})


def _countable(noun: str, definite: bool) -> bool:
    """Whether a word may be what is counted: no particle, verb or known name, and no word joined by و."""
    joined = noun[:1] == "و" and (ordinary(noun[1:]) or noun[1:3] == "ال")
    particle = {noun, noun[1:]} & words("particles")
    if len(noun) < 2 or joined or particle or (noun.startswith("ال") and not definite):
        return False
    return noun not in verbs() and noun not in known_names()


def _bounded(match: re.Match[str], before: Before, low: Fraction, high: Fraction, columns: Columns) -> Columns:
    """Add the bounds that the words before or after a number set; `ليصل إلى` states an exact amount."""
    modality = "exact"
    if before is not None and before["modifier"] not in table("between"):
        modality = table("before").get(before["modifier"], "at_most")
        stated = before.string[before.start("modifier") - 1] == "ل" and modality == "at_most"
        modality = "exact" if stated else modality
    if match.groupdict().get("high") and modality in ("exact", "at_most"):
        modality = "range"
    if modality == "exact" and match["after"]:
        modality = table("after")[match["after"]]
    factor = columns.pop("factor", 1)
    lower = None if modality in ("at_most", "less_than") else _written(low * factor)
    upper = None if modality in ("at_least", "more_than") else _written(high * factor)
    return {"modality": modality, "low": lower, "high": upper, **columns}


@lru_cache(maxsize=1 << 12)
def _value(numeral: str) -> Fraction:
    """The value of a numeral. Terms add up, a multiplier takes what is before it, a half is of the last multiplier."""
    total, group, last = Fraction(0), Fraction(0), Fraction(1)
    for word in re.findall(r"\d+(?:[.,٫٬]\d+)*|[^\W\d]+", numeral):
        plain = word if word in table("atoms") or word in table("multipliers") else word.removeprefix("و")
        if word[0].isdigit():
            if re.fullmatch(r"[1-9]\d{0,2}(?:[,٬]\d{3})+(?:[.٫]\d+)?", word):  # 1,200 are thousands, 3,5 a decimal
                word = re.sub("[,٬]", "", word)
            decimal = len(re.findall("[.٫,٬]", word)) < 2
            group += Fraction(re.sub("[٫,٬]", ".", word) if decimal else re.sub(r"\D", "", word))
        elif plain in table("fractions") and last == 1:
            group += Fraction(table("fractions")[plain])
        elif plain in table("fractions"):
            return total + Fraction(table("fractions")[plain]) * last
        elif plain in table("multipliers"):
            last = Fraction(table("multipliers")[plain])
            total, group = total + (group or 1) * last, Fraction(0)
        elif plain in table("doubles"):
            total += Fraction(table("doubles")[plain])
        elif table("atoms")[plain] == "100" and 2 < group < 10:
            group *= 100
        else:
            group += Fraction(table("atoms")[plain])
    return total + group
