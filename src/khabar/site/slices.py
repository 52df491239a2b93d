"""The figures of a layer in slices: by label, by kind, by what makes a row hard, and so on."""

from __future__ import annotations

from collections.abc import Iterable

_OF_A_PART = {
    "f1": "headline", "precision": "headline", "recall": "headline",
    "label": "labels", "macro_f1": "labels",
    "semeval": "schemes", "clitic_tolerant": "schemes", "seqeval": "schemes",
    "identity": "identity",
    "detection": "parts", "value": "parts", "unit": "parts", "modality": "parts",
    "dates": "dates", "traps": "traps", "errors": "traps",
    "detection_50": "detection", "detection_80": "detection", "detection_exact": "detection", "soft": "detection",
    "speaker": "speakers", "cue": "frame", "type": "frame", "chain": "frame", "utterance": "frame",
    "ungrounded_rate": "words", "altered_verbatim_rate": "words",
    "typed": "types", "both_sides_coverage": "traps", "false_per_1000_tokens": "traps",
    "relations": "relations", "brier": "confidence", "average_precision": "confidence",
    "phenomenon": "phenomena",
}  # fmt: skip
"""First part of a figure's name → its slice."""
_OF_PAIRS = {
    "direction": "directions",
    "type": "pair_types",
    "subtype": "pair_subtypes",
    "place": "places",
    "step": "steps",
}
"""Of a contrast set, second part of a figure's name → its slice."""


def slice_of(layer: str, figure: str) -> str:
    """Which slice of a layer a figure is of; one that is not known here is of `others`."""
    head, _, rest = figure.partition(".")
    if head == "contrast":
        return _OF_PAIRS.get(rest.partition(".")[0], "pairs")
    if head == "kind":
        return "kinds" if "." in rest else "parts"
    if (layer, head) == ("conflicts", "type"):
        return "types"
    return _OF_A_PART.get(head, "others")


def slices(layer: str, figures: Iterable[str]) -> dict[str, list[str]]:
    """Names of a layer's figures by slice, in the order they come."""
    by_slice: dict[str, list[str]] = {}
    for name in figures:
        by_slice.setdefault(slice_of(layer, name), []).append(name)
    return by_slice


def main_figures(figures: Iterable[str]) -> list[str]:
    """Of a slice, what one compares systems by: no precision or recall beside an F1, except in the headline."""
    names = list(figures)
    with_f1 = {name.removesuffix("f1") for name in names if name.endswith(".f1")}
    return [
        name for name in names if not any(name == stem + part for stem in with_f1 for part in ("precision", "recall"))
    ]


def same_in_all(figure: str) -> bool:
    """Whether a figure lies between 0 and 1, so that it can be drawn on one line with others."""
    return figure != "false_per_1000_tokens"
