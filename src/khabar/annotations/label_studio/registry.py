"""The registry of a pass: the rows that were pushed, and one for each key an annotator made.

A registry row has no face in the page but who speaks for whom; it travels in the data of the story's task. What a new
key stands for follows from its mentions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from khabar.reading.row_checks import NARRATOR
from khabar.records import Claim, Entity, Quote, Registered, Row


def registered(
    rows: Sequence[Row], story: str, known: Iterable[Registered], speaks_for: Mapping[str, str] | None
) -> list[Registered]:
    """The registry of a story: the known rows, with `speaks_for` as the page says it (None: it has not been asked),
    and a row for every other key that `rows` use."""
    found = {each.entity_id: each for each in known}
    found |= {key: _derived(key, story, rows) for key in _keys(rows, speaks_for or {}) if key not in found}
    if speaks_for is not None:
        found = {key: msgspec.structs.replace(each, speaks_for=speaks_for.get(key)) for key, each in found.items()}
    return sorted(found.values(), key=lambda each: each.entity_id)


def _keys(rows: Iterable[Row], speaks_for: Mapping[str, str]) -> list[str]:
    keys: dict[str, None] = {}
    for row in rows:
        if isinstance(row, Entity):
            keys[row.entity_id] = None
        elif isinstance(row, Quote):
            others = [reading.speaker for reading in row.alternatives]
            keys |= dict.fromkeys(key for key in (row.speaker, *row.source_chain, row.addressee, *others) if key)
        elif isinstance(row, Claim) and row.source != NARRATOR:
            keys[row.source] = None
    return [*keys, *speaks_for, *speaks_for.values()]


def _derived(key: str, story: str, rows: Sequence[Row]) -> Registered:
    """A row made of the mentions: the commonest name (of equally common ones the first), its label, all surfaces."""
    mentions = [row for row in rows if isinstance(row, Entity) and row.entity_id == key]
    if not mentions:
        phrases = [
            row.speaker_mention.text
            for row in rows
            if isinstance(row, Quote) and row.speaker_mention and row.speaker == key
        ]
        return Registered(entity_id=key, story=story, name=phrases[0] if phrases else key)
    labels: dict[str, list[Entity]] = defaultdict(list)
    for mention in mentions:
        labels[mention.label].append(mention)
    label = next((each for each in labels if each not in ("NORP", "OCC")), mentions[0].label)  # an adjective, an office
    name = Counter(each.name for each in labels[label]).most_common(1)[0][0]
    aliases = sorted({each.name for each in mentions} - {name})
    items = [each.wikidata for each in mentions if each.wikidata]
    return Registered(
        entity_id=key,
        story=story,
        label=labels[label][0].label,
        name=name,
        aliases=tuple(aliases),
        wikidata=items[0] if items else None,
    )
