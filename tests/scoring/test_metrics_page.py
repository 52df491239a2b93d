"""docs/metrics.md is complete and true: its examples run, and no figure lacks an entry or an example."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from khabar.records.labels import CONFLICT_TYPES, ENTITY_LABELS, LAYERS, NUMBER_KINDS, Layer
from khabar.scoring.result import Measured
from tests.released import scored

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
FAMILIES = {
    rf"label\.(?:{'|'.join(ENTITY_LABELS)})": "label.<LABEL>",
    rf"kind\.(?:{'|'.join(NUMBER_KINDS)})(?=\.)": "kind.<KIND>",
    rf"type\.(?:{'|'.join(CONFLICT_TYPES)})": "type.<TYPE>",
    r"phenomenon\.\w+": "phenomenon.<TAG>",
    r"errors\.\w+": "errors.<NAME>",
    r"semeval\.\w+": "semeval.{strict,exact,partial,type}",
}
"""Figures by label, kind, type, tag or name share one entry."""
UNDEFINED_ON_FEW = re.compile(r"label\.|kind\.|type\.|phenomenon\.|errors\.|relations\.typing|both_sides_coverage")
"""Figures that may rest on one unit: without it there is nothing to measure, so their intervals may be null."""

OF_STORIES = re.compile(r"identity\.|utterance\.|average_precision")
"""Figures made anew on draws of stories, of which the corpus has one."""


def figures(layer: Layer) -> dict[str, Measured]:
    return scored("rules").layers[layer]


def section(layer: str) -> str:
    text = PAGE.read_text("utf-8")
    start = text.index(f"## {layer.capitalize()}\n")
    return text[start : text.index("\n## ", start + 1)]


def family(name: str) -> str:
    for pattern, entry in FAMILIES.items():
        name = re.sub(f"^{pattern}", entry, name)
    return name


def test_the_signature_is_what_the_program_prints() -> None:
    """But for the version of the code and the digest of the gold, which move."""
    signature = re.sub(r"(version|hash):[^|]+", r"\1:…", str(scored("rules").signature))
    assert f"\n```\n{signature}\n```\n" in PAGE.read_text("utf-8")


@pytest.mark.parametrize("layer", LAYERS)
def test_every_figure_has_an_entry(layer: Layer) -> None:
    """An entry is a name in the first column; precision and recall go with their F1."""
    entries = set()
    for line in section(layer).splitlines():
        if line.startswith("| `"):
            entries |= set(re.findall(r"`([^`]+)`", line.rsplit("|", 2)[0]))
    wanted = {family(name) for name in figures(layer)}
    for name in wanted:
        stem = re.sub(r"(precision|recall)$", "f1", name)
        assert name in entries or stem in entries, name


@pytest.mark.parametrize("layer", LAYERS)
def test_every_entry_has_an_example(layer: Layer) -> None:
    asserted = {family(name) for name in re.findall(r'\["([\w.]+)"\]', section(layer))}
    for name in {family(name) for name in figures(layer)}:
        if name in ("precision", "recall"):
            continue
        stem = re.sub(r"(precision|recall)$", "f1", name)
        assert name in asserted or stem in asserted, name


def test_the_examples_run() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 1 + len(LAYERS)
    scope: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), scope)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_figure_has_an_interval(layer: Layer) -> None:
    """Where a figure is defined it has one, unless it rests on too few units to be defined on resamples."""
    for name, figure in figures(layer).items():
        if figure.value is None:
            assert figure.interval is None, name
        elif figure.interval is None:
            assert UNDEFINED_ON_FEW.match(name) or OF_STORIES.match(name), name
        else:
            assert not OF_STORIES.match(name), name
            low, high = figure.interval
            assert low <= high, name
