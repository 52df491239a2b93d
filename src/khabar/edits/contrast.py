"""Contrast sets: files of changes, and two variants of a story, each flip made in exactly one, decoys beside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from khabar.edits.application import apply
from khabar.edits.story import Story, renamed
from khabar.reading.files import write_records
from khabar.reading.incidents import Incidents
from khabar.reading.lines import json_objects
from khabar.reading.shape import shaped
from khabar.records import Change, Claim, Conflict, Decoy, Flip, IssueState
from khabar.records.edits import VARIANTS, direction_between

_CHANGES: dict[str, type[Change]] = {str(kind.__struct_config__.tag): kind for kind in (Change, Decoy, Flip)}


def read_changes(path: Path) -> list[Change]:
    """Read a file of changes: a change, flip or decoy a line, named by its `kind`. Raises InputError."""
    incidents = Incidents()
    changes: list[Change] = []
    for _, value, report in json_objects(path, incidents):
        kind = _CHANGES.get(str(value.get("kind", "change")))
        if kind is None:
            report("value-wrong", f"kind is {value['kind']!r}, not one of {', '.join(_CHANGES)}")
        change = None if kind is None else shaped(value, kind, report)
        if change is not None:
            changes.append(change)
    incidents.refuse()
    return changes


def write_changes(path: Path, changes: Iterable[Change]) -> None:
    """Write a file of changes, in the order given."""
    write_records(path, changes)


def variants(story: Story, changes: Sequence[Change]) -> dict[str, Story]:
    """Make the variants of a story: `a` and `b`, their keys renamed, from its flips and decoys.

    Raises InputError with every change that cannot be made, or does not do what it says.
    """
    incidents = Incidents()
    mine = [change for change in changes if isinstance(change, (Flip, Decoy)) and change.story == story.name]
    edited = {variant: apply(story, [change for change in mine if change.variant == variant]) for variant in VARIANTS}
    before = _issues(story)
    flips: dict[str, Flip] = {}
    for flip in mine:
        if not isinstance(flip, Flip):
            continue
        if flip.issue_id in flips:
            message = f"flip {flip.id!r}: issue {flip.issue_id!r} is flipped by {flips[flip.issue_id].id!r} already"
            incidents.report("flip-wrong", message)
        flips[flip.issue_id] = flip
        _check(flip, story, edited[flip.variant], incidents)
    for variant, version in edited.items():
        for issue_id, issue in _issues(version).items():
            flipped = issue_id in flips and flips[issue_id].variant == variant
            if not flipped and issue_id in before and _state(issue) != _state(before[issue_id]):
                message = f"variant {variant}: the status of issue {issue_id!r} changes, and no flip says so"
                incidents.report("flip-wrong", message)
    incidents.refuse()
    return {variant: renamed(version, variant) for variant, version in edited.items()}


def _check(flip: Flip, story: Story, edited: Story, incidents: Incidents) -> None:
    """Report where a flip is not what it says: the issue before and after, its direction, its groups of claims."""

    def report(message: str) -> None:
        incidents.report("flip-wrong", f"flip {flip.id!r}: {message}")

    for when, version, stated in (("before", story, flip.before), ("after", edited, flip.after)):
        issue = _issues(version).get(flip.issue_id)
        if issue is None:
            report(f"{when} it there is no issue {flip.issue_id!r}")
        elif _state(issue) != stated:
            report(f"{when} it issue {flip.issue_id!r} is {_words(_state(issue))}, not {_words(stated)}")
    direction = direction_between(flip.before.status, flip.after.status)
    if direction != flip.direction:
        report(f"from {flip.before.status} to {flip.after.status} is not {flip.direction}")
    claims = {row.id for row in edited.rows if isinstance(row, Claim) and row.issue_id == flip.issue_id}
    groups = [set(group) for group in flip.groups]
    if len(groups) != 2 or not all(groups) or groups[0] & groups[1]:
        report("its groups are not two disjoint groups of claims")
    if strangers := sorted(set().union(*groups) - claims):
        report(f"{', '.join(map(repr, strangers))} is no claim of issue {flip.issue_id!r}")


def _issues(story: Story) -> dict[str, Conflict]:
    return {row.issue_id: row for row in story.rows if isinstance(row, Conflict)}


def _state(issue: Conflict) -> IssueState:
    return IssueState(status=issue.status, type=issue.type, subtype=issue.subtype)


def _words(state: IssueState) -> str:
    return " ".join(word for word in (state.status, state.type, state.subtype) if word)
