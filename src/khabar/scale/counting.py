"""Counting a part: the scorer's own counts of some stories, small enough to be sent back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from khabar import collecting
from khabar.reading.checks import check_against
from khabar.reading.gold_checks import check_gold
from khabar.reading.incidents import Incident, errors
from khabar.reading.predictions import split
from khabar.reading.reference import WholeGold, reference
from khabar.records.labels import Layer
from khabar.scale.parts import records
from khabar.scale.problems import Problems
from khabar.scoring.bootstrap import OfStories
from khabar.scoring.counting import Unit
from khabar.scoring.matching import Layer as Scored
from khabar.scoring.metrics import Figure
from khabar.scoring.scorer import TEXT_LAYERS, count

if TYPE_CHECKING:
    from khabar.scoring.counting import Column


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of every part. `turn` numbers the files, by name; `first` is the first file of predictions."""

    layers: Sequence[Layer]
    whole: WholeGold
    turn: dict[str, int]
    first: str


@dataclass(frozen=True, slots=True)
class PartLayer:
    """A layer's counts over the units of a part: its documents in order, or (conflicts) the units named."""

    columns: list[str]
    values: list[Column]
    units: list[Unit] | None
    figures: list[Figure]
    resampled: list[OfStories]
    set_aside: int
    ungrounded: int


@dataclass(slots=True)
class Counted:
    """What comes back of a part."""

    layers: dict[str, PartLayer] = field(default_factory=dict)
    lines: tuple[bytes, ...] = ()
    """Canonical JSON of the part's gold, sorted: its share of the fingerprint."""
    gold: Problems = field(default_factory=Problems)
    form: Problems = field(default_factory=Problems)
    """Problems with the form of predictions."""
    fit: Problems = field(default_factory=Problems)
    """Problems of predictions with gold, but for documents without a line."""
    missing: Problems = field(default_factory=Problems)


@collecting.paused()
def count_part(data: bytes, task: Task) -> Counted:
    """Read, check and count one part. Pure: the same bytes give the same counts wherever they are counted."""
    found = Counted()
    incidents: list[Incident] = []
    given = list(records(data, "gold", incidents))
    incidents += check_gold(given, part=True)
    found.gold.add(incidents, task.turn)
    if errors(incidents):
        return found
    gold = reference(*split(given), whole=task.whole)
    found.lines = gold.lines
    del given
    incidents = []
    predicted = list(records(data, "predictions", incidents))
    found.form.add(incidents, task.turn)
    is_broken = bool(errors(incidents))
    complete = any(layer in TEXT_LAYERS for layer in task.layers)
    incidents = check_against(gold, predicted, complete=complete)
    missing = [each for each in incidents if each.id == "document-missing"]
    found.missing.add([replace(each, file=task.first) for each in missing], task.turn)
    incidents = [each for each in incidents if each.id != "document-missing"]
    found.fit.add(incidents, task.turn)
    if not (is_broken or missing or errors(incidents)):
        counted = count(gold, *split(predicted), layers=task.layers)
        found.layers = {name: _sent(name, layer) for name, layer in counted.layers.items()}
    return found


def _sent(name: str, layer: Scored) -> PartLayer:
    table = layer.table
    assert table is not None, "a counted layer has a table"
    units = list(table.frame.index) if name == "conflicts" else None
    resampled = cast("list[OfStories]", layer.resampled)  # gold in the prediction format has no tokens to tag
    return PartLayer(table.columns, table.values, units, layer.figures, resampled, layer.set_aside, layer.ungrounded)
