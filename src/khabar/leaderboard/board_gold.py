"""The gold a board is made from: every split of one corpus version, those whose articles are not here in outline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from khabar.corpus.contrast import read_released, variant_stories
from khabar.corpus.gold import from_corpus, is_dataset
from khabar.corpus.release import parse_version, read_release, released_corpus
from khabar.corpus.tables import document_rows, filled_copy, is_corpus
from khabar.leaderboard.card import Card
from khabar.reading.checks import other_splits
from khabar.reading.incidents import InputError, fix_of
from khabar.reading.reference import Reference
from khabar.records import Annotations
from khabar.records.labels import LAYERS, Layer

FIRST = ("news", "test", "dev", "contrast_news", "contrast", "contrast_dev")
"""How splits follow each other on a board: stories nobody tuned on, the story everybody has read, then the others."""


@dataclass(frozen=True, slots=True)
class BoardGold:
    """Gold by split, in the order of a board.

    `withheld` splits are stored without the text of their articles, and so are predictions on them. `outlined` ones
    are withheld, and their text was not fetched either: of these, documents and stories alone are known. Of `contrast`
    ones conflicts alone are scored, by pairs.
    """

    version: str
    splits: Mapping[str, Reference]
    withheld: frozenset[str] = frozenset()
    outlined: frozenset[str] = frozenset()
    contrast: frozenset[str] = frozenset()
    agreement: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Split → figure (layer.figure) → how near two passes came to each other at most."""

    def layers(self, split: str, card: Card | None = None) -> tuple[Layer, ...]:
        """The layers that are scored on a split: those a card names (without one: all), conflicts of a contrast set."""
        named = LAYERS if card is None else card.scored_layers
        return tuple(layer for layer in named if split not in self.contrast or layer == "conflicts")

    def split(self, name: str) -> Reference:
        """Gold of a split to score on. Raises InputError if there is none, or its articles are not here."""
        if name not in self.splits:
            message = f"--split {name!r}: corpus {self.version} has {', '.join(self.splits)}"
            fix = fix_of(name, self.splits, before="--split ")
            raise InputError.of("option-wrong", message, fix=fix)
        if name in self.outlined:
            message, fix = f"the articles of split {name} are not here to score on", "run `khabar corpus fetch`"
            raise InputError.of("text-missing", message, fix=fix)
        return self.splits[name]


def read_board_gold(folder: Path | None) -> BoardGold:
    """Read every split of a corpus folder (None: the released one). Raises InputError."""
    source = released_corpus() if folder is None else folder
    if not is_dataset(source) or not is_corpus(source):
        message = f"{source} is no corpus folder with a version that a board could be of"
        raise InputError.of("option-wrong", message, str(source), fix="let --gold name a corpus folder")
    release = read_release(source)
    version = str(parse_version(release.version, str(source)))
    withheld = frozenset(release.withheld_splits)
    outlined = withheld if not is_corpus(filled_copy(source)) else frozenset()
    names = sorted(release.splits, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    splits = {
        name: _outline(source, name, version) if name in outlined else from_corpus(source, name) for name in names
    }
    altered = variant_stories(read_released(source, release))
    contrast = frozenset(name for name, gold in splits.items() if not altered.isdisjoint(gold.stories))
    agreement = {name: release.agreement_of(name) for name in names if name not in outlined}
    return BoardGold(version, splits, withheld, outlined, contrast, agreement)


def _outline(folder: Path, split: str, version: str) -> Reference:
    """The documents of a split and their stories, and nothing that is said of them."""
    by_split = {name: document_rows(folder, name) for name in read_release(folder).splits}
    documents = [Annotations(doc_id=row.doc_id, story=row.story) for row in by_split[split]]
    others = other_splits({name: [row.doc_id for row in rows] for name, rows in by_split.items()}, split)
    return Reference.build(documents, issues=(), version=version, other_splits=others)
