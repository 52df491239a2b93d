"""Hypothesis strategies: small corpora in the prediction format, gold and predictions over the same texts."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

TEXT = 'قال بُوتين إن 14 ألف جندي في كورسك.\nوأضاف "نعم" 😀 وكييف تنفي\u00a0ذلك يوم 24 أبريل ـ نص.'
LABELS = ["PERS", "GPE", "ORG"]
NAMES = ["putin", "kim", "kyiv"]


@st.composite
def spans(draw: st.DrawFn) -> dict[str, int]:
    start = draw(st.integers(0, len(TEXT) - 2))
    return {"start": start, "end": draw(st.integers(start + 1, min(len(TEXT), start + 12)))}


@st.composite
def entities(draw: st.DrawFn) -> dict[str, Any]:
    return {**draw(spans()), "label": draw(st.sampled_from(LABELS)), "entity_id": draw(st.sampled_from(NAMES))}


@st.composite
def numbers(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["count", "measure", "date", "ident"]))
    if kind == "date":
        return {**draw(spans()), "kind": kind, "edtf": draw(st.sampled_from(["2025-04-24", "2025-04", "2024-23"]))}
    if kind == "ident":
        return {**draw(spans()), "kind": kind}
    low = draw(st.sampled_from(["3", "14000", "1/3", None]))
    modality = draw(st.sampled_from(["exact", "more_than", "range", "vague", "at_most"]))
    unit = draw(st.sampled_from(["جندي", "km2", None]))
    return {**draw(spans()), "kind": kind, "low": low, "high": "20000", "modality": modality, "unit": unit}


@st.composite
def quotes(draw: st.DrawFn, *, strings: bool) -> dict[str, Any]:
    texts = st.sampled_from(["في", "كييف", "قال", "نعم"]).map(lambda text: {"text": text})
    content = draw(st.lists(spans() | texts if strings else spans(), min_size=1, max_size=2))
    row: dict[str, Any] = {"content": content, "speaker": {"entity_id": draw(st.sampled_from(NAMES))}}
    row["cue"] = draw(st.lists(spans(), max_size=1))
    row["utterance"] = draw(st.sampled_from(["u1", "u2", None]))
    return row


def _unique(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop gold rows that would repeat each other: entities by span and label, others by content."""
    seen: dict[str, dict[str, Any]] = {}
    for row in rows:
        kept = {key: row[key] for key in ("start", "end", "label")} if "label" in row else row
        seen.setdefault(repr(sorted(kept.items())), row)
    return list(seen.values())


@st.composite
def lines(draw: st.DrawFn, *, gold: bool, strings: bool = True) -> list[dict[str, Any]]:
    """Two documents and some disputes of one story; in gold no row twice, some rows don't-care.

    Predictions may give content as `strings`; gold has offsets.
    """
    found: list[dict[str, Any]] = []
    for doc_id in ("d1", "d2"):
        line: dict[str, Any] = {"doc_id": doc_id}
        for layer, items in (
            ("entities", entities()),
            ("numbers", numbers()),
            ("quotes", quotes(strings=strings and not gold)),
        ):
            rows = draw(st.lists(items, max_size=5))
            if gold:
                rows = _unique([{**row, "scored": draw(st.sampled_from([True, True, True, False]))} for row in rows])
            line[layer] = rows
        if gold:
            line |= {"text": TEXT, "story": "s"}
        found.append(line)
    for _ in range(draw(st.integers(0, 3))):
        sides = [
            {"spans": [{"doc_id": draw(st.sampled_from(["d1", "d2"])), **draw(spans())} for _ in range(2)]}
            for _ in "ab"
        ]
        dispute = {"story": "s", "type": draw(st.sampled_from(["numeric", "temporal"])), "sides": sides}
        found.append(dispute if gold else {**dispute, "confidence": draw(st.sampled_from([0.1, 0.5, 0.9]))})
    return found
