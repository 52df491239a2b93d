"""Files as other people's tools write them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from khabar.formats.context import Conversion
from khabar.formats.conversion import convert
from khabar.records import Document
from tests.formats import conftest
from tests.formats.conftest import corpus, entities, ids, read_text

TEXT = (
    "قال فلاديمير بوتين رئيس بلدية نابلس إن 13 مليون يورو وصلت.\nموسكو 🙂 تنفي ذلك اليوم، ومجلس الأمن الدولي يجتمع غدا."
)
TEXTS = corpus(d1=TEXT)


def given() -> list[tuple[str, str]]:
    return [(TEXT[start:end], label) for start, end, label in entities(conftest.work_given).get("d1", [])]


def test_flat_conll() -> None:
    work = read_text("conll", "قال O\nفلاديمير B-PER\nبوتين I-PER\n\nموسكو B-LOC\n", TEXTS)
    assert given() == [("فلاديمير بوتين", "PERS"), ("موسكو", "GPE")]
    assert ids(work.incidents) == ["label-coarse", "label-coarse"]
    assert "NORP" in str(list(work.incidents)[1])


def test_nested_wojood() -> None:
    """A token has as many tags as spans it is in, from the outermost; numbers go to their layer without a value."""
    tagged = """رئيس B-OCC
بلدية I-OCC B-ORG
نابلس I-OCC I-ORG B-GPE
إن O
13 B-MONEY
مليون I-MONEY
يورو I-MONEY B-CURR
$#$ O

ومجلس B-ORG
الأمن I-ORG
الدولي I-ORG
"""
    work = read_text("conll", tagged, TEXTS)
    assert given() == [
        ("رئيس بلدية نابلس", "OCC"),
        ("بلدية نابلس", "ORG"),
        ("نابلس", "GPE"),
        ("ومجلس الأمن الدولي", "ORG"),
    ]
    [said] = conftest.work_given
    assert [(number.text, number.kind, number.low) for number in said.numbers] == [("13 مليون يورو", "money", None)]
    assert ids(work.incidents) == ["label-dropped", "label-coarse"]
    assert dict(work.lost) == {"tokens outside entities that are not in the text": 1}


def test_nested_spans_of_one_label() -> None:
    read_text("conll", "رئيس B-OCC\nبلدية I-OCC B-ORG\nنابلس I-OCC I-ORG B-ORG\n", TEXTS)
    assert given() == [("رئيس بلدية نابلس", "OCC"), ("بلدية نابلس", "ORG"), ("نابلس", "ORG")]


def test_a_column_for_each_type() -> None:
    read_text("conll", "رئيس\tB-OCC\tO\nبلدية\tI-OCC\tB-ORG\nنابلس\tI-OCC\tI-ORG\n", TEXTS)
    assert given() == [("رئيس بلدية نابلس", "OCC"), ("بلدية نابلس", "ORG")]


def test_tags_joined_in_a_column() -> None:
    read_text("conll", "رئيس\tB-OCC\nبلدية\tI-OCC|B-ORG\nنابلس\tI-OCC|I-ORG\n", TEXTS)
    assert given() == [("رئيس بلدية نابلس", "OCC"), ("بلدية نابلس", "ORG")]


def test_conll_2003_columns() -> None:
    """Part of speech and chunks are no entities."""
    read_text("conll", "-DOCSTART- -X- -X- O\n\nقال VBD B-VP O\nفلاديمير NNP B-NP B-PER\nبوتين NNP I-NP I-PER\n", TEXTS)
    assert given() == [("فلاديمير بوتين", "PERS")]


def test_gold_beside_predictions_is_asked_about() -> None:
    tagged = "قال O O\nفلاديمير B-PER O\nبوتين I-PER B-PER\n"
    assert ids(read_text("conll", tagged, TEXTS).incidents) == ["columns-unclear"]
    read_text("conll", tagged, TEXTS, columns=(3,))
    assert given() == [("بوتين", "PERS")]


@pytest.mark.parametrize(("repair", "found"), [("conlleval", [("بوتين", "PERS")]), ("discard", [])])
def test_repairs(repair: Any, found: list[tuple[str, str]]) -> None:
    tagged = "قال O\nفلاديمير O\nبوتين I-PERS\n"
    work = read_text("conll", tagged, TEXTS)
    assert ids(work.incidents) == ["tags-broken"]
    assert next(iter(work.incidents)).line == 3
    read_text("conll", tagged, TEXTS, repair=repair)
    assert given() == found


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_line_ends_and_a_byte_order_mark(ends: str) -> None:
    read_text("conll", "\ufeff" + ends.join(["قال O", "فلاديمير B-PERS", "", "موسكو B-GPE", ""]), TEXTS)
    assert given() == [("فلاديمير", "PERS"), ("موسكو", "GPE")]


def test_documents_without_a_name_are_known_by_their_sentences() -> None:
    texts = corpus(a="أعلنت الحكومة في القاهرة قرارا جديدا.\nالأناضول", b="زار الوزير بيروت أمس ثم عاد مساء.\nالأناضول")
    tagged = "زار O\nالوزير O\nبيروت B-GPE\nأمس O\nثم O\n\nالأناضول B-ORG\n\nأعلنت O\nالحكومة O\nفي O\nالقاهرة B-GPE\nقرارا O\n\nالأناضول B-ORG\n"
    read_text("conll", tagged, texts)
    assert entities(conftest.work_given) == {
        "a": [(17, 24, "GPE"), (38, 46, "ORG")],
        "b": [(11, 16, "GPE"), (34, 42, "ORG")],
    }


def test_a_text_of_nobody_is_refused() -> None:
    work = read_text("conll", "هذا O\nكلام O\nآخر O\nعن O\nمدينة O\nأخرى B-GPE\nتماما O\n", TEXTS)
    assert ids(work.incidents) == ["document-unknown"]


def export(text: str = TEXT, shift: int = 0, **task: Any) -> str:
    start = TEXT.index("ومجلس") + 1
    value = {"start": start + shift, "end": start + 16 + shift, "text": TEXT[start : start + 16], "labels": ["ORG"]}
    result = [{"id": "r1", "type": "labels", "from_name": "l", "to_name": "t", "value": value}]
    return json.dumps([{"id": 7, "data": {"text": text}, "annotations": [{"result": result}], **task}])


def test_label_studio_export_without_doc_id() -> None:
    read_text("labelstudio", export(), TEXTS)
    assert given() == [("مجلس الأمن الدول", "ORG")]


def test_label_studio_minimal_export() -> None:
    [task] = json.loads(export())
    value = task["annotations"][0]["result"][0]["value"]
    read_text("labelstudio", json.dumps([{"id": 7, "text": TEXT, "label": [value], "annotator": 1}]), TEXTS)
    assert given() == [("مجلس الأمن الدول", "ORG")]


def test_label_studio_offsets_in_utf16_are_noticed() -> None:
    work = read_text("labelstudio", export(shift=1), TEXTS)
    assert ids(work.incidents) == ["span-surface"]
    assert "UTF-16" in str(next(iter(work.incidents)))
    assert "--repair utf16" in str(next(iter(work.incidents)))
    read_text("labelstudio", export(shift=1), TEXTS, utf16=True)
    assert given() == [("مجلس الأمن الدول", "ORG")]


def test_label_studio_with_two_annotators_is_refused() -> None:
    [task] = json.loads(export())
    work = read_text("labelstudio", export(annotations=task["annotations"] * 2), TEXTS)
    assert ids(work.incidents) == ["format-broken"]
    read_text("labelstudio", export(annotations=[*task["annotations"], {"was_cancelled": True, "result": []}]), TEXTS)
    assert given() == [("مجلس الأمن الدول", "ORG")]


def test_hugging_face_rows_with_integers_and_with_strings() -> None:
    import io

    from datasets import ClassLabel, Dataset, Features, List, Value

    tags = ClassLabel(names=["O", "B-PER", "I-PER"])
    for kind, row in ((tags, [0, 1, 2]), (Value("string"), ["O", "B-PER", "I-PER"])):
        features = Features({"tokens": List(Value("string")), "ner_tags": List(kind)})
        data = Dataset.from_dict({"tokens": [["قال", "فلاديمير", "بوتين"]], "ner_tags": [row]}, features=features)
        out = io.BytesIO()
        data.to_parquet(out)
        read_text("hf", out.getvalue(), TEXTS)
        assert given() == [("فلاديمير بوتين", "PERS")]


def test_hugging_face_integers_without_names_are_refused() -> None:
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({"tokens": [["قال"]], "ner_tags": [[0]]}), out)
    assert ids(read_text("hf", out.getvalue(), TEXTS).incidents) == ["format-broken"]


def test_a_saved_dataset_folder(tmp_path: Path) -> None:
    from datasets import Dataset, DatasetDict

    train = Dataset.from_dict({"tokens": [["نعم"]], "ner_tags": [["B-ORG"]]})
    test = Dataset.from_dict({"tokens": [["فلاديمير", "بوتين"]], "ner_tags": [["B-PERS", "I-PERS"]]})
    DatasetDict(train=train, test=test).save_to_disk(tmp_path / "saved")
    made = convert(tmp_path / "saved", tmp_path / "out.jsonl", Conversion(TEXTS))
    assert (made.source, made.rows["entities"]) == ("hf", 1)


@pytest.mark.slow
def test_spacy_as_a_pipeline_saves_it() -> None:
    """No doc_id, flat entities, a tokeniser of its own, and a text with other white space."""
    import spacy
    from spacy.tokens import DocBin

    nlp = spacy.blank("ar")
    doc = nlp(TEXT.replace("\n", "  "))
    doc.ents = [doc.char_span(TEXT.index("نابلس"), TEXT.index("نابلس") + 5, label="GPE")]
    read_text("spacy", DocBin(docs=[doc]).to_bytes(), TEXTS)
    assert given() == [("نابلس", "GPE")]


@pytest.mark.slow
def test_spacy_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra one is told what to install."""
    from spacy.tokens import DocBin

    data = DocBin().to_bytes()
    monkeypatch.setitem(sys.modules, "spacy.tokens", None)
    work = read_text("spacy", data, TEXTS)
    assert ids(work.incidents) == ["extra-missing"]
    assert 'pip install "khabar[spacy]"' in str(next(iter(work.incidents)))


ANSWERS = {
    "keyed": {"d1": {"entities": [{"text": "فلاديمير بوتين", "label": "PERS"}]}},
    "a list": [{"doc_id": "d1", "entities": [{"text": "فلاديمير بوتين", "type": "PERS"}]}],
    "by label": {"d1": {"entities": {"PERS": ["فلاديمير بوتين"]}}},
    "other labels": {"d1": {"entities": [{"text": "فلاديمير بوتين", "label": "person"}]}},
    "just a list": {"d1": [{"text": "فلاديمير بوتين", "label": "PERS", "start": 99, "end": 3}]},
}


@pytest.mark.parametrize("fenced", [False, True])
@pytest.mark.parametrize("name", ANSWERS)
def test_answers_of_language_models(name: str, fenced: bool) -> None:
    answer = json.dumps(ANSWERS[name], ensure_ascii=False)
    read_text("llm", f"Sure!\n\n```json\n{answer}\n```\nDone." if fenced else answer, TEXTS)
    [said] = conftest.work_given
    assert [(each.text, each.label, each.start) for each in said.entities] == [("فلاديمير بوتين", "PERS", None)]


def test_quotes_of_language_models() -> None:
    quote = {"content": "13 مليون يورو وصلت", "cue": "قال", "speaker": "بوتين", "relayed_by": ["تاس", "بوتين"]}
    read_text("llm", json.dumps({"d1": {"quotes": [quote]}}), TEXTS)
    [said] = conftest.work_given
    [found] = said.quotes
    assert (found.content[0].text, found.speaker and found.speaker.name) == ("13 مليون يورو وصلت", "بوتين")  # type: ignore[union-attr]
    assert [source.name for source in found.source_chain or ()] == ["تاس", "بوتين"]  # type: ignore[union-attr]


def brat(folder: Path, ann: str, text: str = TEXT) -> Conversion:
    (folder / "d1.txt").write_text(text, "utf-8", newline="")
    (folder / "d1.ann").write_text(ann, "utf-8")
    work = Conversion(TEXTS)
    from khabar.formats import brat as module

    conftest.work_given[:] = module.read(folder, work)
    return work


def test_brat_of_others(tmp_path: Path) -> None:
    """Discontinuous spans, relations, attributes, events and notes that predictions have no place for are counted."""
    start = TEXT.index("رئيس")
    ann = (
        f"T1\tPERS 4 18\tفلاديمير بوتين\nT2\tOCC {start} {start + 4};{start + 11} {start + 16}\tرئيس نابلس\n"
        "R1\tholds Arg1:T1 Arg2:T2\nA1\tSure T1\nE1\tT1:T2\n#1\tAnnotatorNotes T1\tsee page 4\nN1\tReference T1 Wikidata:Q7747\tPutin\n"
    )
    work = brat(tmp_path, ann)
    assert not work.incidents
    assert given() == [("فلاديمير بوتين", "PERS"), ("رئيس بلدية نابلس", "OCC")]
    assert sum(work.lost.values()) == 6
    assert "gaps inside entities: the span goes from the first piece to the last" in work.lost


def test_brat_with_other_line_ends(tmp_path: Path) -> None:
    text = TEXT.replace("\n", "\r\n")
    start = text.index("موسكو")
    brat(tmp_path, f"T1\tGPE {start} {start + 5}\tموسكو\n", text)
    assert given() == [("موسكو", "GPE")]


def test_own_documents_keep_their_text(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("نص آخر عن دمشق", "utf-8")
    (tmp_path / "mine.ann").write_text("T1\tGPE 10 14\tدمشق\n", "utf-8")
    texts: dict[str, Document] = TEXTS
    made = convert(tmp_path, tmp_path / "out.jsonl", Conversion(texts))
    [line] = [json.loads(data) for data in made.files.values()]
    assert (line["doc_id"], line["text"], line["entities"][0]["text"]) == ("mine", "نص آخر عن دمشق", "دمشق")
