"""What the rules find in invented sentences, a data file for each layer: see `cases/`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from khabar.records import Annotations, Document, PredictedNumber, PredictedSource
from khabar.systems.rules import rules
from khabar.text.arabic import fold

FOLDER = Path(__file__).parent / "cases"


def document(text: str) -> Document:
    return Document(doc_id="d", story="s", text=text, sha256="", published="2031-03-19")


def entities(said: Annotations) -> list[str]:
    return [f"{one.label} {one.text}" for one in said.entities]


def number(one: PredictedNumber) -> str:
    if one.kind == "date":
        return f"{one.text}; date; {one.edtf}"
    bounds = [f"{one.low or ''}..{one.high or ''}", *(part for part in (one.modality, one.unit) if part)]
    return f"{one.text}; {one.kind}; {' '.join(bounds)}"


def numbers(said: Annotations) -> list[str]:
    return [number(one) for one in said.numbers]


def quotes(said: Annotations) -> list[str]:
    found = []
    for one in said.quotes:
        assert isinstance(one.speaker, PredictedSource)
        cue = (one.cue or ())[0].text if one.cue else "-"
        found.append(f"{one.speaker.text}; {cue}; {' + '.join(span.text or '' for span in one.content)}")
    return found


def cases() -> list[object]:
    layers: dict[str, Callable[[Annotations], list[str]]] = {"entities": entities, "numbers": numbers, "quotes": quotes}
    found: list[object] = []
    for layer, read in layers.items():
        lines = (FOLDER / f"{layer}.txt").read_text("utf-8").split("\n")[1:]
        for text, expected in zip(lines[::3], lines[1::3], strict=True):
            found.append(pytest.param(read, text.replace("/", "\n") if layer == "quotes" else text, expected, id=text))
    return found


@pytest.mark.parametrize(("read", "text", "expected"), cases())
def test_case(read: Callable[[Annotations], list[str]], text: str, expected: str) -> None:
    found = " | ".join(read(rules(document(text))))
    assert fold(found) == fold(expected)


def test_spellings_of_a_name_adjectives_and_offices_share_a_cluster() -> None:
    text = "زار الرئيس دونالد ترامب فرنسا. وقال ترامب للصحفيين الفرنسيين إنه سعيد."
    keys = {(one.label, one.text): one.entity_id for one in rules(document(text)).entities}
    assert keys["PERS", "دونالد ترامب"] == keys["PERS", "ترامب"] == keys["OCC", "الرئيس"]
    assert keys["GPE", "فرنسا"] == keys["NORP", "الفرنسيين"]


def test_a_relay_makes_a_chain() -> None:
    (quote,) = rules(document("نقلت وكالة شينخوا عن رئيس جامعة بكين قوله إن عدد الطلاب تضاعف.")).quotes
    chain = [one.text for one in quote.source_chain or () if isinstance(one, PredictedSource)]
    assert chain == ["وكالة شينخوا", "رئيس جامعة بكين"]


def test_without_a_day_of_publication_relative_dates_are_found_and_not_resolved() -> None:
    text = "التقى الوفدان الجمعة في نوفمبر."
    said = rules(Document(doc_id="d", story="s", text=text, sha256=""))
    assert [(one.text, one.edtf, one.edtf_literal) for one in said.numbers] == [
        ("الجمعة", None, None),
        ("نوفمبر", None, "XXXX-11"),
    ]
