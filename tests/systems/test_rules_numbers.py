"""The number layer of the rules: each row is a text and the numbers it must hold, nothing else."""

from __future__ import annotations

import pytest

from khabar.records.predictions import PredictedNumber
from khabar.records.rows import Document
from khabar.systems.rules import rules

PUBLISHED = "2024-03-13"  # a Wednesday


def said(text: str, published: str | None = PUBLISHED) -> list[PredictedNumber]:
    return list(rules(Document(doc_id="d", story="s", text=text, sha256="", published=published)).numbers)


@pytest.mark.parametrize(
    ("text", "core", "low", "high", "modality", "kind", "unit"),
    [
        ("مقتل 600 جندي", "600", "600", "600", "exact", "count", "جندي"),
        ("مقتل ٦٠٠ جندي", "٦٠٠", "600", "600", "exact", "count", "جندي"),
        ("نزوح 12 ألف شخص", "12 ألف", "12000", "12000", "exact", "count", "شخص"),
        ("نزوح 12,500 شخص", "12,500", "12500", "12500", "exact", "count", "شخص"),
        (
            "حضر ثلاثة وعشرون ألفا وخمسمائة متفرج",
            "ثلاثة وعشرون ألفا وخمسمائة",
            "23500",
            "23500",
            "exact",
            "count",
            "متفرج",
        ),
        ("وصل أحد عشر لاعبا", "أحد عشر", "11", "11", "exact", "count", "لاعب"),
        ("استوردت 1.5 مليون برميل", "1.5 مليون", "1500000", "1500000", "exact", "count", "برميل"),
        ("نحو مليون ونصف المليون لاجئ", "مليون ونصف المليون", "1500000", "1500000", "approx", "count", "لاجئ"),
        ("أكثر من 20 مليار دولار", "20 مليار", "20000000000", None, "more_than", "money", "USD"),
        ("ما يُقدر بـ 14 ألف مقاتل", "14 ألف", "14000", "14000", "approx", "count", "مقاتل"),
        ("ما لا يقل عن 40 مدنيا", "40", "40", None, "at_least", "count", "مدني"),
        ("40 مدنيا على الأقل", "40", "40", None, "at_least", "count", "مدني"),
        ("أقل من خمسة أطفال", "خمسة", None, "5", "less_than", "count", "طفل"),
        ("قد يصل إلى 9 آلاف عامل", "9 آلاف", None, "9000", "at_most", "count", "عامل"),
        ("ما بين 7 آلاف و9 آلاف ناخب", "7 آلاف و9 آلاف", "7000", "9000", "range", "count", "ناخب"),
        ("بين 7 و9 آلاف ناخب", "7 و9 آلاف", "7000", "9000", "range", "count", "ناخب"),
        ("من 30 إلى 40 سفينة", "30 إلى 40", "30", "40", "range", "count", "سفينة"),
        ("آلاف الناخبين", "آلاف", "1000", "10000", "vague", "count", "ناخب"),
        ("عشرات القتلى", "عشرات", "10", "100", "vague", "count", "قتيل"),
        ("أطلقت صاروخين", "صاروخين", "2", "2", "exact", "count", "صاروخ"),
        ("مليوني طالب", "مليوني", "2000000", "2000000", "exact", "count", "طالب"),
        ("ارتفع بنسبة 7.5%", "7.5", "7.5", "7.5", "exact", "percent", "%"),
        ("ثلاثين في المئة", "ثلاثين", "30", "30", "exact", "percent", "%"),
        ("على مساحة 300 كيلومتر مربع", "300", "300", "300", "exact", "measure", "km2"),
        ("بعمق 10 كيلومترات", "10", "10", "10", "exact", "measure", "km"),
        ("خمسة أطنان من القمح", "خمسة", "5", "5", "exact", "measure", "t"),
        ("منذ ثلاث سنوات", "ثلاث", "3", "3", "exact", "duration", "a"),
        ("خلال أسبوع", "أسبوع", "1", "1", "exact", "duration", "wk"),
        ("استمر يومين", "يومين", "2", "2", "exact", "duration", "d"),
        ("بعد أشهر", "أشهر", "1", "10", "vague", "duration", "mo"),
        ("لأول مرة", "أول", "1", "1", "exact", "ordinal", "مرة"),
        ("للمرة الثانية", "الثانية", "2", "2", "exact", "ordinal", "مرة"),
        ("ثلث السكان", "ثلث", "1/3", "1/3", "exact", "ratio", None),
        ("ثلاثة أرباع الأصوات", "ثلاثة أرباع", "3/4", "3/4", "exact", "ratio", None),
    ],
)
def test_quantities(
    text: str, core: str, low: str | None, high: str | None, modality: str, kind: str, unit: str | None
) -> None:
    (one,) = said(text)
    assert one.core is not None
    assert (one.core.text, one.low, one.high, one.modality, one.kind, one.unit) == (
        core, low, high, modality, kind, unit,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "surface", "literal", "edtf"),
    [
        ("في 24 أبريل 2023", "24 أبريل 2023", "2023-04-24", "2023-04-24"),
        ("في 24 أبريل/ نيسان", "24 أبريل/ نيسان", "XXXX-04-24", "2024-04-24"),
        ("في الرابع والعشرين من شباط", "الرابع والعشرين من شباط", "XXXX-02-24", "2024-02-24"),
        ("في كانون الثاني/يناير الماضي", "كانون الثاني/يناير الماضي", "XXXX-01", "2024-01"),
        ("في يونيو 2022", "يونيو 2022", "2022-06", "2022-06"),
        ("في أكتوبر من العام الماضي", "أكتوبر من العام الماضي", "2023-10", "2023-10"),
        ("منذ عام 2014", "عام 2014", "2014", "2014"),
        ("بين يناير ومارس 2023", "يناير ومارس 2023", "2023-01/2023-03", "2023-01/2023-03"),
        ("من 1950 إلى 1953", "1950 إلى 1953", "1950/1953", "1950/1953"),
        ("يوم 5/6/2023", "5/6/2023", "2023-06-05", "2023-06-05"),
        ("أمس الثلاثاء", "أمس الثلاثاء", None, "2024-03-12"),
        ("صباح اليوم الأربعاء", "صباح اليوم الأربعاء", None, "2024-03-13"),
        ("الجمعة الماضي", "الجمعة الماضي", None, "2024-03-08"),
        ("الأحد المقبل", "الأحد المقبل", None, "2024-03-17"),
        ("العام الماضي", "العام الماضي", None, "2023"),
        ("الشهر الماضي", "الشهر الماضي", None, "2024-02"),
        ("خريف العام الماضي", "خريف العام الماضي", None, "2023-23"),
        ("في صيف 2021", "صيف 2021", "2021-22", "2021-22"),
        ("عطلة نهاية الأسبوع", "عطلة نهاية الأسبوع", None, "2024-03-09/2024-03-10"),
        ("في تسعينيات القرن الماضي", "تسعينيات القرن الماضي", "199X", "199X"),
    ],
)
def test_dates(text: str, surface: str, literal: str | None, edtf: str) -> None:
    (one,) = said(text)
    assert (one.kind, one.text, one.edtf_literal, one.edtf) == ("date", surface, literal, edtf)


@pytest.mark.parametrize("published", [None, "", "XXXX", "2024-13-99", "../2024", "غدا"])
def test_a_date_that_cannot_be_resolved_keeps_what_its_words_say(published: str | None) -> None:
    (one,) = said("في 24 أبريل", published)
    assert (one.edtf_literal, one.edtf) == ("XXXX-04-24", None)


@pytest.mark.parametrize("published", ["2024-03-13~", "2024-03-13/2024-03-15", "2024-03-13T10:00"])
def test_the_start_of_what_is_known_of_publication_serves(published: str) -> None:
    assert said("أمس", published)[0].edtf == ("2024-03-12" if "T" not in published else None)


@pytest.mark.parametrize(
    "text",
    [
        "فاز الفريق 2-0",
        "الساعة 14:30",
        "في المقام الأول",
        "قناة فرانس 24",
        "القرن العشرين",
        "مجموعة العشرين",
        "رئيس الوزراء الأول في بلاده",
        "اليوم يجتمعون",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize("text", ["مدافع M777", "المادة السابعة", "مقاتلات إف-16"])
def test_what_only_looks_like_a_number_is_an_ident(text: str) -> None:
    assert [one.kind for one in said(text)] == ["ident"]


def test_the_modifier_stands_outside_the_mention() -> None:
    (one,) = said("قتل أكثر من 30 مدنيا")
    assert one.modifier is not None
    assert (one.modifier.text, one.text, one.counted) == ("أكثر من", "30 مدنيا", "مدنيا")
