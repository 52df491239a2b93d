"""Plain words: what a card may say, and how somebody else's words go into Markdown."""

from __future__ import annotations

import re
from unicodedata import bidirectional, category, name, normalize

_JOINERS = "\u200c\u200d"
"""Format characters that Arabic and Persian spelling needs."""
_MARKUP: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a tag or an angle bracket", re.compile(r"[<>\uff1c\uff1e\u2039\u203a]")),
    ("a character reference", re.compile(r"&(?:#|[A-Za-z][A-Za-z0-9]*;)")),
    ("a backtick", re.compile("`")),
    ("a link", re.compile(r"\]\s*[(\[:]|!\[|www\.|://|\b(?:javascript|data|vbscript|mailto):", re.IGNORECASE)),
    ("a template", re.compile(r"\{\{|\{%|\$\{")),
    ("a table cell's bar", re.compile(r"\|")),
)
_SPECIAL = re.compile(r"[&<>\"'`*_{}\[\]()#+!|\\~@:$^=]")

_TOGETHER = (
    frozenset({"LATIN", "ARABIC"}),
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"}),
)
"""Scripts that may stand in one name: none of the others' letters look like Latin ones, or like each other."""


def markup_in(text: str) -> str | None:
    """Say what of a text is not plain words: markup, links, control and invisible characters; None if it all is."""
    for what, pattern in _MARKUP:
        if found := pattern.search(text):
            return f"{what}, {found.group()!a}"
    for character in text:
        if category(character) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") and character != "\n":
            return f"the control or unassigned character {character!a}"
        if category(character) == "Cf" and character not in _JOINERS:
            return f"the invisible character {character!a}"
    return None


def mixed_scripts(text: str) -> str | None:
    """Say which scripts' letters a text mixes, each with its first letter; None if they may stand together.

    A letter's script is the first word of its name in the Unicode Character Database, after NFKC.
    """
    first: dict[str, str] = {}
    for character in normalize("NFKC", text):
        if category(character) in ("Lu", "Ll", "Lt", "Lo"):
            first.setdefault(name(character, "unnamed").split()[0], character)
    if len(first) < 2 or any(together.issuperset(first) for together in _TOGETHER):
        return None
    return " and ".join(f"{script.title()} ({letter!a})" for script, letter in first.items())


def in_markdown(text: str) -> str:
    """A text as one line of Markdown that shows it and does nothing else: no markup, no link, no mention.

    Text with right-to-left letters is isolated, so that it does not reorder what stands beside it.
    """
    words = " ".join(text.split())
    shown = "".join(each for each in words if category(each) not in ("Cc", "Cs"))
    escaped = _SPECIAL.sub(lambda found: f"&#{ord(found.group())};", shown)
    # GitHub makes links of bare addresses; a reference in them shows the same and is none.
    escaped = re.sub(r"www\.", "www&#46;", escaped, flags=re.IGNORECASE)
    rtl = any(bidirectional(each) in ("R", "AL") for each in shown)
    return f"\u2068{escaped}\u2069" if rtl else escaped
