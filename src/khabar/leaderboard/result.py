"""Results: one JSON file a submission, all figures with their signature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from khabar.reading.incidents import Incidents
from khabar.records.release import CANARY
from khabar.scoring.result import Score


class StatedFigure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stated figure; None where undefined. A closed board's may be of a kind that is not computed any more."""

    value: float | None
    low: float | None
    high: float | None
    counts: dict[str, int | float]

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95% interval."""
        return None if self.low is None or self.high is None else (self.low, self.high)


class StatedScore(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `khabar score --json` prints."""

    headline: dict[str, float | None]
    intervals: dict[str, tuple[float, float] | None]
    layers: dict[str, dict[str, StatedFigure]]
    set_aside: dict[str, int]
    ungrounded: dict[str, int]
    signature: str


class Result(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a system's predictions (by their SHA-256) scored, on which split of which corpus (version and hash).

    Before there were several splits, all were of `test`.
    """

    system: str
    corpus: str
    split: str = "test"
    hash: str
    predictions: str
    score: StatedScore
    canary: str = CANARY


def result_of(system: str, split: str, predictions: str, score: Score) -> Result:
    """Make the result of a run. `predictions` is the SHA-256 of their file."""
    return Result(
        system=system,
        split=split,
        corpus=score.signature.corpus,
        hash=score.signature.hash,
        predictions=predictions,
        score=msgspec.convert(score.to_dict(), StatedScore),
    )


def as_bytes(record: msgspec.Struct | dict[str, Any]) -> bytes:
    """JSON as it stands in a file: indented, the same bytes for the same record."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def read_result(path: Path, incidents: Incidents) -> Result | None:
    """Read a result. What is wrong with it is added to `incidents`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Result)
    except FileNotFoundError:
        incidents.report("file-missing", f"no {path.name}", file=path, fix="run `khabar leaderboard build`")
    except msgspec.ValidationError as error:
        incidents.report("value-wrong", str(error), file=path, fix="run `khabar leaderboard build`")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        incidents.report("json-broken", str(error) or "nested too deeply", file=path)
    return None
