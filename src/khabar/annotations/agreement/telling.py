"""Values as one line of a terminal, where Arabic and Latin stand side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from khabar.text.terminal import ISOLATE, NOTHING, POP, harmless


def told(value: Any) -> str:
    """A reading as somebody would say it: a span by its text, a list by its members, null and nothing as ∅."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if "text" in value:
            return str(value["text"])
        return " ".join(told(each) for each in value.values() if each is not None) or NOTHING
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " … ".join(map(told, value))
    return str(value)


def isolated(text: str, longest: int) -> str:
    """A cell: shortened in the middle, harmless, and isolated so that it does not turn its neighbours."""
    text = " ".join(text.split())
    if len(text) > longest:
        half = (longest - 3) // 2
        text = f"{text[:half].rstrip()} … {text[-half:].lstrip()}"
    return ISOLATE + harmless(text) + POP
