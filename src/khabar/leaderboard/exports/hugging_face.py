"""Hugging Face: what a benchmark's `eval.yaml` and a model's `.eval_results/*.yaml` hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from khabar.leaderboard.board import Board
from khabar.leaderboard.ranking import COLUMNS
from khabar.leaderboard.submission import Submission
from khabar.records.labels import LAYERS

FRAMEWORK = "khabar"


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
        "evaluation_framework": FRAMEWORK,
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
