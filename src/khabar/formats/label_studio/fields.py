"""Fields: how the columns of a row look in a page, control by control.

A control shows nothing where the column has its *implied* value: what the guidelines give it when nobody says
otherwise. Where nothing is implied, nothing shown is null; a null that is not implied is shown as `—`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from khabar.records import PredictedNumber, labels
from khabar.text.arabic import fold
from khabar.text.values import Value, value_of

CHOICES = "choices"
TEXT = "text"
NULL = "—"
UNSCORED = "not scored"

Columns = Mapping[str, Any]
"""Column → value, as far as they are read: a field may look at those before it."""
Values = tuple[str, ...]
"""The words picked or typed in a control."""


def nothing(_: Columns) -> Any:
    """Imply null."""
    return None


class UnreadableError(ValueError):
    """What stands in a control is no value of its column."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column and its control. `words` maps what can be picked to values (None: text is typed); `many` tells whether
    the column is a tuple; a column that must not be null is `required`."""

    column: str
    words: Mapping[str, Any] | None = None
    implied: Callable[[Columns], Any] = nothing
    many: bool = False
    required: bool = False
    control: str = ""

    @property
    def name(self) -> str:
        """Name of the control: that of the column, unless another is given."""
        return self.control or self.column

    def show(self, columns: Columns) -> Values:
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
        return tuple(by_value[item] for item in values)

    def read(self, words: Values, columns: Columns) -> Any:
        """The value of the column from the words shown. Raises UnreadableError."""
        if not words:
            value = self.implied(columns)
            if value is None and self.required:
                raise UnreadableError(f"{self.name} is missing")
            return value
        if words == (NULL,):
            return None
        if not self.many and len(words) > 1:
            raise UnreadableError(f"{self.name} holds {len(words)} values, where one is asked for: {', '.join(words)}")
        if self.words is None:
            return words if self.many else words[0]
        unknown = [word for word in words if word not in self.words]
        if unknown:
            raise UnreadableError(f"{self.name} is {unknown[0]!r}, not one of {', '.join(self.words)}")
        values = tuple(value for word, value in self.words.items() if word in words)
        return values if self.many else values[0]


def show(fields: tuple[Field, ...], columns: Columns) -> dict[str, Values]:
    """Show the columns of a row; controls that show nothing are left out."""
    shown = {field.name: field.show(columns) for field in fields}
    return {name: words for name, words in shown.items() if words}


def read(
    fields: tuple[Field, ...], shown: Mapping[str, Values], known: Columns, wrong: Callable[[str], None]
) -> dict[str, Any] | None:
    """Read the columns of a row beside those known. `wrong` is told each problem; with any there is no row: None."""
    columns = dict(known)
    sound = True
    for field in fields:
        try:
            columns[field.column] = field.read(shown.get(field.name, ()), columns)
        except UnreadableError as error:
            wrong(str(error))
            columns[field.column] = None
            sound = False
    return columns if sound else None


def _closed(kind: Any) -> dict[str, Any]:
    return {word: word for word in get_args(kind)}


def _or_null(kind: Any) -> dict[str, Any]:
    return {**_closed(kind), NULL: None}


_BOUND = {"included": True, "excluded": False, NULL: None}
_SCORED = Field("scored", {UNSCORED: False}, lambda _: True)
_PHENOMENA = Field("phenomena", _closed(labels.Phenomenon), lambda _: (), many=True)
_WITHOUT_ROLE = ("date", "ident")


def _modality(number: Columns) -> str | None:
    """One bound is exact, two are a range. While a page is read, the upper bound is known as it was typed."""
    low, high = number["low"], number["high"] if "high" in number else number["typed_high"]
    return None if low is None and high is None else value_of(PredictedNumber(low=low, high=high)).modality


def _low(number: Columns) -> str | None:
    digits: str | None = number.get("digits")
    return None if _has_upper_bound(number) else digits


def _high(number: Columns) -> str | None:
    alone: str | None = number.get("digits") if _has_upper_bound(number) else None
    low: str | None = number["low"] if number["modality"] in ("exact", "approx") else None
    return alone or low


def _has_upper_bound(number: Columns) -> bool:
    """Whether the one bound is the upper one. While a page is read, the modality is known as it was picked."""
    return number.get("typed_modality", number.get("modality")) in ("at_most", "less_than")


def _counted(number: Columns) -> str | None:
    """What is counted stands beside the core, if anything is counted."""
    rest: str | None = number.get("rest")
    return None if number["low"] is None and number["high"] is None else rest


def noun_key(kind: str, counted: str | None) -> tuple[str, str] | None:
    """What units are remembered by: the kind and the noun as it is folded, without its article."""
    return None if counted is None else (kind, fold(counted).removeprefix("ال"))


def _unit(number: Columns) -> str | None:
    if number["kind"] == "percent":
        return None if number["low"] is None and number["high"] is None else "%"
    units: Mapping[tuple[str, str] | None, str | None] = number.get("units", {})
    return units.get(noun_key(number["kind"], number["counted"]))


def _resolved(number: Columns) -> str | None:
    """A date that the words give whole is resolved."""
    literal: str | None = number["edtf_literal"]
    return literal if number["kind"] == "date" and literal and "X" not in literal else None


def _evidence(number: Columns) -> str | None:
    is_resolved = number["edtf"] is not None and number["edtf"] != number["edtf_literal"]
    evidence: str | None = number.get("evidence")
    return evidence if is_resolved else None


def _low_included(number: Columns) -> bool | None:
    return None if number["modality"] is None else number["low"] is not None and _completed(number).low_incl


def _high_included(number: Columns) -> bool | None:
    return None if number["modality"] is None else number["high"] is not None and _completed(number).high_incl


def _completed(number: Columns) -> Value:
    return value_of(PredictedNumber(low=number["low"], high=number["high"], modality=number["modality"]))


def _understood(column: str) -> Callable[[Columns], Any]:
    """Imply what the rest of the page lets one understand, if whoever reads it says so."""
    return lambda columns: columns.get("understood", {}).get(column)


CONTEXT = ("understood", "items", "units", "evidence", "digits", "rest", "typed_high", "typed_modality")
"""What whoever shows or reads the page of a document gives beside the columns of a row: see `understanding`."""
ENTITY: tuple[Field, ...] = (
    Field("entity_id", implied=_understood("entity_id"), required=True),
    Field("name", implied=lambda entity: entity["text"], required=True),
    Field("wikidata", implied=lambda entity: entity.get("items", {}).get(entity["entity_id"])),
    _SCORED,
    _PHENOMENA,
)
NUMBER: tuple[Field, ...] = (
    Field("low", implied=_low),
    Field("modality", _or_null(labels.Modality), _modality),
    Field("high", implied=_high),
    Field("low_incl", _BOUND, _low_included),
    Field("high_incl", _BOUND, _high_included),
    Field("counted", implied=_counted),
    Field("unit", implied=_unit),
    Field("edtf_literal"),
    Field("edtf", implied=_resolved),
    Field("anchor", implied=_evidence, control="evidence"),
    Field("calendar", _or_null(labels.Calendar), lambda number: "gregorian" if number["kind"] == "date" else None),
    Field("factuality", _or_null(labels.Factuality), lambda _: "asserted"),
    Field("role", _or_null(labels.Role), lambda number: None if number["kind"] in _WITHOUT_ROLE else "level"),
    Field("flags", _closed(labels.NumberFlag), lambda _: (), many=True),
    _SCORED,
    _PHENOMENA,
)
OTHER_SPEAKERS = Field("other_speakers", implied=lambda _: (), many=True)
"""Readings of a quote that differ in the speaker alone: a key each."""
QUOTE: tuple[Field, ...] = (
    Field("speaker", implied=_understood("speaker"), required=True),
    Field("through", implied=lambda _: (), many=True),
    Field("act", _or_null(labels.Act), lambda _: "statement"),
    Field("polarity", _or_null(labels.Polarity), lambda _: "positive"),
    Field("addressee"),
    Field("medium"),
    Field("utterance"),
    _SCORED,
    _PHENOMENA,
    OTHER_SPEAKERS,
)
"""`through` is the source chain without the speaker, who ends it; null is a row without a chain."""
ALTERNATIVE: tuple[Field, ...] = (Field("speaker"),)
CLAIM: tuple[Field, ...] = (
    Field("source", implied=lambda _: "narrator"),
    Field("stance", _closed(labels.Stance), lambda _: "asserted"),
    Field("value"),
    Field("as_of"),
)
NO_QUESTION = "no question"
"""The status of a page whose cards answer no question."""


def _scope(issue: Columns) -> str | None:
    """Where two claims contradict, or confirm, each other: with claims in two articles, there is such a pair across."""
    documents = issue.get("documents", ())
    return ("across" if len(documents) > 1 else "within") if documents else None


ISSUE: tuple[Field, ...] = (
    Field("status", {**_closed(labels.Status), NO_QUESTION: None}, required=True),
    Field("question_ar", required=True),
    Field("question", required=True),
    Field("scope", _closed(labels.Scope), _scope, required=True),
    Field("type", _closed(labels.ConflictType)),
    Field("subtype", _closed(labels.Subtype)),
    Field("note"),
)
"""Whoever shows or reads a page gives `documents` too: the articles of its claims, by doc_id."""
ONLY_FOR: dict[str, tuple[str, ...]] = {"type": ("conflict", "contested"), "subtype": ("apparent",)}
"""Fields of an issue that show for some statuses only → these."""
SPEAKS_FOR = Field("speaks_for", implied=lambda _: (), many=True)
"""A note of a question's page: `spokesperson > body`, keys."""

ENTITY_LABELS: tuple[str, ...] = labels.ENTITY_LABELS
NUMBER_LABELS: tuple[str, ...] = labels.NUMBER_KINDS
ZONE_LABELS: tuple[str, ...] = get_args(labels.Zone)
POSITIONS: tuple[str, ...] = tuple("ABCDEFGHIJKL")

CONTROLS: dict[str, str] = {
    field.name: TEXT if field.words is None else CHOICES
    for field in (*ENTITY, *NUMBER, *QUOTE, *CLAIM, *ISSUE, SPEAKS_FOR)
}
"""Control name → its kind (CHOICES or TEXT), of all pages. ALTERNATIVE has no control of its own."""
