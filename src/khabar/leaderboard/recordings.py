"""Recordings of a language model's answers in a submission: its predictions are made anew from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import LAYERS, Layer
from khabar.scoring.scorer import count, measure
from khabar.systems.endpoint import Recording
from khabar.systems.endpoint.client import Reply
from khabar.systems.endpoint.prompts import Question
from khabar.systems.protocol import Options
from khabar.systems.running import run_system

Spread = dict[str, tuple[float, float]]
"""Column → the least and the most that a figure is in the runs of a system."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What a recording says of a split: answers, the predictions they give, and how many questions lack a whole one."""

    answers: tuple[tuple[Question, Reply], ...]
    annotations: tuple[Annotations, ...]
    disputes: tuple[Dispute, ...]
    unanswered: int

    def said(self, layers: Sequence[Layer]) -> list[Annotations | Dispute]:
        """The predictions that these layers need: where conflicts alone are scored, none of a document."""
        return [*(self.annotations if any(layer != "conflicts" for layer in layers) else ()), *self.disputes]

    @property
    def tokens(self) -> tuple[int, int] | None:
        """Tokens read and written; None where the endpoint did not say them of every answer."""
        pairs = [(reply.given, reply.answered) for _, reply in self.answers]
        said = [(given, answered) for given, answered in pairs if given is not None and answered is not None]
        return (sum(n for n, _ in said), sum(n for _, n in said)) if pairs and len(said) == len(pairs) else None


def replay(path: Path, reference: Reference, layers: Sequence[Layer] = LAYERS) -> Replay:
    """Read a recording as the predictions it gives for gold whose texts are here. Raises InputError."""
    documents = [
        Document(doc_id=doc_id, story=document.story, text=document.passage.text or "", sha256="")
        for doc_id, document in sorted(reference.documents.items())
    ]
    system = Recording(str(path), Options())
    annotations, disputes = run_system(system, documents, layers=layers)
    return Replay(tuple(system.replies), tuple(annotations), tuple(disputes), len(system.failures))


def spread(replays: Sequence[Replay], reference: Reference, layers: Sequence[Layer]) -> Spread:
    """How far each headline lies apart in several runs; nothing of a single one, and of undefined figures."""
    headlines = [
        measure(count(reference, each.annotations, each.disputes, layers=layers), resamples=2).headline
        for each in replays
    ]
    values = {column: [line[column] for line in headlines] for column in (headlines[0] if headlines else ())}
    found: Spread = {}
    for column, figures in values.items():
        known = [figure for figure in figures if figure is not None]
        if len(known) == len(figures) > 1:
            found[column] = min(known), max(known)
    return found
