"""Sensitivity to a single dispute: the ranks if a system had found one more or one fewer, and if one were not there.

With a handful of hard disputes a rank on the conflicts layer, and with it overall, may hang on one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from khabar.leaderboard.ranking import ranks
from khabar.records.labels import LAYERS
from khabar.scoring.tally import Tally

_DISPUTE = "dispute "
"""How a hard dispute's unit begins in the counts; where whole stories are drawn there is none."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How a system's rank hangs on single disputes, in one column. None: there is none to win, or to lose.

    `without` gives the rank if a dispute, by its issue_id, had not been among the gold.
    """

    rank: int
    if_won: int | None
    if_lost: int | None
    without: dict[str, int]

    @property
    def moves(self) -> bool:
        """Whether any of that is another rank."""
        return any(other not in (None, self.rank) for other in (self.if_won, self.if_lost, *self.without.values()))


@dataclass(frozen=True, slots=True)
class _Run:
    """Of one system: disputes found and missed, and how many false records."""

    disputes: Mapping[str, bool]
    false: int

    @classmethod
    def of(cls, counted: Tally) -> _Run | None:
        """The disputes of a run; None where it has no such units."""
        if "conflicts" not in counted.layers:
            return None
        disputes: dict[str, bool] = {}
        false = 0
        for (_, name), row in counted.layers["conflicts"].counts.rows.items():
            false += int(row.get("dispute.fp", 0))
            if isinstance(name, str) and name.startswith(_DISPUTE):
                disputes[name.removeprefix(_DISPUTE)] = bool(row.get("dispute.tp", 0))
        return cls(dict(sorted(disputes.items())), false) if disputes else None

    @property
    def right(self) -> int:
        """How many disputes were found."""
        return sum(self.disputes.values())

    def f1(self, *, more: int = 0, without: str | None = None) -> float | None:
        """Dispute F1 with `more` disputes found than were, or one left out of the gold."""
        kept = [right for dispute, right in self.disputes.items() if dispute != without]
        tp = sum(kept) + more
        total = tp + len(kept) + self.false  # 2TP + FP + FN, as TP + FN are all disputes
        return 2 * tp / total if total else None


def sensitivity(
    headlines: Mapping[str, Mapping[str, float | None]], counted: Mapping[str, Tally]
) -> dict[str, dict[str, Sensitivity]]:
    """For `conflicts` and `overall`, how each ranked system's rank hangs on one dispute. Empty without such units."""
    runs = {name: run for name, each in counted.items() if (run := _Run.of(each)) is not None}
    result: dict[str, dict[str, Sensitivity]] = {}
    for column in ("conflicts", "overall"):
        values = {name: headline[column] for name, headline in headlines.items()}
        places = ranks(values)
        without = {
            dispute: ranks(
                {
                    name: _with(column, headlines[name], runs[name].f1(without=dispute)) if name in runs else value
                    for name, value in values.items()
                }
            )
            for dispute in sorted({dispute for run in runs.values() for dispute in run.disputes})
        }
        result[column] = {}
        for name in sorted(set(places) & set(runs)):
            run = runs[name]
            won, lost = (ranks({**values, name: _with(column, headlines[name], run.f1(more=more))}) for more in (1, -1))
            result[column][name] = Sensitivity(
                places[name],
                won[name] if run.right < len(run.disputes) else None,
                lost[name] if run.right else None,
                {dispute: without[dispute][name] for dispute in run.disputes if name in without[dispute]},
            )
    return result


def _with(column: str, headline: Mapping[str, float | None], conflicts: float | None) -> float | None:
    """The figure of a column if that of conflicts were another."""
    if column == "conflicts":
        return conflicts
    values = [conflicts if layer == "conflicts" else headline[layer] for layer in LAYERS]
    known = [value for value in values if value is not None]
    return sum(known) / len(values) if len(known) == len(values) else None
