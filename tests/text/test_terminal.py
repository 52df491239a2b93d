"""Text on a terminal: shortened between words, and what is known of terminals that set right-to-left text."""

from __future__ import annotations

import pytest

from khabar.text.terminal import sets_right_to_left, shortened


@pytest.mark.parametrize(
    ("text", "longest", "short"),
    [
        ("قال الرئيس إن القوات وصلت أمس", 40, "قال الرئيس إن القوات وصلت أمس"),
        ("قال الرئيس إن القوات وصلت أمس", 16, "قال … وصلت أمس"),
        ("قال الرئيس إن القوات وصلت أمس", 24, "قال الرئيس … وصلت أمس"),
        ("x" * 30, 10, "xxxxx … xxxxx"),
    ],
)
def test_a_long_text_is_cut_between_words(text: str, longest: int, short: str) -> None:
    assert shortened(text, longest) == short


@pytest.mark.parametrize(
    ("environment", "known"),
    [
        ({"TERM": "xterm-256color", "VTE_VERSION": "7200"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "5202"}, None),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "230800"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, False),
        ({"TERM": "xterm", "XTERM_VERSION": "XTerm(390)"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "tmux-256color", "VTE_VERSION": "7200"}, None),
        ({}, None),
    ],
)
def test_terminals_that_set_right_to_left(environment: dict[str, str], known: bool | None) -> None:
    assert sets_right_to_left(environment) is known
