"""Text that somebody else wrote, on a terminal: it neither moves the cursor nor turns its neighbours around."""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import category

ISOLATE, POP = "\u2068", "\u2069"
NOTHING = "∅"
"""Stands for what is missing."""
LEFT_TO_RIGHT = (
    "this terminal sets Arabic from left to right; GNOME Terminal, Konsole, mlterm and Apple's Terminal do not, "
    "nor does a page (khabar score FILE --html report.html)"
)
"""What is said where right-to-left text cannot be read."""
_CONTROLS = ("Cc", "Cs", "Zl", "Zp")
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Embeddings, overrides and isolates."""
_FIRST_VTE = 5800
"""The version of VTE (GNOME Terminal and others) that came to set text in both directions."""


def one_line(text: str) -> str:
    """Escape control characters and line separators, so that a text makes up no line of its own."""
    return "".join(repr(character)[1:-1] if category(character) in _CONTROLS else character for character in text)


def harmless(text: str) -> str:
    """Escape what `one_line` does, and the marks of direction that would break out of an isolate."""
    return "".join(repr(character)[1:-1] if character in _TURNS else character for character in one_line(text))


def isolated(text: str) -> str:
    """A text whose direction does not reach beyond it."""
    return ISOLATE + text + POP


def shortened(text: str, longest: int) -> str:
    """The first and last whole words of a text of more than `longest` characters; of one long word, its two ends."""
    if len(text) <= longest:
        return text
    half = longest // 2
    first, last = text[: half + 1], text[-half - 1 :]
    first = first.rpartition(" ")[0] or first[:half]
    last = last.partition(" ")[2] or last[-half:]
    return f"{first.rstrip()} … {last.lstrip()}"


def cut(text: str, longest: int = 60) -> str:
    """The beginning of a text of more than `longest` characters, with dots for the rest."""
    return text if len(text) <= longest else text[: longest - 3] + "..."


def shown(value: object) -> str:
    """A value as Python writes it, cut; its type where that cannot be written."""
    try:
        return cut(repr(value))
    except Exception:  # a list in a list, a thousand deep; an integer of 5,000 digits; somebody else's code
        return f"a {type(value).__name__} that cannot be shown"


def sets_right_to_left(environment: Mapping[str, str]) -> bool | None:
    """Whether the terminal of an environment sets Arabic from right to left; None where nothing tells.

    Inside tmux or screen the outer terminal decides, and nothing tells.
    """
    terminal, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    if terminal.startswith(("tmux", "screen")):
        return None
    vte = environment.get("VTE_VERSION", "")
    if (vte.isdecimal() and int(vte) >= _FIRST_VTE) or "KONSOLE_VERSION" in environment:
        return True
    if program == "Apple_Terminal" or terminal.startswith("mlterm"):
        return True
    without = "XTERM_VERSION" in environment or "WT_SESSION" in environment or program == "vscode"
    return False if without or terminal in ("linux", "alacritty", "xterm-kitty") else None
