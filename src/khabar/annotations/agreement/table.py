"""The figures of agreement that a person reads, in a terminal or in the dataset card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from khabar.scoring.result import decimal

CEILINGS: dict[tuple[str, str], tuple[float, str]] = {
    ("entities", "f1"): (0.976, "Wojood"),
    ("numbers", "detection.f1"): (0.87, "MeasEval"),
    ("numbers", "unit.f1"): (0.89, "MeasEval"),
    ("quotes", "f1"): (0.92, "PolNeAR"),
}
"""What double annotation reaches elsewhere: (layer, figure) → F1 and corpus (label scheme, section 6)."""

SCORED: dict[str, tuple[tuple[str, str], ...]] = {
    "entities": (
        ("span and label, F1", "f1"),
        ("identity, LEA F1", "identity.lea.f1"),
        ("identity, CoNLL F1", "identity.conll.f1"),
    ),
    "numbers": (
        ("full tuple, F1", "f1"),
        ("span, F1", "detection.f1"),
        ("span and value, F1", "value.f1"),
        ("span and unit, F1", "unit.f1"),
        ("resolved dates, F1", "dates.resolved.f1"),
    ),
    "quotes": (
        ("who said what, F1", "f1"),
        ("content, IoU ≥ 0.5, F1", "detection_50.f1"),
        ("content, exact, F1", "detection_exact.f1"),
        ("cue, F1", "cue.f1"),
        ("chain edges, F1", "chain.edge_f1"),
        ("same utterance, pair F1", "utterance.pair_f1"),
    ),
    "conflicts": (("hard disputes, F1", "f1"), ("hard disputes and type, F1", "typed.f1")),
}
"""Figures of the scorer that stand in the table: layer → (words, figure)."""

_MATCHED = {
    "claims": "same question and place, F1",
    "conflicts": "same question, F1",
    "registry": "same thing, F1",
}


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line of the table. `a` and `b`: the value with either pass as gold. `label`: it is of a single label."""

    layer: str
    words: str
    n: int | None
    a: float | None
    b: float | None
    alpha: float | None = None
    elsewhere: tuple[float, str] | None = None
    label: bool = False

    @property
    def value(self) -> str:
        """One number where both ways give the same, else both."""
        return " / ".join(dict.fromkeys(map(decimal, (self.a, self.b))))

    @property
    def alpha_words(self) -> str:
        """The alpha, as shown."""
        return "" if self.alpha is None else f"{self.alpha:.3f}"

    @property
    def elsewhere_words(self) -> str:
        """The ceiling reported elsewhere, as shown."""
        return "" if self.elsewhere is None else f"{self.elsewhere[0]:g} ({self.elsewhere[1]})"

    @property
    def above(self) -> bool:
        """Whether the passes agree better than those of any corpus known."""
        return self.elsewhere is not None and min(self.a or 0, self.b or 0) > self.elsewhere[0]


def lines(figures: Mapping[str, Any]) -> Iterator[TableLine]:
    """Lay out what `Agreement.to_dict` gives. Attributes that no row has are left out."""
    for layer, of_layer in figures["layers"].items():
        rows, scored, tags = of_layer["rows"], of_layer["scored"], of_layer["tags"]
        for words, name in SCORED.get(layer, ()):
            if name in scored:
                a, b = scored[name]
                yield TableLine(layer, words, None, a, b, elsewhere=CEILINGS.get((layer, name)))
        for name, values in scored.items():
            kind, _, rest = name.partition(".")
            if kind in ("label", "kind", "type") and rest.endswith(".f1") and values != [None, None]:
                a, b = values
                yield TableLine(layer, f"  {rest.removesuffix('.f1')}, F1", None, a, b, label=True)
        if layer == "claims":
            yield TableLine(layer, "same place, F1", None, figures["claims_by_place"], figures["claims_by_place"])
        if layer in _MATCHED:
            f1 = 2 * rows["paired"] / (rows["a"] + rows["b"]) if rows["a"] + rows["b"] else None
            yield TableLine(layer, _MATCHED[layer], rows["paired"], f1, f1)
        if tags:
            words = "zone of a line" if layer == "zones" else "tags of tokens"
            yield _reliable(layer, words, tags)
        for name, figure in of_layer["attributes"].items():
            if figure["n"]:
                yield _reliable(layer, name.replace("_", " "), figure)
        if layer != "zones":
            yield TableLine(layer, "rows read alike, of all", rows["a"] + rows["b"], rows["f1"], rows["f1"])


def _reliable(layer: str, words: str, figure: Mapping[str, Any]) -> TableLine:
    return TableLine(layer, words, figure["n"], figure["share"], figure["share"], figure["alpha"])


def agreement_table(splits: Mapping[str, Mapping[str, Any]]) -> str:
    """Markdown for the dataset card: a line a figure, three columns a split.

    `splits` maps a split to what `annotate agreement --write` wrote of its round (`Agreement.to_dict`).
    """
    columns, tables = [], []
    for split, figures in splits.items():
        columns += [f"{split}: n", " / ".join(figures["passes"]), "α"]
        tables.append({(line.layer, line.words): line for line in lines(figures)})
    rows = [["layer", "what", *columns, "elsewhere"], ["---"] * (len(columns) + 3)]
    for layer, words in _merged([list(of_split) for of_split in tables]):
        cells: list[str] = []
        for of_split in tables:
            line = of_split.get((layer, words))
            cells += [str(line.n or ""), line.value, line.alpha_words] if line else [""] * 3
        elsewhere = next(of_split[layer, words] for of_split in tables if (layer, words) in of_split).elsewhere_words
        rows.append([layer, words.strip(), *cells, elsewhere])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _merged(orders: Iterable[Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """One order of all keys: each that the orders before do not have comes after the one it follows in its own."""
    merged: list[tuple[str, str]] = []
    for keys in orders:
        place = 0
        for key in keys:
            if key not in merged:
                merged.insert(place, key)
            place = merged.index(key) + 1
    return merged


def warning(figures: Mapping[str, Any]) -> str | None:
    """Say which layers agree better than double annotation does anywhere else, which independent passes seldom do."""
    above = list(dict.fromkeys(line.layer for line in lines(figures) if line.above))
    if not above:
        return None
    return (
        f"Above what double annotation reaches elsewhere: {', '.join(above)}. Before such a figure is published, "
        "make sure that neither pass was made with sight of the other."
    )
