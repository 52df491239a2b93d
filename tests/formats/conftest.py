"""Conversions without files of their own: a corpus of texts, and formats written and read back."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest

from khabar.formats.context import Conversion
from khabar.formats.conversion import FORMATS
from khabar.formats.predictions import grounded
from khabar.reading.files import write_all
from khabar.reading.incidents import Incident, errors
from khabar.records import Annotations, Document, Prediction
from tests.cli.conftest import SHARED

ENDINGS = {
    "conll": "x.conll",
    "brat": "x",
    "spacy": "x.spacy",
    "labelstudio": "x.json",
    "hf": "x.parquet",
    "llm": "x.json",
}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A working folder with gold.jsonl, one document."""
    shutil.copy(SHARED / "gold.jsonl", tmp_path)
    return tmp_path


def corpus(**texts: str) -> dict[str, Document]:
    return {
        doc_id: Document(doc_id=doc_id, story="s", text=text, sha256=sha256(text.encode()).hexdigest())
        for doc_id, text in texts.items()
    }


def there_and_back(
    name: str, records: Sequence[Prediction], texts: dict[str, Document]
) -> tuple[list[Annotations], Counter[str]]:
    """Write predictions in a format and read them again: what comes back, and what writing lost."""
    module = import_module(f"khabar.formats.{FORMATS[name]}")
    writing, reading = Conversion(texts), Conversion(texts)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ENDINGS[name]
        write_all(module.write(grounded(records, writing), path, writing))
        back = module.read(path, reading)
    assert not errors(writing.incidents), writing.incidents
    assert not reading.incidents, reading.incidents
    assert not reading.lost, reading.lost
    return back, writing.lost


def read_text(name: str, content: str | bytes, texts: dict[str, Document], **choices: Any) -> Conversion:
    """Read a file of a format; what it gave is in `read_text.given`."""
    module = import_module(f"khabar.formats.{FORMATS[name]}")
    work = Conversion(texts, **choices)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ENDINGS[name]
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        work_given[:] = module.read(path, work)
    return work


work_given: list[Annotations] = []
"""What the last `read_text` gave."""


def entities(records: Iterable[Annotations]) -> dict[str, list[tuple[int, int, str]]]:
    """The mentions of each document that has any, sorted."""
    found = {each.doc_id: sorted((e.start or 0, e.end or 0, e.label) for e in each.entities) for each in records}
    return {doc_id: mentions for doc_id, mentions in found.items() if mentions}


def plain(records: Iterable[Annotations]) -> dict[str, Any]:
    """Annotations without order and without the surfaces that stand beside offsets."""
    return {each.doc_id: _unordered(msgspec.to_builtins(each)) for each in records}


def _unordered(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return sorted((_unordered(each) for each in value), key=repr)
    if isinstance(value, dict):
        kept = {key: _unordered(each) for key, each in sorted(value.items()) if each not in ((), [])}
        if "start" in kept:
            kept.pop("text", None)
        return kept
    return value


def ids(incidents: Iterable[Incident]) -> list[str]:
    return [each.id for each in incidents]
