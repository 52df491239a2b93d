"""Changes: files of them, composed and undone, and the two variants of a story that they make.

Each flip is made in exactly one variant, decoys beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from khabar.edits.application import apply, by_document, carried_columns, place_of
from khabar.edits.offset_map import Offsets
from khabar.edits.story import Story, key_of, length_of, renamed
from khabar.reading.files import write_records
from khabar.reading.incidents import Incidents
from khabar.reading.lines import json_objects
from khabar.reading.shape import shaped
from khabar.records import Change, Claim, Conflict, Decoy, Edit, Flip, IssueState
from khabar.records.edits import VARIANTS, direction_between
from khabar.records.rows import offsets_alone

_SPAN = ("start", "end", "text")


def inverse(story: Story, changes: Sequence[Change]) -> Change:
    """The change that undoes changes: applied to the edited story, it gives `story` back to the letter.

    Raises InputError if the changes cannot be made.
    """
    edited = apply(story, changes)
    edits: list[Edit] = []
    texts = story.texts
    for doc_id, there in by_document(changes).items():
        text, back = texts[doc_id], Offsets.of(there).inverse()
        for stretch, original in zip(back.inverse().replaced, back.replaced, strict=True):
            new = text[stretch.start : stretch.start + original.length]
            edits.append(Edit(doc_id=doc_id, start=original.start, end=original.end, new=new))
    return difference(edited, story, edits, "undo")


def compose(story: Story, first: Sequence[Change], then: Sequence[Change], id: str) -> Change:
    """One change that does what `first` does to the story and `then` to the outcome.

    Raises InputError if either cannot be made.
    """
    between = apply(story, first)
    after = apply(between, then)
    earlier, later = by_document(first), by_document(then)
    edits = [
        edit
        for document in story.documents
        for edit in _composed(document.doc_id, earlier[document.doc_id], later[document.doc_id], length_of(document))
        if document.text[edit.start : edit.end] != edit.new or (not document.text and edit.start < edit.end)
    ]
    return difference(story, after, edits, id)


def difference(before: Story, after: Story, edits: Sequence[Edit], id: str) -> Change:
    """The change that makes one story into another, given the edits of its texts."""
    offsets = {doc_id: Offsets.of(mine) for doc_id, mine in by_document([Change(id=id, edits=tuple(edits))]).items()}
    old = {key_of(row): row for row in before.rows}
    new = {key_of(row): row for row in after.rows}
    restated: list[dict[str, Any]] = []
    for key, row in new.items():
        if key not in old:
            restated.append(msgspec.to_builtins(row))
            continue
        there = offsets.get(row.article or "", Offsets())
        carried = carried_columns(old[key], there)
        current = row.columns
        columns = {name: current[name] for name, value in offsets_alone(current).items() if carried[name] != value}
        if columns or any(there.touching(span.start, span.end) for _, span in old[key].spans()):
            identity = {name: getattr(row, name) for name in row.key_columns}
            restated.append({"layer": key.layer, **identity, **_with_whole_span(columns, current)})
    removed = tuple(key for key in old if key not in new)
    return Change(id=id, edits=tuple(edits), rows=tuple(restated), removed=removed)


def without_surfaces(change: Change) -> Change:
    """The change as it is stored where texts are withheld: the spans of restated rows are offsets alone."""
    return msgspec.structs.replace(change, rows=tuple(map(offsets_alone, change.rows)))


def _composed(doc_id: str, first: Sequence[Edit], then: Sequence[Edit], length: int) -> Iterator[Edit]:
    """Edits that do at once what two lists do one after the other, in a document of `length` code points."""
    pieces: list[int | str] = list(range(length))  # offsets of the original text, and characters of our own
    for edits in (first, then):
        for edit in sorted(edits, key=place_of, reverse=True):
            pieces[edit.start : edit.end] = edit.new
    start, new = 0, ""
    for piece in (*pieces, length):
        if isinstance(piece, str):
            new += piece
            continue
        if new or piece > start:
            yield Edit(doc_id=doc_id, start=start, end=piece, new=new)
        start, new = piece + 1, ""


def _with_whole_span(columns: dict[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Restate all of a row's own span if any part of it changes."""
    changed = any(name in columns for name in ("start", "end"))
    return {**columns, **{name: wanted[name] for name in _SPAN if changed and name in wanted}}


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
