"""Every Eval Ever: a result as a record of its aggregate schema, version 0.3.0 (evaleval/every_eval_ever)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from khabar.leaderboard.card import Card
from khabar.leaderboard.markdown import seen_text
from khabar.leaderboard.ranking import COLUMNS
from khabar.leaderboard.result import as_bytes
from khabar.leaderboard.submission import Submission
from khabar.reading.files import sha256
from khabar.scoring.result import PAIR_F

SCHEMA_VERSION = "0.3.0"
BENCHMARK = "khabar"
_METRICS = {
    "overall": ("khabar.overall", "plain mean of the four headlines"),
    "entities": ("khabar.entities.f1", "exact span and label, micro F1"),
    "numbers": ("khabar.numbers.f1", "full tuple, micro F1"),
    "quotes": ("khabar.quotes.f1", "who said what, micro F1"),
    "conflicts": ("khabar.conflicts.f1", "dispute F1"),
    PAIR_F: ("khabar.conflicts.contrast.pair_f", "both members of a contrast pair right"),
}


def record(submission: Submission, dataset: str) -> dict[str, Any]:
    """A record of one result. Without a clock: both times are the day on the card, midnight UTC."""
    card, score = submission.card, submission.score
    when = str(int(datetime.fromisoformat(card.date).replace(tzinfo=UTC).timestamp()))
    model = f"{BENCHMARK}/{submission.system}"
    return {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": f"{BENCHMARK}/{submission.split}/{model}/{when}",
        "evaluation_timestamp": when,
        "retrieved_timestamp": when,
        "source_metadata": {
            "source_name": "khabar leaderboard",
            "source_type": "evaluation_run",
            "source_organization_name": BENCHMARK,
            "evaluator_relationship": "third_party",
        },
        "eval_library": {"name": "khabar", "version": score.signature.version},
        "model_info": {
            "name": card.name,
            "id": model,
            "developer": ", ".join(card.authors),
            "additional_details": _details(card, submission),
        },
        "evaluation_results": [
            _result(submission, column, value, dataset)
            for column in COLUMNS
            if (value := score.headline[column]) is not None
        ],
    }


def record_path(made: dict[str, Any]) -> Path:
    """Where a record goes in the datastore. Its UUID, of version 4 by form, follows from the record."""
    name = uuid.UUID(bytes=bytes.fromhex(sha256(as_bytes(made))[:32]), version=4)
    return Path("data", BENCHMARK, *made["model_info"]["id"].split("/"), f"{name}.json")


def _details(card: Card, submission: Submission) -> dict[str, str]:
    tokens = card.tokens.get(submission.split)
    return {
        "deployment_type": "unknown",
        "model_availability": "unknown",
        "kind": card.kind,
        "licence": card.licence,
        "parameters": str(card.parameters),
        "trained_on": card.trained_on,
        "test_text_seen": seen_text(card.test_text_seen),
        "test_gold_seen": seen_text(card.test_gold_seen),
        **({"unanswered": str(missed)} if (missed := card.unanswered.get(submission.split)) else {}),
        **({"tokens_in": str(tokens[0]), "tokens_out": str(tokens[1])} if tokens else {}),
        **({"cost": card.cost} if card.cost else {}),
        **{f"runs.{column}": f"{low}..{high}" for column, (low, high) in submission.spread.items()},
        "predictions_sha256": submission.predictions,
    }


def _result(submission: Submission, column: str, value: float, dataset: str) -> dict[str, Any]:
    split, score = submission.split, submission.score
    ends, signature = score.intervals[column], score.signature
    metric, words = _METRICS[PAIR_F if PAIR_F in score.layers.get(column, ()) else column]
    details: dict[str, Any] = {"score": value}
    if ends is not None:
        interval = {"lower": ends[0], "upper": ends[1], "confidence_level": 0.95, "method": "percentile bootstrap"}
        details["uncertainty"] = {"confidence_interval": interval, "num_bootstrap_samples": signature.resamples}
    return {
        "evaluation_result_id": f"{BENCHMARK}.{split}.{column}",
        "evaluation_name": f"{BENCHMARK} {split} {column}",
        "source_data": {
            "dataset_name": BENCHMARK,
            "source_type": "hf_dataset",
            "hf_repo": dataset,
            "hf_split": split,
            "additional_details": {"signature": str(signature)},
        },
        "metric_config": {
            "evaluation_description": words,
            "metric_id": metric,
            "metric_name": words,
            "metric_kind": "accuracy" if metric.endswith(PAIR_F) else "f1",
            "metric_unit": "proportion",
            "lower_is_better": False,
            "score_type": "continuous",
            "min_score": 0,
            "max_score": 1,
        },
        "score_details": details,
    }
