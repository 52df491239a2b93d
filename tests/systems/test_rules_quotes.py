"""The quote layer of the rules: each row is a text and who says what in it, through whom."""

from __future__ import annotations

import pytest

from khabar.records.predictions import PredictedQuote, PredictedSource
from khabar.records.rows import Document
from khabar.systems.rules import rules


def said(text: str) -> list[PredictedQuote]:
    return list(rules(Document(doc_id="d", story="s", text=text, sha256="")).quotes)


def name(source: str | PredictedSource | None) -> str:
    assert isinstance(source, PredictedSource)
    return source.text or ""


@pytest.mark.parametrize(
    ("text", "cue", "speaker", "content"),
    [
        (
            "قال وزير المالية المصري محمد معيط إن العجز تراجع.",
            "قال", "محمد معيط", "العجز تراجع",
        ),
        ("وأعلنت منظمة الصحة العالمية أن الوباء انتهى.", "أعلنت", "منظمة الصحة العالمية", "الوباء انتهى"),
        ("الكرملين أكد أنه لن يعلق.", "أكد", "الكرملين", "أنه لن يعلق"),
        ("وكانت أنقرة قد أعلنت أنها ستشارك.", "أعلنت", "أنقرة", "أنها ستشارك"),
        ("قال ماكرون: “سنبقى هنا. لن نغادر”.", "قال", "ماكرون", "سنبقى هنا. لن نغادر"),
        ('وكتب إيلون ماسك على منصة إكس: "انتهى الأمر".', "كتب", "إيلون ماسك", "انتهى الأمر"),
        ("نفت باكستان هذه الاتهامات.", "نفت", "باكستان", "هذه الاتهامات"),
        ("وأدانت قطر القصف على المدينة.", "أدانت", "قطر", "القصف على المدينة"),
        ("ودعا أنطونيو غوتيريش إلى وقف فوري للحرب.", "دعا", "أنطونيو غوتيريش", "وقف فوري للحرب"),
        ("وحذر البنك الدولي من ركود طويل.", "حذر", "البنك الدولي", "ركود طويل"),
        ("قال مسؤولون محليون إن السد انهار.", "قال", "مسؤولون محليون", "السد انهار"),
        ("وبحسب هيئة الأرصاد الجوية، تتراجع الحرارة غدا.", "بحسب", "هيئة الأرصاد الجوية", "تتراجع الحرارة غدا"),
        ("تراجعت المبيعات هذا العام، وفقا لوكالة رويترز.", "وفقا", "وكالة رويترز", "تراجعت المبيعات هذا العام"),
    ],
)  # fmt: skip
def test_one_attribution(text: str, cue: str, speaker: str, content: str) -> None:
    (one,) = said(text)
    assert one.cue is not None
    assert one.cue[0].text == cue
    assert (name(one.speaker), one.content[0].text) == (speaker, content)


def test_an_implicit_subject_is_the_last_speaker_who_agrees() -> None:
    text = "قالت أورسولا فون دير لاين إن الاتفاق جيد. وقال أولاف شولتس إنه يرحب به. وأضافت أن العمل سيستمر."
    last = said(text)[-1]
    assert name(last.speaker) == "أورسولا فون دير لاين"
    assert last.speaker_mention is None


def test_a_participle_shares_the_subject_of_its_sentence() -> None:
    rows = said("أعلن بنيامين نتنياهو أن العملية بدأت، مضيفا أن الجيش مستعد.")
    assert [(name(row.speaker), row.content[0].text) for row in rows] == [
        ("بنيامين نتنياهو", "العملية بدأت"),
        ("بنيامين نتنياهو", "الجيش مستعد"),
    ]


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("نقلت وكالة رويترز عن جوزيب بوريل قوله إن الدعم مستمر.", ["وكالة رويترز", "جوزيب بوريل"]),
        (
            "وقالت صحيفة نيويورك تايمز نقلا عن مسؤولين أمريكيين إن الصفقة قريبة.",
            ["صحيفة نيويورك تايمز", "مسؤولين أمريكيين"],
        ),
        ("ذكرت وكالة الأناضول أن هاكان فيدان قال إن الزيارة ناجحة.", ["وكالة الأناضول", "هاكان فيدان"]),
        ("قال الكرملين إن القمة تأجلت.", ["الكرملين"]),
    ],
)
def test_who_passes_it_on_comes_before_who_said_it(text: str, chain: list[str]) -> None:
    (one,) = said(text)
    assert one.source_chain is not None
    assert [name(source) for source in one.source_chain] == chain


@pytest.mark.parametrize(
    "text",
    [
        "لم يقل الوزير إن السد انهار.",
        "ويذكر أن القمة عقدت في الرياض.",
        "أعرب عن أمله في السلام.",
        "وتنص المادة الثالثة على التعاون.",
    ],
)
def test_what_is_no_attribution(text: str) -> None:
    assert said(text) == []


def test_an_addressee_is_neither_speaker_nor_relay() -> None:
    (one,) = said("قال سيرغي لافروف لقناة العربية إن المفاوضات توقفت.")
    assert name(one.addressee) == "قناة العربية"
    assert one.source_chain is not None
    assert [name(source) for source in one.source_chain] == ["سيرغي لافروف"]


def test_marks_decide_the_type() -> None:
    direct, mixed = said('قال ماكرون: "انتهى كل شيء بيننا". وأكد أن بلاده "لن تتراجع" عن القرار.')
    assert (direct.type, mixed.type) == ("direct", "mixed")
    assert mixed.marked is not None
    assert mixed.marked[0].text == "لن تتراجع"
