"""Entities of a text: candidates of the grammar, those that cross resolved, names repeated, clusters."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct, structs

from khabar.records.labels import EntityLabel
from khabar.systems.rules.entities.kinds import compiled, feminine, foreign, rules, tagged
from khabar.systems.rules.lexicon import begun, longest, ordinary, phrases, saying, words
from khabar.text.arabic import Tokens, bare, form, stems

_HOLDERS = frozenset(("ORG", "OCC", "LAW", "EVENT", "FAC", "LOC"))
"""Labels inside which others are labelled too."""
_LIKELY_PERSON = "[FVv](?:n?[FVv]){0,2}"
_DOMAINS = ("com", "org", "net", "info", "gov", "edu", "tv", "io", "uk", "fr", "de")
_ADDRESS = re.compile(rf"(?<![\w@.])(?:[A-Za-z0-9-]+\.)+(?:{'|'.join(_DOMAINS)})(?!\w)")


class Mention(Struct, frozen=True, gc=False):
    """Tokens `[first, last)` and their offsets `[start, end)`; `key` is the cluster, `sure` decides between equals."""

    first: int
    last: int
    start: int
    end: int
    label: EntityLabel
    key: str = ""
    sure: int = 0
    feminine: bool | None = None


def extract(tokens: Tokens) -> list[Mention]:
    """The entities of a text in the order of their starts, longer ones first."""
    kept = list(_resolved(tokens, _candidates(tokens)))
    kept += _repeated(tokens, kept)
    return _clustered(tokens, sorted(_resolved(tokens, kept), key=lambda one: (one.start, -one.end)))


def _mention(tokens: Tokens, first: int, skip: int, last: int, label: EntityLabel, **more: object) -> Mention:
    return Mention(first, last, tokens.inside(first, skip), tokens.ends[last - 1], label, **more)  # type: ignore[arg-type]


def _candidates(tokens: Tokens) -> Iterator[Mention]:
    """Yield known names, what the grammar reads, persons where they are likely, addresses and models."""
    tags, skips, known = tagged(tokens)
    kinds, forms = tags[1::2], tokens.forms
    for token, (skip, last, label, key) in known.items():
        yield _mention(tokens, token, skip, last, label, key=key, sure=1)
    pairs = enumerate(zip(kinds, forms, kinds[1:], strict=False), 1)
    likely = {last for last, (kind, word, after) in pairs if after in "FVv" and (kind in "tTzf" or saying(word))}
    heads, everywhere, nobody = rules(), words("everywhere"), words("nobody")
    for token, kind in enumerate(kinds):
        if kind not in heads or (kind == "O" and forms[token][skips[token] :] not in everywhere):
            continue
        stem, before = forms[token][skips[token] :], kinds[token - 1] if token else ""
        for label, pattern in heads[kind]:
            match = pattern.match(" " + tags[2 * token + 1 : 2 * token + 40])
            generic = label == "OCC" and tokens.form(token - 1) in nobody
            if match is None or generic or (label == "PERS" and before == "s"):
                continue
            first, last = (token + place // 2 for place in match.span(match.lastindex or 0))
            if before == "r" and kind in "tT":
                last = first + 1  # نائب الرئيس السابق: the deputy is the former one
            gender = feminine(stem) if label == "PERS" else kind in "rtT" and stem.endswith("ه")
            yield _mention(tokens, first, skips[token] if first == token else 0, last, label, sure=2, feminine=gender)
            if label == "OCC":
                likely.add(last)
            if label == "ORG" and stem == "الحزب":
                yield _mention(tokens, token + 1, 0, token + 2, "NORP")
    person = compiled(_LIKELY_PERSON)
    for token in likely:
        match = person.match(tags, 2 * token)
        if match is not None and match.end() // 2 - token + len(forms[token]) > 3:
            yield _mention(tokens, token, 0, match.end() // 2, "PERS", sure=1, feminine=feminine(forms[token]))
    for match in _ADDRESS.finditer(tokens.text) if not set(_DOMAINS).isdisjoint(forms) else ():
        yield Mention(tokens.at(match.start()), tokens.at(match.end() - 1) + 1, *match.span(), "WEBSITE", sure=1)


def _resolved(tokens: Tokens, found: Iterable[Mention]) -> Iterator[Mention]:
    """Keep the longest of what crosses, and of equals the surest; then drop what may not stand inside another."""
    kept: dict[int, list[Mention]] = defaultdict(list)  # by token
    for one in sorted(found, key=lambda one: (one.start - one.end, -one.sure, one.start, one.label)):
        others = [other for token in range(one.first, one.last) for other in kept.get(token, ())]
        if all(_nests(tokens, other, one) for other in others if other.start < one.end and one.start < other.end):
            for token in range(one.first, one.last):
                kept[token].append(one)
            yield one


def _nests(tokens: Tokens, outer: Mention, inner: Mention) -> bool:
    holds = outer.start <= inner.start and inner.end <= outer.end
    if not holds or outer.label not in _HOLDERS or (outer.start, outer.end) == (inner.start, inner.end):
        return False
    head = tokens.forms[outer.first]
    if outer.label == "ORG" and (inner.label == "WEBSITE" or head in words("titled")):
        return False
    if outer.label == inner.label == "ORG":  # وكالة أنباء شينخوا is one name
        return inner.first - outer.first > 1 and (inner.last != outer.last or head not in words("p"))
    if outer.label in ("LOC", "FAC", "EVENT") and inner.label in (outer.label, "PERS"):
        return False
    return not (outer.label == inner.label == "OCC" and inner.first == outer.first)


def _repeated(tokens: Tokens, kept: Iterable[Mention]) -> Iterator[Mention]:
    """Yield persons named elsewhere in full, by all their words or one, and storms and places without their heads."""
    names: dict[str, Mention] = {}
    for one in kept:
        first, last = (full := form(tokens.text[one.start : one.end])).split()[0], full.split()[-1]
        person = one.label == "PERS" and (first != full or one.sure == 1)
        headed = one.label in ("GPE", "LOC") and not one.key and foreign(first)
        storm = one.label == "EVENT" and foreign(last)
        for name in (full, last, first) if person else (full,) if headed else (last,) if storm else ():
            if " " in name or (len(name) > 2 and not ordinary(name) and name[:2] != "ال"):
                names.setdefault(name, one)
    known = phrases(names.items())
    for token in [token for token, word in enumerate(tokens.forms) if not known.keys().isdisjoint(stems(word))]:
        again = longest(begun(known, tokens.forms[token]), tokens.forms, token)
        if again is not None:
            skip, last_token, one = again
            sure = 1 if one.label == "PERS" else 3
            yield _mention(tokens, token, skip, last_token, one.label, sure=sure, feminine=one.feminine)


def _clustered(tokens: Tokens, found: list[Mention]) -> list[Mention]:
    """Give each mention its cluster: a key of the gazetteer, the name of a person, or the words without article."""
    keyed = [one if one.key else structs.replace(one, key=_key(tokens, one)) for one in found]
    full: dict[str, Mention] = {}
    for one in keyed:
        for part in one.key.split() if one.label == "PERS" and " " in one.key else ():
            full.setdefault(part, one)
    people = [(one, full.get(one.key, one)) for one in keyed if one.label == "PERS"]
    after = {one.first: named for one, named in people}
    before = {one.last + 1: named for one, named in people if tokens.form(one.last) in ("،", ",")}
    for place, one in enumerate(keyed):
        held = (after.get(one.last) or before.get(one.first)) if one.label == "OCC" else None
        owner = full.get(one.key) if one.label == "PERS" else held
        if owner is not None:
            keyed[place] = structs.replace(one, key=owner.key, feminine=owner.feminine)
    return keyed


def _key(tokens: Tokens, one: Mention) -> str:
    name = form(tokens.text[one.start : one.end]).split()
    if one.label in ("PERS", "EVENT"):
        return " ".join(name if one.label == "PERS" else name[-1:])
    return " ".join([one.label, *(bare(word) if word.startswith(("ال", "لل")) else word for word in name)])
