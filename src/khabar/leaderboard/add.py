"""Adding a submission: what a system said and its card in, its three files out, or every problem at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from khabar.corpus.release import parse_version
from khabar.leaderboard.build import board_version
from khabar.leaderboard.card import Card, parse_card, read_card, with_unanswered
from khabar.leaderboard.closed_boards import report_closed
from khabar.leaderboard.names import key_problem
from khabar.leaderboard.places import CARD, OF_A_SUBMISSION, PREDICTIONS, SubmissionPlace, place_of
from khabar.leaderboard.result import as_bytes
from khabar.leaderboard.submission import Submission, as_lines, score_submission, shown_names
from khabar.leaderboard.survey import EvalFolder, survey
from khabar.reading.files import remove_parts, sha256
from khabar.reading.incidents import Incident, Incidents, InputError
from khabar.reading.predictions import read_predictions
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute


def add(
    root: Path,
    system: str,
    predictions: Path | Sequence[Annotations | Dispute],
    card: Path | None,
    reference: Reference,
    incidents: Incidents,
    *,
    replace: bool = False,
    unanswered: int | None = None,
) -> tuple[Submission, dict[Path, bytes]]:
    """Make a submission of predictions: a file, or records. Without a card it takes that of its last submission.

    `unanswered` is what a run of it left so, which its card is to say; None if there was no run, and the card stands.
    Returns it and the files to write; warnings are added to `incidents`. Raises InputError with every problem of name,
    card and predictions.
    """
    version = board_version(reference)
    if problem := key_problem(system):
        raise InputError([Incident("path-unsafe", f"NAME {problem}", fix="write a name such as my-system")])
    remove_parts(root)
    present = survey(root, incidents) if root.is_dir() else EvalFolder(root, (), ())
    place = place_of(root, system, version)
    report_closed(root, version, incidents)
    path = card or _last_card(present, system) or place.card
    described = read_card(path, incidents)
    card_bytes = b"" if described is None else path.read_bytes()
    if described is not None and unanswered is not None and unanswered != described.unanswered:
        card_bytes = with_unanswered(card_bytes, unanswered)
        described = parse_card(card_bytes, str(path), incidents)
    submission = None
    lines = as_lines(_records(predictions))
    if len(lines) > OF_A_SUBMISSION[PREDICTIONS]:
        message = f"{len(lines):,} bytes of predictions, where {OF_A_SUBMISSION[PREDICTIONS]:,} are the most"
        incidents.report("file-too-large", message)
    else:
        submission = score_submission(system, described, predictions, sha256(lines), reference, incidents, path)
    if submission is not None:
        _report_namesakes(present, place, submission.card, incidents)
    incidents.refuse()
    assert submission is not None, "what cannot be scored has an error"
    files = {place.card: card_bytes, place.predictions: lines, place.result: as_bytes(submission.result)}
    changed = [name for name in (place.card, place.predictions) if name.is_file() and name.read_bytes() != files[name]]
    if changed and not replace:
        message = f"{system} has another submission for corpus {version}"
        raise InputError([Incident("submission-exists", message, str(place.folder))])
    return submission, files


def _records(predictions: Path | Sequence[Annotations | Dispute]) -> list[Annotations | Dispute]:
    """Whatever can be read; what cannot is told when it is scored."""
    if not isinstance(predictions, Path):
        return list(predictions)
    return [record for _, record in read_predictions(predictions, Incidents())]


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
