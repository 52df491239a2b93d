"""Keys that stand twice in one object: JSON parsers keep the last and say nothing, and a whole list may be lost."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

_LISTS = ("entities", "numbers", "quotes", "sides")
"""What would be lost."""
_QUOTED = tuple(f'"{name}"'.encode() for name in _LISTS)
"""The lists as a line names them. In a string the quotation marks would be escaped: counting bytes misses nothing."""
_ESCAPED_LETTER = re.compile(rb"\\u00[4-7]")
"""A letter of a key may be escaped; nobody but a forger does."""


def repeated_keys(line: bytes) -> list[str]:
    """Name the lists that stand twice in one object of a line of JSON.

    Of other values the last one counts, as everywhere. Lines that are not JSON have no keys.
    """
    twice = any(line.count(key) > 1 for key in _QUOTED)
    if not twice and (b"\\u00" not in line or not _ESCAPED_LETTER.search(line)):
        return []
    found: dict[str, None] = {}

    def note(pairs: Sequence[tuple[str, Any]]) -> None:
        seen = set()
        for key, _ in pairs:
            if key in seen and key in _LISTS:
                found[key] = None
            seen.add(key)

    try:
        json.loads(line, object_pairs_hook=note)
    except (ValueError, RecursionError):
        return []
    return list(found)
