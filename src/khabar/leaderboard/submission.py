"""Submissions: a card and predictions, read from their folder and scored again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

import msgspec

from khabar.corpus.release import sha256
from khabar.leaderboard.card import Card, read_card
from khabar.leaderboard.places import PREDICTIONS, Place
from khabar.leaderboard.result import Result, result_of
from khabar.reading.checks import checked_predictions
from khabar.reading.incidents import Incident, Incidents
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute, canonical
from khabar.records.labels import LAYERS
from khabar.scoring.result import Score
from khabar.scoring.scorer import Counted, count, measure

CHECKER = "oracle"
"""The embedded system that is gold itself. `empty` checks the checker too, and is everybody's floor."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a system said, counted and measured on the present corpus."""

    system: str
    card: Card
    predictions: str
    counted: Counted
    score: Score

    @property
    def result(self) -> Result:
        """Its result, as it stands in a file."""
        return result_of(self.system, self.predictions, self.score)

    @property
    def perfect(self) -> list[str]:
        """Layers whose headline is exactly 1."""
        return [layer for layer, figures in self.score.layers.items() if figures["f1"].value == 1]


def score_submission(place: Place, reference: Reference, incidents: list[Incident]) -> Submission | None:
    """Read a submission and score it. What is wrong with it is added to `incidents`, and None given."""
    card = read_card(place.card, incidents)
    if not place.predictions.is_file():
        incidents.append(Incident("file-missing", f"no {PREDICTIONS}", str(place.predictions)))
        return None
    digest = sha256(place.predictions.read_bytes())
    return scored(place.system, card, place.predictions, digest, reference, incidents)


def scored(
    system: str,
    card: Card | None,
    predictions: Path | Sequence[Annotations | Dispute],
    digest: str,
    reference: Reference,
    incidents: list[Incident],
) -> Submission | None:
    """Score predictions as a submission. Without a card they are only checked. Gold itself is refused."""
    layers = LAYERS if card is None else card.layers
    found = Incidents()
    records = checked_predictions(predictions, reference, layers, found)
    incidents.extend(found)
    if card is None or found.errors:
        return None
    counted = count(reference, records.documents, records.disputes, layers=layers)
    submission = Submission(system, card, digest, counted, measure(counted))
    file = str(predictions) if isinstance(predictions, Path) else None
    if CHECKER in shown_names(system, card):
        message = f"{CHECKER} is gold itself and checks the scorer"
    elif len(submission.perfect) == len(submission.score.layers) and len(submission.perfect) > 1:
        message = f"{', '.join(submission.perfect)} at 1.0: this is gold"
    else:
        for layer in submission.perfect:
            incidents.append(Incident("layer-perfect", f"{system}: {layer} at 1.0", file))
        return submission
    incidents.append(Incident("gold-submitted", message, file))
    return None


def name_clashes(cards: Mapping[Place, Card]) -> list[Incident]:
    """Find systems that show under one name: alike but for case, width, spaces and punctuation, or another's key."""
    taken: dict[str, str] = {}
    incidents = []
    for place, card in sorted(cards.items()):
        for name in sorted(shown_names(place.system, card)):
            owner = taken.setdefault(name, place.system)
            if owner != place.system:
                message = f"{card.name!r} reads like system {owner!r}"
                incidents.append(Incident("name-taken", message, str(place.card)))
                break
    return incidents


def shown_names(system: str, card: Card) -> set[str]:
    """How a system's key and name read, whatever their case, width, spaces and punctuation."""
    return {_plain(system), _plain(card.name)}


def as_lines(records: Iterable[Annotations | Dispute]) -> bytes:
    """Predictions as a submission holds them: JSONL, documents by their ids, then disputes."""
    documents = sorted((each for each in records if isinstance(each, Annotations)), key=lambda each: each.doc_id)
    disputes = sorted((each for each in records if isinstance(each, Dispute)), key=canonical)
    return b"".join(msgspec.json.encode(each) + b"\n" for each in (*documents, *disputes))


def _plain(name: str) -> str:
    return "".join(each for each in normalize("NFKC", normalize("NFKC", name).casefold()) if each.isalnum())
