"""On what terms a slow system is asked: for how long, how often at once, at what price, and where answers are kept."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from khabar.reading.incidents import Incident, InputError
from khabar.systems.journal import Journal


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost, in whatever currency: those read (`given`) and those written (`answered`)."""

    given: float
    answered: float

    @classmethod
    def parse(cls, text: str) -> Price:
        """Read `0.15/0.60`. Raises InputError."""
        try:
            given, answered = map(float, text.split("/"))
        except ValueError:
            given = answered = -1.0
        if not (0 <= given < math.inf and 0 <= answered < math.inf):
            fix = "write the price of a million input and a million output tokens, as 0.15/0.60"
            raise InputError([Incident("option-wrong", f"--price {text!r} is not two prices", fix=fix)])
        return cls(given, answered)


@dataclass(frozen=True)
class Terms:
    """`time_limit` is in seconds: how long to wait for an answer. `jobs` is how many are waited for at once."""

    time_limit: float = 120.0
    jobs: int = 4
    price: Price | None = None
    journal: Journal = field(default_factory=Journal)

    def __post_init__(self) -> None:
        """Refuse what cannot be waited for. Raises InputError."""
        if not 0 < self.time_limit < math.inf:
            message = f"--time-limit {self.time_limit:g} is not a number of seconds above 0"
            raise InputError([Incident("option-wrong", message)])
        if self.jobs < 1:
            raise InputError([Incident("option-wrong", f"--jobs {self.jobs} is less than 1")])
