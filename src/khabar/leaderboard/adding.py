"""Adding a submission: what a system said and its card in, its three files out, or every problem at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from khabar.corpus.release import sha256
from khabar.corpus.versions import parse_version
from khabar.leaderboard.building import board_version, closed
from khabar.leaderboard.card import Card, parse_card, read_card, with_unanswered
from khabar.leaderboard.frozen import is_frozen
from khabar.leaderboard.places import CARD, OF_A_SUBMISSION, PREDICTIONS, Place, key_problem, place_of
from khabar.leaderboard.result import as_bytes
from khabar.leaderboard.submission import Submission, as_lines, scored, shown_names
from khabar.leaderboard.survey import Survey, survey
from khabar.reading.incidents import Incident, Incidents, InputError, errors
from khabar.reading.predictions import read_predictions
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute


def add(
    root: Path,
    system: str,
    said: Path | Sequence[Annotations | Dispute],
    card: Path | None,
    reference: Reference,
    *,
    replace: bool = False,
    unanswered: int | None = None,
) -> tuple[Submission, dict[Path, bytes], list[Incident]]:
    """Make a submission of what a system said: a file, or records. Without a card it takes that of its last submission.

    `unanswered` is what a run of it left so, which its card is to say; None if there was no run, and the card stands.
    Returns it, the files to write, and warnings. Raises InputError with every problem of name, card and predictions.
    """
    version = board_version(reference)
    incidents: list[Incident] = []
    if problem := key_problem(system):
        raise InputError([Incident("path-unsafe", f"NAME {problem}", fix="write a name such as my-system")])
    present = survey(root, incidents) if root.is_dir() else Survey(root, (), ())
    place = place_of(root, system, version)
    if is_frozen(root, version):
        incidents.append(closed(root, version))
    path = card or _last_card(present, system) or place.card
    described = read_card(path, incidents)
    card_bytes = b"" if described is None else path.read_bytes()
    if described is not None and unanswered is not None and unanswered != described.unanswered:
        card_bytes = with_unanswered(card_bytes, unanswered)
        described = parse_card(card_bytes, str(path), incidents)
    submission = None
    lines = as_lines(_records(said))
    if len(lines) > OF_A_SUBMISSION[PREDICTIONS]:
        message = f"{len(lines):,} bytes of predictions, where {OF_A_SUBMISSION[PREDICTIONS]:,} are the most"
        incidents.append(Incident("file-too-large", message))
    else:
        submission = scored(system, described, said, sha256(lines), reference, incidents)
    if submission is not None:
        incidents += _clashes(present, place, submission.card)
    if submission is None or errors(incidents):
        raise InputError(incidents)
    files = {
        place.card: card_bytes,
        place.predictions: lines,
        place.result: as_bytes(submission.result),
    }
    changed = [name for name in (place.card, place.predictions) if name.is_file() and name.read_bytes() != files[name]]
    if changed and not replace:
        message = f"{system} has another submission for corpus {version}"
        raise InputError([Incident("submission-exists", message, str(place.folder))])
    return submission, files, incidents


def _records(said: Path | Sequence[Annotations | Dispute]) -> list[Annotations | Dispute]:
    """Whatever can be read; what cannot is told when it is scored."""
    return [record for _, record in read_predictions(said, Incidents())] if isinstance(said, Path) else list(said)


def _last_card(present: Survey, system: str) -> Path | None:
    """The card of a system's submission to the highest corpus version."""
    mine = [place for place in present.submissions if place.system == system and place.card.is_file()]
    return max(mine, key=lambda place: parse_version(place.version, CARD)).card if mine else None


def _clashes(present: Survey, place: Place, card: Card) -> list[Incident]:
    """Whether somebody else on the board goes by this name; other cards' own problems are not this submission's."""
    others = {each: read_card(each.card, []) for each in present.of(place.version) if each.system != place.system}
    return [
        Incident("name-taken", f"{card.name!r} ({place.system}) reads like system {each.system!r}", str(place.card))
        for each, other in others.items()
        if other is not None and shown_names(each.system, other) & shown_names(place.system, card)
    ]
