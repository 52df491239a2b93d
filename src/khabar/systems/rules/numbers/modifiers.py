"""Words around a number that change its bounds: أكثر من, ما يقدر بـ, على الأقل."""

from __future__ import annotations

from functools import cache

import msgspec

from khabar.records.labels import Modality
from khabar.systems.rules.clitics import stems
from khabar.systems.rules.lexicon import cell, rows
from khabar.systems.rules.reading import Reading

_LONGEST = 4
_AFTER: dict[tuple[str, ...], Modality] = {
    ("علي", "الاقل"): "at_least",
    ("علي", "الاكثر"): "at_most",
    ("كحد", "اقصي"): "at_most",
    ("كحد", "ادني"): "at_least",
    ("تقريبا",): "approx",
    ("او", "اكثر"): "at_least",
    ("او", "يزيد"): "at_least",
    ("فاكثر",): "at_least",
}


class Modifier(msgspec.Struct, frozen=True):
    """A modality and where its words stand: tokens `[first, last)` after `skip` letters of clitics."""

    first: int
    last: int
    skip: int
    modality: Modality

    def estimated(self, reading: Reading) -> bool:
        """Whether the words call the number an estimate."""
        return any("قدر" in reading.forms[token] for token in range(self.first, self.last))

    def possible(self, reading: Reading) -> bool:
        """Whether the words hedge with قد."""
        return any(reading.forms[token] == "قد" for token in range(self.first, self.last))


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], Modality]]]:
    found: dict[str, list[tuple[tuple[str, ...], Modality]]] = {}
    for modality, names in rows("modifiers.tsv", 2):
        for name in cell(names):
            phrase = tuple(name.split())
            found.setdefault(phrase[-1], []).append((phrase, modality))  # type: ignore[arg-type]
    for phrases in found.values():
        phrases.sort(key=lambda one: -len(one[0]))
    return found


def before(reading: Reading, token: int, clitic: str) -> Modifier | None:
    """The modifier that ends right before a token; `clitic` is what is written onto the number itself."""
    last = token
    endings = [clitic[-1:]] if clitic.endswith("ب") else []
    if reading.form_at(token - 1) == "ب":
        last, endings = token - 1, ["ب"]
    for ending in endings:
        found = _match(reading, last, (ending,))
        if found is not None:
            return found
    return _match(reading, last, ())


def _match(reading: Reading, last: int, joined: tuple[str, ...]) -> Modifier | None:
    key = joined[0] if joined else reading.form_at(last - 1)
    candidates = _phrases().get(key, ())
    if not candidates and not joined:
        candidates = next((_phrases()[stem] for _, stem in stems(key) if stem in _phrases()), ()) if key else ()
    for phrase, modality in candidates:
        written = phrase[: -len(joined)] if joined else phrase
        first = last - len(written)
        if first < 0 or not written or reading.lines[first] != reading.lines[max(last - 1, 0)]:
            continue
        if tuple(reading.forms[first + 1 : last]) != written[1:]:
            continue
        for skip, stem in stems(reading.forms[first]):
            if stem == written[0]:
                return Modifier(first, last, skip, modality)
    return None


def after(reading: Reading, token: int) -> Modifier | None:
    """The modifier that begins at a token, behind a number."""
    for phrase, modality in _AFTER.items():
        if tuple(reading.forms[token : token + len(phrase)]) == phrase:
            return Modifier(token, token + len(phrase), 0, modality)
    return None
