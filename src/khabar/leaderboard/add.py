"""Adding a submission: what a system said and its card in, its files out, or every problem at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from khabar.corpus.release import parse_version
from khabar.leaderboard.board_gold import BoardGold
from khabar.leaderboard.card import MEASURED, Card, parse_card, read_card, restated
from khabar.leaderboard.closed_boards import report_closed
from khabar.leaderboard.result import as_bytes
from khabar.leaderboard.submission import Replay, Submission, as_lines, replay, score_splits, shown_names, with_runs
from khabar.leaderboard.survey import (
    CARD,
    LARGEST,
    PREDICTIONS,
    RECORDINGS,
    EvalFolder,
    SubmissionPlace,
    place_of,
    survey,
)
from khabar.leaderboard.system_names import key_problem
from khabar.leaderboard.withheld_predictions import in_offsets
from khabar.reading.checks import checked_predictions
from khabar.reading.files import remove_parts, sha256
from khabar.reading.incidents import Incidents, InputError
from khabar.records import Annotations, Dispute

PredictionSource = Path | Sequence[Annotations | Dispute]


def add(
    root: Path,
    system: str,
    predictions: Mapping[str, PredictionSource],
    card: Path | None,
    gold: BoardGold,
    incidents: Incidents,
    *,
    replace: bool = False,
    unanswered: Mapping[str, int] | None = None,
    recordings: Sequence[Path] = (),
) -> tuple[list[Submission], dict[Path, bytes]]:
    """Make a submission of predictions by split: a file each, or records. Without a card, that of its last submission.

    On splits without text, predictions are kept as offsets and values, and so they are scored. `unanswered` is what
    runs left so, by split, which the card is to say; None if there was no run, and the card stays. Of `recordings` of
    one split's runs, the predictions are those of the first (what is given for that split is not read); they are kept
    beside it where the repository holds its text, else their SHA-256 in the card. Returns a submission for each split
    and the files to write; warnings are added to `incidents`. Raises InputError with every problem of name, card and
    predictions.
    """
    if problem := key_problem(system):
        raise InputError.of("path-unsafe", f"NAME {problem}", fix="write a name such as my-system")
    for split in predictions:
        gold.split(split)
    if len(recordings) > len(RECORDINGS):
        message = f"{len(recordings)} recordings, where {len(RECORDINGS)} are the most"
        raise InputError.of("option-wrong", message, fix=f"give {len(RECORDINGS)} of them")
    replays: list[Replay] = []
    if recordings:
        (recorded,) = predictions
        layers = gold.layers(recorded)
        replays = [replay(path, gold.split(recorded), layers) for path in recordings]
        predictions = {recorded: replays[0].said(layers)}
        unanswered = {recorded: replays[0].unanswered}
    remove_parts(root)
    present = survey(root, incidents) if root.is_dir() else EvalFolder(root, (), {})
    place = place_of(root, system, gold.version)
    report_closed(root, gold.version, incidents)
    path = card or _last_card(present, system) or place.card
    described = read_card(path, incidents)
    card_bytes = b"" if described is None else path.read_bytes()
    if described is not None:
        for key, measured in _unmentioned(described, place, predictions).items():
            card_bytes = restated(card_bytes, key, measured)
        if unanswered and any(described.unanswered.get(split, 0) != count for split, count in unanswered.items()):
            card_bytes = restated(card_bytes, "unanswered", unanswered)
        for split in predictions if replays else ():
            digest = sha256(recordings[0].read_bytes()) if split in gold.withheld else None
            card_bytes = restated(card_bytes, "tokens", {split: replays[0].tokens})
            card_bytes = restated(card_bytes, "recordings", {split: digest})
        described = parse_card(card_bytes, str(path), incidents)
    stored = {split: _kept(split, said, described, gold, incidents) for split, said in predictions.items()}
    lines = {split: as_lines(records) for split, records in stored.items()}
    for split, data in lines.items():
        if len(data) > LARGEST[PREDICTIONS]:
            message = f"{split}: {len(data):,} bytes of predictions, where {LARGEST[PREDICTIONS]:,} are the most"
            incidents.report("file-too-large", message)
    incidents.refuse()
    submissions = score_splits(system, described, stored, gold, incidents, path)
    if submissions:
        _report_namesakes(present, place, submissions[0].card, incidents)
    incidents.refuse()
    files = {place.card: card_bytes}
    submissions = [with_runs(submission, replays, gold) for submission in submissions]
    for submission in submissions:
        files[place.predictions(submission.split)] = lines[submission.split]
        files[place.result(submission.split)] = as_bytes(submission.result)
        if submission.split not in gold.withheld:
            folder = place.predictions(submission.split).parent
            files |= {folder / name: path.read_bytes() for name, path in zip(RECORDINGS, recordings, strict=False)}
    input_files = (place.card, *map(place.predictions, predictions))
    changed = [name for name in input_files if name.is_file() and name.read_bytes() != files[name]]
    if changed and not replace:
        message = f"{system} has another submission for corpus {gold.version}"
        raise InputError.of("submission-exists", message, str(place.folder))
    return submissions, files


def _unmentioned(
    card: Card, place: SubmissionPlace, replaced: Mapping[str, PredictionSource]
) -> dict[str, dict[str, Any]]:
    """What the submission's card says its runs came to, on splits whose predictions stay, and a new card does not."""
    earlier = read_card(place.card, Incidents()) if place.card.is_file() else None
    if earlier is None:
        return {}
    kept = {
        key: {
            split: value
            for split, value in getattr(earlier, key).items()
            if split not in {**replaced, **getattr(card, key)}
        }
        for key in MEASURED
    }
    return {key: values for key, values in kept.items() if values}


def _kept(
    split: str, source: PredictionSource, card: Card | None, gold: BoardGold, incidents: Incidents
) -> Sequence[Annotations | Dispute]:
    """Predictions as they are to be kept. What is wrong with them as they were given is added to `incidents`."""
    problems = Incidents()
    records = checked_predictions(source, gold.splits[split], gold.layers(split, card), problems)
    predictions: Sequence[Annotations | Dispute] = [record for _, record in records]
    if split in gold.contrast:
        predictions = records.disputes
    if split not in gold.withheld or problems.errors:
        incidents.extend(problems.errors)  # a warning is told when what is kept is scored
        return predictions
    passages = {doc_id: document.passage for doc_id, document in gold.splits[split].documents.items()}
    return [in_offsets(record, passages) for record in predictions]


def _last_card(present: EvalFolder, system: str) -> Path | None:
    """The card of a system's submission to the highest corpus version."""
    mine = [place for place in present.submissions if place.system == system and place.card.is_file()]
    return max(mine, key=lambda place: parse_version(place.version, CARD)).card if mine else None


def _report_namesakes(present: EvalFolder, place: SubmissionPlace, card: Card, incidents: Incidents) -> None:
    """Report who else on the board goes by this name; other cards' own problems are not this submission's."""
    for other in present.of(place.version):
        theirs = read_card(other.card, Incidents()) if other.system != place.system else None
        if theirs is not None and shown_names(other.system, theirs) & shown_names(place.system, card):
            message = f"{card.name!r} ({place.system}) reads like system {other.system!r}"
            incidents.report("name-taken", message, file=place.card)
