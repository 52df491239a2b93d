"""Rounds: passes over the same articles, one file each, `annotations/rounds/<round>/<pass>.jsonl`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from msgspec.structs import replace

from khabar.corpus.withheld import with_surfaces
from khabar.reading.incidents import Incidents, InputError
from khabar.reading.rows import Located, check, read_rows
from khabar.records import ANNOTATED, Claim, Conflict, Document, Registered, Row, Seed
from khabar.seeds.store import at_hand, document, read_manifest, read_texts, verify

ROUNDS = Path("annotations") / "rounds"
DECISIONS = "decisions.jsonl"
"""The one .jsonl file of a round that is no pass."""
_NAME = re.compile(r"\w[\w.-]*", re.ASCII)
_LONGEST = 30
"""Letters of round and pass together: Label Studio's titles take 50."""
_FIX = f"use letters, digits, _ . and -, at most {_LONGEST} for both names together"


@dataclass(frozen=True, slots=True)
class PassName:
    """What a pass is called: the round it is of, and its own name. Raises InputError for what can be no name."""

    round: str
    name: str

    def __post_init__(self) -> None:
        incidents = Incidents()
        for name in (self.round, self.name):
            if not _NAME.fullmatch(name):
                incidents.report("option-wrong", f"{name!r} is no name of a round or pass", fix=_FIX)
        if len(self.round) + len(self.name) > _LONGEST:
            incidents.report("option-wrong", f"{self.round}/{self.name} is too long", fix=_FIX)
        incidents.refuse()

    def title(self, kind: str) -> str:
        """Title of its project of one kind (a step, or "questions")."""
        return f"khabar {self.round}/{self.name} {kind}"

    def file(self, rounds: Path = ROUNDS) -> Path:
        """Its file."""
        return rounds / self.round / f"{self.name}.jsonl"


@dataclass(frozen=True)
class Articles:
    """The articles a pass may be of."""

    documents: tuple[Document, ...]

    @cached_property
    def texts(self) -> dict[str, str]:
        """doc_id → text."""
        return {document.doc_id: document.text for document in self.documents}

    @cached_property
    def stories(self) -> dict[str, str]:
        """doc_id → story."""
        return {document.doc_id: document.story for document in self.documents}

    def of(self, story: str) -> dict[str, str]:
        """The texts of one story."""
        return {doc_id: text for doc_id, text in self.texts.items() if self.stories[doc_id] == story}


def read_articles(seeds: Path) -> Articles:
    """Read the articles of a seeds folder; those that are elsewhere only where they have been fetched.

    Raises InputError if any is not as its manifest has it.
    """
    Incidents(verify(seeds)).refuse()
    readable = at_hand(read_manifest(seeds))
    texts = read_texts(seeds, readable)
    return Articles(tuple(document(seed, texts[seed.doc_id]) for seed in readable))


@dataclass(frozen=True, slots=True)
class Pass:
    """One reading of the articles, by one annotator or by several who share them: rows in the order of the file."""

    name: str
    rows: tuple[Row, ...]

    @property
    def documents(self) -> frozenset[str]:
        """Documents it covers: those it has any row of, zones included."""
        return frozenset(owner for row in self.rows if (owner := row.article) is not None)


@dataclass(frozen=True, slots=True)
class Round:
    """Two passes over the same documents. `left_out` names, by pass, the documents that only this pass covers."""

    name: str
    folder: Path
    a: Pass
    b: Pass
    seeds: tuple[Seed, ...]
    texts: Mapping[str, str]
    left_out: Mapping[str, tuple[str, ...]]

    @property
    def stories(self) -> dict[str, str]:
        """doc_id → story, of the documents compared."""
        return {seed.doc_id: seed.story for seed in self.seeds}


def read_round(folder: Path, seeds: Path, names: Sequence[str] = ()) -> Round:
    """Read two passes of a round's folder, by name, or the two that there are.

    Each is checked as gold is, rows of fetched articles once they have their surfaces. Raises InputError with every
    problem of both, if they share no document, or if an article they cover is elsewhere and not fetched.
    """
    incidents = Incidents()
    paths = [folder / f"{name}.jsonl" for name in names or _pass_names(folder)]
    located = {path: read_rows(path, incidents) for path in paths}
    covered = {item.row.article for items in located.values() for item in items}
    manifest = [seed for seed in read_manifest(seeds) if seed.doc_id in covered]
    texts = read_texts(seeds, manifest)
    fetched = {seed.doc_id: texts[seed.doc_id] for seed in manifest if seed.source}
    stories = {seed.doc_id: seed.story for seed in manifest}
    passes: list[Pass] = []
    for path, items in located.items():
        items = [Located(with_surfaces(item.row, fetched), item.file, item.line) for item in items]
        incidents.extend(check(items, texts, stories))
        passes.append(Pass(path.stem, tuple(item.row for item in items)))
    incidents.refuse()
    a, b = passes
    shared = a.documents & b.documents
    if not shared:
        message = f"passes {a.name} and {b.name} have no document in common"
        fix = "name two passes over the same documents"
        raise InputError.of("option-wrong", message, str(folder), fix=fix)
    shared_seeds = tuple(seed for seed in manifest if seed.doc_id in shared)
    return Round(
        folder.name,
        folder,
        Pass(a.name, _limited(a.rows, shared_seeds)),
        Pass(b.name, _limited(b.rows, shared_seeds)),
        shared_seeds,
        {seed.doc_id: texts[seed.doc_id] for seed in shared_seeds},
        {each.name: tuple(sorted(each.documents - shared)) for each in passes},
    )


def _pass_names(folder: Path) -> list[str]:
    """The names of the two passes of a round. Raises InputError if there are more or fewer."""
    if not folder.is_dir():
        raise InputError.of("file-missing", f"there is no round {folder.name!r}", str(folder))
    names = sorted(path.stem for path in folder.glob("*.jsonl") if path.name != DECISIONS)
    if len(names) != 2:
        message = f"round {folder.name!r} has {len(names)} passes: {', '.join(names) or 'none'}"
        fix = "name the two to compare" if len(names) > 2 else "a second pass is needed"
        raise InputError.of("option-wrong", message, str(folder), fix=fix)
    return names


def _limited(rows: Sequence[Row], seeds: Iterable[Seed]) -> tuple[Row, ...]:
    """Rows of these documents; issues keep the claims that are left, and go where none is."""
    seeds = list(seeds)
    documents, stories = {seed.doc_id for seed in seeds}, {seed.story for seed in seeds}
    claims = {row.id for row in rows if isinstance(row, Claim) and row.doc_id in documents}
    limited: list[Row] = []
    for row in rows:
        if isinstance(row, Conflict):
            cut = (
                replace(each, claim_ids=tuple(key for key in each.claim_ids if key in claims)) for each in row.positions
            )
            positions = tuple(position for position in cut if position.claim_ids)
            limited += [replace(row, positions=positions)] if positions else []
        elif isinstance(row, Registered):
            limited += [row] if row.story in stories else []
        elif row.article in documents:
            limited.append(row)
    return tuple(limited)


def in_file_order(rows: Iterable[Row]) -> list[Row]:
    """Rows as the file of a pass has them: layer by layer, by key."""
    return sorted(rows, key=lambda row: (ANNOTATED.index(type(row)), row.key))
