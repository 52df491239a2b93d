"""The prompts: the same in both languages, their examples sound gold, their answers as strict as the schema."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft202012Validator

from khabar import api
from khabar.records import Document
from khabar.records.labels import ENTITY_LABELS, LAYERS, MODALITIES, NUMBER_KINDS, Language
from khabar.systems.endpoint import prompts
from khabar.systems.endpoint.answers import names_of
from khabar.systems.endpoint.prompts import KEYS, Asked, Question, answer_schema, example_articles, rules
from tests.cli.conftest import Khabar
from tests.systems import scripted_server

ASKED: tuple[Asked, ...] = get_args(Asked)
LANGUAGES: tuple[Language, ...] = get_args(Language)
PACKAGE = Path(prompts.__file__).parent / "prompts"
GOLD = Path(__file__).with_name("prompt_examples") / "gold.jsonl"


def answer_in_example(asked: Asked) -> str:
    return (PACKAGE / "examples" / f"{asked}.json").read_text("utf-8")


# -- both languages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(path.name for path in (PACKAGE / "en").iterdir()))
def test_both_languages_say_the_same(name: str) -> None:
    """Line for line: headings, rules, and the Arabic examples of each rule, in their order."""
    english, arabic = ((PACKAGE / language / name).read_text("utf-8").splitlines() for language in LANGUAGES)
    assert len(english) == len(arabic)
    for ours, theirs in zip(english, arabic, strict=True):
        assert re.match(r"#* ?|- ", ours).group() == re.match(r"#* ?|- ", theirs).group()  # type: ignore[union-attr]
        assert re.findall("`.*?`", ours) == re.findall("`.*?`", theirs)
        ours, theirs = (re.findall(r"\d+|\b[A-Z]{3,}\b|\"\w+\"", line) for line in (ours, theirs))
        assert sorted(ours) == sorted(theirs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_is_explained(language: Language) -> None:
    entities, numbers = rules("entities", language), rules("numbers", language)
    assert [label for label in ENTITY_LABELS if f"{label}" not in entities] == []
    assert [word for word in (*NUMBER_KINDS, *MODALITIES) if word not in numbers] == []


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_article_has_its_day(asked: Asked, language: Language) -> None:
    """In the examples, too."""
    documents = tuple(api.load())
    asking = Question(asked, documents if asked in ("conflicts", "names") else documents[:1], language)
    system, user = (message["content"] for message in asking.messages)
    heading = {"en": "Article( [A-Z])?, published ", "ar": "المقال( [A-Z])?، نُشر في "}[language]
    assert len(re.findall(rf"^{heading}2031-0\d-\d\d$", system, re.MULTILINE)) in (1, 2, 4)
    assert re.findall(rf"^{heading}(.*)$", user, re.MULTILINE)
    assert all(str(document.published) in user for document in asking.documents)


def test_lines_are_numbered_as_the_scorer_counts_them() -> None:
    [document, *_] = api.load()
    shown = Question("entities", (document,)).messages[-1]["content"]
    assert re.findall(r"^\[\d+\] .*$", shown, re.MULTILINE) == [
        f"[{number}] {line}" for number, line in enumerate(document.text.split("\n"), start=1)
    ]


def test_an_article_without_a_day_says_so() -> None:
    [document, *_] = (each for each in api.load())
    undated = Document(**{name: getattr(document, name) for name in Document.__struct_fields__} | {"published": None})
    assert "published on an unknown day" in Question("numbers", (undated,)).messages[-1]["content"]


# -- the examples -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ASKED)
def test_the_answer_of_an_example_obeys_the_schema_to_the_letter(asked: Asked) -> None:
    answer = json.loads(answer_in_example(asked))
    assert answer[KEYS[asked]]
    Draft202012Validator(answer_schema(asked)).validate(answer)
    assert all(answer_in_example(asked).strip() in rules(asked, language) for language in LANGUAGES)


@pytest.mark.parametrize("asked", ASKED)
def test_a_schema_fits_strict_servers(asked: Asked) -> None:
    """Every property required, none beyond, no default."""
    schema = answer_schema(asked)
    Draft202012Validator.check_schema(schema)
    for part in (schema, *schema["$defs"].values()):
        assert part["required"] == list(part["properties"])
        assert part["additionalProperties"] is False
    assert "default" not in json.dumps(schema)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answers_of_the_examples_score_1(language: Language, khabar: Khabar) -> None:
    """A model that gives them, through our own reading: every layer, and identity over the articles of a story."""

    def script(question: scripted_server.Question) -> scripted_server.Answer:
        asked = next(asked for asked, key in KEYS.items() if key == question.layer)
        doc_ids = [each.doc_id for each in example_articles() if each.lines[-1] in question.article]
        if doc_ids in (["ex_airport"], ["ex_fire_a", "ex_fire_b"]):
            return scripted_server.Answer(answer_in_example(asked))
        file = GOLD.with_name(f"{doc_ids[0]}.json")  # what the example's story of two articles names
        of_file = asked == "entities" and file.exists()
        return scripted_server.Answer(file.read_text("utf-8") if of_file else f'{{"{question.layer}": []}}')

    with scripted_server.serving(script) as server:
        run = ("run", "openai:tiny", "--gold", GOLD, "--prompts", language, "--json")
        answer = khabar(*run, OPENAI_BASE_URL=server.address)
    assert answer.code == 0, answer.err
    scored = json.loads(answer.out)
    assert scored["headline"] == dict.fromkeys((*LAYERS, "overall"), 1.0)
    assert scored["layers"]["entities"]["identity.lea.f1"]["value"] == 1.0
    assert scored["layers"]["quotes"]["chain.edge_f1"]["value"] == 1.0
    assert scored["layers"]["quotes"]["cue.f1"]["value"] == 1.0
    assert set(scored["ungrounded"].values()) == {0}
    [names] = [asked.article for asked in server.asked if asked.layer == "same"]
    assert names.endswith(prompts.listed(prompts.example_names(), language)), "the names of the example are the model's"


def test_the_prompts_hold_nothing_of_the_corpus() -> None:
    """No five words in a row of an example or a rule stand in the corpus."""
    corpus = {run for document in api.load() for run in _runs(document.text)}
    told = [each.text for each in example_articles()]
    told += [rules(asked, language) for asked in ASKED for language in LANGUAGES]
    assert not corpus & {run for text in told for run in _runs(text)}


def _runs(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


# -- identity -----------------------------------------------------------------------------------------------------------


def test_names_of_a_story_are_joined_by_folding_first() -> None:
    from khabar.records import Annotations, PredictedEntity
    from khabar.systems.endpoint.answers import with_joined_names

    story = [
        Annotations(
            doc_id=doc_id,
            entities=tuple(PredictedEntity(text="x", label="PERS", entity_id=name) for name in names),
        )
        for doc_id, names in (("a", ["هالة نور", "الوزيرة"]), ("b", ["هاله  نور", "سالم", "س"]), ("c", ["نور", ""]))
    ]
    assert [each.name for each in names_of(story)] == ["هالة نور", "الوزيرة", "سالم", "س", "نور"]
    joined = with_joined_names(story, (("نور", "هاله نور"), ("سالم", "س", "nobody"), ("الوزيرة", "نور"), ()))
    assert [[each.entity_id for each in document.entities] for document in joined] == [
        ["هالة نور", "هالة نور"],
        ["هالة نور", "سالم", "سالم"],
        ["هالة نور", ""],
    ]
