"""Contrast sets of a corpus: splits of two variants of each story, made by the changes that are kept beside its gold.

The release holds the changes too, so that texts that were left out can be edited once they are there, and flips scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from khabar.edits import edited_text, read_changes, story_of, variants, without_surfaces
from khabar.edits.offset_map import Offsets
from khabar.reading.files import json_lines, sha256
from khabar.reading.incidents import Incidents, InputError
from khabar.reading.issues import variant_key
from khabar.records import Decoy, Document, Flip, Row, Seed
from khabar.records.edits import VARIANTS
from khabar.records.repository import CHANGES, Release

FOLDER = "contrast"
"""Beside the gold folder: a file of flips and decoys for each story that has variants."""
DEFAULT = "test"

VariantChange = Flip | Decoy


def contrast_split(split: str) -> str:
    """The split that holds the variants of a split's stories."""
    return FOLDER if split == DEFAULT else f"{FOLDER}_{split}"


def original_split(split: str) -> str:
    """The split whose stories the variants of a split are made of."""
    return DEFAULT if split == FOLDER else split.removeprefix(f"{FOLDER}_")


def read_folder(gold: Path) -> list[VariantChange]:
    """Read the changes beside a gold folder, in the order of stories and ids; none where there are none.

    Raises InputError with every line that is none.
    """
    incidents = Incidents()
    changes: list[VariantChange] = []
    for path in sorted((gold.resolve().parent / FOLDER).glob("*.jsonl")):
        try:
            read = read_changes(path)
        except InputError as error:
            incidents.extend(error.incidents)
            continue
        for change in read:
            if isinstance(change, (Flip, Decoy)) and change.story == path.stem:
                changes.append(change)
            else:
                message = (
                    f"change {change.id!r} is no flip or decoy of story {path.stem!r}, which the file is named after"
                )
                incidents.report("value-wrong", message, file=path)
    incidents.refuse()
    return sorted(changes, key=lambda change: (change.story, change.id))


def lines(changes: Iterable[VariantChange]) -> bytes:
    """The changes as the file of a release, without what they quote."""
    return json_lines(map(without_surfaces, changes))


def read_released(folder: Path, release: Release) -> list[VariantChange]:
    """Read the changes of a release; none where it has no contrast set. Raises InputError."""
    if release.changes is msgspec.UNSET:
        return []
    return [change for change in read_changes(folder / CHANGES) if isinstance(change, (Flip, Decoy))]


@dataclass(frozen=True, slots=True)
class AlteredSpan:
    """A stretch of an altered article, what the original has in its place, and the change that made it."""

    start: int
    end: int
    before: str
    change: VariantChange


def altered_spans(document: Document, original: Document, changes: Iterable[VariantChange]) -> list[AlteredSpan]:
    """Find what is altered in a variant of an article. A stretch that was deleted has no length."""
    mine = [
        (edit, change)
        for change in changes
        for edit in change.edits
        if edit.doc_id == original.doc_id and variant_key(edit.doc_id, change.variant) == document.doc_id
    ]
    mine.sort(key=lambda pair: (pair[0].start, pair[0].end))
    places = Offsets.of(edit for edit, _ in mine).replacing
    return [
        AlteredSpan(*place, original.text[edit.start : edit.end], change)
        for place, (edit, change) in zip(places, mine, strict=True)
    ]


def variant_stories(changes: Iterable[VariantChange]) -> set[str]:
    """The stories that changes make: both variants, even where one has no change."""
    return {variant_key(change.story, variant) for change in changes for variant in VARIANTS}


@dataclass(frozen=True, slots=True)
class CorpusSource:
    """Articles as they are built into a corpus: seeds, texts by doc_id, annotation rows."""

    seeds: list[Seed]
    texts: dict[str, str]
    rows: list[Row]


def with_variants(articles: CorpusSource, changes: Sequence[VariantChange]) -> CorpusSource:
    """Add the two variants of each story that has changes. Raises InputError with every change that cannot be made."""
    incidents = Incidents()
    seeds, texts, rows = [*articles.seeds], dict(articles.texts), [*articles.rows]
    originals = {seed.doc_id: seed for seed in articles.seeds}
    for name in sorted({change.story for change in changes} & {seed.story for seed in articles.seeds}):
        story = story_of(articles.seeds, articles.texts, articles.rows, name)
        try:
            versions = variants(story, changes)
        except InputError as error:
            file = f"{FOLDER}/{name}.jsonl"
            incidents.extend(replace(incident, file=file, line=None) for incident in error.incidents)
            continue
        for variant, version in versions.items():
            for document in version.documents:
                original = originals[document.doc_id.removesuffix(f".{variant}")]
                seeds.append(_variant_seed(original, document))
                texts[document.doc_id] = document.text
            rows += version.annotations
    incidents.refuse()
    return CorpusSource(seeds, texts, rows)


def _variant_seed(original: Seed, document: Document) -> Seed:
    return msgspec.structs.replace(
        original,
        file=f"{document.doc_id}.txt",
        sha256=document.sha256,
        story=document.story,
        split=contrast_split(original.split),
        title=document.title,
    )


def variant_texts(
    texts: Mapping[str, str], documents: Iterable[Document], changes: Sequence[VariantChange]
) -> dict[str, str]:
    """Make the texts of variants from those of the original articles. Raises InputError where one is not as it was."""
    incidents = Incidents()
    edited: dict[str, str] = {}
    originals = {variant_key(doc_id, variant): (doc_id, variant) for doc_id in texts for variant in VARIANTS}
    for document in documents:
        doc_id, variant = originals[document.doc_id]
        edits = [
            edit for change in changes if change.variant == variant for edit in change.edits if edit.doc_id == doc_id
        ]
        edited[document.doc_id] = edited_text(texts[doc_id], edits)
        if sha256(edited[document.doc_id].encode()) != document.sha256:
            message = f"its edits do not make the text with the SHA-256 {document.sha256}"
            incidents.report("corpus-changed", message, doc_id=document.doc_id)
    incidents.refuse()
    return edited
