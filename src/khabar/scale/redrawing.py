"""Redrawing in parts: each part is told how often its documents are drawn, and says its share of the figures.

The draws are those that are made when everything is counted at once. They are made once, for the whole, some draws at a
time, and wait on disk: a byte a document and draw.
"""

from __future__ import annotations

import pickle
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khabar.scale.counting import PartLayer
from khabar.scale.workers import Progress, Workers
from khabar.scoring.counting import Frame
from khabar.scoring.redrawing import Adding, Parted, Point, figures_of, times_drawn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from khabar.scoring.redrawing import Array, Sums
    from khabar.scoring.redrawing import Draws as Times


@dataclass(frozen=True, slots=True)
class Redrawn:
    """Figures beyond column sums whose parts are redrawn already, from one seed and a number of draws."""

    summary: Adding
    draws: Mapping[str, Array]
    seed: int
    resamples: int

    def points(self) -> dict[str, Point]:
        """The figures."""
        return self.summary.points()

    def redraw(self, frame: Frame, seed: int, resamples: int) -> Mapping[str, Array]:
        """The figures on resamples. Raises ValueError if these are others than were drawn."""
        if (seed, resamples) != (self.seed, self.resamples):
            made = f"{self.resamples} resamples from seed {self.seed}"
            raise ValueError(f"parts were redrawn with {made}, not {resamples} from seed {seed}")
        return self.draws


class Redrawing:
    """What waits, in a folder, until everything is counted and is redrawn then: layers of parts."""

    def __init__(self, folder: Path, workers: Workers, seed: int, resamples: int) -> None:
        self._folder, self._workers, self._seed, self._resamples = folder, workers, seed, resamples
        self._wholes: dict[str, Adding] = {}
        self._layers: dict[int, list[str]] = {}

    def keep(self, part: int, layers: Mapping[str, PartLayer]) -> None:
        """Keep what the layers of a part are redrawn from, and add up what they say."""
        for name, layer in layers.items():
            if layer.summary is not None:
                before = self._wholes.get(name)
                self._wholes[name] = layer.summary if before is None else before + layer.summary
                self._path(part, name).write_bytes(layer.parted)
                self._layers.setdefault(part, []).append(name)

    def redrawn(self, frame: Frame, where: Sequence[NDArray[np.intp]], progress: Progress) -> dict[str, Redrawn]:
        """Redraw all parts; gives each layer's figures. `where` holds the indices of each part's units in the frame."""
        wholes = {name: whole for name, whole in self._wholes.items() if _is_measured(whole)}
        draws = Draws(self._folder / "draws", where, self._resamples)
        if wholes:
            draws.write(frame, self._seed, progress)
        totals: dict[str, dict[str, NDArray[np.object_]]] = {name: {} for name in self._wholes}
        parts = [part for part, names in self._layers.items() if wholes.keys() & names]
        given = ((part, (self._parted(part, wholes), wholes, draws.of(part))) for part in parts)
        for done, (_, found) in enumerate(self._workers.each(shares, given), start=1):
            for name, sums in found.items():
                add_share(totals[name], sums)
            progress("redrawing", done, len(parts))
        return {
            name: Redrawn(whole, figures_of(whole, totals[name]) if totals[name] else {}, self._seed, self._resamples)
            for name, whole in self._wholes.items()
        }

    def _path(self, part: int, layer: str) -> Path:
        return self._folder / f"{part:05}.{layer}"

    def _parted(self, part: int, layers: Collection[str]) -> dict[str, bytes]:
        return {name: self._path(part, name).read_bytes() for name in self._layers[part] if name in layers}


def _is_measured(whole: Adding) -> bool:
    return any(point.value is not None for point in whole.points().values())


def add_share(totals: dict[str, NDArray[np.object_]], sums: Sums) -> None:
    """Add a part's share, as integers that do not overflow: their sum has the same bits in whatever order."""
    for name, values in sums.items():
        totals[name] = values.astype(object) + totals.get(name, 0)


def shares(parted: Mapping[str, bytes], wholes: Mapping[str, Adding], times: Times) -> dict[str, Sums]:
    """Redraw the layers of a part: what each adds to the sums that its figures are quotients of.

    `parted` holds what they are redrawn from, pickled by `khabar.scale.counting`; `times` is draws × units.
    """
    import numpy as np

    by_unit = np.ascontiguousarray(times.T)
    found: dict[str, Sums] = {}
    for layer, data in parted.items():
        part: Parted[Any] = pickle.loads(data)
        found[layer] = part.sums(by_unit, wholes[layer])
    return found


class Draws:
    """How often each document is drawn, in a file where what each part has to know lies together."""

    def __init__(self, path: Path, where: Sequence[NDArray[np.intp]], resamples: int) -> None:
        self._path, self._where, self._resamples = path, where, resamples

    def write(self, frame: Frame, seed: int, progress: Progress) -> None:
        """Draw all units of a frame; `where` gives the indices of each part's among them."""
        import numpy as np

        done = 0
        ends = np.cumsum([len(units) for units in self._where]).tolist()
        by_part = np.concatenate(self._where)
        with self._path.open("wb") as stream:
            for times in times_drawn(frame, seed, self._resamples):
                sorted_times = times.take(by_part, axis=1)
                for first, last in pairwise([0, *ends]):
                    stream.seek(self._resamples * first + done * (last - first))
                    stream.write(sorted_times[:, first:last].tobytes())
                done += len(times)
                progress("drawing", done, self._resamples)

    def of(self, part: int) -> Times:
        """How often the units of a part are drawn: draws × units."""
        import numpy as np

        shape = self._resamples, len(self._where[part])
        start = self._resamples * sum(map(len, self._where[:part]))
        return np.fromfile(self._path, np.uint8, shape[0] * shape[1], offset=start).reshape(shape)
