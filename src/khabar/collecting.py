"""Python's collector of cycles, kept from looking where there is nothing to find.

Records are made by the hundred thousand, live on, and none is part of a cycle. Looking through them all again and again
takes nearly half of the time of counting.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 100_000
"""How many new objects there are to be before the collector looks at them."""


@contextmanager
def seldom() -> Iterator[None]:
    """Collect seldom while this lasts. Also a decorator."""
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
