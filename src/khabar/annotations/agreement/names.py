"""Names of one pass that stand for names of the other: entity keys, utterances, issues and positions are only names.

Groups (a key's mentions, an utterance's rows, an issue's claims) are matched one to one so that the sum of
φ4 = 2|A ∩ B| / (|A| + |B|) is largest, as entity-based CEAF does (Luo 2005). Names themselves are not looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from khabar.records import Claim, Entity, Quote, Registered, Row, groups_of, only
from khabar.records.labels import NARRATOR
from khabar.scoring.assignment import assign, lexicographic
from khabar.text.arabic import fold

NameT = TypeVar("NameT", bound=Hashable)
Groups = Mapping[NameT, Collection[Hashable]]
"""Name → the members of its group."""
_STEPS = 100_000


def keys_of(row: Row) -> list[str]:
    """The entity keys of a row: those it refers to; those of a registry row begin with its own."""
    return [*([row.entity_id] if isinstance(row, Registered) else []), *row.references]


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


def matched_groups(a: Groups[NameT], b: Groups[NameT]) -> dict[NameT, NameT]:
    """Name of b → name of a, for groups that share members."""
    a, b = ({name: {*members} for name, members in side.items()} for side in (a, b))
    holders = groups_of((member, name) for name, members in a.items() for member in members)
    shared = Counter(
        (holder, name) for name, members in b.items() for member in members for holder in holders.get(member, ())
    )
    sizes_a, sizes_b = ({name: len(members) for name, members in side.items()} for side in (a, b))
    return matched_names(shared, sizes_a, sizes_b)


def matched_names(
    shared: Mapping[tuple[NameT, NameT], int], a: Mapping[NameT, int], b: Mapping[NameT, int], least: float = 0.0
) -> dict[NameT, NameT]:
    """Name of b → name of a where φ4 is at least `least`, from the members two groups share and the groups' sizes."""
    names_a, names_b = list(a), list(b)
    left, right = ({name: index for index, name in enumerate(names)} for names in (names_a, names_b))
    edges = []
    for (ours, theirs), count in shared.items():
        phi4 = 2 * count / (a[ours] + b[theirs])
        if count and phi4 >= least:
            edges.append((left[ours], right[theirs], lexicographic(round(phi4 * _STEPS), count)))
    return {names_b[theirs]: names_a[ours] for ours, theirs in assign(edges)}


def renamed(names: Iterable[str], same: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """Name of b → its name among a's: a's own where they are the same, else b's, made new where a has taken it."""
    new_names: dict[str, str] = {}
    used = {*taken, *same.values()}
    for name in dict.fromkeys(names):
        new = same.get(name, name)
        while name not in same and new in used:
            new += "_b"
        new_names[name] = new
        used.add(new)
    return new_names


def key_names(a: Sequence[Row], b: Sequence[Row]) -> dict[str, str]:
    """Entity key of b → what it is called among a's keys; b's own where a has no such thing. Rows of one story."""
    ours, theirs = ([key for row in rows for key in keys_of(row)] for rows in (a, b))
    return renamed(theirs, _matched_keys(a, b), [*ours, NARRATOR])


def _matched_keys(a: Sequence[Row], b: Sequence[Row]) -> dict[str, str]:
    """Key of b → key of a for what is the same thing, one to one.

    Keys are joined by the mentions they share; those that no mention has, by the quotes and claims they are the source
    of; what is then left, by names and Wikidata id in the registry; in the end, by the key itself.
    """
    mentions = [groups_of(_mentions(rows)) for rows in (a, b)]
    same = matched_groups(*mentions)
    # A source without a mention is known only by what it says. Where one pass sees a mention of it, the two differ.
    same |= matched_groups(*(_without(of, _sayings(rows)) for of, rows in zip(mentions, (a, b), strict=True)))
    for traits in (_registry_names, _wikidata, _themselves):
        same |= matched_groups(_without(same.values(), traits(a)), _without(same, traits(b)))
    return same


Traits = Iterator[tuple[str, Hashable]]
"""Pairs of a key and something that it is known by."""


def _without(keys: Collection[str], traits: Traits) -> Groups[str]:
    """Key → what it is known by, without the `keys`."""
    return groups_of((key, trait) for key, trait in traits if key not in keys)


def _mentions(rows: Iterable[Row]) -> Traits:
    """Where a key is mentioned: spans of entities and of speakers."""
    for row in rows:
        if isinstance(row, Entity):
            yield row.entity_id, (row.doc_id, row.start, row.end)
        elif isinstance(row, Quote) and row.speaker_mention is not None:
            yield row.speaker, (row.doc_id, row.speaker_mention.start, row.speaker_mention.end)


def _sayings(rows: Iterable[Row]) -> Traits:
    """What a key says, relays, is told, or claims."""
    for row in rows:
        if isinstance(row, Quote):
            where = (row.doc_id, *((span.start, span.end) for span in (*row.content, *row.cue)))
            for turn, key in enumerate((row.speaker, *row.source_chain)):
                yield key, ("chain", turn, where)
            if row.addressee is not None:
                yield row.addressee, ("addressee", where)
        elif isinstance(row, Claim) and row.source != NARRATOR:
            yield row.source, ("claim", row.doc_id, row.start, row.end)


def _registry_names(rows: Iterable[Row]) -> Traits:
    return ((row.entity_id, fold(name)) for row in only(rows, Registered) for name in (row.name, *row.aliases))


def _wikidata(rows: Iterable[Row]) -> Traits:
    return ((row.entity_id, row.wikidata) for row in only(rows, Registered) if row.wikidata is not None)


def _themselves(rows: Iterable[Row]) -> Traits:
    return ((key, key) for row in rows for key in keys_of(row))
