"""Names of one pass that stand for names of the other: entity keys, utterances, issues and positions are only names.

Groups (a key's mentions, an utterance's rows, an issue's claims) are matched one to one so that the sum of
φ4 = 2|A ∩ B| / (|A| + |B|) is largest, as entity-based CEAF does (Luo 2005). Names themselves are not looked at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from khabar.records import Claim, Entity, Quote, Registered, Row
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
    holders: dict[Hashable, list[NameT]] = defaultdict(list)
    for name, members in a.items():
        for member in members:
            holders[member].append(name)
    shared = Counter(
        (holder, name) for name, members in b.items() for member in members for holder in holders.get(member, ())
    )
    return matched_names(shared, {k: len(v) for k, v in a.items()}, {k: len(v) for k, v in b.items()})


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
    mentions_a, mentions_b = _mentions(a), _mentions(b)
    same = matched_groups(mentions_a, mentions_b)
    # A source without a mention is known only by what it says. Where one pass sees a mention of it, the two differ.
    same |= matched_groups(_without(_sayings(a), mentions_a), _without(_sayings(b), mentions_b))
    for groups_of in (_registry_names, _wikidata, _themselves):
        same |= matched_groups(_without(groups_of(a), same.values()), _without(groups_of(b), same))
    return same


Keyed = dict[str, set[Hashable]]


def _grouped(members: Iterable[tuple[str, Hashable]]) -> Keyed:
    groups: Keyed = defaultdict(set)
    for key, member in members:
        groups[key].add(member)
    return dict(groups)


def _without(groups: Keyed, keys: Collection[str]) -> Keyed:
    return {key: members for key, members in groups.items() if key not in keys}


def _mentions(rows: Iterable[Row]) -> Keyed:
    """Key → where it is mentioned: spans of entities and of speakers."""
    members: list[tuple[str, Hashable]] = []
    for row in rows:
        if isinstance(row, Entity):
            members.append((row.entity_id, (row.doc_id, row.start, row.end)))
        elif isinstance(row, Quote) and row.speaker_mention is not None:
            members.append((row.speaker, (row.doc_id, row.speaker_mention.start, row.speaker_mention.end)))
    return _grouped(members)


def _sayings(rows: Iterable[Row]) -> Keyed:
    """Key → what it says, relays, is told, or claims."""
    members: list[tuple[str, Hashable]] = []
    for row in rows:
        if isinstance(row, Quote):
            where = (row.doc_id, *((span.start, span.end) for span in (*row.content, *row.cue)))
            members += [(key, ("chain", turn, where)) for turn, key in enumerate((row.speaker, *row.source_chain))]
            members += [(row.addressee, ("addressee", where))] if row.addressee is not None else []
        elif isinstance(row, Claim) and row.source != NARRATOR:
            members.append((row.source, ("claim", row.doc_id, row.start, row.end)))
    return _grouped(members)


def _registry_names(rows: Iterable[Row]) -> Keyed:
    registry = (row for row in rows if isinstance(row, Registered))
    return _grouped((row.entity_id, fold(name)) for row in registry for name in (row.name, *row.aliases))


def _wikidata(rows: Iterable[Row]) -> Keyed:
    registry = (row for row in rows if isinstance(row, Registered))
    return _grouped((row.entity_id, row.wikidata) for row in registry if row.wikidata is not None)


def _themselves(rows: Iterable[Row]) -> Keyed:
    return _grouped((key, key) for row in rows for key in keys_of(row))
