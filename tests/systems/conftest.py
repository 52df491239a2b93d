"""What the tests of systems share: a story of four short documents, as records and as gold in a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from khabar.reading.files import sha256
from khabar.records import Document
from tests.cli.conftest import Khabar, run

TEXT = "قال بوتين إن {} جندي وصلوا إلى موسكو.\n"


@pytest.fixture
def story() -> list[Document]:
    texts = {name: TEXT.format(at) for at, name in enumerate("abcd", start=10)}
    return [
        Document(doc_id=name, story="s", text=text, sha256=sha256(text.encode()), published="2025-04-28")
        for name, text in texts.items()
    ]


@pytest.fixture
def here(tmp_path: Path, story: list[Document]) -> Path:
    """A working folder with the story's gold in gold.jsonl: in each document, Putin."""
    gold = [
        {"doc_id": each.doc_id, "story": "s", "text": each.text, "entities": [{"text": "بوتين", "label": "PERS"}]}
        for each in story
    ]
    (tmp_path / "gold.jsonl").write_text("".join(json.dumps(line) + "\n" for line in gold), "utf-8")
    return tmp_path


@pytest.fixture
def khabar(here: Path) -> Khabar:
    """Run a command in the working folder."""
    return lambda *args, **environment: run(*args, cwd=here, **environment)
