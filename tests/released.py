"""The released corpus and what the embedded systems predict of it: each is read, run and scored once in a session."""

from __future__ import annotations

from functools import cache

from khabar import api
from khabar.corpus.gold import from_corpus
from khabar.corpus.release import released_corpus
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute, Document
from khabar.scoring.result import Score
from khabar.systems.registry import find_system
from khabar.systems.runner import run_system


@cache
def gold(split: str = "test") -> Reference:
    return from_corpus(released_corpus(), split)


@cache
def documents(split: str = "test") -> tuple[Document, ...]:
    return tuple(api.load(split=split))


@cache
def predicted(system: str, split: str = "test") -> tuple[list[Annotations], list[Dispute]]:
    return run_system(find_system(system, gold(split)), documents(split))


@cache
def scored(system: str) -> Score:
    annotations, disputes = predicted(system)
    return api.score([*annotations, *disputes], gold=gold())
