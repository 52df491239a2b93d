"""Causes: why a surface is not where the offsets say, from the mistakes people make with Arabic text."""

from __future__ import annotations

import unicodedata

from khabar.text.arabic import TATWEEL, fold


def why_not_there(text: str, start: int, end: int, surface: str) -> str:
    """Name the likely cause of `text[start:end] != surface` (offsets in code points), or where the surface stands."""
    here = text[start:end]
    if here == surface:
        return "the surface is right"
    if _at_bytes(text, start, end) == surface:
        return "the offsets count UTF-8 bytes"
    if _at_utf16(text, start, end) == surface:
        return "the offsets count UTF-16 units"
    if text[start : end + 1] == surface:
        return "the end is inclusive"
    if here.replace("\u00a0", " ") == surface.replace("\u00a0", " "):
        return "a no-break space was replaced by a space"
    if here.replace(TATWEEL, "") == surface.replace(TATWEEL, ""):
        return "tatweel was removed"
    if unicodedata.normalize("NFC", here) == unicodedata.normalize("NFC", surface):
        return "the text was normalised (NFC)"
    if unicodedata.normalize("NFC", text)[start:end] == surface:
        return "the offsets are those of the NFC-normalised text"
    if text.lstrip()[start:end] == surface or text.strip()[start:end] == surface:
        return "the text was trimmed"
    if text.replace("\n", "\r\n")[start:end] == surface:
        return "the line breaks were counted as two characters"
    if fold(here) == fold(surface):
        return "letters or diacritics were normalised"
    found = _nearest(text, surface, start)
    if found is not None:
        return f"it stands at {found}, {abs(found - start)} code points {'later' if found > start else 'earlier'}"
    return "it is not in the document to the letter"


def _at_bytes(text: str, start: int, end: int) -> str | None:
    return _decoded(text.encode()[start:end], "utf-8")


def _at_utf16(text: str, start: int, end: int) -> str | None:
    return _decoded(text.encode("utf-16-le")[2 * start : 2 * end], "utf-16-le")


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _nearest(text: str, surface: str, start: int) -> int | None:
    if not surface:
        return None
    before, after = text.rfind(surface, 0, start + len(surface)), text.find(surface, max(0, start))
    places = [place for place in (before, after) if place >= 0]
    return min(places, key=lambda place: abs(place - start)) if places else None
