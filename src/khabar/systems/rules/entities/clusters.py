"""Which mentions are one thing: stable keys from the gazetteer or from folded names, holders of offices."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from khabar.systems.rules.entities.mention import Mention
from khabar.systems.rules.lexicon import words
from khabar.systems.rules.reading import Reading

_VOWELS = str.maketrans({"غ": "ج", "ي": None, "و": None, "ا": None, "ئ": None, "ء": None, "ڤ": "ف"})


def keyed(reading: Reading, mentions: Sequence[Mention]) -> list[Mention]:
    """Give every mention its key, in two readings: names first, then the offices that people hold."""
    inner = _by_token(mentions)
    named = [one if one.key else replace(one, key=_name_key(reading, one, inner)) for one in mentions]
    named = _acronyms(reading, _whole_names(reading, named))
    return _held(reading, named)


def _by_token(mentions: Sequence[Mention]) -> dict[int, list[Mention]]:
    found: dict[int, list[Mention]] = {}
    for one in mentions:
        if one.listed:
            found.setdefault(one.first, []).append(one)
    return found


def _name_key(reading: Reading, one: Mention, inner: dict[int, list[Mention]]) -> str:
    """A key from the name itself: known parts by their keys, the rest without article; persons by consonants."""
    if one.label == "PERS":
        return "person:" + skeleton(reading, one)
    parts = []
    at = one.first
    while at < one.last:
        part = next((held for held in inner.get(at, ()) if held != one and held.last <= one.last), None)
        if part is not None and part.start >= one.start and part.end <= one.end:
            parts.append(part.key)
            at = part.last
            continue
        if reading.forms[at].isalnum():
            parts.append(_stem(reading, one, at).lower())
        at += 1
    if one.label == "ORG" and len(parts) > 1 and parts[0] in words("ministries.txt"):
        # الخارجية الروسية is وزارة الخارجية الروسية
        parts.insert(0, "وزاره")
    return f"{one.label.lower()}:{'_'.join(parts)}"


def _stem(reading: Reading, one: Mention, token: int) -> str:
    """A word without article, and without the clitics that stand before the mention."""
    form = reading.forms[token]
    if token == one.first:
        form = form[len(form) - _letters(reading, one) :]
    for prefix in ("وال", "ال", "لل"):
        if form.startswith(prefix) and len(form) > len(prefix) + 1:
            return form[len(prefix) :]
    return form


def skeleton(reading: Reading, one: Mention) -> str:
    """The consonants of a name: what the spellings of a foreign name have in common."""
    forms = [reading.forms[token] for token in range(one.first, one.last)]
    forms[0] = forms[0][len(forms[0]) - _letters(reading, one) :]
    return "_".join(form.translate(_VOWELS) or form for form in forms)


def _letters(reading: Reading, one: Mention) -> int:
    taken = 0
    while reading.start_after(one.first, taken) < one.start:
        taken += 1
    return len(reading.forms[one.first]) - taken


def _whole_names(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """A lone family name has the key of the full name that was given before it."""
    full: dict[str, str] = {}
    given = []
    for one in mentions:
        if one.label == "PERS" and not one.listed:
            family = skeleton(reading, one).rsplit("_", 1)[-1]
            if one.last - one.first > 1:
                full.setdefault(family, one.key)
            else:
                one = replace(one, key=full.get(family, one.key))
        given.append(one)
    return given


def _acronyms(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """A short name in brackets has the key of the institution before it, there and later."""
    ends = {one.last: one for one in mentions if one.label == "ORG"}
    keys: dict[str, str] = {}
    given = []
    for one in mentions:
        if one.label == "ORG" and one.last == one.first + 1 and not one.listed:
            bracketed = reading.form_at(one.first - 1) == "(" and one.first - 1 in ends
            if bracketed:
                keys.setdefault(reading.forms[one.first], ends[one.first - 1].key)
            one = replace(one, key=keys.get(reading.forms[one.first], one.key))
        given.append(one)
    return given


def _held(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """An office has the key of the person named beside it, here or elsewhere in the text."""
    people = {one.first: one for one in mentions if one.label == "PERS"}
    ends = {one.last: one for one in mentions if one.label == "PERS"}
    holders: dict[str, Mention] = {}
    latest: dict[str, Mention] = {}
    for one in mentions:
        if one.label != "OCC":
            continue
        person = people.get(one.last)
        if person is None and reading.form_at(one.first - 1) in (",", "،"):
            person = ends.get(one.first - 1)
        if person is not None:
            holders.setdefault(one.key, person)
    found: list[Mention] = []
    for one in mentions:
        if one.label == "OCC":
            holder = people.get(one.last) or holders.get(one.key) or latest.get(_head(reading, one))
            bare_title = one.last - one.first == 1
            if holder is not None and (one.key in holders or bare_title or one.last in people):
                latest[_head(reading, one)] = holder
                one = replace(one, key=holder.key, gender=holder.gender or one.gender)
        found.append(one)
    # ولي العهد الأمير محمد: an office beside an office has its holder
    following = {one.first: place for place, one in reversed(list(enumerate(found))) if one.label == "OCC"}
    for place in range(len(found) - 2, -1, -1):
        one = found[place]
        if one.label == "OCC" and one.last in following and one.last not in people:
            beside = found[following[one.last]]
            found[place] = replace(one, key=beside.key, gender=beside.gender or one.gender)
    return found


def _head(reading: Reading, one: Mention) -> str:
    return _stem(reading, one, one.first)
