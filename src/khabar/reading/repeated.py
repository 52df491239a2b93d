"""Keys that stand twice in one object: JSON parsers keep the last and say nothing, and a whole list may be lost."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

_LISTS = (b'"entities"', b'"numbers"', b'"quotes"', b'"sides"')
"""What would be lost. In a string the quotation marks would be escaped, so that counting bytes misses nothing."""
_ESCAPED_LETTER = re.compile(rb"\\u00[4-7]")
"""A letter of a key may be escaped; nobody but a forger does."""


def repeated_keys(line: bytes) -> list[str]:
    """Name the keys that stand twice in one object of a line of JSON.

    Only a line with a whole list twice is looked at closely: of other values the last one counts, as everywhere. Lines
    that are not JSON have no keys.
    """
    twice = any(line.count(key) > 1 for key in _LISTS)
    if not twice and (b"\\u00" not in line or not _ESCAPED_LETTER.search(line)):
        return []
    found: dict[str, None] = {}

    def note(pairs: Sequence[tuple[str, Any]]) -> None:
        seen = set()
        for key, _ in pairs:
            if key in seen:
                found[key] = None
            seen.add(key)

    try:
        json.loads(line, object_pairs_hook=note)
    except (ValueError, RecursionError):
        return []
    return list(found)
