"""Every Eval Ever at instance level: each answer of a recorded run as a line of that schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from khabar.leaderboard.submission import Submission
from khabar.reading.files import json_lines, sha256
from khabar.reading.reference import Reference
from khabar.systems.endpoint.client import Reply
from khabar.systems.endpoint.prompts import Question
from khabar.systems.endpoint.samples import counts_of

SCHEMA_VERSION = "instance_level_eval_0.2.1"


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
    beside = path.with_name(f"{path.stem}_samples.jsonl")
    named = {
        "format": "jsonl",
        "file_path": beside.as_posix(),
        "hash_algorithm": "sha256",
        "checksum": sha256(lines),
        "total_rows": lines.count(b"\n"),
    }
    return {**aggregate, "detailed_evaluation_results": named}, beside


def _line(question: Question, reply: Reply, aggregate: dict[str, Any], gold: Reference) -> dict[str, Any]:
    counts = counts_of(question, "" if reply.refusal else reply.content, gold)
    whole = 2 * counts.tp + counts.fp + counts.fn
    return {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": aggregate["evaluation_id"],
        "model_id": aggregate["model_info"]["id"],
        "evaluation_name": f"{aggregate['eval_library']['name']} {question.asked}",
        "sample_id": question.key,
        "interaction_type": "single_turn",
        "input": {"raw": question.key, "reference": []},
        "output": {"raw": [reply.content]},
        "answer_attribution": [],
        "evaluation": {
            "score": 2 * counts.tp / whole if whole else 1.0,
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
