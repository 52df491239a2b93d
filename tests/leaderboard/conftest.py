"""A tiny corpus, and an eval folder with three submissions to its board, made through the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from khabar.cli.app import app
from khabar.leaderboard.board_gold import BoardGold, read_board_gold
from khabar.leaderboard.build import check
from khabar.reading.incidents import Incident, InputError
from khabar.reading.reference import Reference

SHARED = Path(__file__).parents[1] / "incidents" / "shared"
CARD = (SHARED / "card.toml").read_text("utf-8")


@dataclass(frozen=True)
class Answer:
    """What a command gives back; `refused` holds the incidents of bad input (exit code 2)."""

    code: int
    out: str
    err: str
    refused: tuple[Incident, ...] = ()

    @property
    def ids(self) -> list[str]:
        return [incident.id for incident in self.refused]


def khabar(*args: str | Path) -> Answer:
    """Run a command in this process. Nobody may see an exception but InputError, which the program prints."""
    done = CliRunner().invoke(app, list(map(str, args)))
    if isinstance(done.exception, InputError):
        return Answer(2, done.stdout, done.stderr, done.exception.incidents)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Answer(done.exit_code, done.stdout, done.stderr)


@dataclass(frozen=True)
class Leaderboard:
    """An eval folder and the corpus its board is of."""

    root: Path
    corpus: Path

    def __call__(self, command: str, *args: str | Path) -> Answer:
        return khabar("leaderboard", command, "--eval", self.root, "--gold", self.corpus, *args)

    def add(self, name: str, system: str, card: str = CARD, **changed: str) -> Answer:
        """Submit what a system says, under a card with a name of its own."""
        file = self.root.parent / f"{name.replace('/', '-')}.toml"
        file.write_text(card.replace("My extractor", changed.get("shown", name)), "utf-8")
        return self("add", name, "--run", system, "--card", file)

    def check(self, base: Path | None = None) -> list[Incident]:
        return list(check(self.root, self.gold, base=base).incidents)

    @property
    def ids(self) -> list[str]:
        """Ids of what a check finds."""
        return [incident.id for incident in self.check()]

    @property
    def gold(self) -> BoardGold:
        return read_board_gold(self.corpus)

    @property
    def reference(self) -> Reference:
        return self.gold.splits["test"]

    def folder(self, system: str = "rules") -> Path:
        """A system's submission: its card and a folder for each split."""
        return self.root / "submissions" / system / "0.1.0"

    def of_test(self, system: str = "rules") -> Path:
        return self.folder(system) / "test"

    @property
    def board_file(self) -> Path:
        return self.root / "board" / "0.1.0" / "test" / "board.json"

    @property
    def board(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.board_file.read_text("utf-8"))
        return found

    @property
    def page(self) -> str:
        return (self.root / "board" / "0.1.0" / "README.md").read_text("utf-8")


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    built = khabar(
        "corpus", "build", "--seeds", SHARED / "seeds", "--gold", SHARED / "gold", "--out", folder / "corpus"
    )
    assert built.code == 0, built.err
    return folder / "corpus"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Path:
    board = Leaderboard(tmp_path_factory.mktemp("made") / "eval", corpus)
    numbers_alone = CARD + 'layers = ["numbers"]\n'
    for name, card in (("rules", CARD), ("empty", CARD), ("counter", numbers_alone)):
        added = board.add(name, name if name in ("rules", "empty") else "rules", card)
        assert added.code == 0, added
    assert board("build").code == 0
    return board.root


@pytest.fixture
def board(tmp_path: Path, made: Path, corpus: Path) -> Leaderboard:
    """A sound leaderboard: rules, empty, and a system that speaks of numbers alone."""
    shutil.copytree(made, tmp_path / "eval")
    return Leaderboard(tmp_path / "eval", corpus)


@pytest.fixture
def edit(board: Leaderboard) -> Callable[[Path, str, str], None]:
    """Replace a text that stands once in a file."""

    def replace(path: Path, old: str, new: str) -> None:
        text = path.read_text("utf-8")
        assert text.count(old) == 1, text.count(old)
        path.write_text(text.replace(old, new), "utf-8")

    return replace
