"""What a scoring run gives back: figures, and the signature that says what they depend on."""

from __future__ import annotations

import json
from collections.abc import Container, Sequence
from dataclasses import dataclass, fields
from html import escape
from typing import TYPE_CHECKING, Any

from khabar.records.labels import LAYERS
from khabar.text.arabic import FOLDING

if TYPE_CHECKING:
    import pandas

Interval = tuple[float, float] | None

PAIR_F = "contrast.pair_f"
"""The headline of conflicts on a contrast set: the share of pairs of which both members are answered right."""


def headline_name(figures: Container[str]) -> str:
    """Name the headline among the figures of a layer."""
    return PAIR_F if PAIR_F in figures else "f1"


def decimal(value: float | None, form: str = ".3f") -> str:
    """A figure as people write it; a dash where it is undefined."""
    return "–" if value is None else format(value, form)


def interval_words(interval: Sequence[float] | None, form: str = ".3f") -> str:
    """An interval as people write it, `[0.663, 0.829]`; a dash where there is none."""
    return "–" if interval is None else f"[{interval[0]:{form}}, {interval[1]:{form}}]"


def figure_words(value: float | None, interval: Sequence[float] | None, form: str = ".3f") -> str:
    """A figure with its interval, if it has one; a dash where it is undefined."""
    ends = "" if value is None or interval is None else f" {interval_words(interval, form)}"
    return decimal(value, form) + ends


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure's value (None: undefined), its 95% interval (None: undefined) and the counts it was made from."""

    value: float | None
    interval: Interval
    counts: dict[str, float]

    def __float__(self) -> float:
        """The value; NaN where it is undefined."""
        return float("nan") if self.value is None else self.value

    def __str__(self) -> str:
        return figure_words(self.value, self.interval)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON form."""
        low, high = self.interval or (None, None)
        return {"value": self.value, "low": low, "high": high, "counts": self.counts}


@dataclass(frozen=True, slots=True)
class Signature:
    """How a result was made. `str()` gives its line, `Signature.parse` reads it back."""

    version: str
    layers: tuple[str, ...]
    corpus: str
    hash: str
    unit: str
    resamples: int
    seed: int
    scheme: str = "exact"
    match: str = "optimal"
    fold: str = FOLDING
    labels: tuple[str, ...] | None = None
    """Labels of the entities that are scored; None: all, and the line does not name them."""

    def __str__(self) -> str:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values["layers"] = "+".join(self.layers)
        values["labels"] = "+".join(self.labels or ())
        if self.labels is None:
            del values["labels"]
        return "khabar|" + "|".join(f"{name}:{value}" for name, value in values.items())

    @classmethod
    def parse(cls, line: str) -> Signature:
        """Read a signature back. Raises ValueError if the line is not one."""
        head, *parts = line.split("|")
        values: dict[str, Any] = dict(part.split(":", 1) for part in parts if ":" in part)
        if head != "khabar" or set(values) | {"labels"} != {field.name for field in fields(cls)}:
            raise ValueError(f"not a khabar signature: {line!r}")
        values |= {name: int(values[name]) for name in ("resamples", "seed")}
        values |= {name: tuple(values[name].split("+")) for name in ("layers", "labels") if name in values}
        return cls(**values)


@dataclass(frozen=True, slots=True, repr=False)
class Score:
    """All figures of a run: `score[layer][figure]`. `headline_name` says which of a layer is its headline."""

    layers: dict[str, dict[str, Measured]]
    overall: float | None
    overall_interval: Interval
    set_aside: dict[str, int]
    ungrounded: dict[str, int]
    signature: Signature

    def __getitem__(self, layer: str) -> dict[str, Measured]:
        """The figures of a layer, by name. Raises KeyError for a layer that was left out."""
        if layer not in self.layers:
            raise KeyError(f"{layer!r} is not scored; there is: {', '.join(self.layers)}")
        return self.layers[layer]

    def __repr__(self) -> str:
        return f"<Score {', '.join(f'{name} {words}' for name, words in self._headlines())}; {self.signature}>"

    def _repr_html_(self) -> str:
        """The headlines as a table, for notebooks."""
        rows = "".join(f"<tr><th>{name}</th><td>{words}</td></tr>" for name, words in self._headlines())
        return f"<table>{rows}<caption>{escape(str(self.signature))}</caption></table>"

    def _headlines(self) -> list[tuple[str, str]]:
        """Name and words of each headline that is there."""
        names = [*self.layers, *([] if self.overall is None else ["overall"])]
        return [(name, figure_words(self.headline[name], self.intervals[name])) for name in names]

    def to_frame(self) -> pandas.DataFrame:
        """Every figure as a row of a pandas table: layer, figure, value, low, high (NaN where undefined)."""
        import pandas as pd

        rows = [
            (layer, name, float(figure), *(figure.interval or (None, None)))
            for layer, figures in self.layers.items()
            for name, figure in figures.items()
        ]
        frame = pd.DataFrame(rows, columns=["layer", "figure", "value", "low", "high"])
        return frame.astype({"value": float, "low": float, "high": float})

    @property
    def headline(self) -> dict[str, float | None]:
        """The four headline figures and their plain mean; None where undefined or left out."""
        values: dict[str, float | None] = dict.fromkeys(LAYERS)
        return (
            values
            | {layer: figures[headline_name(figures)].value for layer, figures in self.layers.items()}
            | {"overall": self.overall}
        )

    @property
    def intervals(self) -> dict[str, list[float] | None]:
        """95% intervals of the headline figures, under the same keys."""
        intervals: dict[str, Interval] = dict.fromkeys(LAYERS)
        intervals |= {layer: figures[headline_name(figures)].interval for layer, figures in self.layers.items()}
        intervals["overall"] = self.overall_interval
        return {layer: list(ends) if ends else None for layer, ends in intervals.items()}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON form, as `khabar score --json` prints it."""
        return {
            "headline": self.headline,
            "intervals": self.intervals,
            "layers": {
                layer: {name: figure.to_dict() for name, figure in figures.items()}
                for layer, figures in self.layers.items()
            },
            "set_aside": self.set_aside,
            "ungrounded": self.ungrounded,
            "signature": str(self.signature),
        }

    def to_json(self) -> str:
        """JSON text without NaN, the same bytes for the same score."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=2)
