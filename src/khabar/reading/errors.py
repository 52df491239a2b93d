"""What can go wrong, as exceptions.

KhabarError
└── InputError      what was given is not what was asked for; holds every incident found (exit code 2)
"""

from __future__ import annotations

from collections.abc import Sequence

from khabar.reading.incidents import Incident, in_file_order


class KhabarError(Exception):
    """Base of all errors khabar raises on purpose."""


class InputError(KhabarError):
    """Input was refused. `incidents` lists every problem found, in file order; warnings may be among them.

    Of a very large input only the first problems are listed; `unlisted` is how many more there are.
    """

    def __init__(self, incidents: Sequence[Incident], *, unlisted: int = 0) -> None:
        self.incidents = tuple(in_file_order(incidents))
        self.unlisted = unlisted
        rest = [f"… and {unlisted:,} more problems"] if unlisted else []
        super().__init__("\n".join([*map(str, self.incidents), *rest]))
