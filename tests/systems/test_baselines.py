"""The baselines that people know, each on a text made up for it: what they find, and what they cannot."""

from __future__ import annotations

import sys

import msgspec
import pytest

from khabar.reading.files import sha256
from khabar.reading.incidents import InputError
from khabar.reading.reference import Reference
from khabar.records import Annotations, Document, PredictedEntity
from khabar.systems.baselines.patterns import (
    DenialCue,
    SearchDates,
    ValueMismatch,
    digits,
    digits_multipliers,
    quote_marks,
)
from khabar.systems.baselines.tagger import Tagger
from khabar.systems.registry import find_system
from khabar.systems.runner import run_system


def article(text: str, doc_id: str = "a", published: str | None = "2025-04-28") -> Document:
    return Document(doc_id=doc_id, story="s", text=text, sha256=sha256(text.encode()), published=published)


def found(said: Annotations, text: str) -> list[tuple[str, str | None, object, str | None]]:
    return [(text[one.start : one.end], one.kind, one.edtf or one.low, one.unit) for one in said.numbers]


NUMBERS = "وصل ١٤ أَلف جندي عام 2024 ودفعوا 2.5 مليون دولار، أي 15% من 1,200 قرية و3"


def test_digits_lose_the_multiplier() -> None:
    assert found(digits(article(NUMBERS)), NUMBERS) == [
        ("١٤", "count", "14", "أَلف"),
        ("2024", "date", "2024", None),
        ("2.5", "count", "2.5", "مليون"),
        ("15%", "percent", "15", "%"),
        ("1,200", "count", "1200", "قرية"),
        ("3", "count", "3", None),
    ]


def test_digits_with_multipliers() -> None:
    said = found(digits_multipliers(article(NUMBERS)), NUMBERS)
    assert said[0] == ("١٤ أَلف", "count", "14000", "جندي")
    assert said[2] == ("2.5 مليون", "count", "2500000.0", "دولار")
    assert said[1::2] == found(digits(article(NUMBERS)), NUMBERS)[1::2]


def test_dateparser_resolves_from_the_day_of_publication() -> None:
    text = "زار بوتين المدينة أمس\nثم عاد في 2023"
    assert found(SearchDates()(article(text)), text) == [
        ("أمس", "date", "2025-04-27", None),
        ("في 2023", "date", "2023", None),
    ]
    assert {one.edtf for one in SearchDates()(article(text, published="2025-04")).numbers} == {None}


def test_quote_marks_go_to_the_nearest_name() -> None:
    text = "قال بوتين «سنكرم دائما الأبطال» أمام ماكرون.\nووصفها “بالرائعة” ثم «عاد إلى بيته مساء»"
    document = article(text)
    first, second = quote_marks(document).quotes
    assert text[first.content[0].start : first.content[0].end] == "سنكرم دائما الأبطال"
    assert not isinstance(first.speaker, str | None)
    assert text[first.speaker.start : first.speaker.end] == "بوتين"
    assert text[second.content[0].start : second.content[0].end] == "عاد إلى بيته مساء"
    assert second.speaker is None  # there is no name on this line


def disputes_of(system: ValueMismatch | DenialCue, *texts: str) -> list[list[list[str]]]:
    documents = [article(text, doc_id) for doc_id, text in zip("abc", texts, strict=False)]
    by_id = {document.doc_id: document.text for document in documents}
    _, disputes = run_system(system, documents)
    return [
        [[by_id[span.doc_id][span.start : span.end] for span in side.spans] for side in dispute.sides]
        for dispute in disputes
    ]


def test_value_mismatch_pairs_articles_that_count_differently() -> None:
    texts = ("قتل 12 جنديا. ووصل 3 آلاف جندي.", "قتل 15 جنديا.", "قتل 12 جنديا و12 مدنيا.")
    assert disputes_of(ValueMismatch(), *texts) == [
        [["قتل 12 جنديا."], ["قتل 15 جنديا."]],
        [["قتل 15 جنديا."], ["قتل 12 جنديا و12 مدنيا."]],
    ]


def test_denial_cue_takes_the_sentence_before() -> None:
    text = "نفى أحد.\nدخلت القوات المدينة في 3.5 ساعات. ونفت كييف ذلك! وارتفع سعر النفط."
    assert disputes_of(DenialCue(), text) == [[["دخلت القوات المدينة في 3.5 ساعات."], ["ونفت كييف ذلك!"]]]


def gold_of(story: list[Document], *named: bool) -> Reference:
    """Gold of a story that marks Putin in the documents where `named` says so."""
    putin = ({"text": "بوتين", "label": "PERS"},)
    lines = [
        {"doc_id": each.doc_id, "story": "s", "text": each.text, "entities": putin if marked else ()}
        for each, marked in zip(story, named, strict=True)
    ]
    return Reference.build(msgspec.convert(lines, list[Annotations]))


def test_the_tagger_learns_from_gold(story: list[Document]) -> None:
    tagger = Tagger([gold_of(story, True, True, True, True)])
    for each in story:
        [putin] = tagger(each).entities
        assert (each.text[putin.start : putin.end], putin.label) == ("بوتين", "PERS")
    tagger = Tagger([gold_of(story, False, False, False, False)])
    assert tagger(story[0]).entities == ()


def test_the_tagger_cuts_off_clitics() -> None:
    moscow = [Document(doc_id=x, story="s", text="وصلوا بموسكو", sha256="") for x in "ab"]
    gold = Reference.build(
        [
            Annotations(
                doc_id=x.doc_id, story="s", text=x.text, entities=(PredictedEntity(start=7, end=12, label="GPE"),)
            )
            for x in moscow
        ]
    )
    [city] = Tagger([gold])(moscow[0]).entities
    assert moscow[0].text[city.start : city.end] == "موسكو"


@pytest.mark.parametrize(
    ("system", "package", "extra"),
    [("dateparser", "dateparser", "dateparser"), ("tagger", "pycrfsuite", "tagger")],
)
def test_a_missing_package_is_named(
    system: str, package: str, extra: str, story: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError) as caught:
        find_system(system, gold_of(story, True, True, True, True))
    [incident] = caught.value.incidents
    assert (incident.id, incident.fix) == ("extra-missing", f"pip install 'khabar[{extra}]'")
