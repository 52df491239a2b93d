"""A surface that is not where the offsets say: the message names the mistake that leads there.

The text has what Arabic news has: diacritics, tatweel, a no-break space, an emoji outside the BMP, and letters that are
written as one code point or as two.
"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from khabar.cli.app import app
from khabar.reading.offset_checks import why_not_there

NBSP = "\u00a0"
TEXT = f"\nأعلن 🙂 الرئيس فلاديمير{NBSP}بوتين إنّ القوّات بلغت كـــورسك.\nونفت أوكرانيا ال\u0627\u0653ن ذلك.\n"
"""Starts with a line break, and holds a madda of its own (U+0653) that NFC composes with its alef."""


def _bytes(offset: int) -> int:
    return len(TEXT[:offset].encode())


def _utf16(offset: int) -> int:
    return len(TEXT[:offset].encode("utf-16-le")) // 2


def _nfc(offset: int) -> int:
    return len(unicodedata.normalize("NFC", TEXT[:offset]))


def _there(surface: str) -> tuple[int, int]:
    start = TEXT.index(surface)
    return start, start + len(surface)


def _cases() -> dict[str, tuple[int, int, str, str]]:
    """What somebody does → start, end and surface as they give them, and the cause that is named."""
    leader, city, both = _there("الرئيس"), _there("كـــورسك"), _there(f"فلاديمير{NBSP}بوتين")
    forces, last, madda = _there("القوّات"), _there("ذلك"), _there("\u0627\u0653ن")
    trimmed, crlf = (leader[0] - 1, leader[1] - 1), (last[0] + 2, last[1] + 2)
    return {
        "bytes": (_bytes(leader[0]), _bytes(leader[1]), "الرئيس", "the offsets count UTF-8 bytes"),
        "utf-16": (_utf16(leader[0]), _utf16(leader[1]), "الرئيس", "the offsets count UTF-16 units"),
        "inclusive end": (leader[0], leader[1] - 1, "الرئيس", "the end is inclusive"),
        "no-break space": (*both, "فلاديمير بوتين", "a no-break space was replaced by a space"),
        "tatweel": (*city, "كورسك", "tatweel was removed"),
        "nfc surface": (*madda, "آن", "the text was normalised (NFC)"),
        "nfc offsets": (_nfc(last[0]), _nfc(last[1]), "ذلك", "the offsets are those of the NFC-normalised text"),
        "trimmed": (*trimmed, "الرئيس", "the text was trimmed"),
        "crlf": (*crlf, "ذلك", "the line breaks were counted as two characters"),
        "diacritics": (*forces, "القوات", "letters or diacritics were normalised"),
        "later": (leader[0] - 4, leader[1] - 4, "الرئيس", f"it stands at {leader[0]}, 4 code points later"),
        "earlier": (leader[0] + 9, leader[1] + 9, "الرئيس", f"it stands at {leader[0]}, 9 code points earlier"),
        "nowhere": (*leader, "المستشار", "it is not in the document to the letter"),
    }


CASES = _cases()


@pytest.mark.parametrize("name", list(CASES))
def test_cause(name: str) -> None:
    start, end, surface, cause = CASES[name]
    assert TEXT[start:end] != surface
    assert why_not_there(TEXT, start, end, surface) == cause


def test_causes_reach_whoever_validates(tmp_path: Path) -> None:
    """All of them at once: one incident a span, each with its offset, both strings and its cause."""
    inside = {name: case for name, case in CASES.items() if case[1] <= len(TEXT)}
    assert {"utf-16", "no-break space", "tatweel", "nfc offsets", "inclusive end"} <= set(inside)
    entities = [{"start": s, "end": e, "text": surface, "label": "PERS"} for s, e, surface, _ in inside.values()]
    gold, predictions = tmp_path / "gold.jsonl", tmp_path / "predictions.jsonl"
    gold.write_text(json.dumps({"doc_id": "d", "text": TEXT}) + "\n", "utf-8")
    predictions.write_text(json.dumps({"doc_id": "d", "entities": entities}, ensure_ascii=False) + "\n", "utf-8")

    result = CliRunner().invoke(app, ["validate", str(predictions), "--gold", str(gold), "--json"])

    assert result.exit_code == 2
    found = json.loads(result.stdout)["incidents"]
    assert [incident["id"] for incident in found] == ["span-surface"] * len(inside)
    for incident, (start, end, surface, cause) in zip(found, inside.values(), strict=True):
        assert incident["offset"] == start
        assert repr(TEXT[start:end]) in incident["message"]
        assert repr(surface) in incident["message"]
        assert incident["message"].endswith(cause)
