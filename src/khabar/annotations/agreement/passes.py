"""The two passes of a round that are compared: read, checked, and cut down to the documents that both cover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from khabar.reading.incidents import Incident, InputError, errors
from khabar.reading.row_checks import check
from khabar.reading.rows import read_rows
from khabar.records import Claim, Conflict, Registered, Row, Seed
from khabar.seeds import read_manifest, read_text

DECISIONS = "decisions.jsonl"
"""The one .jsonl file of a round that is no pass."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One annotator's rows, in the order of the file."""

    name: str
    rows: tuple[Row, ...]

    @property
    def documents(self) -> frozenset[str]:
        """Documents it covers: those it has any row of, zones included."""
        return frozenset(owner for row in self.rows if (owner := getattr(row, "doc_id", None)) is not None)


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

    Each is checked as gold is. Raises InputError with every problem of both, or if they share no document.
    """
    paths = [folder / f"{name}.jsonl" for name in names or _passes(folder)]
    manifest = read_manifest(seeds)
    texts = {seed.doc_id: read_text(seeds, seed) for seed in manifest}
    incidents: list[Incident] = []
    read: list[Pass] = []
    for path in paths:
        located = read_rows(path, incidents)
        incidents += check(located, texts, {seed.doc_id: seed.story for seed in manifest})
        read.append(Pass(path.stem, tuple(item.row for item in located)))
    if errors(incidents):
        raise InputError(incidents)
    a, b = read
    shared = a.documents & b.documents
    if not shared:
        message = f"passes {a.name} and {b.name} have no document in common"
        fix = "name two passes over the same documents"
        raise InputError([Incident("option-wrong", message, str(folder), fix=fix)])
    kept = tuple(seed for seed in manifest if seed.doc_id in shared)
    return Round(
        folder.name,
        folder,
        Pass(a.name, limited(a.rows, kept)),
        Pass(b.name, limited(b.rows, kept)),
        kept,
        {seed.doc_id: texts[seed.doc_id] for seed in kept},
        {each.name: tuple(sorted(each.documents - shared)) for each in read},
    )


def limited(rows: Iterable[Row], seeds: Iterable[Seed]) -> tuple[Row, ...]:
    """Rows of these documents; issues keep the claims that are left, and go where none is."""
    rows, seeds = list(rows), list(seeds)
    documents, stories = {seed.doc_id for seed in seeds}, {seed.story for seed in seeds}
    claims = {row.id for row in rows if isinstance(row, Claim) and row.doc_id in documents}
    kept: list[Row] = []
    for row in rows:
        if isinstance(row, Conflict):
            left = (
                msgspec.structs.replace(each, claim_ids=tuple(key for key in each.claim_ids if key in claims))
                for each in row.positions
            )
            positions = tuple(each for each in left if each.claim_ids)
            if positions:
                kept.append(msgspec.structs.replace(row, positions=positions))
        elif isinstance(row, Registered):
            kept += [row] if row.story in stories else []
        elif getattr(row, "doc_id", None) in documents:
            kept.append(row)
    return tuple(kept)


def _passes(folder: Path) -> list[str]:
    """The names of the two passes of a round. Raises InputError if there are more or fewer."""
    if not folder.is_dir():
        raise InputError([Incident("file-missing", f"there is no round {folder.name!r}", str(folder))])
    found = sorted(path.stem for path in folder.glob("*.jsonl") if path.name != DECISIONS)
    if len(found) != 2:
        message = f"round {folder.name!r} has {len(found)} passes: {', '.join(found) or 'none'}"
        fix = "name the two to compare" if len(found) > 2 else "a second pass is needed"
        raise InputError([Incident("option-wrong", message, str(folder), fix=fix)])
    return found
