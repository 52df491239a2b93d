"""Where things stand in the eval folder: names, files and the most they may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SUBMISSIONS, BOARDS = "submissions", "board"
CARD, PREDICTIONS, RESULT = "card.toml", "predictions.jsonl", "result.json"
RECORDINGS = ("recording.jsonl", "recording-2.jsonl", "recording-3.jsonl")
"""What a language model answered in up to three runs; the predictions are those of the first."""
BOARD, TABLE, FROZEN = "board.json", "README.md", "frozen.json"

KIB, MIB = 1 << 10, 1 << 20
LARGEST: Mapping[str, int] = {
    CARD: 32 * KIB, PREDICTIONS: 32 * MIB, RESULT: 4 * MIB, BOARD: 32 * MIB, TABLE: 4 * MIB, FROZEN: 4 * MIB,
    **dict.fromkeys(RECORDINGS, 32 * MIB),
}  # fmt: skip
"""The most bytes each file may have."""
OF_A_SUBMISSION = (CARD, PREDICTIONS, RESULT)
OF_A_BOARD = (BOARD, TABLE, FROZEN)
"""What a folder of one version may hold. Boards that closed before there were splits hold all of it there."""
OF_A_SPLIT = {SUBMISSIONS: (PREDICTIONS, RESULT, *RECORDINGS), BOARDS: (BOARD,)}
"""What a folder of a split in it may hold."""

SPLIT = re.compile(r"[a-z][a-z_]{0,31}", re.ASCII)
"""What a split may be called."""


@dataclass(frozen=True, slots=True, order=True)
class SubmissionPlace:
    """Where a submission stands, or is to stand; `files` are those it has, as paths below its folder (with /)."""

    system: str
    version: str
    folder: Path
    files: tuple[str, ...] = ()

    @property
    def card(self) -> Path:
        """The system card, one for all splits."""
        return self.folder / CARD

    @property
    def splits(self) -> list[str]:
        """The splits it has a folder for."""
        return sorted({name.partition("/")[0] for name in self.files if "/" in name})

    def predictions(self, split: str) -> Path:
        """What the system said of a split."""
        return self.folder / split / PREDICTIONS

    def recordings(self, split: str) -> list[Path]:
        """What a model answered, run by run; none where it is not of answers, or these are not kept here."""
        return [self.folder / split / name for name in RECORDINGS if f"{split}/{name}" in self.files]

    def result(self, split: str) -> Path:
        """What that scored."""
        return self.folder / split / RESULT


def place_of(root: Path, system: str, version: str) -> SubmissionPlace:
    """Where a system's submission for a corpus version stands."""
    return SubmissionPlace(system, version, root / SUBMISSIONS / system / version)


def board_folder(root: Path, version: str) -> Path:
    """Where the boards of a corpus version stand: a page for all, and a folder for each split."""
    return root / BOARDS / version


def board_file(root: Path, version: str, split: str) -> Path:
    """Where the board of a split stands."""
    return board_folder(root, version) / split / BOARD
