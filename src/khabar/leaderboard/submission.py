"""Submissions: a card, predictions, and recordings of a model's answers, read from their folder and scored again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from khabar.leaderboard.board_gold import BoardGold
from khabar.leaderboard.card import Card, read_card
from khabar.leaderboard.result import Result, StatedScore
from khabar.leaderboard.survey import CARD, PREDICTIONS, EvalFolder, SubmissionPlace
from khabar.leaderboard.system_names import readings
from khabar.leaderboard.withheld_predictions import quoted
from khabar.reading.checks import checked_predictions
from khabar.reading.files import json_lines, sha256
from khabar.reading.incidents import Incidents, InputError
from khabar.reading.predictions import Records
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute
from khabar.records.labels import LAYERS, Layer
from khabar.records.predictions import canonical
from khabar.scoring.result import Score, headline_name
from khabar.scoring.scorer import Evaluation, measure
from khabar.scoring.tally import Tally
from khabar.systems.endpoint import Recording
from khabar.systems.endpoint.client import Reply
from khabar.systems.endpoint.prompts import Question
from khabar.systems.protocol import Options
from khabar.systems.runner import run_system

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
    documents = [document.document for _, document in sorted(reference.documents.items())]
    system = Recording(str(path), Options())
    annotations, disputes = run_system(system, documents, layers=layers)
    return Replay(tuple(system.replies), tuple(annotations), tuple(disputes), len(system.failures))


def spread(replays: Sequence[Replay], reference: Reference, layers: Sequence[Layer]) -> Spread:
    """How far each headline lies apart in several runs; nothing of a single one, and of undefined figures."""
    headlines = [
        Evaluation(reference, each.annotations, each.disputes, layers=layers).score(resamples=2).headline
        for each in replays
    ]
    values = {column: [line[column] for line in headlines] for column in (headlines[0] if headlines else ())}
    spreads: Spread = {}
    for column, figures in values.items():
        known = [figure for figure in figures if figure is not None]
        if len(known) == len(figures) > 1:
            spreads[column] = min(known), max(known)
    return spreads


CHECKER = "oracle"
"""The embedded system that is gold itself. `empty` checks the checker too, and is everybody's floor."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a system said of a split of the present corpus, counted and measured."""

    system: str
    split: str
    card: Card
    predictions: str
    """SHA-256 of their file."""
    counted: Tally
    score: Score
    agreement: Mapping[str, float]
    """How near two passes came to each other at most, by layer.figure."""
    runs: tuple[Replay, ...] = ()
    """The runs of a language model whose recordings are known; what it said is of the first."""
    spread: Spread = field(default_factory=dict)
    """How far its headlines lie apart in several runs."""

    @property
    def result(self) -> Result:
        """Its result, as it stands in a file."""
        signature = self.score.signature
        return Result(
            system=self.system,
            corpus=signature.corpus,
            split=self.split,
            hash=signature.hash,
            predictions=self.predictions,
            score=msgspec.convert(self.score.to_dict(), StatedScore),
        )

    @property
    def perfect(self) -> list[str]:
        """Layers whose headline is exactly 1."""
        return [layer for layer, figures in self.score.layers.items() if figures[headline_name(figures)].value == 1]

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


def score_all(folder: EvalFolder, gold: BoardGold, incidents: Incidents) -> list[Submission]:
    """Score all submissions to the present corpus on each split whose articles are here.

    Of the other splits, predictions are checked as far as that goes without. What is wrong is added to `incidents`.
    """
    cards: dict[SubmissionPlace, Card] = {}
    submissions: list[Submission] = []
    for place in folder.of(gold.version):
        card = read_card(place.card, incidents)
        _report_strays(place, gold, incidents)
        files = {split: place.predictions(split) for split in gold.splits if split in place.splits}
        scored = score_splits(place.system, card, files, gold, incidents, place.card)
        submissions += [_with_recordings(submission, place, gold, incidents) for submission in scored]
        if card is not None and scored:
            cards[place] = card
    report_clashes(cards, incidents)
    return submissions


def with_runs(submission: Submission, replays: Sequence[Replay], gold: BoardGold) -> Submission:
    """A submission that says how far apart several runs of its system lie."""
    layers = gold.layers(submission.split, submission.card)
    apart = spread(replays, gold.splits[submission.split], layers) if len(replays) > 1 else {}
    return replace(submission, runs=tuple(replays), spread=apart)


def _with_recordings(
    submission: Submission, place: SubmissionPlace, gold: BoardGold, incidents: Incidents
) -> Submission:
    """Make the predictions anew from the recording, and read what other runs there are."""
    split = submission.split
    layers = gold.layers(split, submission.card)
    replays: list[Replay] = []
    for path in place.recordings(split) if split not in gold.withheld else ():
        try:
            replays.append(replay(path, gold.splits[split], layers))
        except InputError as error:
            incidents.extend(error.incidents)
            return submission
    file = place.predictions(split)
    if replays and as_lines(replays[0].said(layers)) != file.read_bytes():
        message = f"they are not what {place.recordings(split)[0].name} gives"
        incidents.report("recording-drift", message, file=file)
    return with_runs(submission, replays, gold)


def _report_strays(place: SubmissionPlace, gold: BoardGold, incidents: Incidents) -> None:
    """Report what is of no split of the corpus, and a submission of none."""
    for name in place.files:
        split, _, rest = name.rpartition("/")
        if not split and rest == CARD:
            continue
        if split not in gold.splits:
            what = f"corpus {gold.version} has no split {split!r}" if split else f"{rest} is of no split"
            fix = f"move it into a folder of its split: {', '.join(gold.splits)}"
            incidents.report("file-unlisted", what, file=place.folder / name, fix=fix)
    for split in gold.withheld:
        for path in place.recordings(split):
            message = "a model's answers hold words of articles that the repository does not hold"
            incidents.report("text-quoted", message, file=path, fix="remove it, and keep its SHA-256 in the card")
    if not place.splits:
        incidents.report("file-missing", f"no {PREDICTIONS} of any split", file=place.folder)


def score_splits(
    system: str,
    card: Card | None,
    predictions: Mapping[str, Path | Sequence[Annotations | Dispute]],
    gold: BoardGold,
    incidents: Incidents,
    card_file: Path,
) -> list[Submission]:
    """Score the predictions of a system, by split. Without a card they are only checked. Gold itself is refused."""
    submissions: list[Submission] = []
    asked_layers: set[Layer] = set()
    answered_layers: set[Layer] = set()
    for split, source in predictions.items():
        if isinstance(source, Path) and not source.is_file():
            incidents.report("file-missing", f"no {PREDICTIONS}", file=source)
            continue
        layers = gold.layers(split, card)
        if not layers:
            message = f"{system}: of split {split} conflicts alone are scored, and the card leaves them out"
            incidents.report("layer-silent", message, file=card_file, fix=f"leave split {split} out")
            continue
        problems = Incidents()
        records = checked_predictions(source, gold.splits[split], layers, problems)
        if split in gold.withheld:
            _report_quoted(records, problems)
        incidents.extend(problems)
        asked_layers |= set(layers)
        answered_layers |= _spoken(records)
        if card is None or problems.errors or split in gold.outlined:
            continue
        data = source.read_bytes() if isinstance(source, Path) else as_lines(source)
        counted = Evaluation(gold.splits[split], records.documents, records.disputes, layers=layers).tally
        agreement = gold.agreement.get(split, {})
        submission = Submission(system, split, card, sha256(data), counted, measure(counted), agreement)
        if _is_sound(submission, source if isinstance(source, Path) else None, incidents):
            submissions.append(submission)
    if card is None or card.layers is not msgspec.UNSET or not answered_layers or asked_layers <= answered_layers:
        return submissions
    silent = ", ".join(layer for layer in LAYERS if layer in asked_layers - answered_layers)
    message = f"{system}: nothing is predicted of {silent}, and the card leaves no layer out"
    named = ", ".join(f'"{layer}"' for layer in LAYERS if layer in answered_layers)
    fix = f"write layers = [{named}] into the card, or all four if it is meant so"
    incidents.report("layer-silent", message, file=card_file, fix=fix)
    return []


def _is_sound(submission: Submission, file: Path | None, incidents: Incidents) -> bool:
    """Whether a submission is not gold itself; what comes near it is told."""
    system, perfect = submission.system, submission.perfect
    if CHECKER in shown_names(system, submission.card):
        incidents.report("gold-submitted", f"{CHECKER} is gold itself and checks the scorer", file=file)
        return False
    if len(perfect) == len(submission.score.layers) and len(perfect) > 1:
        incidents.report("gold-submitted", f"{', '.join(perfect)} at 1.0: this is gold", file=file)
        return False
    for layer in perfect:
        incidents.report("layer-perfect", f"{system}: {layer} at 1.0", file=file)
    for name in submission.near_gold.values():
        message = f"{system}: {name} is above {submission.agreement[name]:.3f}, the most of any two passes"
        incidents.report("layer-near-gold", message, file=file)
    return True


def _report_quoted(records: Records, incidents: Incidents) -> None:
    for origin, record in records:
        doc_id = record.doc_id if isinstance(record, Annotations) else None
        for words in list(quoted(record))[:1]:
            shown = words if len(words) < 30 else words[:29] + "…"
            incidents.report(
                "text-quoted", f"it holds the string {shown!r}", file=origin.file, line=origin.line, doc_id=doc_id
            )


def _spoken(records: Records) -> set[Layer]:
    """The layers on which something is predicted."""
    said: set[Layer] = {
        layer for layer in LAYERS[:3] if any(getattr(document, layer) for document in records.documents)
    }
    return said | ({"conflicts"} if records.disputes else set())


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
    """Predictions as a file holds them: JSONL, documents by their ids, then disputes."""
    records = list(records)
    documents = [record for record in records if isinstance(record, Annotations)]
    disputes = [record for record in records if isinstance(record, Dispute)]
    ordered = (*sorted(documents, key=lambda record: record.doc_id), *sorted(disputes, key=canonical))
    return json_lines(ordered)
