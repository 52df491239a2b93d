"""One utterance in several wordings: which words are everybody's, which somebody's, which one's alone."""

from __future__ import annotations

from khabar.records import Document, Quote, Span
from khabar.site.story import compared, evidence, issues_by_status, utterances
from tests.site.conftest import ROOT


def shares(*texts: str) -> list[list[tuple[str, str]]]:
    return [[(run.text, run.share) for run in runs] for runs in compared(texts)]


def test_two_wordings() -> None:
    assert shares("سنكرم دائما الأبطال", "سوف نكرم دائمًا الابطال") == [
        [("سنكرم", "one"), ("دائما الأبطال", "all")],
        [("سوف نكرم", "one"), ("دائمًا الابطال", "all")],
    ]


def test_three_wordings() -> None:
    assert shares("أرسلت قوات إلى روسيا", "أرسلت جنودا إلى روسيا", "نشرت قوات في روسيا")[0] == [
        ("أرسلت قوات إلى", "some"),
        ("روسيا", "all"),
    ]


def test_punctuation_is_nobodys_own() -> None:
    assert shares('قال: "نعم" .', "قال نعم") == [[('قال: "نعم" .', "all")], [("قال نعم", "all")]]


def quote(doc_id: str, text: str, *, marked: str = "", **changed: object) -> Quote:
    span = Span(start=0, end=len(text), text=text)
    at = text.find(marked)
    marks = (Span(start=at, end=at + len(marked), text=marked),) if marked else ()
    return Quote(
        id=f"{doc_id}-{text}", doc_id=doc_id, content=(span,), speaker="x", utterance="u", marked=marks, **changed
    )  # type: ignore[arg-type]


def documents(*names: str) -> list[Document]:
    return [Document(doc_id=name, story="s", text="", sha256="") for name in names]


def test_the_fullest_scored_report_stands_for_its_article() -> None:
    [found] = utterances(
        [quote("a", "نشر القوات كلها في كل مكان", scored=False), quote("a", "نشر القوات"), quote("b", "نشرت القوات")],
        documents("a", "b"),
    )
    assert [wording.quote.content[0].text for wording in found.wordings] == ["نشر القوات", "نشرت القوات"]
    assert [len(wording.also) for wording in found.wordings] == [1, 0]


def test_what_one_article_reports_is_nothing_to_compare() -> None:
    assert utterances([quote("a", "نعم"), quote("a", "لا")], documents("a")) == []


def test_words_in_quotation_marks_that_differ_are_told() -> None:
    same = [quote("a", "أبطال جميعا", marked="أبطال جميعا"), quote("b", "أبطالٌ جميعًا", marked="أبطالٌ جميعًا")]
    assert not utterances(same, documents("a", "b"))[0].altered, "diacritics are no other words"
    other = [quote("a", "أبطال جميعا", marked="أبطال جميعا"), quote("b", "هم أبطال جميعا", marked="هم أبطال جميعا")]
    assert utterances(other, documents("a", "b"))[0].altered
    parts = [quote("a", "أبطال ثم غيره", marked="أبطال"), quote("b", "أبطال ثم غيره", marked="غيره")]
    assert not utterances(parts, documents("a", "b"))[0].altered, "each marks another part"


def test_evidence_is_the_claim_in_its_sentence() -> None:
    """On the real corpus: the claim is whole, and what stands around it is what the article has there."""
    from khabar.corpus.tables import read_split
    from khabar.records import Claim, Conflict

    tables = read_split(ROOT / "corpus", "test")
    texts = {row.doc_id: row for row in tables["documents"] if isinstance(row, Document)}
    claims = [row for row in tables["claims"] if isinstance(row, Claim)]
    for claim in claims:
        said = evidence(claim, texts)
        assert said.head + said.anchor + said.tail == claim.text
        around = said.before.removeprefix("… ") + claim.text + said.after.removesuffix(" …")
        assert around in texts[claim.doc_id].text
        assert "\n" not in said.before + said.after
    issues = [row for row in tables["conflicts"] if isinstance(row, Conflict)]
    told = issues_by_status(issues, claims, "kursk")
    assert sum(map(len, told.values())) == len(issues)
    assert sum(len(p.claims) for each in told.values() for issue in each for p in issue.answers) == len(claims)
