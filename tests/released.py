"""The released corpus and what the embedded systems predict of it: each is read, run and scored once in a session."""

from __future__ import annotations

from functools import cache

from khabar import api
from khabar.corpus.gold import load_gold
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute, Document
from khabar.scoring.result import Score
from khabar.systems.registry import find_system
from khabar.systems.running import run_system


@cache
def gold() -> Reference:
    return load_gold()[0]


@cache
def documents() -> tuple[Document, ...]:
    return tuple(api.load())


@cache
def predicted(system: str) -> tuple[list[Annotations], list[Dispute]]:
    return run_system(find_system(system, gold()), documents())


@cache
def scored(system: str) -> Score:
    annotations, disputes = predicted(system)
    return api.score([*annotations, *disputes], gold=gold())
