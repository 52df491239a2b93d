"""A name that is not among the known ones: which of them may have been meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def fix_of(written: str, known: Iterable[str], *, before: str = "") -> str:
    """The fix of a name that is unknown: write the known one most like it; where none is like it, one of them all.

    `before` is what stands before the one name on a command line, such as `--split `.
    """
    choices = list(known)
    near = get_close_matches(written, choices, n=1) or choices
    return f"write {before}{near[0]}" if len(near) == 1 else f"write one of {', '.join(near)}"
