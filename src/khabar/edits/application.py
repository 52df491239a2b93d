"""Changes applied to a story: text, zones and rows carried along, every offset proved.

A row is carried where its spans go. A row that an edit touches is one that the edit's change names: restated, removed,
or, in a change of wording, as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import msgspec

from khabar.edits.offset_map import Offsets, Replaced
from khabar.edits.story import KINDS, Story, key_of, length_of, with_text
from khabar.reading.incidents import Incidents
from khabar.reading.offset_checks import why_not_there
from khabar.reading.rows import Located, check
from khabar.reading.shape import shaped
from khabar.records import Change, Document, Edit, Row, RowKey, ZoneSpan
from khabar.records.rows import each_span, offsets_alone


def apply(story: Story, changes: Sequence[Change]) -> Story:
    """Make all changes in a story at once. Raises InputError with every change that cannot be made, and why."""
    incidents = Incidents()
    _check_edits(story, changes, incidents)
    incidents.refuse()
    changed = _Changed(story, changes, incidents)
    edited = Story.of(changed.documents, changed.rows)
    incidents.refuse()
    if all(document.text for document in edited.documents):
        located = [Located(row, f"the edited story {story.name}", 0) for row in edited.annotations]
        stories = {document.doc_id: document.story for document in edited.documents}
        for problem in check(located, edited.texts, stories):
            incidents.report(
                problem.id, f"once edited: {problem.message}", doc_id=problem.doc_id, offset=problem.offset
            )
        incidents.refuse()
    return edited


def edited_text(text: str, edits: Iterable[Edit]) -> str:
    """Make edits in a text. They do not overlap."""
    parts, end = [], 0
    for edit in sorted(edits, key=place_of):
        parts += [text[end : edit.start], edit.new]
        end = edit.end
    return "".join((*parts, text[end:]))


class _Changed:
    """Documents and rows of a story once changes are made. Their edits are sound and do not overlap."""

    def __init__(self, story: Story, changes: Sequence[Change], incidents: Incidents) -> None:
        self._story, self._changes, self._incidents = story, changes, incidents
        self._edits = by_document(changes)
        self._offsets = {doc_id: Offsets.of(edits) for doc_id, edits in self._edits.items()}
        self._owners = {(edit.doc_id, edit.start, edit.end): change for change in changes for edit in change.edits}
        self._named = {
            change.id: {restated_key(row, story.name) for row in change.rows} | set(change.removed)
            for change in changes
        }
        self.documents = [self._document(document) for document in story.documents]
        self._texts = {document.doc_id: document.text for document in self.documents}
        self._lengths = {document.doc_id: length_of(document) for document in self.documents}
        self.rows = [row for row in self._all_rows() if row is not None]

    def _document(self, document: Document) -> Document:
        offsets = self._offsets.get(document.doc_id)
        if offsets is None:
            return document
        zones = []
        for zone in document.zones:
            start, end = offsets.border(zone.start), offsets.border(zone.end)
            if zone.end == length_of(document):
                end = zone.end + sum(stretch.length - stretch.end + stretch.start for stretch in offsets.replaced)
            if start is None or end is None:
                self._report("edit-breaks", "it crosses the border of a zone", document.doc_id, zone.end)
            elif start < end:
                zones.append(ZoneSpan(start, end, zone.zone))
        edited = msgspec.structs.replace(document, zones=tuple(zones))
        if not document.text:
            return edited
        text = edited_text(document.text, self._edits[document.doc_id])
        if document.title and (place := document.text.find(document.title)) >= 0:
            start, end = offsets.snapped(place, place + len(document.title))
            edited = msgspec.structs.replace(edited, title=text[start:end])
        return with_text(edited, text)

    def _all_rows(self) -> Iterator[Row | None]:
        restated: dict[RowKey, list[tuple[Change, dict[str, Any]]]] = defaultdict(list)
        removed = {key for change in self._changes for key in change.removed}
        keys = {key_of(row): row for row in self._story.rows}
        for change in self._changes:
            for columns in change.rows:
                restated[restated_key(columns, self._story.name)].append((change, columns))
            for key in change.removed:
                if key not in keys:
                    self._report("reference-unknown", f"change {change.id!r} removes {_shown(key)}, which is no row")
        for key, row in keys.items():
            if key not in removed:
                yield self._row(key, row, restated.pop(key, []))
        for key, some in restated.items():
            if key in removed:
                self._report("edits-contradict", f"{_shown(key)} is restated and removed")
            else:
                yield self._row(key, None, some)

    def _row(self, key: RowKey, row: Row | None, restated: Sequence[tuple[Change, dict[str, Any]]]) -> Row | None:
        """The row in the edited story: carried, or new, with the columns that changes restate."""
        named = [str(columns["doc_id"]) for _, columns in restated if "doc_id" in columns]
        doc_id = (row and row.article) or (named[0] if named else "")
        if set(named) - {doc_id}:
            self._report("value-wrong", f"{_shown(key)} stands in document {doc_id!r}, not {named[-1]!r}")
            return None
        offsets = self._offsets.get(doc_id, Offsets())
        if row is not None:
            self._check_surfaces(row, self._story.texts.get(doc_id, ""))
            self._check_named(key, row, doc_id)
            if not offsets.replaced and not restated:
                return row
        value = {} if row is None else carried_columns(row, offsets)
        restated_by: dict[str, str] = {}
        for change, columns in restated:
            if ("start" in columns) != ("end" in columns):
                self._report(
                    "key-missing", f"change {change.id!r} gives {_shown(key)} only one of start and end", doc_id
                )
                return None
            others = self._others(change, doc_id)
            each_span(columns, partial(self._check_alone, key=key, doc_id=doc_id, others=others))
            moved = each_span(columns, partial(_moved, offsets=Offsets(others)))
            for column, content in ({"text": None, **moved} if "start" in moved else moved).items():
                if column in restated_by and value[column] != content:
                    message = f"{restated_by[column]!r} and {change.id!r} restate {column} of {_shown(key)} differently"
                    self._report("edits-contradict", message, doc_id or None)
                value[column] = content
                if column not in ("layer", *key_columns(key.layer)):
                    restated_by[column] = change.id
        return self._surfaced(key, value, doc_id)

    def _surfaced(self, key: RowKey, value: dict[str, Any], doc_id: str) -> Row | None:
        """The row with the surface of each of its spans; a surface that a change gives is compared."""
        text, length = self._texts.get(doc_id, ""), self._lengths.get(doc_id, 0)
        problems: list[str] = []

        def surfaced(span: dict[str, Any]) -> dict[str, Any]:
            start, end, given = span["start"], span["end"], span.get("text")
            if start is None:
                problems.append("edit-breaks")
            elif not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= length):
                problems.append("span-outside")
            elif text and given is not None and text[start:end] != given:
                cause = why_not_there(text, start, end, str(given))
                message = f"{_shown(key)}: the edited text has {text[start:end]!r}, the row {given!r}; {cause}"
                self._report("span-surface", message, doc_id, start)
            return span if problems else {**span, "text": text[start:end]}

        value = each_span(value, surfaced)
        if problems:
            reason = "an edit crosses a border of its spans, or deletes one, and no change restates it"
            if "span-outside" in problems:
                reason = f"a restated span is no stretch of the edited text of {length} code points"
            self._report(problems[0], f"{_shown(key)}: {reason}", doc_id)
            return None
        kind = KINDS.get(key.layer)
        if kind is None:
            self._report("value-wrong", f"layer is {key.layer!r}, not one of {', '.join(KINDS)}")
            return None
        return shaped(
            value,
            kind,
            lambda id, message, fix=None: self._report(id, f"{_shown(key)}: {message}", doc_id or None, fix=fix),
        )

    def _allows(self, change: Change, key: RowKey) -> bool:
        """Tell whether a change may touch a row: it names it, or changes no more than wording."""
        return change.rewording or key in self._named[change.id]

    def _check_named(self, key: RowKey, row: Row, doc_id: str) -> None:
        """Report every change that touches a row and does not name it."""
        blamed = {
            change.id: stretch
            for name, span in row.spans()
            for stretch in self._offsets.get(doc_id, Offsets()).touching(span.start, span.end)
            if not self._allows(change := self._owners[doc_id, stretch.start, stretch.end], key)
        }
        for id, stretch in blamed.items():
            message = f"change {id!r} touches {_shown(key)} ({_excerpt(row)}) and does not name it"
            self._report("row-unrestated", message, doc_id, stretch.start)

    def _check_surfaces(self, row: Row, text: str) -> None:
        for _, span in row.spans() if text else ():
            if text[span.start : span.end] != span.text:
                message = f"{_shown(key_of(row))} is not at its offsets before any edit"
                self._report("span-surface", message, row.article, span.start)

    def _check_alone(
        self, span: dict[str, Any], key: RowKey, doc_id: str, others: Mapping[Replaced, Change]
    ) -> dict[str, Any]:
        """Report every other change that touches a restated span and does not name its row."""
        for stretch, change in others.items():
            start, end = span["start"], span["end"]
            placed = isinstance(start, int) and isinstance(end, int)
            if placed and stretch.start < end and start < stretch.end and not self._allows(change, key):
                message = f"change {change.id!r} touches {_shown(key)} as another restates it, and does not name it"
                self._report("row-unrestated", message, doc_id, stretch.start)
        return span

    def _others(self, change: Change, doc_id: str) -> dict[Replaced, Change]:
        """What all other changes replace, in the text in which this change alone is made."""
        mine = Offsets.of(by_document([change])[doc_id])
        others: dict[Replaced, Change] = {}
        for edit in self._edits[doc_id]:
            owner = self._owners[doc_id, edit.start, edit.end]
            if owner is not change:
                start = mine.snapped(edit.start, edit.end)[0]
                others[Replaced(start, start + edit.end - edit.start, len(edit.new))] = owner
        return others

    def _report(
        self, id: str, message: str, doc_id: str | None = None, offset: int | None = None, fix: str | None = None
    ) -> None:
        self._incidents.report(id, message, doc_id=doc_id, offset=offset, fix=fix)


def _check_edits(story: Story, changes: Sequence[Change], incidents: Incidents) -> None:
    """Report edits that have no place or overlap, and changes of one id."""
    documents = {document.doc_id: document for document in story.documents}
    placed: dict[str, list[tuple[Edit, Change]]] = defaultdict(list)
    ids: set[str] = set()
    for change in changes:
        if change.id in ids:
            incidents.report("id-repeated", f"there are two changes {change.id!r}")
        ids.add(change.id)
        for edit in change.edits:
            document = documents.get(edit.doc_id)
            if document is None:
                message = f"change {change.id!r}: story {story.name} has no document {edit.doc_id!r}"
                incidents.report("document-unknown", message)
                continue
            length = length_of(document)
            if not 0 <= edit.start <= edit.end <= length:
                reason = f"[{edit.start}, {edit.end}) is no stretch of a text of {length} code points"
            elif (edit.start == edit.end and not edit.new) or (
                document.text and document.text[edit.start : edit.end] == edit.new
            ):
                reason = f"[{edit.start}, {edit.end}) becomes what it is"
            else:
                placed[edit.doc_id].append((edit, change))
                continue
            incidents.report("edit-unplaced", f"change {change.id!r}: {reason}", doc_id=edit.doc_id, offset=edit.start)
    for doc_id, edits in placed.items():
        for (edit, change), (following, other) in pairwise(sorted(edits, key=lambda entry: place_of(entry[0]))):
            if following.start < edit.end or place_of(edit) == place_of(following):
                message = (
                    f"[{edit.start}, {edit.end}) of change {change.id!r} overlaps "
                    f"[{following.start}, {following.end}) of change {other.id!r}"
                )
                incidents.report("edits-overlap", message, doc_id=doc_id, offset=following.start)


def carried_columns(row: Row, offsets: Offsets) -> dict[str, Any]:
    """The columns of a row with its spans where they go, without surfaces; a span that breaks has no offsets."""
    carried: dict[str, Any] = each_span(offsets_alone(row.columns), lambda span: _moved(span, offsets))
    return carried


def _moved(span: dict[str, Any], offsets: Offsets) -> dict[str, Any]:
    if not (isinstance(span["start"], int) and isinstance(span["end"], int)):
        return span
    start, end = offsets.carried(span["start"], span["end"]) or (None, None)
    return {**span, "start": start, "end": end}


def restated_key(row: Mapping[str, Any], story: str | None = None) -> RowKey:
    """What names a restated row; one of the registry is of `story` unless it says otherwise."""
    layer = str(row.get("layer"))
    values = {"story": story, **row}
    return RowKey(layer, "/".join(str(values.get(name)) for name in key_columns(layer)))


def key_columns(layer: str) -> tuple[str, ...]:
    """The columns that make the key of a layer's rows; `id` of a layer that there is not."""
    return KINDS.get(layer, Row).key_columns


def by_document(changes: Iterable[Change]) -> defaultdict[str, list[Edit]]:
    """The edits of all changes, by document."""
    edits: defaultdict[str, list[Edit]] = defaultdict(list)
    for change in changes:
        for edit in change.edits:
            edits[edit.doc_id].append(edit)
    return edits


def place_of(edit: Edit) -> tuple[int, int]:
    """Sort key: where an edit stands. What is inserted comes before what is replaced from there on."""
    return edit.start, edit.end


def _shown(key: RowKey) -> str:
    return f"{key.layer} {key.key!r}"


def _excerpt(row: Row) -> str:
    text = row.own_spans[0].text
    return repr(text if len(text) <= 40 else text[:39] + "…")
