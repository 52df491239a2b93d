"""What a model wrote, read as items of a layer: all of them, or those that are whole where the answer is not."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_THOUGHTS = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)
"""What reasoning models write before they answer, where a server does not take it out."""
_FENCE = re.compile(r"\A```\w*\s*|\s*```\Z")
_BETWEEN = re.compile(r"[\s,]*")
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Items:
    """Items as they were written, and what is wrong with the answer (None: it is whole)."""

    items: tuple[Any, ...] = ()
    wrong: str | None = None


def items_in(content: str, key: str) -> Items:
    """Find the items of the list `key` in an answer, whatever stands around it.

    An answer may be an object with that key, or the bare list; an empty object says that there is nothing.
    """
    content = _FENCE.sub("", _THOUGHTS.sub("", content).strip()).strip()
    if not content:
        return Items(wrong="an empty answer")
    start = re.search(rf'"{key}"\s*:\s*\[', content)
    if start is not None:
        return _listed(content, start.end())
    if content.startswith("["):
        return _listed(content, 1)
    if re.fullmatch(rf'\{{\s*("{key}"\s*:\s*null\s*)?\}}', content):
        return Items()
    return Items(wrong=f"no list of {key} in the answer: {_short(content)}")


def _listed(content: str, at: int) -> Items:
    """Read the items of a list one by one, so that those before a break are not lost."""
    decoder = json.JSONDecoder()
    items: list[Any] = []
    while True:
        at = _BETWEEN.match(content, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        if content.startswith("]", at):
            return Items(tuple(items))
        try:
            item, at = decoder.raw_decode(content, at)
        except (ValueError, RecursionError):  # also an integer of thousands of digits
            return Items(tuple(items), f"broken JSON, {len(items)} whole item(s) kept: … {_short(content[at:])}")
        items.append(item)


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...")
