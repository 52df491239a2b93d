"""What can be told of a result without its corpus: figures that no predictions give."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.leaderboard.drift import CLOSE
from khabar.leaderboard.result import Figure, Result, Scores
from khabar.reading.incidents import Incident


def impossible(stated: Result, file: str) -> list[Incident]:
    """Find figures that no predictions give: out of range, not of their counts, or not of one another."""
    return [Incident("result-impossible", message, file) for message in _impossible(stated.score)]


def _impossible(score: Scores) -> Iterator[str]:
    for layer, figures in score.layers.items():
        for name, figure in figures.items():
            yield from _impossible_figure(f"{layer} {name}", name, figure)
        head = figures.get("f1")
        stated = score.headline.get(layer)
        if head is None or head.value != stated:
            yield f"headline {layer} is {stated}, its f1 {None if head is None else head.value}"
    layers = [value for layer, value in score.headline.items() if layer != "overall"]
    known = [value for value in layers if value is not None]
    mean = sum(known) / len(layers) if layers and len(known) == len(layers) else None
    overall = score.headline.get("overall")
    if (mean is None) != (overall is None) or (mean is not None and abs(mean - (overall or 0)) > CLOSE):
        yield f"overall is {overall}, the mean of the layers {mean}"
    for layer, ends in score.intervals.items():
        if ends is not None and not 0 <= ends[0] <= ends[1] <= 1:
            yield f"interval of {layer} is [{ends[0]:g}, {ends[1]:g}]"


def _impossible_figure(path: str, name: str, figure: Figure) -> Iterator[str]:
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
