"""Results for other places: Hugging Face and Every Eval Ever.

Hugging Face takes a benchmark's `eval.yaml` and a model's `.eval_results/*.yaml`; Every Eval Ever
(evaleval/every_eval_ever) a result as a record, and each answer of a recorded run as a line.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from khabar.leaderboard.board import Board
from khabar.leaderboard.board_gold import BoardGold
from khabar.leaderboard.card import Card
from khabar.leaderboard.markdown import seen_text
from khabar.leaderboard.ranking import COLUMNS
from khabar.leaderboard.result import as_bytes
from khabar.leaderboard.submission import Submission
from khabar.reading.files import json_lines, sha256
from khabar.reading.incidents import InputError
from khabar.reading.reference import Reference
from khabar.records.labels import LAYERS
from khabar.scoring.result import PAIR_F
from khabar.systems.endpoint.answers import counts_of
from khabar.systems.endpoint.client import Reply
from khabar.systems.endpoint.prompts import Question

BENCHMARK = "khabar"


def benchmark(version: str, boards: Mapping[str, Board]) -> dict[str, Any]:
    """`eval.yaml` of the dataset: a task for each column of a split, with the config its gold stands in."""
    on = "; ".join(
        f"{split}: {of.documents} articles, stories: {of.stories}, hard disputes: {of.disputes}"
        for split, of in ((split, board.corpus) for split, board in boards.items())
    )
    return {
        "name": "khabar",
        "description": (
            "Arabic news: who and what is named, how many and when, who said what, and where reports of one story "
            f"disagree. {on} (data {version})."
        ),
        "evaluation_framework": BENCHMARK,
        "tasks": [
            {"id": task_id(split, column), "config": column if column in LAYERS else "documents", "split": split}
            for split, board in boards.items()
            for column in board.corpus.columns
        ],
    }


def task_id(split: str, column: str) -> str:
    """What a column of a split's board is called as a task."""
    return f"{split}_{column}"


def evaluation_results(submission: Submission, dataset: str) -> list[dict[str, Any]]:
    """Entries of `.eval_results/*.yaml`: a headline each, as a share of 1; an undefined one has no entry."""
    from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

    score = submission.score
    entries = []
    for column in COLUMNS:
        value, ends = score.headline[column], score.intervals[column]
        if value is not None:
            interval = f"95% interval [{ends[0]:.4f}, {ends[1]:.4f}]; " if ends else ""
            notes = (
                f"split {submission.split}; {interval}predictions sha256 {submission.predictions}; {score.signature}"
            )
            entries.append(
                EvalResultEntry(
                    dataset_id=dataset,
                    task_id=task_id(submission.split, column),
                    value=value,
                    date=submission.card.date,
                    notes=notes,
                )
            )
    return eval_result_entries_to_yaml(entries)


def yaml_bytes(value: Any) -> bytes:
    """YAML in the order given, Arabic as it is."""
    import yaml

    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=120)
    return text.encode()


SCHEMA_VERSION, ANSWER_SCHEMA_VERSION = "0.3.0", "instance_level_eval_0.2.1"
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


def record_path(entry: dict[str, Any]) -> Path:
    """Where a record goes in the datastore. Its UUID, of version 4 by form, follows from the record."""
    name = uuid.UUID(bytes=bytes.fromhex(sha256(as_bytes(entry))[:32]), version=4)
    return Path("data", BENCHMARK, *entry["model_info"]["id"].split("/"), f"{name}.json")


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


def single_answers(submission: Submission, aggregate: dict[str, Any], gold: Reference) -> bytes:
    """Write the answers of the first run, a line each; nothing where no recording is kept. `aggregate` is their record.

    The score of an answer is the F1 of its sample; its counts are in `metadata`, and add up to the official figures.
    The prompt, which holds articles, is not repeated. Which names are one thing is a question without a score.
    """
    answers = submission.runs[0].answers if submission.runs else ()
    scored = sorted((answer for answer in answers if answer[0].asked != "names"), key=lambda answer: answer[0].key)
    return json_lines(_line(*answer, aggregate, gold) for answer in scored)


def with_lines(aggregate: dict[str, Any], path: Path, lines: bytes) -> tuple[dict[str, Any], Path]:
    """A record that names its lines, and where these go: beside it, at `path` below the datastore."""
    lines_path = path.with_name(f"{path.stem}_samples.jsonl")
    named = {
        "format": "jsonl",
        "file_path": lines_path.as_posix(),
        "hash_algorithm": "sha256",
        "checksum": sha256(lines),
        "total_rows": lines.count(b"\n"),
    }
    return {**aggregate, "detailed_evaluation_results": named}, lines_path


def _line(question: Question, reply: Reply, aggregate: dict[str, Any], gold: Reference) -> dict[str, Any]:
    counts = counts_of(question, "" if reply.refusal else reply.content, gold)
    denominator = 2 * counts.tp + counts.fp + counts.fn
    return {
        "schema_version": ANSWER_SCHEMA_VERSION,
        "evaluation_id": aggregate["evaluation_id"],
        "model_id": aggregate["model_info"]["id"],
        "evaluation_name": f"{aggregate['eval_library']['name']} {question.asked}",
        "sample_id": question.key,
        "interaction_type": "single_turn",
        "input": {"raw": question.key, "reference": []},
        "output": {"raw": [reply.content]},
        "answer_attribution": [],
        "evaluation": {
            "score": 2 * counts.tp / denominator if denominator else 1.0,
            "is_correct": not counts.fp and not counts.fn,
        },
        "token_usage": _usage(reply),
        "error": reply.refusal,
        "metadata": {
            "layer": question.asked,
            "story": question.documents[0].story,
            **{name: str(count) for name, count in counts._asdict().items()},
        },
    }


def _usage(reply: Reply) -> dict[str, int] | None:
    if reply.given is None or reply.answered is None:
        return None
    total = reply.given + reply.answered
    return {"input_tokens": reply.given, "output_tokens": reply.answered, "total_tokens": total}


_REPOSITORY = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?/[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?"
)


def repository_id(text: str) -> str:
    """Check the name of a dataset on Hugging Face, OWNER/NAME. Raises InputError."""
    if not _REPOSITORY.fullmatch(text):
        message = f"--dataset {text!r} is not OWNER/NAME"
        raise InputError.of("option-wrong", message, fix="write it as in the address of the dataset")
    return text


def export(
    gold: BoardGold, boards: Mapping[str, Board], submissions: Sequence[Submission], folder: Path, dataset: str
) -> dict[Path, bytes]:
    """Give the files of all exports, each figure under the split it is of.

    `eval.yaml` belongs into the root of the dataset, `eval_results/<system>.yaml` into `.eval_results/` of a system's
    model repository, `every_eval_ever/data/` into that datastore: a record, and the single answers of a recorded run.
    """
    files = {folder / "eval.yaml": yaml_bytes(benchmark(gold.version, boards))}
    for system in dict.fromkeys(submission.system for submission in submissions):
        entries = [
            entry
            for submission in submissions
            if submission.system == system
            for entry in evaluation_results(submission, dataset)
        ]
        files[folder / "eval_results" / f"{system}.yaml"] = yaml_bytes(entries)
    for submission in submissions:
        entry = record(submission, dataset)
        path, store = record_path(entry), folder / "every_eval_ever"
        if lines := single_answers(submission, entry, gold.splits[submission.split]):
            entry, beside = with_lines(entry, path, lines)
            files[store / beside] = lines
        files[store / path] = as_bytes(entry)
    return files
