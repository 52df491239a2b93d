"""Results for other places: Hugging Face's `.eval_results` and `eval.yaml`, and Every Eval Ever."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from khabar.leaderboard.board import Board
from khabar.leaderboard.exports.every_eval_ever import record, record_path, single_answers, with_lines
from khabar.leaderboard.exports.hugging_face import benchmark, evaluation_results, yaml_bytes
from khabar.leaderboard.gold import BoardGold
from khabar.leaderboard.result import as_bytes
from khabar.leaderboard.submission import Submission
from khabar.reading.incidents import Incident, InputError

_REPOSITORY = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?/[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?"
)


def repository_id(text: str) -> str:
    """Check the name of a dataset on Hugging Face, OWNER/NAME. Raises InputError."""
    if not _REPOSITORY.fullmatch(text):
        message = f"--dataset {text!r} is not OWNER/NAME"
        raise InputError([Incident("option-wrong", message, fix="write it as in the address of the dataset")])
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
