"""The entity layer of the rules, on short texts written for it: each row is a text and the mentions it must hold."""

from __future__ import annotations

import pytest

from khabar.records.rows import Document
from khabar.systems.rules import known_names, rules


def said(text: str) -> list[tuple[str, str]]:
    document = Document(doc_id="d", story="s", text=text, sha256="")
    return [(one.label, one.text or "") for one in rules(document).entities]


def keys(text: str) -> dict[str, str | None]:
    document = Document(doc_id="d", story="s", text=text, sha256="")
    return {one.text or "": one.entity_id for one in rules(document).entities}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # clitics stay outside, the article inside, fused لل begins at the second lam
        ("سافر وبوتين إلى لندن", [("PERS", "بوتين"), ("GPE", "لندن")]),
        ("توجه الوفد لباريس", [("GPE", "باريس")]),
        ("تقرير للأمم المتحدة", [("ORG", "لأمم المتحدة")]),
        ("صادرات لليابان وبالسويد", [("GPE", "ليابان"), ("GPE", "السويد")]),
        # nesting
        (
            "أعلن وزير الدفاع الإيطالي ذلك",
            [("OCC", "وزير الدفاع الإيطالي"), ("NORP", "الإيطالي")],
        ),
        (
            "قالت وزارة الخارجية السويدية إنها قلقة",
            [("ORG", "وزارة الخارجية السويدية"), ("NORP", "السويدية")],
        ),
        (
            "رئيس هيئة الأركان المشتركة الأمريكية",
            [
                ("OCC", "رئيس هيئة الأركان المشتركة الأمريكية"),
                ("ORG", "هيئة الأركان المشتركة الأمريكية"),
                ("NORP", "الأمريكية"),
            ],
        ),
        (
            "قال المتحدث باسم وزارة الصحة اليونانية",
            [
                ("OCC", "المتحدث باسم وزارة الصحة اليونانية"),
                ("ORG", "وزارة الصحة اليونانية"),
                ("NORP", "اليونانية"),
            ],
        ),
        ("مجلس الأمن التابع للأمم المتحدة", [("ORG", "مجلس الأمن"), ("ORG", "لأمم المتحدة")]),
        # what is no institution
        ("قصفت القوات الإثيوبية مواقع", [("NORP", "الإثيوبية")]),
        ("القوات المسلحة الإثيوبية", [("ORG", "القوات المسلحة الإثيوبية"), ("NORP", "الإثيوبية")]),
        ("الجيش الباكستاني", [("ORG", "الجيش الباكستاني"), ("NORP", "الباكستاني")]),
        ("الحزب الحاكم فاز", []),
        ("قالت اللجنة إن الوزارة وافقت", []),
        # nationalities
        ("الجنود الكوريين الجنوبيين", [("NORP", "الكوريين الجنوبيين")]),
        ("مئات الأتراك في ألمانيا", [("NORP", "الأتراك"), ("GPE", "ألمانيا")]),
        ("العواصم الغربية والضفة الغربية", [("NORP", "الغربية"), ("LOC", "الضفة الغربية")]),
        # treaties, wars, languages, models
        ("وقعت مصر معاهدة السلام مع إسرائيل", [("GPE", "مصر"), ("LAW", "معاهدة السلام"), ("GPE", "إسرائيل")]),
        ("طالب بمعاهدة سلام جديدة", []),
        ("المادة الخامسة من الاتفاق", [("LAW", "المادة الخامسة")]),
        ("منذ الحرب العالمية الثانية", [("EVENT", "الحرب العالمية الثانية")]),
        ("يتحدث اللغة التركية", [("LANGUAGE", "اللغة التركية")]),
        ("دبابات T-90 ومدافع M777", [("PRODUCT", "T-90"), ("PRODUCT", "M777")]),
        ("هبطت في مطار القاهرة الدولي", [("FAC", "مطار القاهرة الدولي"), ("GPE", "القاهرة")]),
        ("بحسب موقع example.com أمس", [("WEBSITE", "example.com")]),
        # an adverb is no name: تركيًا of a person is an adjective
        ("هجوما روسيًا", [("NORP", "روسيًا")]),
    ],
)
def test_mentions(text: str, expected: list[tuple[str, str]]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("قال وزير المالية الأوغندي ماتيا كاسايجا إن الموازنة جاهزة", "ماتيا كاسايجا"),
        ("وصلت المبعوثة الأممية ستيفاني ويليامز إلى طرابلس", "ستيفاني ويليامز"),
        ("التقى السيد فاروق حبيب الوفد", "فاروق حبيب"),
        ("أكد الجنرال مارك ميلي أن القوات باقية", "مارك ميلي"),
        ("وبحث عبد الرحمن اليوسفي الملف", "عبد الرحمن اليوسفي"),
    ],
)
def test_names_outside_the_gazetteer(text: str, name: str) -> None:
    assert ("PERS", name) in said(text)


def test_a_family_name_alone_is_the_person_named_before() -> None:
    found = keys("التقى المستشار الألماني أندرياس مولر الصحفيين. ثم غادر مولر القاعة.")
    assert found["مولر"] == found["أندرياس مولر"]


def test_spellings_and_adjectives_share_a_key() -> None:
    found = keys("بيونغ يانغ أو بيونج يانج، عاصمة البلاد. الرئيس الفرنسي إيمانويل ماكرون زار فرنسا، وقال ماكرون")
    assert found["بيونغ يانغ"] == found["بيونج يانج"]
    assert found["الفرنسي"] == found["فرنسا"]
    assert found["الرئيس الفرنسي"] == found["إيمانويل ماكرون"] == found["ماكرون"]


def test_an_acronym_in_brackets_is_the_institution_before_it() -> None:
    found = keys("أعلنت هيئة الطيران المدني (كاسا) ذلك")
    assert found["كاسا"] == found["هيئة الطيران المدني"]


def test_the_names_known_are_folded() -> None:
    assert {"ماليزيا", "الاسبانيه", "حلف الناتو"} <= known_names()
