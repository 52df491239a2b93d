"""Texts cut into pieces that a model with a short memory can read: lines, and long lines between two tokens."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.text.arabic import token_spans


def pieces(text: str, most: int) -> Iterator[tuple[int, str]]:
    """Give the lines of a text with the offset each begins at; one of more than `most` tokens in several pieces."""
    start = 0
    for line in text.split("\n"):
        tokens = token_spans(line)
        for first in range(0, len(tokens), most):
            begin, end = tokens[first][0], tokens[min(first + most, len(tokens)) - 1][1]
            yield start + begin, line[begin:end]
        start += len(line) + 1
