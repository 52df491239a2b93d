"""The conflict layer of the rules: pairs of reports, and whether they contradict each other."""

from __future__ import annotations

import pytest

from khabar.records.predictions import Dispute
from khabar.records.rows import Document
from khabar.systems.rules import rules


def disputes(*texts: str) -> list[Dispute]:
    documents = [
        Document(doc_id=str(place), story="s", text=text, sha256="", published="2020-08-10")
        for place, text in enumerate(texts)
    ]
    return rules.disputes("s", documents, [rules(document) for document in documents])


CONTRADICTIONS = [
    (
        "numeric",
        "قالت وزارة الصحة إن حصيلة انفجار مرفأ بيروت بلغت 150 قتيلا.",
        "أعلن الصليب الأحمر أن حصيلة انفجار مرفأ بيروت بلغت 190 قتيلا.",
    ),
    (
        "temporal",
        "ووقع لبنان وقبرص معاهدة ترسيم الحدود البحرية في يونيو 2007 في نيقوسيا.",
        "وكان لبنان وقبرص قد وقعا معاهدة ترسيم الحدود البحرية في يوليو 2009.",
    ),
    (
        "polarity",
        "ونفى حزب الله أن يكون قد خزن أسلحة في مرفأ بيروت.",
        "وقالت إسرائيل إن حزب الله خزن أسلحة في مرفأ بيروت.",
    ),
]

AGREEMENTS = [
    ("refinement", "وقع لبنان معاهدة ترسيم الحدود في 2007.", "وقع لبنان معاهدة ترسيم الحدود في يونيو 2007."),
    ("overlap", "بلغت حصيلة انفجار المرفأ ما بين 150 و200 قتيل.", "بلغت حصيلة انفجار المرفأ 190 قتيلا."),
    ("as of", "بلغت حصيلة انفجار المرفأ 90 قتيلا في 5 أغسطس.", "بلغت حصيلة انفجار المرفأ 190 قتيلا في 9 أغسطس."),
    ("measure", "بلغت حصيلة انفجار المرفأ 150 قتيلا.", "بلغت حصيلة انفجار المرفأ 6000 جريح."),
    ("place", "أصيب 20 جنديا لبنانيا في هجوم مسلح في طرابلس.", "أصيب 35 جنديا لبنانيا في هجوم مسلح في صيدا."),
    ("equal", "بلغت حصيلة انفجار المرفأ 190 قتيلا.", "حصيلة انفجار المرفأ بلغت 190 قتيلا."),
]


DENIALS = [
    ("pronoun", "قالت لندن إن السفينة دخلت المياه الإقليمية. غير أن طهران نفت ذلك.", "السفينة دخلت المياه الإقليمية"),
    ("noun", "قال شهود إن الشرطة أغلقت الميدان الرئيسي.\nونفت الوزارة هذه الأنباء.", "الشرطة أغلقت الميدان الرئيسي"),
    ("untrue", "قالت النقابة إن الشركة سرحت العمال. وقال المدير إن هذا الخبر غير صحيح.", "الشركة سرحت العمال"),
]


@pytest.mark.parametrize(("_why", "text", "denied"), DENIALS)
def test_a_denial_takes_what_it_points_back_to(_why: str, text: str, denied: str) -> None:
    (found,) = disputes(text)
    answers = {side.value: [text[span.start : span.end] for span in side.spans] for side in found.sides}
    assert found.type == "polarity"
    assert answers["yes"] == [denied]
    assert len(answers["no"]) == 1


def test_what_follows_a_denial_does_not_deny_it() -> None:
    assert disputes("ونفى مكتب الرئيس بيع الجزيرة، وقال إنها شائعات لا أساس لها من الصحة.") == []


@pytest.mark.parametrize(("kind", "one", "two"), CONTRADICTIONS)
def test_reports_that_contradict_each_other(kind: str, one: str, two: str) -> None:
    (found,) = disputes(one, two)
    assert found.type == kind
    assert [span.doc_id for side in found.sides for span in side.spans] == ["0", "1"]
    assert len({side.value for side in found.sides}) == 2


@pytest.mark.parametrize(("_why", "one", "two"), AGREEMENTS)
def test_reports_that_only_seem_to(_why: str, one: str, two: str) -> None:
    assert disputes(one, two) == []


def test_the_order_of_the_documents_does_not_matter() -> None:
    texts = [text for _, *pair in CONTRADICTIONS for text in pair]
    there = {(one.type, one.confidence) for one in disputes(*texts)}
    back = {(one.type, one.confidence) for one in disputes(*reversed(texts))}
    assert there == back
    assert len(there) == 3
