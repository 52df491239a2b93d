"""What a hand does to make a page of an article, in the pages of `khabar annotate serve`: action by action.

The order is that of the sheets: whole by whole as they stand in the text, each with its fields, then its parts. The
label that the page holds ready takes no key (src/khabar/annotations/server/marking.js): it stays, a drag inside what
was just drawn is its inner part, and after a quote's content come its cue, its speaker, the next content. A part that
is drawn after its whole needs no relation; one that was drawn with an earlier whole does. A test does all of these in a
browser, on an article of the seeds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from khabar.formats.label_studio.fields import CHOICES, CONTROLS, NUMBER_LABELS, Values
from khabar.formats.label_studio.page import Page, Region
from khabar.formats.label_studio.relations import WHOLES

INNER = {**dict.fromkeys(NUMBER_LABELS, "core"), "claim": "anchor", "content": "marked"}
"""Label of a whole → that of a drag inside it."""
NEXT = {"content": "cue", "cue": "speaker", "speaker": "content"}
"""Label → the one that comes next; any other stays."""
PARTS = ("core", "anchor", "marked", "cue", "speaker", "modifier", "piece", "alternative")
"""Parts in the order they are drawn in."""

Kind = Literal["label", "drag", "type", "choose", "enter", "relate", "pick"]


@dataclass(frozen=True, slots=True)
class Action:
    """Take a label; drag over a region; type or choose words in a control of it; leave a field with Enter; relate the
    selected region to this one; pick this one."""

    kind: Kind
    region: Region
    control: str = ""
    words: Values = ()


class Hand:
    """The actions on a page, from its first region on: `needed` has the fields that somebody must fill."""

    def __init__(self, page: Page, needed: Page) -> None:
        self._regions = {region.id: region for region in page.regions}
        self._fields = {region.id: region.attributes for region in needed.regions}
        self._parts: dict[str, list[Region]] = defaultdict(list)
        for link in page.links:
            self._parts[link.source].append(self._regions[link.target])
        self._drawn: set[str] = set()
        self._whole: Region | None = None
        self._next = ""

    def actions(self) -> Iterator[Action]:
        """All of them, in order."""
        of_another = {part.id for parts in self._parts.values() for part in parts}
        for region in sorted(self._regions.values(), key=lambda region: (region.start, -region.end, region.id)):
            if region.id not in of_another:
                yield from self._make(region)

    def _make(self, region: Region) -> Iterator[Action]:
        yield from self._draw(region)
        parts = sorted(self._parts[region.id], key=lambda part: (PARTS.index(part.label), part.start, part.end))
        known = [part for part in parts if part.id in self._drawn]
        yield from self._fill(region, is_left_by_key=bool(known))
        for turn, part in enumerate(known):
            if turn:
                yield Action("pick", region)
            yield Action("relate", part)
            self._advance(part.label)
        for part in parts:
            if part.id not in self._drawn:
                yield from self._make(part)

    def _draw(self, region: Region) -> Iterator[Action]:
        if region.label != (self._inner(region) or self._next):
            yield Action("label", region)
        yield Action("drag", region)
        self._drawn.add(region.id)
        if region.label not in WHOLES:
            self._whole = region
        self._advance(region.label)

    def _inner(self, region: Region) -> str | None:
        """The label that a drag over the letters of a region has because of the whole around it."""
        whole = self._whole
        if whole is None or not whole.start <= region.start < region.end <= whole.end:
            return None
        inner = INNER.get(whole.label)
        has_one = any(part.label == inner and part.id in self._drawn for part in self._parts[whole.id])
        is_smaller = region.end - region.start < whole.end - whole.start
        return inner if is_smaller and not (has_one and inner != "marked") else None

    def _advance(self, label: str) -> None:
        if label in NEXT:
            self._next = NEXT[label]
        elif label not in WHOLES or not self._next:
            self._next = label

    def _fill(self, region: Region, *, is_left_by_key: bool) -> Iterator[Action]:
        fields = sorted(self._fields[region.id].items(), key=lambda field: CONTROLS[field[0]] == CHOICES)
        for control, words in fields:
            yield Action("choose" if CONTROLS[control] == CHOICES else "type", region, control, words)
        if fields and is_left_by_key and CONTROLS[fields[-1][0]] != CHOICES:
            yield Action("enter", region)
