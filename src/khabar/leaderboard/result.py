"""Results: one JSON file a submission, all figures with their signature; and the audit of one that is stated.

It finds figures that no predictions give, and where a result departs from what is scored now.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from khabar.reading.incidents import Incidents
from khabar.reading.shape import read_json
from khabar.records.repository import CANARY
from khabar.scoring.result import Signature, headline_name


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


def as_bytes(record: msgspec.Struct | dict[str, Any]) -> bytes:
    """JSON as it stands in a file: indented, the same bytes for the same record."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def read_result(path: Path, incidents: Incidents) -> Result | None:
    """Read a result. What is wrong with it is added to `incidents`."""
    try:
        return read_json(path, Result)
    except FileNotFoundError:
        incidents.report("file-missing", f"no {path.name}", file=path, fix="run `khabar leaderboard build`")
    except msgspec.ValidationError as error:
        incidents.report("value-wrong", str(error), file=path, fix="run `khabar leaderboard build`")
    except msgspec.DecodeError as error:
        incidents.report("json-broken", str(error), file=path)
    return None


CLOSE = 1e-9
"""Figures this near are the same: the last bits of a percentile depend on the machine. Counts are compared exactly."""
_LISTED = 5
_ABSENT = object()


def audit_alone(stated: Result, file: Path, incidents: Incidents) -> None:
    """Report figures that no predictions give: out of range, not of their counts, or not of one another.

    That can be told without the corpus.
    """
    for message in _impossible(stated.score):
        incidents.report("result-impossible", message, file=file)


def audit(stated: Result, scored: Result, file: Path, incidents: Incidents) -> None:
    """Report where a stated result departs from what was scored, the first few figures of many.

    The version of khabar may differ as long as the figures do not.
    """
    if (stated.corpus, stated.split, stated.hash) != (scored.corpus, scored.split, scored.hash):
        message = (
            f"it is of corpus {ascii(stated.corpus)[1:-1]}, split {ascii(stated.split)[1:-1]}, hash "
            f"{ascii(stated.hash)[1:-1]}; this one is {scored.corpus}, split {scored.split}, hash {scored.hash}"
        )
        incidents.report("result-other-corpus", message, file=file)
        return
    departures: list[tuple[str, Any, Any]] = []
    if _without_version(stated.score.signature) != _without_version(scored.score.signature):
        departures.append(("signature", stated.score.signature, scored.score.signature))
    ours, theirs = (
        msgspec.to_builtins(msgspec.structs.replace(each, score=msgspec.structs.replace(each.score, signature="")))
        for each in (stated, scored)
    )
    departures += differing(ours, theirs)
    for path, said, is_now in departures[:_LISTED]:
        incidents.report("result-drift", f"{path}: stated {shown(said)}, re-scored {shown(is_now)}", file=file)
    if len(departures) > _LISTED:
        incidents.report("result-drift", f"and {len(departures) - _LISTED} more figures", file=file)


def differing(a: Any, b: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """Where two JSON values differ, as (path, in a, in b); floats that differ in their last bits do not."""
    if isinstance(a, dict) and isinstance(b, dict):
        return [
            difference
            for key in dict.fromkeys((*b, *a))
            for difference in differing(a.get(key, _ABSENT), b.get(key, _ABSENT), f"{path} {key}".strip())
        ]
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)) and len(a) == len(b):
        pairs = enumerate(zip(a, b, strict=True))
        return [difference for index, (x, y) in pairs for difference in differing(x, y, f"{path} [{index}]")]
    same = abs(a - b) <= CLOSE if _is_float(a) and _is_float(b) else a == b and type(a) is type(b)
    return [] if same else [(path, a, b)]


def shown(value: Any) -> str:
    """A JSON value, cut to what a message can hold."""
    text = "nothing" if value is _ABSENT else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _is_float(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool))


def _without_version(line: str) -> tuple[Any, ...] | None:
    try:
        signature = Signature.parse(line)
    except ValueError:
        return None
    return tuple(getattr(signature, name) for name in signature.__slots__ if name != "version")


def _impossible(score: StatedScore) -> Iterator[str]:
    for layer, figures in score.layers.items():
        for name, figure in figures.items():
            yield from _impossible_figure(f"{layer} {name}", name, figure)
        head = figures.get(headline_name(figures))
        stated = score.headline.get(layer)
        if head is None or head.value != stated:
            yield f"headline {layer} is {stated}, its figure {None if head is None else head.value}"
    layers = [value for layer, value in score.headline.items() if layer != "overall"]
    known = [value for value in layers if value is not None]
    mean = sum(known) / len(layers) if layers and len(known) == len(layers) else None
    overall = score.headline.get("overall")
    if (mean is None) != (overall is None) or (mean is not None and abs(mean - (overall or 0)) > CLOSE):
        yield f"overall is {overall}, the mean of the layers {mean}"
    for layer, ends in score.intervals.items():
        if ends is not None and not 0 <= ends[0] <= ends[1] <= 1:
            yield f"interval of {layer} is [{ends[0]:g}, {ends[1]:g}]"


def _impossible_figure(path: str, name: str, figure: StatedFigure) -> Iterator[str]:
    if any(count < 0 for count in figure.counts.values()):
        yield f"{path} has a count below 0"
    ratio = name.rsplit(".", 1)[-1] in ("f1", "precision", "recall", "accuracy")
    ends = [end for end in (figure.low, figure.high) if end is not None]
    if ratio and any(not 0 <= each <= 1 for each in (*ends, figure.value or 0)):
        yield f"{path} is not between 0 and 1"
    if len(ends) == 1 or ends != sorted(ends):
        yield f"{path} has the interval [{figure.low}, {figure.high}]"
    parts = {column.rsplit(".", 1)[-1]: count for column, count in figure.counts.items()}
    if name.rsplit(".", 1)[-1] == "f1" and parts.keys() == {"tp", "fp", "fn"}:
        total = 2 * parts["tp"] + parts["fp"] + parts["fn"]
        f1 = 2 * parts["tp"] / total if total else None
        if (f1 is None) != (figure.value is None) or abs((f1 or 0) - (figure.value or 0)) > CLOSE:
            yield f"{path} is {figure.value}, its counts give {f1}"
