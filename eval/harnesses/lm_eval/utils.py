"""The khabar task of lm-eval: questions, and the counts of answers; the scorer is khabar's own."""

from __future__ import annotations

from datasets import Dataset, DatasetDict

from khabar import harnesses


def questions(split: str = "test", **_: object) -> DatasetDict:
    """All questions of a split (`--metadata '{"split": "dev"}'`); a chat is written out as one prompt."""
    asked = [
        {
            "key": key,
            "split": split,
            "layer": question.asked,
            "story": question.documents[0].story,
            "prompt": "\n\n".join(each["content"] for each in question.messages),
        }
        for key, question in harnesses.questions(split).items()
    ]
    return DatasetDict(test=Dataset.from_list(asked))


def counted(doc: dict[str, str], results: list[str]) -> dict[str, object]:
    """The counts of an answer, under its layer; they add up to the layer's figure."""
    counts = harnesses.counts(doc["key"], results[0], doc["split"])
    return {doc["layer"]: counts, "overall": (doc["layer"], counts)}


entities = numbers = quotes = conflicts = harnesses.f1
overall = harnesses.overall
