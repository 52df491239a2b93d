"""Where things stand in the eval folder: names, files and the most they may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SUBMISSIONS, BOARDS = "submissions", "board"
CARD, PREDICTIONS, RESULT = "card.toml", "predictions.jsonl", "result.json"
BOARD, TABLE, FROZEN = "board.json", "README.md", "frozen.json"

KIB, MIB = 1 << 10, 1 << 20
OF_A_SUBMISSION: Mapping[str, int] = {CARD: 32 * KIB, PREDICTIONS: 32 * MIB, RESULT: 4 * MIB}
"""The files of a submission, and the most bytes each may have."""
OF_A_BOARD: Mapping[str, int] = {BOARD: 32 * MIB, TABLE: 4 * MIB, FROZEN: 4 * MIB}
"""The same of a board."""


@dataclass(frozen=True, slots=True, order=True)
class SubmissionPlace:
    """Where a submission stands, or is to stand."""

    system: str
    version: str
    folder: Path

    @property
    def card(self) -> Path:
        """The system card."""
        return self.folder / CARD

    @property
    def predictions(self) -> Path:
        """What the system said."""
        return self.folder / PREDICTIONS

    @property
    def result(self) -> Path:
        """What that scored."""
        return self.folder / RESULT


def place_of(root: Path, system: str, version: str) -> SubmissionPlace:
    """Where a system's submission for a corpus version stands."""
    return SubmissionPlace(system, version, root / SUBMISSIONS / system / version)


def board_folder(root: Path, version: str) -> Path:
    """Where the board of a corpus version stands."""
    return root / BOARDS / version
