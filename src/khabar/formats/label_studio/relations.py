"""Relations: which region is a part of which, from the links an annotator drew or, failing that, from the text.

The labels say which is the whole, so a link may be drawn either way. A part without a link belongs to the only whole
that holds it, if there is just one; a part that is linked to several wholes belongs to each of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from khabar.formats.label_studio.fields import NUMBER_LABELS
from khabar.formats.label_studio.page import Page, Region, in_text_order
from khabar.formats.standoff import Link
from khabar.reading.incidents import Report
from khabar.records import Span

_QUOTE = ("content", "cue")
WHOLES: Mapping[str, tuple[str, ...]] = {
    "core": NUMBER_LABELS,
    "modifier": NUMBER_LABELS,
    "piece": ("content", "alternative"),
    "cue": _QUOTE,
    "marked": _QUOTE,
    "speaker": _QUOTE,
    "alternative": _QUOTE,
    "anchor": ("claim",),
}
"""Label of a part → labels of what it can be a part of. A cue is a whole where a quote has no content."""


def is_bare_cue(region: Region) -> bool:
    """Whether a cue stands for a quote without content: then it is the cue that has a speaker."""
    return region.label == "cue" and "speaker" in region.attributes


class PartsOfRegions:
    """The parts of every whole of a page.

    Reports parts that belong to nothing or to nobody knows which, and links that join no whole with a part.
    """

    def __init__(self, page: Page, problem: Report) -> None:
        self._problem = problem
        self._parts: dict[tuple[str, str], list[Region]] = defaultdict(list)
        linked = self._join_linked(page)
        for part in page.regions:
            if self._is_part(part) and part.id not in linked:
                self._join_inside(part, page.regions)

    def of(self, whole: Region, label: str) -> list[Region]:
        """The parts of a whole that have this label, in text order."""
        return in_text_order(self._parts.get((whole.id, label), ()))

    def one(self, whole: Region, label: str) -> Span | None:
        """The one part that has this label, as a span. Reports more than one."""
        parts = self.of(whole, label)
        if len(parts) > 1:
            message = f"{whole} has {len(parts)} parts {label!r}, where one can be"
            self._problem("part-loose", message, offset=whole.start)
        return span_of(parts[0]) if parts else None

    def _join_linked(self, page: Page) -> set[str]:
        """Join what links say; returns the ids of the parts that have one."""
        regions = {region.id: region for region in page.regions}
        linked: set[str] = set()
        for link in page.links:
            ends = [regions[key] for key in (link.source, link.target) if key in regions]
            if len(ends) < 2:
                start = ends[0].start if ends else None
                self._problem("part-loose", "a relation leads to a region that is not there", offset=start)
                continue
            pairs = [(whole, part) for whole, part in (ends, ends[::-1]) if self._holds(whole, part)]
            if not pairs:
                message = f"{ends[0]} and {ends[1]} are no whole and part"
                self._problem("part-loose", message, offset=ends[0].start)
            for whole, part in pairs:
                linked.add(part.id)
                if part not in self._parts[whole.id, part.label]:
                    self._parts[whole.id, part.label].append(part)
        return linked

    def _join_inside(self, part: Region, regions: Iterable[Region]) -> None:
        """Join a part without a link to the one whole it lies in."""
        around = [
            whole
            for whole in regions
            if self._holds(whole, part) and whole.start <= part.start and part.end <= whole.end
        ]
        if len(around) == 1:
            self._parts[around[0].id, part.label].append(part)
            return
        why = "no relation" if not around else f"no relation, and {len(around)} regions hold it"
        self._problem("part-loose", f"{part} belongs to nothing: it has {why}", offset=part.start)

    def _holds(self, whole: Region, part: Region) -> bool:
        is_whole = whole.label == "alternative" or not self._is_part(whole)
        return is_whole and self._is_part(part) and whole.label in WHOLES[part.label]

    def _is_part(self, region: Region) -> bool:
        return region.label in WHOLES and not is_bare_cue(region)


class Drawing:
    """The parts of a page being made: one region for a label and a span, however many wholes it belongs to."""

    def __init__(self) -> None:
        self.regions: dict[str, Region] = {}
        self.links: list[Link] = []

    def give(self, whole: str, label: str, *spans: Span | None) -> None:
        """Make spans parts of the whole with this id."""
        for span in spans:
            if span is not None:
                key = f"{label}-{span.start}-{span.end}"
                self.regions.setdefault(key, Region(key, label, span.start, span.end, span.text))
                self.links.append(Link("", whole, key))


def span_of(region: Region) -> Span:
    """The region as a span of a row."""
    return Span(region.start, region.end, region.text)


def spans_of(regions: Iterable[Region]) -> tuple[Span, ...]:
    """Regions as spans of a row, in text order."""
    return tuple(span_of(region) for region in in_text_order(regions))
