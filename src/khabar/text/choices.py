"""A name that is not among the known ones: which of them may have been meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(written: str, known: Iterable[str]) -> str | None:
    """The known name that is most like an unknown one; None where none is like it."""
    return next(iter(get_close_matches(written, list(known), n=1)), None)


def fix_of(written: str, known: Iterable[str], *, before: str = "") -> str:
    """The fix of a name that is unknown: write the known one most like it; where none is like it, one of them all.

    `before` is what stands before the one name on a command line, such as `--split `.
    """
    choices = list(known)
    near = nearest(written, choices)
    meant = choices if near is None else [near]
    return f"write {before}{meant[0]}" if len(meant) == 1 else f"write one of {', '.join(meant)}"
