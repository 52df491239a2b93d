"""The dataset card: what a reader must know before using the data, with figures counted from the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from khabar.corpus.contrast import VariantChange
from khabar.corpus.tables import Tables
from khabar.reading.incidents import InputError
from khabar.reading.issues import variant_key
from khabar.records import CONFIGS, Conflict, Document, Entity, Flip, Number, Quote, Row, TokenRow, only
from khabar.records.labels import ENTITY_LABELS
from khabar.records.repository import Release

_WITHOUT_TEXT = """
> **This release has no text.** The articles belong to their publishers. `documents.text`, the surfaces of all spans,
> `tokens`, and titles, names and other strings copied from an article are empty or null (`withheld.jsonl` has their
> places); offsets, labels and `documents.sha256` are complete. Whoever has the articles, byte for byte as they were
> received, completes it with `khabar corpus fill corpus-without-text articles/*.txt --out corpus`. Files are recognised
> by their SHA-256, whatever their names, and the result is the full release, byte for byte on the same pyarrow. Scoring
> needs the full release.
"""
"""What the card of a release without text says first."""
_FETCHED = """
> **Splits {splits} have no text here.** They are articles of NTREX-128 (Federmann, Kocmi, Xin, 2022), CC BY-SA 4.0,
> as are the annotations of these splits. `documents.text`, titles, tokens and the surfaces of all spans are null;
> offsets, values, labels and `documents.sha256` are complete. `khabar corpus fetch` brings the two files from their
> public address (`--from FOLDER` for a copy), verifies them, and fills every surface in your cache; it prints the path
> of the filled folder, for `load_dataset`.
"""
"""What the card says first of splits whose articles anybody can fetch."""
_ALTERED = """
> **The articles of splits {splits} are altered.** No outlet published them so. Each is an article of another split
> with a few words changed, to make contradictions and to take them away; people and bodies named in it did not say or
> do what stands only there. `contrast.jsonl` lists every change. Do not quote these texts as news.
"""
"""What the card says first of contrast sets."""

_LICENCE, _LICENCES = (
    "annotations-cc-by-4.0-texts-their-publishers",
    "annotations-cc-by-4.0-or-cc-by-sa-4.0-by-split-texts-their-publishers",
)
"""Names of the licence: of annotations alone, and beside those of articles that can be fetched."""

CARD = "README.md"
STATEMENT = "statement.md"
"""Of a gold folder: the data statement (what for, how labels were made, rights, limits), which the card holds whole."""
_BEGIN, _END = "<!-- data statement -->", "<!-- end of data statement -->"
_NO_STATEMENT = "## How the labels were made\n\nNobody has said: there is no `statement.md` beside the gold."

Statistics = dict[str, dict[str, Any]]
"""Split → figure → value; a value is a number or a table of label → number."""


def read_statement(gold: Path) -> str:
    """The data statement of a gold folder; where there is none, words that say so. Raises InputError."""
    path = gold / STATEMENT
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        return _NO_STATEMENT
    except UnicodeDecodeError as error:
        raise InputError.of("file-not-text", str(error), str(path)) from None


def statement_of(folder: Path) -> str:
    """The data statement that the card of a dataset folder holds. Raises InputError."""
    path = folder / CARD
    try:
        card = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InputError.of("file-not-text", str(error), str(path)) from None
    return card.partition(_BEGIN)[2].partition(_END)[0].strip()


def card(release: Release, tables: Tables, statement: str, changes: Sequence[VariantChange] = ()) -> str:
    """Fill the card's template. `statement` is Markdown, with headings of the second level."""
    template = Template((files("khabar.corpus") / "card_template.md").read_text(encoding="utf-8"))
    return template.substitute(
        name=release.name,
        version=release.version,
        licence=_LICENCES if release.fetchable else _LICENCE,
        canary=release.canary,
        configs="\n".join(_config(config, sorted(tables)) for config in CONFIGS),
        labels="`[" + ", ".join(ENTITY_LABELS) + "]`",
        statistics=_markdown(statistics(tables, changes)),
        statement=f"{_BEGIN}\n{statement}\n{_END}",
        without_text=_without_text(release),
        altered=_altered(tables, changes),
    )


def _without_text(release: Release) -> str:
    if release.textless or not release.withheld_splits:
        return _WITHOUT_TEXT if release.textless else ""
    return _FETCHED.format(splits=_listed(release.withheld_splits))


def _altered(tables: Tables, changes: Sequence[VariantChange]) -> str:
    splits = [split for split, configs in tables.items() if _of_split(configs["documents"], changes)]
    return _ALTERED.format(splits=_listed(splits)) if splits else ""


def _listed(splits: Sequence[str]) -> str:
    return ", ".join(f"`{split}`" for split in splits)


def _of_split(documents: Iterable[Row], changes: Sequence[VariantChange]) -> list[VariantChange]:
    """The changes that make some documents."""
    stories = {row.story for row in documents if isinstance(row, Document)}
    return [change for change in changes if variant_key(change.story, change.variant) in stories]


def _config(config: str, splits: list[str]) -> str:
    lines = [f"- config_name: {config}", *(["  default: true"] if config == "documents" else []), "  data_files:"]
    for split in splits:
        lines += [f"  - split: {split}", f"    path: {config}/{split}.parquet"]
    return "\n".join(lines)


def statistics(tables: Tables, changes: Sequence[VariantChange] = ()) -> Statistics:
    """Count rows, labels and what is scored, for each split; where there are contrast sets, their changes too."""
    by_split: Statistics = {}
    for split, configs in tables.items():
        rows = [row for each in configs.values() for row in each]
        documents = only(rows, Document)
        entities = only(rows, Entity)
        numbers = only(rows, Number)
        quotes = only(rows, Quote)
        issues = only(rows, Conflict)
        by_split[split] = {
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
        if changes:
            mine = _of_split(configs["documents"], changes)
            flips = [change for change in mine if isinstance(change, Flip)]
            by_split[split] |= {
                "flips": len(flips),
                "flips by direction": _count(flip.direction for flip in flips),
                "decoys": len(mine) - len(flips),
            }
    return by_split


def _markdown(by_split: Statistics) -> str:
    """A table of the statistics, one column a split."""
    splits = list(by_split)
    lines = ["| | " + " | ".join(splits) + " |", "|---|" + "---|" * len(splits)]
    for name in next(iter(by_split.values()), {}):
        lines.append(f"| {name} | " + " | ".join(statistic_words(by_split[split][name]) for split in splits) + " |")
    return "\n".join(lines)


def _count(labels: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0])))


def statistic_words(value: int | Mapping[str, int]) -> str:
    """A statistic of a split in words: a number, or the number of each label."""
    return ", ".join(f"{label} {n}" for label, n in value.items()) if isinstance(value, Mapping) else str(value)
