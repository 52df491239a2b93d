"""The dataset card: what a reader must know before using the data, with figures counted from the rows."""

from __future__ import annotations

from importlib.resources import files
from string import Template

from khabar.corpus.derive import Tables
from khabar.corpus.release import Release
from khabar.corpus.stats import markdown, statistics
from khabar.records import CONFIGS
from khabar.records.labels import ENTITY_LABELS

_WITHOUT_TEXT = """
> **This release has no text.** The articles belong to their publishers. `documents.text`, the surfaces of all spans,
> `tokens`, and titles, names and other strings copied from an article are empty or null (`withheld.jsonl` has their
> places); offsets, labels and `documents.sha256` are complete. Whoever has the articles, byte for byte as they were
> received, completes it with `khabar corpus fill corpus-without-text articles/*.txt --out corpus`. Files are recognised
> by their SHA-256, whatever their names, and the result is the full release, byte for byte on the same pyarrow. Scoring
> needs the full release.
"""
"""What the card of a release without text says first."""


def card(release: Release, tables: Tables) -> str:
    """Fill the card's template."""
    template = Template((files("khabar.corpus") / "card_template.md").read_text(encoding="utf-8"))
    return template.substitute(
        name=release.name,
        version=release.version,
        canary=release.canary,
        configs="\n".join(_config(config, sorted(tables)) for config in CONFIGS),
        labels="`[" + ", ".join(ENTITY_LABELS) + "]`",
        statistics=markdown(statistics(tables)),
        without_text=_WITHOUT_TEXT if release.textless else "",
    )


def _config(config: str, splits: list[str]) -> str:
    lines = [f"- config_name: {config}", *(["  default: true"] if config == "documents" else []), "  data_files:"]
    for split in splits:
        lines += [f"  - split: {split}", f"    path: {config}/{split}.parquet"]
    return "\n".join(lines)
