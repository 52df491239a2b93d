"""Statistics: how much of what a dataset holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from khabar.corpus.derive import Tables
from khabar.records import Conflict, Document, Entity, Number, Quote, TokenRow

Statistics = dict[str, dict[str, Any]]
"""Split → figure → value; a value is a number or a table of label → number."""


def statistics(tables: Tables) -> Statistics:
    """Count rows, labels and what is scored, for each split."""
    found: Statistics = {}
    for split, configs in tables.items():
        rows = [row for each in configs.values() for row in each]
        documents = [row for row in rows if isinstance(row, Document)]
        entities = [row for row in rows if isinstance(row, Entity)]
        numbers = [row for row in rows if isinstance(row, Number)]
        quotes = [row for row in rows if isinstance(row, Quote)]
        issues = [row for row in rows if isinstance(row, Conflict)]
        found[split] = {
            "documents": len(documents),
            "characters": sum(row.zones[-1].end if row.zones else len(row.text) for row in documents),
            "tokens": sum(len(row.tokens) for row in rows if isinstance(row, TokenRow)),
            "entities": len(entities),
            "entities by label": _count(row.label for row in entities),
            "entities nested": sum("nested" in row.phenomena for row in entities),
            "numbers": len(numbers),
            "numbers scored": sum(row.scored and row.kind != "ident" for row in numbers),
            "numbers by kind": _count(row.kind for row in numbers),
            "quotes": len(quotes),
            "quotes scored": sum(row.scored for row in quotes),
            "quotes with an implicit speaker": sum("implicit_speaker" in row.phenomena for row in quotes),
            "quotes with a source chain": sum("chain" in row.phenomena for row in quotes),
            "claims": len(configs["claims"]),
            "issues": len(issues),
            "issues by status": _count(row.status for row in issues),
            "things in the registry": len(configs["registry"]),
        }
    return found


def markdown(found: Statistics) -> str:
    """A table of the statistics, one column a split."""
    splits = list(found)
    lines = ["| | " + " | ".join(splits) + " |", "|---|" + "---|" * len(splits)]
    for name in next(iter(found.values()), {}):
        lines.append(f"| {name} | " + " | ".join(_shown(found[split][name]) for split in splits) + " |")
    return "\n".join(lines)


def _count(labels: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0])))


def _shown(value: int | Mapping[str, int]) -> str:
    return ", ".join(f"{label} {n}" for label, n in value.items()) if isinstance(value, Mapping) else str(value)
