"""The agreement of two passes: every figure of one round.

Scored figures are the scorer's own with one pass as gold, and with the other. Reliability is of attributes of the rows
both passes have, of the tags of all tokens, and of the zones of lines.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from khabar.annotations.agreement.alignment import RowPair, align, pair_claims, sides_of
from khabar.annotations.agreement.differences import WORDING, comparable, differing, fields
from khabar.annotations.rounds import Round
from khabar.corpus.derivation import derive
from khabar.corpus.gold import from_tables
from khabar.reading.reference import Reference, as_predictions
from khabar.records import BY_LAYER, CONFIGS, Claim, Entity, Number, Quote, Registered, Row, Seed, Zones, only
from khabar.scoring.result import Measured
from khabar.scoring.scorer import score
from khabar.text.arabic import token_spans
from khabar.text.spans import Passage, iob2, last_letter, lines_of, quote_type, zone_at

LAYERS = tuple(BY_LAYER)
"""All layers of a pass, in the order of the scheme."""

TAGGED = ("entities", "numbers", "quotes")
"""Layers whose spans become tags of tokens."""

CATEGORIES = {
    "entities": ("label", "entity_id", "scored"),
    "numbers": ("kind", "modality", "unit", "low_incl", "high_incl", "calendar", "factuality", "role", "scored"),
    "quotes": ("speaker", "source_chain", "addressee", "act", "polarity", "scored", "type"),
    "claims": ("position", "source", "stance"),
    "conflicts": ("status", "type", "subtype", "scope"),
    "registry": ("label",),
}
"""Attributes whose values are categories: those that alpha is for."""

OF_SYSTEMS = ("errors.", "ungrounded", "altered", "brier", "average_precision", "false_per", "phenomenon.")
"""Beginnings of the scorer's figures that say something of systems only."""

BothWays = tuple[Measured, Measured]
"""A figure with the first pass as gold, and with the second."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often two annotators give one item the same value. `share` is null without items; `alpha` also where all
    values are the same, so that chance would agree as well, and where values are no categories."""

    n: int
    agreed: int
    share: float | None
    alpha: float | None


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows of a layer: how many each pass has, how many are of both (`paired`), how many of these are read alike
    (`alike`), and how many are the same to the letter, free text included (`identical`)."""

    a: int
    b: int
    paired: int
    alike: int
    identical: int

    @property
    def f1(self) -> float | None:
        """Rows read alike, out of all: 2·alike / (a + b). Null without rows."""
        return 2 * self.alike / (self.a + self.b) if self.a + self.b else None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two passes compared. All maps are by layer; `scored` has the scorer's figures of each way round.

    `claims_by_place` is the F1 of claims at the same place, whatever the question they are taken to answer.
    """

    round: str
    passes: tuple[str, str]
    documents: tuple[str, ...]
    left_out: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, RowCounts]
    scored: Mapping[str, Mapping[str, BothWays]]
    tags: Mapping[str, Reliability]
    attributes: Mapping[str, Mapping[str, Reliability]]
    claims_by_place: float | None
    pairs: tuple[RowPair, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON form. A figure is [with the first pass as gold, with the second as gold]."""
        return {
            "round": self.round,
            "passes": list(self.passes),
            "documents": list(self.documents),
            "left_out": {name: list(documents) for name, documents in self.left_out.items()},
            "claims_by_place": self.claims_by_place,
            "layers": {
                layer: {
                    "rows": asdict(rows) | {"f1": rows.f1},
                    "scored": {name: [x.value, y.value] for name, (x, y) in self.scored.get(layer, {}).items()},
                    "interval": {
                        name: [list(side.interval) if side.interval else None for side in sides]
                        for name, sides in self.scored.get(layer, {}).items()
                        if name == "f1"
                    },
                    "tags": asdict(self.tags[layer]) if layer in self.tags else None,
                    "attributes": {name: asdict(each) for name, each in self.attributes[layer].items()},
                }
                for layer, rows in self.rows.items()
            },
        }

    def to_json(self) -> str:
        """The same bytes for the same passes: what `annotate agreement --write` puts beside them."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def agreement(compared: Round) -> Agreement:
    """Compare the passes of a round. Pure: no file is read."""
    pairs = align(compared.a.rows, compared.b.rows, compared.texts, compared.stories)
    a, b = sides_of(pairs)
    tags = {layer: _token_tags(a, b, compared.texts, layer) for layer in TAGGED}
    return Agreement(
        compared.name,
        (compared.a.name, compared.b.name),
        tuple(sorted(compared.texts)),
        compared.left_out,
        _row_counts(pairs),
        _both_ways(a, b, compared.seeds, compared.texts),
        tags | {"zones": _line_zones(a, b, compared.texts)},
        {layer: _attributes(pairs, layer, compared.texts) for layer in LAYERS},
        _claims_by_place(a, b, compared.texts),
        pairs,
    )


def _row_counts(pairs: Iterable[RowPair]) -> dict[str, RowCounts]:
    counts: Counter[tuple[str, str]] = Counter()
    for pair in pairs:
        counts[pair.layer, "a"] += pair.a is not None
        counts[pair.layer, "b"] += pair.b is not None
        if pair.both is not None:
            meant, worded = differing(pair)
            counts[pair.layer, "paired"] += 1
            counts[pair.layer, "alike"] += not meant
            counts[pair.layer, "identical"] += not meant and not worded
    names = ("a", "b", "paired", "alike", "identical")
    return {layer: RowCounts(*(counts[layer, name] for name in names)) for layer in LAYERS}


def _claims_by_place(a: Iterable[Row], b: Iterable[Row], texts: Mapping[str, str]) -> float | None:
    ours, theirs = (only(rows, Claim) for rows in (a, b))
    if not ours and not theirs:
        return None
    passages = {doc_id: Passage(doc_id, text) for doc_id, text in texts.items()}
    paired = pair_claims(ours, theirs, passages, any_question=True).pairs
    return 2 * len(paired) / (len(ours) + len(theirs))


def _both_ways(
    a: Sequence[Row], b: Sequence[Row], seeds: Sequence[Seed], texts: Mapping[str, str]
) -> dict[str, dict[str, BothWays]]:
    """Layer → figure → its value with a as gold and with b as gold. Rows of both have one set of names.

    As a system a pass predicts what it scores, and its hard disputes as records: a side a position, a span a claim.
    """
    # One registry for both, a's rows first: a source that has no mention goes by its name there.
    registry = list({row.key: row for row in (*b, *a) if isinstance(row, Registered)}.values())
    ours, theirs = (
        _reference([*(row for row in rows if not isinstance(row, Registered)), *registry], seeds, texts)
        for rows in (a, b)
    )
    first, second = score(ours, *as_predictions(theirs)), score(theirs, *as_predictions(ours))
    return {
        layer: {
            name: (figure, second.layers[layer][name])
            for name, figure in figures.items()
            if name in second.layers[layer] and not name.startswith(OF_SYSTEMS)
        }
        for layer, figures in first.layers.items()
    }


def _reference(rows: Sequence[Row], seeds: Sequence[Seed], texts: Mapping[str, str]) -> Reference:
    """A pass as gold, whatever splits its documents are of. Without tokens: of annotators, seqeval says nothing new."""
    splits = derive(seeds, texts, rows)
    tables = {config: [row for split in splits.values() for row in split[config]] for config in CONFIGS}
    return from_tables(tables | {"tokens": []})


def reliability(a: Sequence[Hashable], b: Sequence[Hashable], *, categories: bool = True) -> Reliability:
    """Compare two annotators' values item by item; None is a value like others.

    Alpha is 1 − observed / expected disagreement (Krippendorff 2004, nominal), as the `krippendorff` package computes
    it. It is for values that are categories: spans and texts, of which every item has its own, have a share only.
    """
    n, agreed = len(a), sum(x == y for x, y in zip(a, b, strict=True))
    codes = {value: code for code, value in enumerate(dict.fromkeys((*a, *b)))}
    if len(codes) < 2 or not categories:
        return Reliability(n, agreed, agreed / n if n else None, None)
    import krippendorff

    data = [[codes[value] for value in side] for side in (a, b)]
    alpha = float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))
    return Reliability(n, agreed, agreed / n, alpha)


def _attributes(pairs: Iterable[RowPair], layer: str, texts: Mapping[str, str]) -> dict[str, Reliability]:
    """Attribute → reliability over the pairs of a layer. An attribute that neither row has is no item."""
    both = [pair.both for pair in pairs if pair.layer == layer and pair.both is not None]
    if not both or layer == "zones":
        return {}
    values = {
        field: [(_value(comparable(a, field)), _value(comparable(b, field))) for a, b in both]
        for field in fields(both[0][0])
        if field not in WORDING.get(layer, ())
    }
    if layer == "numbers":
        values["value"] = [(_interval(a), _interval(b)) for a, b in both]
    if layer == "quotes":
        values["type"] = [(_type(a, texts), _type(b, texts)) for a, b in both]
    reliabilities = {}
    for field, items in values.items():
        given = [pair for pair in items if pair != (None, None)]
        sides = ([pair[side] for pair in given] for side in (0, 1))
        reliabilities[field] = reliability(*sides, categories=field in CATEGORIES[layer])
    return reliabilities


def _value(value: object) -> bytes | None:
    return None if value is None or value in ((), []) else msgspec.json.encode(value, order="sorted")


def _interval(row: Row) -> bytes | None:
    assert isinstance(row, Number)
    bounds = (row.low, row.high, row.low_incl, row.high_incl)
    return None if row.low is None and row.high is None else msgspec.json.encode(bounds)


def _type(row: Row, texts: Mapping[str, str]) -> bytes | None:
    assert isinstance(row, Quote)
    return quote_type(row.content, row.marked, texts[row.doc_id]).encode() if row.content else None


def _token_tags(a: Sequence[Row], b: Sequence[Row], texts: Mapping[str, str], layer: str) -> Reliability:
    """Reliability of IOB2 tags of the outermost spans: of entities by label, of numbers by kind, of quotes content."""
    sides: tuple[list[str], list[str]] = ([], [])
    for tags, rows in zip(sides, (a, b), strict=True):
        for doc_id in sorted(texts):
            mine = (row for row in rows if row.layer == layer and row.article == doc_id)
            spans = [span for row in mine for span in _labelled(row)]
            text = texts[doc_id]
            tags += iob2([start + last_letter(text[start:end]) for start, end in token_spans(text)], spans)
    return reliability(*sides)


def _labelled(row: Row) -> list[tuple[int, int, str]]:
    if isinstance(row, (Entity, Number)):
        return [(row.start, row.end, row.label if isinstance(row, Entity) else row.kind)]
    return [(span.start, span.end, "content") for span in row.content] if isinstance(row, Quote) else []


def _line_zones(a: Sequence[Row], b: Sequence[Row], texts: Mapping[str, str]) -> Reliability:
    """Reliability of the zones of lines, blank ones aside."""
    zones = [{row.doc_id: row.zones for row in rows if isinstance(row, Zones)} for rows in (a, b)]
    sides: tuple[list[str | None], list[str | None]] = ([], [])
    for doc_id in sorted(zones[0].keys() & zones[1].keys()):
        starts = [start for start, line in lines_of(texts[doc_id]) if line.strip()]
        for side, given in zip(sides, zones, strict=True):
            side += [zone_at(given[doc_id], start) for start in starts]
    return reliability(*sides)
