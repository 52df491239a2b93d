"""Labels of other schemes: what they become, and what they cannot say."""

from __future__ import annotations

import pytest

from khabar.formats.label_maps import MAPS, Target, guess
from khabar.records.labels import ENTITY_LABELS, NUMBER_KINDS

WOJOOD = "PERS NORP OCC ORG GPE LOC FAC PRODUCT EVENT DATE TIME LANGUAGE WEBSITE LAW CARDINAL ORDINAL PERCENT QUANTITY UNIT MONEY CURR"
ONTONOTES = "PERSON NORP FAC ORG GPE LOC PRODUCT EVENT WORK_OF_ART LAW LANGUAGE DATE TIME PERCENT MONEY QUANTITY ORDINAL CARDINAL"
SCHEMES = {"wojood": WOJOOD, "ontonotes": ONTONOTES, "conll": "PER ORG LOC MISC", "anercorp": "PERS ORG LOC MISC"}


@pytest.mark.parametrize("name", SCHEMES)
def test_every_label_of_a_scheme_is_read_or_has_a_reason(name: str) -> None:
    scheme = MAPS[name]
    for label in SCHEMES[name].split():
        assert (scheme.target(label) is None) == (label in scheme.without), label


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_is_known_by_its_labels(name: str) -> None:
    assert guess(SCHEMES[name].split()) is MAPS[name]


def test_our_own_labels_are_ours() -> None:
    assert guess(["PERS", "GPE", "count"]) is MAPS["khabar"]
    assert guess([]) is MAPS["khabar"]


def test_targets_exist() -> None:
    for scheme in MAPS.values():
        for layer, value in scheme.to.values():
            known = {"entities": ENTITY_LABELS, "numbers": (*NUMBER_KINDS, None), "quotes": (None,)}[layer]
            assert value in known
        assert set(scheme.coarse) <= set(scheme.to)
        assert not set(scheme.without) & set(scheme.to)


def test_what_a_scheme_can_never_say() -> None:
    missing = {name: scheme.missing(scheme.to) for name, scheme in MAPS.items()}
    assert missing["wojood"] == []
    assert missing["ontonotes"] == ["OCC", "WEBSITE"]
    assert {"NORP", "OCC", "LOC", "FAC"} < set(missing["conll"])
    assert MAPS["wojood"].missing(["PERS", "date"]) == [label for label in ENTITY_LABELS if label != "PERS"]


def test_case_does_not_matter() -> None:
    assert MAPS["conll"].target("per") == Target("entities", "PERS")
