"""Questions that claims may answer together, proposed from their anchors: a beginning for annotators, no reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from khabar.formats.label_studio.fields import POSITIONS
from khabar.records import Claim, Entity, Number, Row, Span
from khabar.text.arabic import bare, fold

Topic = tuple[str, str]
"""The type of an anchor (a kind of number, `date`, `name` or `word`), and a noun or an entity that goes with it."""
_SHORT = 3
"""Words of so many letters name nothing by themselves."""


def topics(claim: Claim, rows: Iterable[Row]) -> list[Topic]:
    """What a claim is about: the type of its anchor with the noun counted there, or with what else it names.

    `rows` are entities and numbers of the claim's article.
    """
    anchor = claim.anchor
    if anchor is None:
        return []
    inside = [row for row in rows if isinstance(row, (Entity, Number)) and _overlap(row, claim)]
    for number in (row for row in inside if isinstance(row, Number) and _overlap(row.core, anchor)):
        noun = number.unit or number.counted
        if noun:
            return [(number.kind, fold(noun))]
    names = [row for row in inside if isinstance(row, Entity)]
    dated = any(isinstance(row, Number) and row.kind == "date" and _overlap(row.core, anchor) for row in inside)
    kind = "date" if dated else "name" if any(_overlap(row, anchor) for row in names) else "word"
    about = [row.entity_id for row in names if kind == "word" or not _overlap(row, anchor)]
    words = fold(claim.text if kind == "word" else claim.text.replace(anchor.text, " ")).split()
    about += [bare(word) for word in words if len(word) > _SHORT]
    return [(kind, each) for each in dict.fromkeys(about)]


def _overlap(row: Claim | Entity | Number | Span, other: Claim | Span) -> bool:
    return row.start < other.end and other.start < row.end


def proposed(claims: Sequence[Claim], rows: Sequence[Row]) -> dict[Topic, tuple[Claim, ...]]:
    """Group claims that share a topic, each with the rarest of its topics that others share.

    A group is of two sources or articles at least, as an issue is.
    """
    by_topic: dict[Topic, list[Claim]] = defaultdict(list)
    for claim in claims:
        for topic in topics(claim, (row for row in rows if row.article == claim.doc_id)):
            by_topic[topic].append(claim)
    groups: dict[Topic, tuple[Claim, ...]] = {}
    done: set[str] = set()
    for topic, sharing in sorted(by_topic.items(), key=lambda item: (len(item[1]), item[0])):
        group = tuple(claim for claim in sharing if claim.id not in done)
        if len({(claim.doc_id, claim.source) for claim in group}) > 1:
            groups[topic] = group
            done |= {claim.id for claim in group}
    return groups


def by_value(claims: Iterable[Claim]) -> Mapping[str, tuple[str, ...]]:
    """Positions for claims on one question: those of equal values share one. Claims beyond the last have none."""
    answers: dict[str | None, list[str]] = defaultdict(list)
    for claim in claims:
        answers[claim.value].append(claim.id)
    return {position: tuple(ids) for position, ids in zip(POSITIONS, answers.values(), strict=False)}
