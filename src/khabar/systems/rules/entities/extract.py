"""Entities of a text: candidates of the grammar, those that cross resolved, names repeated, clusters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from khabar.records.labels import EntityLabel
from khabar.systems.rules.entities.kinds import compiled, feminine, foreign, rules, tagged
from khabar.systems.rules.lexicon import Phrases, ordinary, saying, words
from khabar.systems.rules.reading import Reading, bare, form, stems

_HOLDERS = frozenset(("ORG", "OCC", "LAW", "EVENT", "FAC", "LOC"))
"""Labels inside which others are labelled too."""
_LIKELY_PERSON = "[FVv](?:n?[FVv]){0,2}"
_ADDRESS = re.compile(r"(?<![\w@.])(?:[A-Za-z0-9-]+\.)+(?:com|org|net|info|gov|edu|tv|io|uk|fr|de)(?!\w)")


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens `[first, last)` and their offsets `[start, end)`; `key` is the cluster, `sure` decides between equals."""

    first: int
    last: int
    start: int
    end: int
    label: EntityLabel
    key: str = ""
    sure: int = 0
    feminine: bool | None = None


def extract(reading: Reading) -> list[Mention]:
    """The entities of a text in the order of their starts, longer ones first."""
    kept = list(_resolved(reading, _candidates(reading)))
    kept += _repeated(reading, kept)
    return _clustered(reading, sorted(_resolved(reading, kept), key=lambda one: (one.start, -one.end)))


def _mention(reading: Reading, first: int, skip: int, last: int, label: EntityLabel, **more: object) -> Mention:
    return Mention(first, last, reading.inside(first, skip), reading.ends[last - 1], label, **more)  # type: ignore[arg-type]


def _candidates(reading: Reading) -> Iterator[Mention]:
    """Yield known names, what the grammar reads, persons where they are likely, addresses and models."""
    tags, skips, known = tagged(reading)
    for token, name in known.items():
        yield _mention(reading, token, name.skip, name.last, name.label, key=name.key, sure=1)
    likely = {token + 1 for token, word in enumerate(reading.forms) if tags[2 * token + 1] in "tTzf" or saying(word)}
    for token, word in enumerate(reading.forms):
        before, kind = tags[2 * token - 1] if token else "", tags[2 * token + 1]
        for label, pattern in rules().get(kind, ()):
            match = pattern.match(" " + tags[2 * token + 1 : 2 * token + 40])
            generic = label == "OCC" and reading.form(token - 1) in words("nobody")
            generic |= kind == "O" and word[skips[token] :] not in words("everywhere")
            if match is None or generic or (label == "PERS" and before == "s"):
                continue
            first, last = (token + place // 2 for place in match.span(match.lastindex or 0))
            if before == "r" and kind in "tT":
                last = first + 1  # نائب الرئيس السابق: the deputy is the former one
            gender = feminine(word[skips[token] :]) if label == "PERS" else kind in "rtT" and word.endswith("ه")
            yield _mention(reading, first, skips[token] if first == token else 0, last, label, sure=2, feminine=gender)
            likely |= {last} if label == "OCC" else set()
            if label == "ORG" and word[skips[token] :] == "الحزب":
                yield _mention(reading, token + 1, 0, token + 2, "NORP")
    for token in likely:
        match = compiled(_LIKELY_PERSON).match(tags, 2 * token)
        if match is not None and match.end() // 2 - token + len(reading.forms[token]) > 3:
            yield _mention(reading, token, 0, match.end() // 2, "PERS", sure=1, feminine=feminine(reading.forms[token]))
    for match in _ADDRESS.finditer(reading.text):
        yield Mention(reading.at(match.start()), reading.at(match.end() - 1) + 1, *match.span(), "WEBSITE", sure=1)


def _resolved(reading: Reading, found: Iterable[Mention]) -> Iterator[Mention]:
    """Keep the longest of what crosses, and of equals the surest; then drop what may not stand inside another."""
    kept: list[Mention] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, -one.sure, one.start, one.label)):
        if all(_nests(reading, other, one) for other in kept if other.start < one.end and one.start < other.end):
            kept.append(one)
    yield from kept


def _nests(reading: Reading, outer: Mention, inner: Mention) -> bool:
    holds = outer.start <= inner.start and inner.end <= outer.end
    if not holds or outer.label not in _HOLDERS or (outer.start, outer.end) == (inner.start, inner.end):
        return False
    head = reading.forms[outer.first]
    if outer.label == "ORG" and (inner.label == "WEBSITE" or head in words("titled")):
        return False
    if outer.label == inner.label == "ORG":  # وكالة أنباء شينخوا is one name
        return inner.first - outer.first > 1 and (inner.last != outer.last or head not in words("p"))
    if outer.label in ("LOC", "FAC", "EVENT") and inner.label in (outer.label, "PERS"):
        return False
    return not (outer.label == inner.label == "OCC" and inner.first == outer.first)


def _repeated(reading: Reading, kept: Iterable[Mention]) -> Iterator[Mention]:
    """Yield persons named elsewhere in full, by all their words or one, and storms and places without their heads."""
    names: dict[str, Mention] = {}
    for one in kept:
        first, last = (full := form(reading.text[one.start : one.end])).split()[0], full.split()[-1]
        person = one.label == "PERS" and (first != full or one.sure == 1)
        headed = one.label in ("GPE", "LOC") and not one.key and foreign(first)
        storm = one.label == "EVENT" and foreign(last)
        for name in (full, last, first) if person else (full,) if headed else (last,) if storm else ():
            if " " in name or (len(name) > 2 and not ordinary(name) and name[:2] != "ال"):
                names.setdefault(name, one)
    known = Phrases(names.items())
    for token, word in enumerate(reading.forms):
        for skip, stem in stems(word):
            again = known.at(reading.forms, token, stem)
            if again is not None:
                until, one = again
                sure = 1 if one.label == "PERS" else 3
                yield _mention(reading, token, skip, until, one.label, sure=sure, feminine=one.feminine)
                break


def _clustered(reading: Reading, found: list[Mention]) -> list[Mention]:
    """Give each mention its cluster: a key of the gazetteer, the name of a person, or the words without article."""
    keyed = [one if one.key else replace(one, key=_key(reading, one)) for one in found]
    full: dict[str, Mention] = {}
    for one in keyed:
        for part in one.key.split() if one.label == "PERS" and " " in one.key else ():
            full.setdefault(part, one)
    people = {one: full.get(one.key, one) for one in keyed if one.label == "PERS"}
    after = {one.first: full_name for one, full_name in people.items()}
    before = {one.last + 1: named for one, named in people.items() if reading.form(one.last) in ("،", ",")}
    held = {one: after.get(one.last) or before.get(one.first) for one in keyed if one.label == "OCC"}
    owners = [people.get(one) or held.get(one) or one for one in keyed]
    return [replace(one, key=owner.key, feminine=owner.feminine) for one, owner in zip(keyed, owners, strict=True)]


def _key(reading: Reading, one: Mention) -> str:
    name = form(reading.text[one.start : one.end]).split()
    if one.label in ("PERS", "EVENT"):
        return " ".join(name if one.label == "PERS" else name[-1:])
    return " ".join([one.label, *(bare(word) if word.startswith(("ال", "لل")) else word for word in name)])
