"""Python's collector of cycles, kept from looking where there is nothing to find.

Records are made by the hundred thousand, live on, and none is part of a cycle. Looking through them all again and again
takes a seventh of the time of counting.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Collect nothing while this lasts. Also a decorator."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
