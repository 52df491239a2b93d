"""The khabar task of lm-eval: questions and answers; the scorer is khabar's own."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache, partial

from datasets import Dataset, DatasetDict

from khabar import harnesses

METRICS = ("entities", "numbers", "quotes", "conflicts", "overall")
Answer = tuple[str, str]


def questions(**_: object) -> DatasetDict:
    """All questions; a chat is written out as one prompt."""
    asked = [
        {"key": key, "prompt": "\n\n".join(f"[{each['role']}]\n{each['content']}" for each in question.messages)}
        for key, question in harnesses.questions().items()
    ]
    return DatasetDict(
        test=Dataset.from_list([{**each, "prompt": each["prompt"] + "\n\n[assistant]\n"} for each in asked])
    )


def answered(doc: dict[str, str], results: list[str]) -> dict[str, Answer]:
    """Hand the answer on to every metric: figures are of the whole corpus, not of one answer."""
    return dict.fromkeys(METRICS, (doc["key"], results[0]))


@lru_cache(maxsize=1)
def _headline(answers: tuple[Answer, ...]) -> dict[str, float | None]:
    return harnesses.score(dict(answers)).headline


def _figure(name: str, answers: Iterable[Answer]) -> float:
    value = _headline(tuple(sorted(answers)))[name]
    return math.nan if value is None else value


entities, numbers, quotes, conflicts, overall = (partial(_figure, name) for name in METRICS)
