"""Problems of a million lines: the first ones listed, the others counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from khabar.reading.incidents import Incident, errors

LISTED = 1000
"""How many problems are listed; of the others there is only a count."""


@dataclass(slots=True)
class Problems:
    """The first problems in file order, and how many there are."""

    listed: list[Incident] = field(default_factory=list)
    found: int = 0
    errors: int = 0

    def add(self, incidents: Sequence[Incident], turn: dict[str, int]) -> None:
        """Add problems; `turn` says where in the order of files each file stands."""
        self.found += len(incidents)
        self.errors += len(errors(list(incidents)))
        self._keep([*self.listed, *incidents], turn)

    def join(self, other: Problems, turn: dict[str, int]) -> None:
        """Add those of another part."""
        self.found += other.found
        self.errors += other.errors
        self._keep([*self.listed, *other.listed], turn)

    def _keep(self, incidents: list[Incident], turn: dict[str, int]) -> None:
        """Errors before warnings, so that no number of warnings hides why something was refused."""

        def place(each: Incident) -> tuple[bool, int, bool, int, str, int]:
            at = turn.get(each.file or "", len(turn))
            return each.level != "error", at, each.line is None, each.line or 0, each.doc_id or "", each.offset or 0

        self.listed = sorted(incidents, key=place)[:LISTED]
