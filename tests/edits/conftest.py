from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from khabar.edits import Story, story_of
from khabar.reading.incidents import Incidents
from khabar.reading.rows import read_rows
from khabar.records import Seed

BRIDGE = Path(__file__).parents[2] / "examples" / "bridge"


def read_bridge() -> Story:
    texts = {path.stem: path.read_text("utf-8") for path in BRIDGE.glob("articles/*.txt")}
    seeds = [
        Seed(file=f"{name}.txt", sha256=sha256(text.encode()).hexdigest(), story="bridge", rights="-")
        for name, text in sorted(texts.items())
    ]
    rows = [located.row for located in read_rows(BRIDGE / "annotations" / "bridge.jsonl", Incidents())]
    return story_of(seeds, texts, rows, "bridge")


@pytest.fixture(scope="session")
def bridge() -> Story:
    return read_bridge()
