"""What need not be typed twice: who is meant by a mention whose key is left empty.

A name that was keyed earlier in the document is the same thing; the speaker is who the speaker mention names. Both are
only looked at where an annotator typed nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from khabar.annotations.label_studio.page import Region
from khabar.records import Entity, Span


def meant_entity(region: Region, earlier: Sequence[Entity]) -> dict[str, str | None]:
    """Key and Wikidata item of the nearest earlier mention of the same label and name, if `region` has no key."""
    if region.attributes.get("entity_id"):
        return {}
    name = (region.attributes.get("name") or (region.text,))[0]
    for entity in reversed(earlier):
        if (entity.label, entity.name) == (region.label, name):
            return {"entity_id": entity.entity_id, "wikidata": entity.wikidata}
    return {}


def meant_speaker(mention: Span | None, entities: Sequence[Entity]) -> dict[str, str]:
    """The one thing that the outermost entities inside a speaker mention name."""
    if mention is None:
        return {}
    inside = [each for each in entities if mention.start <= each.start and each.end <= mention.end]
    outer = [
        each
        for each in inside
        if not any(other is not each and other.start <= each.start and each.end <= other.end for other in inside)
    ]
    keys = {each.entity_id for each in outer}
    return {"speaker": keys.pop()} if len(keys) == 1 else {}
