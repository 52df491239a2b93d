"""Offices, ranks and roles of one person: وزير الدفاع الأوكراني, المتحدث باسم الكرملين, الجنرال before a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from khabar.systems.rules.entities.extents import Headed, heads, is_definite, run, section
from khabar.systems.rules.entities.known import Known
from khabar.systems.rules.entities.mention import Mention, mention
from khabar.systems.rules.reading import Reading

_TO = frozenset({"الي", "لدي", "باسم"})
_GENERAL = frozenset({"عام", "اول", "تنفيذي", "رسمي"})
_DEPUTY = frozenset({"نائب", "مساعد", "مستشار", "ولي", "مدير", "وكيل", "مستشاره", "نائبه", "سكرتير"})

Institutions = Mapping[int, Mention]
"""Institutions by their first token, the longest where several begin."""


def offices(
    reading: Reading,
    known: Known,
    opened: Sequence[Headed],
    institutions: Institutions,
    names: Callable[[int], bool],
) -> list[Mention]:
    """Every office in the text. `names` says whether a personal name begins at a token."""
    found = []
    for one in opened:
        if one.kind == "occ":
            end = _office(reading, known, institutions, names, one.token, one.head)
        elif one.kind == "occtitle":
            end = _calling(reading, known, names, one.token, one.head)
        else:
            continue
        if end > one.token:
            found.append(mention(reading, one.token, end, one.skip, "OCC", gender=one.gender))
    return found


def _office(
    reading: Reading,
    known: Known,
    institutions: Institutions,
    names: Callable[[int], bool],
    token: int,
    head: str,
) -> int:
    """The end of an office that begins at a token, or the token itself where there is none."""
    definite = head.startswith("ال")
    at = token + 1
    if definite:
        while reading.form_at(at) in section("ranks"):
            at += 1
        name = known.whole(reading, at)
        if name is not None and name.label == "NORP":
            at = name.last
        while at > token + 1 and reading.form_at(at) in section("ranks"):
            at += 1
    elif reading.form_at(at) in _GENERAL:
        at += 1
    complement = at if definite else _complement(reading, known, institutions, at, head)
    end = _toward(reading, known, institutions, max(at, complement))
    while end > token + 1 and reading.form_at(end) in section("former"):
        end += 1
    if definite:
        stands = end > token + 1 or names(end) or (head in section("spoken") and not _adjective(reading, token))
        return end if stands else token
    return end if end > at else token


def _complement(reading: Reading, known: Known, institutions: Institutions, at: int, head: str) -> int:
    """The end of what an office is over: an institution, a country, definite words."""
    institution = institutions.get(at)
    if institution is not None and institution.start == reading.starts[at]:
        end = institution.last
        name = known.whole(reading, end)
        return name.last if name is not None and name.label == "NORP" else end
    if head in _DEPUTY and reading.form_at(at) in ("الرئيس", "رئيس", "الوزير", "وزير", "العهد"):
        end, _ = run(reading, at + 1, known)
        return max(end, at + 1) if reading.form_at(at).startswith("ال") else end
    name = known.whole(reading, at)
    if name is not None and name.label in ("NORP", "PERS"):
        return at
    end, _ = run(reading, at, known, lam=True)
    inner = next((institutions[one] for one in range(at, end) if one in institutions), None)
    if inner is not None and inner.last > end:
        return inner.last
    if end < len(reading) and end in institutions and reading.forms[end - 1] in section("middle"):
        return institutions[end].last
    return end


def _toward(reading: Reading, known: Known, institutions: Institutions, at: int) -> int:
    """Take in باسم, لدى and إلى with what follows, or an institution joined by ل."""
    if reading.form_at(at) in ("الرسمي", "الرسميه"):
        at += 1
    word = reading.form_at(at)
    if word in _TO:
        target = institutions.get(at + 1) or known.whole(reading, at + 1)
        if target is not None and target.label in ("ORG", "GPE", "LOC", "PERS"):
            return target.last
        if word != "باسم":
            return at
        for _, head, kind, _gender in heads(reading.form_at(at + 1)):
            if kind == "occ":
                return max(_office(reading, known, institutions, lambda _token: False, at + 1, head), at)
        end, _ = run(reading, at + 1, known)
        return end if end > at + 1 else at
    if word.startswith("ل") and at > 0:
        target = institutions.get(at) or known.at(at)
        joined = target is not None and target.start > reading.starts[at]
        if target is not None and joined and target.label in ("ORG", "GPE"):
            return target.last
        if word in section("lam"):
            end, _ = run(reading, at + 1, known)
            return end if end > at + 1 else at
    return at


def _calling(reading: Reading, known: Known, names: Callable[[int], bool], token: int, head: str) -> int:
    """The end of a rank or calling, which counts only before a name: الجنرال, الخبير العسكري الروسي."""
    if not head.startswith("ال"):
        return token
    at = token + 1
    if head == "الفريق" and reading.form_at(at) == "اول":
        at += 1
    for _ in range(2):
        if names(at):
            return at
        name = known.whole(reading, at)
        if name is not None and name.label == "NORP":
            at = name.last
        elif is_definite(reading.form_at(at)) or reading.form_at(at) in section("former"):
            at += 1
        else:
            break
    return at if names(at) or head == "البابا" else token


def _adjective(reading: Reading, token: int) -> bool:
    """Whether الرئيس qualifies the definite noun before it (السبب الرئيس)."""
    before = reading.form_at(token - 1)
    return is_definite(before) and reading.ends[token - 1] + 2 > reading.starts[token]
