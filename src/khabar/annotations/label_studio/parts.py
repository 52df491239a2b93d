"""Parts and wholes: which region belongs to which, from the links an annotator drew or, failing that, from the text.

The labels say who is the whole, so a link may be drawn either way. A part without a link belongs to the only whole
that holds it, if there is just one; a part that is linked to several wholes belongs to each of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from khabar.annotations.label_studio.faces import NUMBER_LABELS
from khabar.annotations.label_studio.page import Page, Region
from khabar.annotations.label_studio.results import Report, in_text_order
from khabar.records import Span

Parts = Mapping[str, Mapping[str, list[Region]]]
"""Id of the whole → label of the part → its parts in text order."""

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


def is_part(region: Region) -> bool:
    """Whether the region belongs to another one."""
    return region.label in WHOLES and not is_bare_cue(region)


def assigned(page: Page, report: Report, wholes: Mapping[str, tuple[str, ...]] = WHOLES) -> Parts:
    """Give each part to its wholes. Reports parts that belong to none or to nobody knows which, and idle links."""
    regions = {region.id: region for region in page.regions}

    def holds(whole: Region, part: Region) -> bool:
        return is_part(part) and not is_part_only(whole) and whole.label in wholes.get(part.label, ())

    def is_part_only(region: Region) -> bool:
        return is_part(region) and region.label != "alternative"

    found: dict[str, dict[str, list[Region]]] = defaultdict(lambda: defaultdict(list))
    linked: set[str] = set()
    for pair in page.links:
        known = [regions[key] for key in pair if key in regions]
        if len(known) < 2:
            report("part-loose", "a relation leads to a region that is not there", known[0].start if known else None)
            continue
        turns = [(whole, part) for whole, part in (known, known[::-1]) if holds(whole, part)]
        if not turns:
            report("part-loose", f"{_named(known[0])} and {_named(known[1])} are no whole and part", known[0].start)
        for whole, part in turns:
            linked.add(part.id)
            if part not in found[whole.id][part.label]:
                found[whole.id][part.label].append(part)
    for part in page.regions:
        if part.label not in wholes or not is_part(part) or part.id in linked:
            continue
        around = [each for each in page.regions if holds(each, part) and _inside(part, each)]
        if len(around) == 1:
            found[around[0].id][part.label].append(part)
        else:
            why = "no relation" if not around else f"no relation, and {len(around)} regions hold it"
            report("part-loose", f"{_named(part)} belongs to nothing: it has {why}", part.start)
    return {key: {label: in_text_order(parts) for label, parts in each.items()} for key, each in found.items()}


def only(parts: Parts, whole: Region, label: str, report: Report) -> Span | None:
    """The one part of its label, as a span. Reports more than one."""
    mine = parts.get(whole.id, {}).get(label, [])
    if len(mine) > 1:
        report("part-loose", f"{_named(whole)} has {len(mine)} parts {label!r}, where one can be", whole.start)
    return span_of(mine[0]) if mine else None


def span_of(region: Region) -> Span:
    """The region as a span of a row."""
    return Span(region.start, region.end, region.text)


def spans_of(regions: Sequence[Region]) -> tuple[Span, ...]:
    """Regions as spans of a row, in text order."""
    return tuple(span_of(region) for region in in_text_order(regions))


class Shared:
    """The parts of a page being made: one region for a label and a span, however many wholes it belongs to."""

    def __init__(self) -> None:
        self.regions: dict[str, Region] = {}
        self.links: list[tuple[str, str]] = []

    def give(self, whole: str, label: str, spans: Sequence[Span]) -> None:
        """Make spans parts of the whole with this id."""
        for span in spans:
            key = f"{label}-{span.start}-{span.end}"
            self.regions.setdefault(key, Region(key, label, span.start, span.end, span.text))
            self.links.append((whole, key))


def by_label(regions: Sequence[Region], wanted: Callable[[Region], bool]) -> list[Region]:
    """The regions that are wanted, in text order."""
    return in_text_order([region for region in regions if wanted(region)])


def _inside(part: Region, whole: Region) -> bool:
    return whole.start <= part.start and part.end <= whole.end


def _named(region: Region) -> str:
    return f"{region.label} {region.text!r:.50}"
