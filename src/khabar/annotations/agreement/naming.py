"""Entity keys of two passes side by side: each pass may have a key of its own for one thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

from msgspec.structs import replace

from khabar.annotations.agreement.matching import renamed, same_groups
from khabar.reading.row_checks import NARRATOR
from khabar.records import Claim, Entity, Quote, Registered, Row
from khabar.text.arabic import fold

Places = dict[str, set[Hashable]]


def key_names(a: Sequence[Row], b: Sequence[Row]) -> dict[str, str]:
    """Key of b → what it is called among a's keys; b's own where a does not have the thing. Rows of one story."""
    keys = [list(dict.fromkeys(key for row in rows for key in keys_of(row))) for rows in (a, b)]
    return renamed(keys[1], same_keys(a, b), [*keys[0], NARRATOR])


def same_keys(a: Sequence[Row], b: Sequence[Row]) -> dict[str, str]:
    """Key of b → key of a for what is the same thing, one to one. Rows are those of one story.

    Keys are joined by the mentions they share; those that no mention has, by the quotes and claims they are the source
    of; what is then left, by names and Wikidata id in the registry; in the end, by the key itself.
    """
    mentioned = _mentions(a), _mentions(b)
    same = same_groups(*mentioned)
    # A source without a mention is known only by what it says. Where one pass sees a mention of it, the two differ.
    same |= same_groups(_without(_sayings(a), mentioned[0]), _without(_sayings(b), mentioned[1]))
    for places_of in (_names, _wikidata, _themselves):
        same |= same_groups(_without(places_of(a), same.values()), _without(places_of(b), same))
    return same


def keys_of(row: Row) -> list[str]:
    """The entity keys a row refers to, `narrator` aside."""
    if isinstance(row, Entity):
        return [row.entity_id]
    if isinstance(row, Quote):
        others = (row.addressee, *(reading.speaker for reading in row.alternatives))
        return [row.speaker, *row.source_chain, *(key for key in others if key is not None)]
    if isinstance(row, Claim):
        return [row.source] if row.source != NARRATOR else []
    if isinstance(row, Registered):
        return [row.entity_id, *([row.speaks_for] if row.speaks_for is not None else [])]
    return []


def with_keys(row: Row, names: Mapping[str, str]) -> Row:
    """The row with every entity key renamed, also one that is the value of a claim."""
    if isinstance(row, Entity):
        return replace(row, entity_id=names[row.entity_id])
    if isinstance(row, Quote):
        return replace(
            row,
            speaker=names[row.speaker],
            source_chain=tuple(names[key] for key in row.source_chain),
            addressee=None if row.addressee is None else names[row.addressee],
            alternatives=tuple(
                replace(reading, speaker=None if reading.speaker is None else names[reading.speaker])
                for reading in row.alternatives
            ),
        )
    if isinstance(row, Claim):
        value = None if row.value is None else names.get(row.value, row.value)
        return replace(row, source=names.get(row.source, row.source), value=value)
    if isinstance(row, Registered):
        body = None if row.speaks_for is None else names[row.speaks_for]
        return replace(row, entity_id=names[row.entity_id], speaks_for=body)
    return row


def _without(places: Places, keys: Collection[str]) -> Places:
    return {key: found for key, found in places.items() if key not in keys}


def _gathered(found: Iterable[tuple[str, Hashable]]) -> Places:
    places: Places = defaultdict(set)
    for key, place in found:
        places[key].add(place)
    return dict(places)


def _mentions(rows: Sequence[Row]) -> Places:
    """Key → where it is mentioned: spans of entities and of speakers."""
    found: list[tuple[str, Hashable]] = [
        (row.entity_id, (row.doc_id, row.start, row.end)) for row in rows if isinstance(row, Entity)
    ]
    for row in rows:
        if isinstance(row, Quote) and row.speaker_mention is not None:
            found.append((row.speaker, (row.doc_id, row.speaker_mention.start, row.speaker_mention.end)))
    return _gathered(found)


def _sayings(rows: Sequence[Row]) -> Places:
    """Key → what it says, relays, is told, or claims."""
    found: list[tuple[str, Hashable]] = []
    for row in rows:
        if isinstance(row, Quote):
            where = (row.doc_id, *((span.start, span.end) for span in (*row.content, *row.cue)))
            found += [(key, ("chain", at, where)) for at, key in enumerate((row.speaker, *row.source_chain))]
            found += [(row.addressee, ("addressee", where))] if row.addressee is not None else []
        elif isinstance(row, Claim) and row.source != NARRATOR:
            found.append((row.source, ("claim", row.doc_id, row.start, row.end)))
    return _gathered(found)


def _names(rows: Sequence[Row]) -> Places:
    registered = (row for row in rows if isinstance(row, Registered))
    return _gathered((row.entity_id, fold(name)) for row in registered for name in (row.name, *row.aliases))


def _wikidata(rows: Sequence[Row]) -> Places:
    registered = (row for row in rows if isinstance(row, Registered))
    return _gathered((row.entity_id, row.wikidata) for row in registered if row.wikidata is not None)


def _themselves(rows: Sequence[Row]) -> Places:
    return _gathered((key, key) for row in rows for key in keys_of(row))
