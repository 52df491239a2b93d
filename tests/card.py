"""The data card in Arabic, docs/card.ar.md: its tables of figures are those of corpus/README.md, in its own words.

`python -m tests.card` writes them again.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENGLISH = ROOT / "corpus" / "README.md"
ARABIC = ROOT / "docs" / "card.ar.md"
TABLES = {"statistics": 0, "agreement": 2, "detectable": 4, "correlation": 5}
"""Marker → which table of the card it is. The others hold no figures and are written by hand."""
WORDS = {
    "documents": "المقالات", "characters": "الحروف والعلامات", "tokens": "الكلمات",
    "entities": "الكيانات", "entities by label": "الكيانات بأصنافها", "entities nested": "الكيانات المتداخلة",
    "numbers": "الأعداد", "numbers scored": "الأعداد المحسوبة", "numbers by kind": "الأعداد بأنواعها",
    "quotes": "الأقوال", "quotes scored": "الأقوال المحسوبة", "quotes with an implicit speaker": "أقوال أُضمر قائلها",
    "quotes with a source chain": "أقوال لها سلسلة مصادر", "claims": "الدعاوى", "issues": "المسائل",
    "issues by status": "المسائل بأحوالها", "things in the registry": "ما في السجل", "flips": "القلوب",
    "flips by direction": "القلوب باتجاهاتها", "decoys": "التمويهات",
    "layer": "الطبقة", "what": "ماذا", "elsewhere": "في غيرها", "zones": "الأقسام", "conflicts": "النزاعات",
    "registry": "السجل", "zone of a line": "قسم السطر", "span and label, F1": "المقطع والصنف، F1",
    "identity, LEA F1": "الهوية، LEA F1", "identity, CoNLL F1": "الهوية، CoNLL F1", "tags of tokens": "وسوم الكلمات",
    "span": "المقطع", "label": "الصنف", "name": "الاسم", "entity id": "المفتاح", "scored": "المحسوب",
    "phenomena": "الظواهر", "rows read alike, of all": "صفوف قُرئت قراءة واحدة، من الكل",
    "full tuple, F1": "العدد كاملًا، F1", "span, F1": "المقطع، F1", "span and value, F1": "المقطع والقيمة، F1",
    "span and unit, F1": "المقطع والوحدة، F1", "resolved dates, F1": "التواريخ المحددة، F1", "core": "صلب العدد",
    "modifier": "القيد", "kind": "النوع", "low": "الحد الأدنى", "high": "الحد الأعلى", "low incl": "دخول الأدنى",
    "high incl": "دخول الأعلى", "modality": "الصيغة", "unit": "الوحدة", "counted": "المعدود",
    "edtf literal": "التاريخ كما كُتب", "edtf": "التاريخ محددًا", "calendar": "التقويم", "factuality": "الثبوت",
    "role": "الدور", "flags": "التنبيهات", "value": "القيمة", "who said what, F1": "مَن قال ماذا، F1",
    "content, IoU ≥ 0.5, F1": "المضمون، IoU ≥ 0.5، F1", "content, exact, F1": "المضمون بتمامه، F1",
    "cue, F1": "لفظ القول، F1", "chain edges, F1": "حلقات السلسلة، F1",
    "same utterance, pair F1": "القول الواحد، F1 للأزواج", "content": "المضمون", "cue": "لفظ القول",
    "marked": "ما بين علامتي التنصيص", "speaker mention": "ذكر القائل", "speaker": "القائل",
    "source chain": "سلسلة المصادر", "addressee": "المخاطَب", "act": "فعل القول", "polarity": "القطب",
    "utterance": "القول الواحد", "alternatives": "قراءة أخرى", "type": "النوع", "same place, F1": "الموضع نفسه، F1",
    "same question and place, F1": "السؤال نفسه والموضع نفسه، F1", "position": "الجواب", "anchor": "موضع الخلاف",
    "source": "المصدر", "stance": "الموقف", "as of": "وقت الدعوى", "hard disputes, F1": "النزاعات الصريحة، F1",
    "hard disputes and type, F1": "النزاعات الصريحة ونوعها، F1", "same question, F1": "السؤال نفسه، F1",
    "status": "الحال", "subtype": "السبب", "scope": "النطاق", "same thing, F1": "الشيء نفسه، F1",
    "aliases": "الأسماء الأخرى", "speaks for": "يتكلم باسم",
    "split": "المادة", "systems": "الأنظمة", "a language model and `rules`": "نموذج لغوي و`rules`",
    "`rules` and the best other baseline of the layer": "`rules` وأحسن نظام مرجعي غيره في الطبقة",
    "stories": "القصص", "disputes": "النزاعات", "pairs": "الأزواج", "not at the floor": "ليست عند الأرضية",
    "rank correlation": "ارتباط الرتب", "95% interval": "فترة الثقة 95%", "together": "معًا",
    **{f"{kind}, F1": f"{word}، F1" for kind, word in {
        "count": "عدد", "measure": "مقدار", "money": "مال", "percent": "نسبة مئوية", "ratio": "نسبة",
        "ordinal": "ترتيب", "date": "تاريخ", "duration": "مدة", "set": "تكرار",
    }.items()},
}  # fmt: skip
"""A cell of the English tables → the same in Arabic, by the terms of guidelines.ar.md."""
_ALIKE = re.compile(
    r"|`?(?:contrast|contrast_dev|contrast_news|dev|news|test)`?|wikidata|n|p|[a-z]+: n|[A-Z]+, F1|[^a-z]*|([a-zA-Z_]+ \d+(, )?)+|[\d.]+ \(\w+\)|a / [bc]"
)
"""Cells that both cards have: figures, keys and names of splits, labels with their counts."""
_TABLE = re.compile(r"(?:^ *\|.*\n)+", re.MULTILINE)


def tables(page: str) -> list[str]:
    """The tables of a page."""
    return _TABLE.findall(page)


def in_arabic(table: str) -> str:
    """A table in Arabic. Raises KeyError for a cell that has no word."""
    lines = [line.strip().strip("|").split("|") for line in table.splitlines()]
    return "\n".join("| " + " | ".join(map(_cell, cells)) + " |" for cells in lines)


def _cell(cell: str) -> str:
    cell = cell.strip()
    if cell in WORDS:
        return WORDS[cell]
    if not _ALIKE.fullmatch(cell):
        raise KeyError(cell)
    return cell.replace(", F1", "، F1")


def written() -> str:
    """The card in Arabic, with every table as it is now."""
    text, english = ARABIC.read_text("utf-8"), tables(ENGLISH.read_text("utf-8"))
    for marker, number in TABLES.items():
        pattern = rf"(?P<indent> *)(?P<begin><!-- {marker}: [^\n]* -->\n).*?(?P<end><!-- /{marker} -->)"
        part = in_arabic(english[number])

        def fill(match: re.Match[str], part: str = part) -> str:
            lines = "".join(f"{match['indent']}{line}\n" for line in part.splitlines())
            return f"{match['indent']}{match['begin']}\n{lines}\n{match['indent']}{match['end']}"

        text, found = re.subn(pattern, fill, text, flags=re.DOTALL)
        assert found == 1, marker
    return text


if __name__ == "__main__":
    ARABIC.write_text(written(), "utf-8")
