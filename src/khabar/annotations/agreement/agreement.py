"""The agreement of two passes: every figure of one round."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from khabar.annotations.agreement.alignment import Pair, align
from khabar.annotations.agreement.alpha import Reliability
from khabar.annotations.agreement.attributes import TAGGED, attributes, token_tags, zone_lines
from khabar.annotations.agreement.differences import differing
from khabar.annotations.agreement.pairing import claim_pairs
from khabar.annotations.agreement.passes import Round
from khabar.annotations.agreement.scoring import Seen, both_ways
from khabar.records import ANNOTATED, Claim, Row
from khabar.text.passages import Passage

LAYERS = tuple(str(kind.__struct_config__.tag) for kind in ANNOTATED)
"""All layers of a pass, in the order of the scheme."""


@dataclass(frozen=True, slots=True)
class Rows:
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

    `claims_by_place` is the F1 of claims found at the same place, whatever the question they are taken to answer.
    """

    round: str
    passes: tuple[str, str]
    documents: tuple[str, ...]
    left_out: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, Rows]
    scored: Mapping[str, Mapping[str, Seen]]
    tags: Mapping[str, Reliability]
    attributes: Mapping[str, Mapping[str, Reliability]]
    claims_by_place: float | None
    pairs: tuple[Pair, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON form. A figure is [with the first pass as gold, with the second as gold]."""
        return {
            "round": self.round,
            "passes": list(self.passes),
            "documents": list(self.documents),
            "left_out": {name: list(found) for name, found in self.left_out.items()},
            "claims_by_place": self.claims_by_place,
            "layers": {
                layer: {
                    "rows": asdict(rows) | {"f1": rows.f1},
                    "scored": {name: [x.value, y.value] for name, (x, y) in self.scored.get(layer, {}).items()},
                    "interval": {
                        name: [list(side.interval) if side.interval else None for side in seen]
                        for name, seen in self.scored.get(layer, {}).items()
                        if name == "f1"
                    },
                    "tags": self.tags[layer].to_dict() if layer in self.tags else None,
                    "attributes": {name: each.to_dict() for name, each in self.attributes[layer].items()},
                }
                for layer, rows in self.rows.items()
            },
        }

    def to_json(self) -> str:
        """The same bytes for the same passes: what `annotate agreement --write` puts beside them."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def agreement(given: Round) -> Agreement:
    """Compare the passes of a round. Pure: no file is read."""
    pairs = align(given.a.rows, given.b.rows, given.texts, given.stories)
    a = [pair.a for pair in pairs if pair.a is not None]
    b = [pair.b for pair in pairs if pair.b is not None]
    tags = {layer: token_tags(a, b, given.texts, layer) for layer in TAGGED}
    return Agreement(
        given.name,
        (given.a.name, given.b.name),
        tuple(sorted(given.texts)),
        given.left_out,
        _rows(pairs),
        both_ways(a, b, given.seeds, given.texts),
        tags | {"zones": zone_lines(a, b, given.texts)},
        {layer: attributes(pairs, layer, given.texts) for layer in LAYERS},
        _claims_by_place(a, b, given.texts),
        pairs,
    )


def _claims_by_place(a: Sequence[Row], b: Sequence[Row], texts: Mapping[str, str]) -> float | None:
    ours, theirs = ([row for row in rows if isinstance(row, Claim)] for rows in (a, b))
    if not ours and not theirs:
        return None
    passages = {doc_id: Passage(doc_id, text) for doc_id, text in texts.items()}
    return 2 * len(claim_pairs(ours, theirs, passages)) / (len(ours) + len(theirs))


def _rows(pairs: Sequence[Pair]) -> dict[str, Rows]:
    counts: Counter[tuple[str, str]] = Counter()
    for pair in pairs:
        both = pair.a is not None and pair.b is not None
        counts[pair.layer, "a"] += pair.a is not None
        counts[pair.layer, "b"] += pair.b is not None
        counts[pair.layer, "paired"] += both
        if both:
            meant, worded = differing(pair)
            counts[pair.layer, "alike"] += not meant
            counts[pair.layer, "identical"] += not meant and not worded
    return {
        layer: Rows(*(counts[layer, name] for name in ("a", "b", "paired", "alike", "identical"))) for layer in LAYERS
    }
