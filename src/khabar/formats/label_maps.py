"""Label maps: what the names of other schemes mean in khabar's, and what they cannot say.

Sources of the schemes: Wojood (Jarrar, Khalilia and Ghanem, LREC 2022), OntoNotes 5 (Weischedel et al., 2013),
CoNLL-2003 (Tjong Kim Sang and De Meulder, 2003), ANERcorp (Benajiba, Rosso and Benedí, 2007).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from khabar.records.labels import ENTITY_LABELS, NUMBER_KINDS


class Target(NamedTuple):
    """What a label becomes: a layer, and in it an entity label, a kind of number (None: of no kind), or a quote."""

    layer: Literal["entities", "numbers", "quotes"]
    value: str | None


@dataclass(frozen=True, slots=True)
class LabelMap:
    """How one scheme's labels (upper case) are read. `without` are labels of the scheme that nothing here stands for,
    each with the reason; `coarse` are those that mean more than what they become."""

    name: str
    to: Mapping[str, Target]
    without: Mapping[str, str] = field(default_factory=dict)
    coarse: Mapping[str, str] = field(default_factory=dict)

    def target(self, label: str) -> Target | None:
        """What a label becomes; None if nothing. Case does not matter."""
        return self.to.get(label.upper())

    def lost(self, label: str) -> str | None:
        """Why a label becomes nothing, or what it loses by what it becomes; None if nothing is lost."""
        if self.target(label) is None:
            return self.without.get(label.upper(), f"no label of the scheme {self.name!r}")
        return self.coarse.get(label.upper())

    def missing(self, labels: Iterable[str]) -> list[str]:
        """Entity labels of khabar that a system with these labels can never give."""
        given = {target.value for target in map(self.target, labels) if target and target.layer == "entities"}
        return [label for label in ENTITY_LABELS if label not in given]


def _entities(**names: str) -> dict[str, Target]:
    return {theirs: Target("entities", ours) for theirs, ours in names.items()}


def _numbers(**names: str) -> dict[str, Target]:
    return {theirs: Target("numbers", kind) for theirs, kind in names.items()}


_OURS = _entities(**{label: label for label in ENTITY_LABELS})
_KINDS = _numbers(**{kind.upper(): kind for kind in NUMBER_KINDS})
_BOUNDS = "no value, unit or modality: such a number is found, but never right in full"
_NAMED_NUMBERS = _numbers(
    DATE="date", TIME="date", PERCENT="percent", QUANTITY="measure", ORDINAL="ordinal", CARDINAL="count", MONEY="money"
)
_COARSE_NUMBERS = dict.fromkeys(_NAMED_NUMBERS, _BOUNDS) | {
    "TIME": "times of the day and durations alike become dates",
    "DATE": "durations and ages become dates too, and none is resolved",
}
_MIXED = {"MISC": "it mixes NORP, EVENT, LAW, PRODUCT and LANGUAGE"}
_PLACES = "GPE, LOC and FAC are one label there, and all become GPE"

MAPS: dict[str, LabelMap] = {
    each.name: each
    for each in (
        LabelMap(
            "khabar",
            {**_OURS, **_KINDS, "NUMBER": Target("numbers", None), "QUOTE": Target("quotes", None)},
        ),
        LabelMap(
            "wojood",
            {**_OURS, **_NAMED_NUMBERS},
            without={
                "UNIT": "units stand inside numbers here",
                "CURR": "currencies stand inside numbers here",
            },
            coarse=_COARSE_NUMBERS,
        ),
        LabelMap(
            "ontonotes",
            {
                **_entities(PERSON="PERS"),
                **{label: _OURS[label] for label in _OURS if label not in ("PERS", "OCC", "WEBSITE")},
                **_NAMED_NUMBERS,
            },
            without={"WORK_OF_ART": "works of art have no label here"},
            coarse=_COARSE_NUMBERS,
        ),
        LabelMap(
            "conll",
            _entities(PER="PERS", ORG="ORG", LOC="GPE"),
            without=_MIXED,
            coarse={"LOC": _PLACES},
        ),
        LabelMap(
            "anercorp",
            _entities(PERS="PERS", PER="PERS", ORG="ORG", LOC="GPE"),
            without=_MIXED,
            coarse={"LOC": _PLACES},
        ),
        LabelMap(
            "muc",
            _entities(PERSON="PERS", ORGANIZATION="ORG", LOCATION="GPE"),
            without=_MIXED,
            coarse={"LOCATION": _PLACES},
        ),
    )
}
"""Label scheme → its map."""


def guess(labels: Iterable[str]) -> LabelMap:
    """Choose the scheme that knows most of the labels given; of equals the first of MAPS."""
    given = {label.upper() for label in labels}

    def unknown(scheme: LabelMap) -> int:
        return len(given - set(scheme.to) - set(scheme.without))

    return min(MAPS.values(), key=unknown)
