"""The registry of a pass: the rows that were pushed, and one for each key an annotator made.

A registry row has no face in the page but who speaks for whom; it travels in the data of the story's task. What a new
key stands for follows from its mentions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from khabar.annotations.agreement.names import keys_of
from khabar.records import Entity, Quote, Registered, Row


def registered(
    rows: Sequence[Row], story: str, known: Iterable[Registered], speaks_for: Mapping[str, str] | None
) -> list[Registered]:
    """The registry of a story: the known rows, with `speaks_for` as the page says it (None: it has not been asked),
    and a row for every other key that `rows` use."""
    spoken = speaks_for or {}
    registry = {row.entity_id: row for row in known}
    for key in (*(key for row in rows for key in keys_of(row)), *spoken, *spoken.values()):
        if key not in registry:
            registry[key] = _derived(key, story, rows)
    if speaks_for is not None:
        registry = {key: replace(row, speaks_for=speaks_for.get(key)) for key, row in registry.items()}
    return [registry[key] for key in sorted(registry)]


def _derived(key: str, story: str, rows: Sequence[Row]) -> Registered:
    """A row made of the mentions: their label, and the name that is the key, where somebody typed a name, else the
    commonest name (of equally common ones the first); the other names are aliases."""
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
    label = next((name for name in labels if name not in ("NORP", "OCC")), mentions[0].label)  # an adjective, an office
    commonest = Counter(each.name for each in labels[label]).most_common(1)[0][0]
    name = commonest if key.isascii() else key  # somebody called it so
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
