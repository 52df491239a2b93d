"""Submissions: a card and predictions, read from their folder and scored again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from khabar.leaderboard.card import Card, read_card
from khabar.leaderboard.names import readings
from khabar.leaderboard.places import PREDICTIONS, SubmissionPlace
from khabar.leaderboard.result import Result, result_of
from khabar.leaderboard.survey import EvalFolder
from khabar.reading.checks import checked_predictions
from khabar.reading.files import sha256
from khabar.reading.incidents import Incidents
from khabar.reading.predictions import Records
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute, canonical
from khabar.records.labels import LAYERS, Layer
from khabar.scoring.result import Score
from khabar.scoring.scorer import count, measure
from khabar.scoring.tally import Tally

CHECKER = "oracle"
"""The embedded system that is gold itself. `empty` checks the checker too, and is everybody's floor."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a system said, counted and measured on the present corpus."""

    system: str
    card: Card
    predictions: str
    """SHA-256 of their file."""
    counted: Tally
    score: Score
    agreement: Mapping[str, float]
    """How near two passes came to each other at most, by layer.figure."""

    @property
    def result(self) -> Result:
        """Its result, as it stands in a file."""
        return result_of(self.system, self.predictions, self.score)

    @property
    def perfect(self) -> list[str]:
        """Layers whose headline is exactly 1."""
        return [layer for layer, figures in self.score.layers.items() if figures["f1"].value == 1]

    @property
    def near_gold(self) -> dict[str, str]:
        """Other layers with a figure (its name) at which two passes are less alike than this and gold."""
        near: dict[str, str] = {}
        for name, most in self.agreement.items():
            layer, _, figure = name.partition(".")
            measured = self.score.layers.get(layer, {}).get(figure)
            if layer not in self.perfect and measured is not None and (measured.value or 0) > most:
                near.setdefault(layer, name)
        return near


def score_all(folder: EvalFolder, reference: Reference, incidents: Incidents) -> list[Submission]:
    """Score all submissions to the present corpus. What is wrong with any is added to `incidents`."""
    submissions = {place: _read(place, reference, incidents) for place in folder.of(reference.version)}
    sound = {place: submission for place, submission in submissions.items() if submission is not None}
    report_clashes({place: submission.card for place, submission in sound.items()}, incidents)
    return list(sound.values())


def _read(place: SubmissionPlace, reference: Reference, incidents: Incidents) -> Submission | None:
    card = read_card(place.card, incidents)
    if not place.predictions.is_file():
        incidents.report("file-missing", f"no {PREDICTIONS}", file=place.predictions)
        return None
    digest = sha256(place.predictions.read_bytes())
    return score_submission(place.system, card, place.predictions, digest, reference, incidents, place.card)


def score_submission(
    system: str,
    card: Card | None,
    predictions: Path | Sequence[Annotations | Dispute],
    digest: str,
    reference: Reference,
    incidents: Incidents,
    card_file: Path,
) -> Submission | None:
    """Score predictions as a submission. Without a card they are only checked. Gold itself is refused."""
    layers = LAYERS if card is None else card.scored_layers
    problems = Incidents()
    records = checked_predictions(predictions, reference, layers, problems)
    incidents.extend(problems)
    if card is None or problems.errors:
        return None
    counted = count(reference, records.documents, records.disputes, layers=layers)
    submission = Submission(system, card, digest, counted, measure(counted), reference.agreement)
    file = predictions if isinstance(predictions, Path) else None
    if CHECKER in shown_names(system, card):
        incidents.report("gold-submitted", f"{CHECKER} is gold itself and checks the scorer", file=file)
        return None
    silent = [] if card.layers is not msgspec.UNSET else _silent(records)
    if 0 < len(silent) < len(LAYERS):
        spoken = ", ".join(f'"{layer}"' for layer in LAYERS if layer not in silent)
        message = f"{system}: nothing is predicted of {', '.join(silent)}, and the card leaves no layer out"
        fix = f"write layers = [{spoken}] into the card, or all four if it is meant so"
        incidents.report("layer-silent", message, file=card_file, fix=fix)
        return None
    if len(submission.perfect) == len(submission.score.layers) and len(submission.perfect) > 1:
        incidents.report("gold-submitted", f"{', '.join(submission.perfect)} at 1.0: this is gold", file=file)
        return None
    for layer in submission.perfect:
        incidents.report("layer-perfect", f"{system}: {layer} at 1.0", file=file)
    for name in submission.near_gold.values():
        message = f"{system}: {name} is above {reference.agreement[name]:.3f}, the most of any two passes"
        incidents.report("layer-near-gold", message, file=file)
    return submission


def _silent(records: Records) -> list[Layer]:
    """The layers on which nothing is predicted."""
    said = {"conflicts": bool(records.disputes)} | {
        layer: any(getattr(document, layer) for document in records.documents) for layer in LAYERS[:3]
    }
    return [layer for layer in LAYERS if not said[layer]]


def report_clashes(cards: Mapping[SubmissionPlace, Card], incidents: Incidents) -> None:
    """Report systems that show under one name: alike but for case, width, spaces and punctuation, or another's key."""
    owners: dict[str, str] = {}
    for place, card in sorted(cards.items()):
        for name in sorted(shown_names(place.system, card)):
            owner = owners.setdefault(name, place.system)
            if owner != place.system:
                incidents.report("name-taken", f"{card.name!r} reads like system {owner!r}", file=place.card)
                break


def shown_names(system: str, card: Card) -> set[str]:
    """How a system's key and name may be read."""
    return readings(system) | readings(card.name)


def as_lines(records: Iterable[Annotations | Dispute]) -> bytes:
    """Predictions as a submission holds them: JSONL, documents by their ids, then disputes."""
    records = list(records)
    documents = [record for record in records if isinstance(record, Annotations)]
    disputes = [record for record in records if isinstance(record, Dispute)]
    ordered = (*sorted(documents, key=lambda record: record.doc_id), *sorted(disputes, key=canonical))
    return b"".join(msgspec.json.encode(record) + b"\n" for record in ordered)
