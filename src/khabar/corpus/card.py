"""The dataset card: what a reader must know before using the data, with figures counted from the rows."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from string import Template

from khabar.corpus.derive import Tables
from khabar.corpus.release import Release
from khabar.corpus.stats import markdown, statistics
from khabar.reading.incidents import Incident, InputError
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


CARD = "README.md"
STATEMENT = "statement.md"
"""Of a gold folder: the data statement (what for, how labels were made, rights, limits), which the card holds whole."""
_BEGIN, _END = "<!-- data statement -->", "<!-- end of data statement -->"
_NO_STATEMENT = "## How the labels were made\n\nNobody has said: there is no `statement.md` beside the gold."


def read_statement(gold: Path) -> str:
    """The data statement of a gold folder; where there is none, words that say so. Raises InputError."""
    path = gold / STATEMENT
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        return _NO_STATEMENT
    except UnicodeDecodeError as error:
        raise InputError([Incident("file-not-text", str(error), str(path))]) from None


def statement_of(card: str) -> str:
    """The data statement that a card holds."""
    return card.partition(_BEGIN)[2].partition(_END)[0].strip()


def card(release: Release, tables: Tables, statement: str) -> str:
    """Fill the card's template. `statement` is Markdown, with headings of the second level."""
    template = Template((files("khabar.corpus") / "card_template.md").read_text(encoding="utf-8"))
    return template.substitute(
        name=release.name,
        version=release.version,
        canary=release.canary,
        configs="\n".join(_config(config, sorted(tables)) for config in CONFIGS),
        labels="`[" + ", ".join(ENTITY_LABELS) + "]`",
        statistics=markdown(statistics(tables)),
        statement=f"{_BEGIN}\n{statement}\n{_END}",
        without_text=_WITHOUT_TEXT if release.textless else "",
    )


def _config(config: str, splits: list[str]) -> str:
    lines = [f"- config_name: {config}", *(["  default: true"] if config == "documents" else []), "  data_files:"]
    for split in splits:
        lines += [f"  - split: {split}", f"    path: {config}/{split}.parquet"]
    return "\n".join(lines)
