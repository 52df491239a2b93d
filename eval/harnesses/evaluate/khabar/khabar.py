"""khabar as a module of Hugging Face evaluate: evaluate.load("eval/harnesses/evaluate/khabar")."""

from __future__ import annotations

import json
from typing import Any

import datasets
import evaluate

import khabar


class Khabar(evaluate.Metric):
    """Headlines, intervals and every figure, as `khabar score --json` prints them."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description="Arabic news: entities, numbers, quotes and conflicts, by khabar's own scorer.",
            citation="See CITATION.cff of khabar.",
            inputs_description="predictions: the lines of a file in khabar's prediction format, as strings. "
            "references are not asked for: the gold is the released corpus, or `gold`, a corpus folder or file.",
            features=datasets.Features({"predictions": datasets.Value("string")}),
        )

    def _compute(self, predictions: list[str], gold: str | None = None, **options: Any) -> dict[str, Any]:
        return khabar.score([json.loads(line) for line in predictions], gold=gold, **options).to_dict()
