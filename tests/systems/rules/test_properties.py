"""The rules as a system: any text at all, offsets that agree with it, nothing in boilerplate, twice the same, in any order."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from khabar.records.predictions import Annotations, PredictedSource, PredictedSpan
from khabar.records.rows import Document, ZoneSpan
from khabar.systems.protocol import StorySystem
from khabar.systems.rules import rules
from tests.systems.rules.stories_read import load

PIECES = """
قال وقالت الرئيس الفرنسي ترامب إن أن أنه 12 ألف ألفا آلاف و500 ما بين مليون دولار % ، . : " “ ” « » ( ) - /
نقلت وكالة رويترز عن قوله نفى وزارة الدفاع البرازيلية جون سميث للأمم المتحدة بحسب وفقا ل 24 أبريل
2024 عام الماضي يوم الاثنين أمس خريف لأول مرة الثانية المادة الرابعة M1991 إف 16 جندي صاروخين منذ أشهر
واحد متحدث باسم الأمين العام لحلف شمال ـ لَـ ٪ ١٢ 19501953 مؤكدا مضيفة وأضاف عبد الله بن معاهدة السلام لل ال
نيسان نصف ثلث من كل و ف ب 31 فبراير 30 رمضان 1441 هـ كما قالت هذا العام إعصار مدينة
"""
WORDS = [*PIECES.split(), "\n"]

texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=4)), max_size=40).map("".join),
)


def document(text: str, doc_id: str = "d", **columns: object) -> Document:
    return Document(doc_id=doc_id, story="s", text=text, sha256="", **columns)  # type: ignore[arg-type]


def spans(said: Annotations) -> Iterator[PredictedSpan]:
    yield from said.entities
    for number in said.numbers:
        yield number
        yield from (span for span in (number.core, number.modifier) if span is not None)
    for quote in said.quotes:
        yield from (*quote.content, *(quote.cue or ()), *(quote.marked or ()))
        yield from (span for span in (quote.speaker_mention,) if span is not None)
        yield from (
            one
            for one in (quote.speaker, quote.addressee, *(quote.source_chain or ()))
            if isinstance(one, PredictedSource)
        )


@settings(max_examples=400, deadline=None)
@given(texts, st.one_of(st.none(), st.text(max_size=12), st.dates().map(str)))
def test_any_text_is_read_and_every_surface_is_the_text_s(text: str, published: str | None) -> None:
    said = rules(document(text, published=published))
    for span in spans(said):
        assert span.start is not None
        assert span.end is not None
        assert 0 <= span.start < span.end <= len(text)
        assert span.text == text[span.start : span.end]


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, max_size=4))
def test_any_story_is_compared(stories: list[str]) -> None:
    documents = [document(text, str(place)) for place, text in enumerate(stories)]
    for one in rules.disputes("s", documents, [rules(each) for each in documents]):
        for side in one.sides:
            for span in side.spans:
                assert span.start is not None
                assert span.end is not None
                assert 0 <= span.start < span.end <= len(stories[int(span.doc_id)])
                assert span.end - span.start <= 350


@settings(max_examples=200, deadline=None)
@given(texts)
def test_entities_nest_or_are_disjoint_and_no_span_stands_twice(text: str) -> None:
    found = [(one.start or 0, one.end or 0) for one in rules(document(text)).entities]
    assert len(set(found)) == len(found)
    for start, end in found:
        for other_start, other_end in found:
            assert not start < other_start < end < other_end


def test_it_follows_both_protocols() -> None:
    assert isinstance(rules, StorySystem)
    assert rules(document("")) == Annotations(doc_id="d")


def test_boilerplate_is_left_out() -> None:
    text = "قال جون سميث إن القمة نجحت.\nإعلان: زوروا باريس في 2025\n"
    cut = text.index("إعلان")
    zones = (ZoneSpan(start=0, end=cut, zone="body"), ZoneSpan(start=cut, end=len(text), zone="boilerplate"))
    said = rules(document(text, zones=zones))
    assert [one.text for one in said.entities] == ["جون سميث"]
    assert said.numbers == ()


def test_the_same_text_gives_the_same_answer() -> None:
    text = "نقلت وكالة رويترز عن وزير الدفاع قوله إن 12 ألف جندي وصلوا أمس إلى كييف."
    assert rules(document(text, published="2024-01-05")) == rules(document(text, published="2024-01-05"))


def test_the_order_of_a_story_s_documents_does_not_matter() -> None:
    documents = load("dam").documents
    said = [rules(one) for one in documents]
    found = rules.disputes("dam", documents, said)
    assert found
    assert rules.disputes("dam", documents[::-1], said[::-1]) == found
