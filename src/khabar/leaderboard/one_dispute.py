"""What a single dispute decides: the ranks if a system had found one more or one fewer, and if one were not there.

With a handful of hard disputes a rank on the conflicts layer, and with it overall, may hang on one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from khabar.leaderboard.ranking import ranks
from khabar.records.labels import LAYERS
from khabar.scoring.scorer import Counted

_DISPUTE = "dispute "
"""How a hard dispute's unit begins in the counts; where whole stories are drawn there is none."""


@dataclass(frozen=True, slots=True)
class Hung:
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
class _Found:
    """Of one system: disputes found and missed, and how many false records."""

    disputes: Mapping[str, bool]
    false: int

    def f1(self, *, more: int = 0, without: str | None = None) -> float | None:
        """Dispute F1 with `more` disputes found than were, or one left out of the gold."""
        counts = [found for name, found in self.disputes.items() if name != without]
        tp = sum(counts) + more
        total = tp + len(counts) + self.false  # 2TP + FP + FN, as TP + FN are all disputes
        return 2 * tp / total if total else None


def hanging(
    headlines: Mapping[str, Mapping[str, float | None]], counted: Mapping[str, Counted]
) -> dict[str, dict[str, Hung]]:
    """For `conflicts` and `overall`, how each ranked system's rank hangs on one dispute. Empty without such units."""
    found = {name: each for name, run in counted.items() if (each := _found(run)) is not None}
    made: dict[str, dict[str, Hung]] = {}
    for column in ("conflicts", "overall"):
        standing = {name: line[column] for name, line in headlines.items()}
        place = ranks(standing)
        made[column] = {}
        for name in sorted(set(place) & set(found)):
            line, one = headlines[name], found[name]
            right = sum(one.disputes.values())
            won, lost = ({**standing, name: _column(column, line, one.f1(more=more))} for more in (1, -1))
            made[column][name] = Hung(
                place[name],
                ranks(won)[name] if right < len(one.disputes) else None,
                ranks(lost)[name] if right else None,
                _without(name, column, headlines, found),
            )
    return made


def _without(
    name: str, column: str, headlines: Mapping[str, Mapping[str, float | None]], found: Mapping[str, _Found]
) -> dict[str, int]:
    ranked = {}
    for dispute in found[name].disputes:
        values = {
            each: _column(column, headlines[each], found[each].f1(without=dispute)) if each in found else line[column]
            for each, line in headlines.items()
        }
        place = ranks(values)
        if name in place:
            ranked[dispute] = place[name]
    return ranked


def _column(column: str, headline: Mapping[str, float | None], conflicts: float | None) -> float | None:
    if column == "conflicts":
        return conflicts
    values = [conflicts if layer == "conflicts" else headline[layer] for layer in LAYERS]
    known = [value for value in values if value is not None]
    return sum(known) / len(values) if len(known) == len(values) else None


def _found(run: Counted) -> _Found | None:
    if "conflicts" not in run.layers:
        return None
    disputes: dict[str, bool] = {}
    false = 0
    for (_, name), row in sorted(run.layers["conflicts"].counts.rows.items(), key=str):
        false += int(row.get("dispute.fp", 0))
        if isinstance(name, str) and name.startswith(_DISPUTE):
            disputes[name.removeprefix(_DISPUTE)] = bool(row.get("dispute.tp", 0))
    return _Found(disputes, false) if disputes else None
