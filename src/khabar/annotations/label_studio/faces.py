"""Faces: how the columns of a row look in the page, control by control.

A control shows nothing where the column has its *implied* value: what the guidelines give it when nobody says
otherwise. Where nothing is implied, nothing shown is null; a null that is not implied is shown as `—`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, get_args

from khabar.annotations.label_studio.page import Values
from khabar.records import PredictedNumber, labels
from khabar.text.values import Value, value_of

CHOICES = "choices"
TEXT = "text"
NULL = "—"
UNSCORED = "not scored"

Columns = Mapping[str, Any]
"""Column → value, as far as they are read: a face may look at those before it."""


def nothing(_: Columns) -> Any:
    """Imply null."""
    return None


class UnreadableError(ValueError):
    """What stands in a control is no value of its column."""


@dataclass(frozen=True, slots=True)
class Face:
    """A column and its control. `words` maps what can be picked to values (None: text is typed); `many` tells whether
    the column is a tuple; a column that must not be null is `required`."""

    column: str
    words: Mapping[str, Any] | None = None
    implied: Callable[[Columns], Any] = nothing
    many: bool = False
    required: bool = False
    control: str = field(default="")

    @property
    def name(self) -> str:
        """Name of the control: that of the column, unless another is given."""
        return self.control or self.column

    def shown(self, columns: Columns) -> Values:
        """The words that show the column of a whole row."""
        value = columns[self.column]
        if value == self.implied(columns):
            return ()
        if value is None:
            return (NULL,)
        values = value if self.many else (value,)
        if self.words is None:
            return tuple(values)
        by_value = {self.words[word]: word for word in self.words}
        return tuple(by_value[each] for each in values)

    def read(self, shown: Values, columns: Columns) -> Any:
        """The value of the column from the words shown. Raises UnreadableError."""
        if not shown:
            value = self.implied(columns)
            if value is None and self.required:
                raise UnreadableError(f"{self.name} is missing")
            return value
        if shown == (NULL,):
            return None
        if not self.many and len(shown) > 1:
            raise UnreadableError(f"{self.name} holds {len(shown)} values, where one is asked for: {', '.join(shown)}")
        if self.words is None:
            return shown if self.many else shown[0]
        unknown = [word for word in shown if word not in self.words]
        if unknown:
            raise UnreadableError(f"{self.name} is {unknown[0]!r}, not one of {', '.join(self.words)}")
        values = tuple(value for word, value in self.words.items() if word in shown)
        return values if self.many else values[0]


def attributes(faces: tuple[Face, ...], columns: Columns) -> dict[str, Values]:
    """Show the columns of a row; controls that show nothing are left out."""
    shown = {face.name: face.shown(columns) for face in faces}
    return {name: values for name, values in shown.items() if values}


def read(
    faces: tuple[Face, ...], shown: Mapping[str, Values], columns: Columns, problem: Callable[[str], None]
) -> dict[str, Any] | None:
    """Read the columns of a row, given those that are known. Each problem is reported; with one there is no row."""
    found = dict(columns)
    sound = True
    for face in faces:
        try:
            found[face.column] = face.read(shown.get(face.name, ()), found)
        except UnreadableError as error:
            problem(str(error))
            found[face.column] = None
            sound = False
    return found if sound else None


def _closed(kind: Any) -> dict[str, Any]:
    return {word: word for word in get_args(kind)}


def _or_null(kind: Any) -> dict[str, Any]:
    return {**_closed(kind), NULL: None}


_BOUND = {"included": True, "excluded": False, NULL: None}
_SCORED = Face("scored", {UNSCORED: False}, lambda _: True)
_PHENOMENA = Face("phenomena", _closed(labels.Phenomenon), lambda _: (), many=True)
_OF_AMOUNTS = ("date", "ident")


def _low_included(number: Columns) -> bool | None:
    return None if number["modality"] is None else number["low"] is not None and _completed(number).low_incl


def _high_included(number: Columns) -> bool | None:
    return None if number["modality"] is None else number["high"] is not None and _completed(number).high_incl


def _completed(number: Columns) -> Value:
    return value_of(PredictedNumber(low=number["low"], high=number["high"], modality=number["modality"]))


def _meant(column: str) -> Callable[[Columns], Any]:
    """Imply what the rest of the page lets one understand, if whoever reads it says so."""
    return lambda columns: columns.get("meant", {}).get(column)


ENTITY: tuple[Face, ...] = (
    Face("entity_id", implied=_meant("entity_id"), required=True),
    Face("name", implied=lambda entity: entity["text"], required=True),
    Face("wikidata", implied=_meant("wikidata")),
    _SCORED,
    _PHENOMENA,
)
NUMBER: tuple[Face, ...] = (
    Face("low"),
    Face("high"),
    Face("modality", _closed(labels.Modality)),
    Face("low_incl", _BOUND, _low_included),
    Face("high_incl", _BOUND, _high_included),
    Face("unit"),
    Face("counted"),
    Face("edtf_literal"),
    Face("edtf"),
    Face("anchor", control="evidence"),
    Face("calendar", _or_null(labels.Calendar), lambda number: "gregorian" if number["kind"] == "date" else None),
    Face("factuality", _or_null(labels.Factuality), lambda _: "asserted"),
    Face("role", _or_null(labels.Role), lambda number: None if number["kind"] in _OF_AMOUNTS else "level"),
    Face("flags", _closed(labels.NumberFlag), lambda _: (), many=True),
    _SCORED,
    _PHENOMENA,
)
QUOTE: tuple[Face, ...] = (
    Face("speaker", implied=_meant("speaker"), required=True),
    Face("through", implied=lambda _: (), many=True),
    Face("act", _or_null(labels.Act), lambda _: "statement"),
    Face("polarity", _or_null(labels.Polarity), lambda _: "positive"),
    Face("addressee"),
    Face("medium"),
    Face("utterance"),
    _SCORED,
    _PHENOMENA,
)
"""`through` is the source chain without the speaker, who ends it; null is a row without a chain."""
CLAIM: tuple[Face, ...] = (
    Face("source", implied=lambda _: "narrator"),
    Face("stance", _closed(labels.Stance), lambda _: "asserted"),
    Face("value"),
    Face("as_of"),
)
PLACED: tuple[Face, ...] = (Face("issue_id", control="issue", required=True), *CLAIM)
"""A claim in the story's page, where it answers an issue."""
ISSUE: tuple[Face, ...] = (
    Face("issue_id", control="issue", required=True),
    Face("question", required=True),
    Face("question_ar", required=True),
    Face("type", _closed(labels.ConflictType)),
    Face("subtype", _closed(labels.Subtype)),
    Face("scope", _closed(labels.Scope), required=True),
    Face("note"),
)
ALTERNATIVE: tuple[Face, ...] = (Face("speaker"),)
OTHER_SPEAKERS = Face("other_speakers", implied=lambda _: (), many=True)
"""Readings of a quote that differ in the speaker alone: a key each."""
SPEAKS_FOR = Face("speaks_for", implied=lambda _: (), many=True)
"""A note of the story's page: `spokesperson > body`, keys."""

NUMBER_LABELS: tuple[str, ...] = labels.NUMBER_KINDS
ENTITY_LABELS: tuple[str, ...] = labels.ENTITY_LABELS
ZONE_LABELS: tuple[str, ...] = get_args(labels.Zone)
POSITIONS: tuple[str, ...] = tuple("ABCDEFGHIJKL")
STATUSES: tuple[str, ...] = get_args(labels.Status)


@cache
def controls() -> dict[str, str]:
    """Control name → its kind (CHOICES or TEXT), of both pages."""
    faces = (*ENTITY, *NUMBER, *QUOTE, *PLACED, *ISSUE, *ALTERNATIVE, OTHER_SPEAKERS, SPEAKS_FOR)
    return {face.name: TEXT if face.words is None else CHOICES for face in faces}
