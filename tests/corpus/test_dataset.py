"""The released dataset as its readers meet it: `load_dataset`, pyarrow and pandas, exact counts, first and last rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from khabar.corpus.release import read_release
from khabar.corpus.tables import read_split
from khabar.records import CONFIGS
from khabar.records.labels import ENTITY_LABELS
from khabar.records.repository import CANARY

CORPUS = Path(__file__).parents[2] / "corpus"
ROWS = {
    "test": {"documents": 5, "entities": 464, "numbers": 98, "quotes": 132, "claims": 172, "conflicts": 38, "registry": 86, "tokens": 111},
    "news": {"documents": 42, "entities": 1753, "numbers": 740, "quotes": 449, "claims": 539, "conflicts": 160, "registry": 510, "tokens": 720},
    "dev": {"documents": 6, "entities": 259, "numbers": 111, "quotes": 74, "claims": 83, "conflicts": 28, "registry": 112, "tokens": 111},
}  # fmt: skip
TEXTS = {row.doc_id: row.text for row in read_split(CORPUS, "test")["documents"]}

LOAD = """
from datasets import load_dataset
for split, configs in {rows!r}.items():
    for config, rows in configs.items():
        data = load_dataset({corpus!r}, config, split=split)
        assert len(data) == rows, (config, len(data))
        streamed = list(load_dataset({corpus!r}, config, split=split, streaming=True))
        assert streamed == list(data), config
for split in ("news", "dev"):
    assert set(load_dataset({corpus!r}, "documents", split=split)["text"]) == {{None}}
entities = load_dataset({corpus!r}, "entities", split="test")
assert entities.features["label"].names == {labels!r}
quote = load_dataset({corpus!r}, "quotes", split="test")[0]
assert isinstance(quote["content"], list) and set(quote["content"][0]) == {{"start", "end", "text"}}
assert isinstance(quote["alternatives"], list)
"""


@pytest.mark.slow
def test_load_dataset_reads_all_configs_offline(tmp_path: Path) -> None:
    code = LOAD.format(rows=ROWS, corpus=str(CORPUS), labels=list(ENTITY_LABELS))
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("split", ROWS)
@pytest.mark.parametrize("config", CONFIGS)
def test_columns_are_the_contract(config: str, split: str) -> None:
    """Columns may be added, never renamed, within a major version."""
    wanted = {
        "documents": "doc_id story outlet title text sha256 lang published published_evidence zones rights",
        "entities": "id doc_id start end text label name entity_id wikidata scored zone phenomena",
        "numbers": "id doc_id start end text core modifier kind low high low_incl high_incl modality unit counted "
        "edtf_literal edtf calendar anchor factuality role scored zone flags phenomena",
        "quotes": "id doc_id content cue marked speaker_mention speaker source_chain addressee medium type act polarity "
        "utterance alternatives scored zone phenomena",
        "claims": "id doc_id issue_id position start end text anchor source stance value as_of zone",
        "conflicts": "issue_id story question question_ar status type subtype scope positions note",
        "registry": "entity_id story label name aliases wikidata speaks_for note",
        "tokens": "doc_id paragraph tokens starts ends tags",
    }
    table = pq.read_table(CORPUS / config / f"{split}.parquet")
    assert table.column_names == wanted[config].split()
    assert table.num_rows == ROWS[split][config]
    assert CANARY.encode() in table.schema.metadata.values()


def test_pandas_reads_the_same_rows() -> None:
    import pandas as pd

    frame = pd.read_parquet(CORPUS / "entities" / "test.parquet")
    assert [ENTITY_LABELS[label] for label in frame["label"][:2]] == [
        row.label for row in read_split(CORPUS, "test")["entities"][:2]
    ]


def _spans(row: object) -> list[tuple[int, int, str]]:
    found = []
    if hasattr(row, "start"):
        found.append((row.start, row.end, row.text))
    for name in ("core", "modifier", "anchor", "speaker_mention"):
        span = getattr(row, name, None)
        if hasattr(span, "start"):
            found.append((span.start, span.end, span.text))
    for name in ("content", "cue", "marked"):
        found += [(span.start, span.end, span.text) for span in getattr(row, name, ())]
    for reading in getattr(row, "alternatives", ()):
        found += [(span.start, span.end, span.text) for span in reading.content or ()]
    return found


@pytest.mark.parametrize("config", ["entities", "numbers", "quotes", "claims"])
def test_every_surface_is_the_text_at_its_offsets(config: str) -> None:
    rows = read_split(CORPUS, "test")[config]
    spans = [(row.doc_id, *span) for row in rows for span in _spans(row)]
    assert len(spans) >= len(rows)
    for doc_id, start, end, surface in spans:
        assert TEXTS[doc_id][start:end] == surface


def test_zones_cover_every_text_in_whole_lines() -> None:
    for document in read_split(CORPUS, "test")["documents"]:
        assert [zone.start for zone in document.zones[1:]] == [zone.end for zone in document.zones[:-1]]
        assert (document.zones[0].start, document.zones[-1].end) == (0, len(document.text))
        assert all(document.text[zone.end - 1] == "\n" for zone in document.zones[:-1])


def test_nothing_in_boilerplate_is_gold() -> None:
    tables = read_split(CORPUS, "test")
    zones = {row.zone for config in ("entities", "numbers", "quotes", "claims") for row in tables[config]}
    assert zones <= {"title", "heading", "body", "source"}


def test_tokens_give_back_the_text_they_stand_for() -> None:
    for row in read_split(CORPUS, "test")["tokens"]:
        text = TEXTS[row.doc_id]
        assert tuple(text[start:end] for start, end in zip(row.starts, row.ends, strict=True)) == row.tokens
        assert "\n" not in text[row.starts[0] : row.ends[-1]]
        assert len(row.tags) == len(row.tokens)


def test_quote_type_follows_from_marks() -> None:
    types = {row.type for row in read_split(CORPUS, "test")["quotes"]}
    assert types == {"direct", "indirect", "mixed"}


def test_the_card_says_what_a_reader_must_know() -> None:
    card = (CORPUS / "README.md").read_text("utf-8")
    release = read_release(CORPUS)
    assert CANARY in card
    assert f"version: {release.version}" in card
    for phrase in ("datasets >= 4", "no human review yet", "Intended use", "People and rights", "Limits"):
        assert phrase in card
    assert card.count("config_name:") == len(CONFIGS)
