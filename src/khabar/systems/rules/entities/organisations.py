"""Institutions by their head: وزارة, هيئة, الجيش … and how far their names run."""

from __future__ import annotations

from collections.abc import Sequence

from khabar.systems.rules.entities.extents import Headed, heads, is_definite, run, section
from khabar.systems.rules.entities.known import Known
from khabar.systems.rules.entities.mention import Mention, mention
from khabar.systems.rules.lexicon import word_set
from khabar.systems.rules.reading import OPENING, Reading

_GO_ON = word_set(
    "المنظمه منظمه الاتحاد معهد المعهد مركز المركز الوكاله اللجنه لجنه المفوضيه مفوضيه الهيئه هيئه المجلس مجلس الصندوق "
    "الجمعيه جمعيه المرصد رابطه مؤسسه"
)
"""Institutions whose names say what they are for with ل: المنظمة الدولية للهجرة."""
_APPOSED = frozenset({"orgname", "orgplace", "org"})
_AIR_ARM = frozenset({"الجو", "الطيران", "البحريه", "المدفعيه"})


_QUALIFIED = frozenset({"جامعه", "مستشفي", "متحف", "كليه"})
"""Institutions whose place is qualified in the name: جامعة دمشق الدولية."""
_ELLIPTICAL = frozenset({"الدفاع", "الخارجيه", "الداخليه", "الصحه", "الماليه", "العدل"})
"""What a ministry is called by stands for it only without a head of its own: not in وزير الصحة."""


def organisations(reading: Reading, known: Known, opened: Sequence[Headed]) -> list[Mention]:
    """Every institution a head word opens."""
    found = []
    for one in opened:
        if one.kind in _APPOSED and one.token + 2 < len(reading) and reading.raw(one.token + 1) in OPENING:
            found += _in_marks(reading, known, one)
        end = _end(reading, known, one.token, one.head, one.kind, one.gender)
        if end > one.token + 1:
            found.append(mention(reading, one.token, end, one.skip, "ORG", gender=one.gender))
    return found


def _in_marks(reading: Reading, known: Known, one: Headed) -> list[Mention]:
    """صحيفة "ماركا": the name alone, between its marks."""
    first = one.token + 2
    for last in range(first + 1, min(first + 4, len(reading))):
        if reading.raw(last) in OPENING:
            if reading.lines[last] == reading.lines[first] and known.at(first) is None:
                return [mention(reading, first, last, 0, "ORG", gender=one.gender)]
            break
    return []


def _end(reading: Reading, known: Known, token: int, head: str, kind: str, gender: str) -> int:
    after = token + 1
    word = reading.form_at(after)
    name = known.whole(reading, after)
    if kind in _APPOSED and name is not None and name.label == "ORG":
        # وكالة رويترز, حلف الناتو: the head belongs to the name; a nationality after it does not
        return name.last
    if kind == "orgname":
        return token
    if kind == "forces":
        if word not in section("branches"):
            return token
        return run(reading, after, known, places=False)[0]
    if kind == "arm":
        return run(reading, after, known, places=False)[0] if word in _AIR_ARM else token
    if kind in ("org", "orgplace"):
        return _construct(reading, known, token, head, kind)
    if head in _ELLIPTICAL and heads(reading.form_at(token - 1)):
        return token
    if kind in ("orgnat", "orgdef"):
        return _definite(reading, known, after, head, kind, gender)
    return token


def _construct(reading: Reading, known: Known, token: int, head: str, kind: str) -> int:
    after = token + 1
    name = known.whole(reading, after)
    if name is not None and name.label in ("GPE", "LOC"):
        end = run(reading, after, known)[0] if kind == "orgplace" else token
        while kind == "orgplace" and head in _QUALIFIED and is_definite(reading.form_at(end)):
            end += 1
        return end
    if name is not None and name.label in ("NORP", "PERS"):
        return token
    end, _ = run(reading, after, known, lam=head in _GO_ON)
    return end if end > after or is_definite(reading.form_at(after)) else token


def _definite(reading: Reading, known: Known, after: int, head: str, kind: str, gender: str) -> int:
    first = reading.form_at(after)
    name = known.whole(reading, after)
    if name is not None and name.label != "NORP":
        return after - 1
    if name is None and not is_definite(first):
        return after - 1
    if first.endswith("ه") != (gender == "f") and first not in ("العليا", "العظمي", "الاعلي"):
        return after - 1
    end, national = run(reading, after, known, lam=head in _GO_ON, places=False)
    if kind == "orgnat" and not national:
        return after - 1
    if kind == "orgdef" and national and name is not None and end == name.last:
        # المنظمة الروسية, اللجنة الأوروبية: a description, unless the name goes on
        return after - 1 if head not in ("الاتحاد", "المجلس", "المفوضيه", "المرصد", "البنك") else end
    return end
