"""The repository holds no more than five running words of an article whose text it leaves out."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from khabar.seeds import ntrex
from khabar.seeds.store import read_manifest, read_texts
from khabar.text.arabic import fold

ROOT = Path(__file__).parents[1]
MOST = 5
WORD = re.compile(r"[^\W_]+")
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def runs(text: str) -> Iterator[str]:
    """Every run of one word more than may stand."""
    words = WORD.findall(fold(text))
    return (" ".join(words[start : start + MOST + 1]) for start in range(len(words) - MOST))


def texts_in(path: Path) -> str:
    """What a file says: of Parquet all its strings, of JSON its escapes read, of pictures nothing but SVG."""
    data = path.read_bytes()
    if data[:4] == data[-4:] == b"PAR1" and len(data) > 12:
        return "\n".join(map(str, pq.read_table(path, partitioning=None).to_pylist()))
    return (
        "" if b"\0" in data[:8000] else ESCAPED.sub(lambda match: chr(int(match[1], 16)), data.decode(errors="replace"))
    )


@pytest.mark.usefixtures("fetched")
def test_no_file_quotes_an_article() -> None:
    """Words that the seeds' own articles say too are nobody's."""
    quoted = {run for text in ntrex.articles().values() for run in runs(text)}
    assert len(quoted) > 30_000
    ours = [seed for seed in read_manifest(ROOT / "seeds") if not seed.source]
    quoted -= {run for text in read_texts(ROOT / "seeds", ours).values() for run in runs(text)}
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = {
        str(path): next(run for run in runs(texts_in(path)) if run in quoted)
        for path in (ROOT / name for name in listed.split("\0") if name)
        if path.is_file() and not quoted.isdisjoint(runs(texts_in(path)))
    }
    assert found == {}


def test_a_quotation_would_be_found(tmp_path: Path) -> None:
    """Whatever its spelling, its marks, or how a file writes it."""
    [run] = runs("قال المتحدّث إن الوفدَ سيصل غدا")
    for said in ("قال المتحدث إن الوفد سيصل غداً", "(قال المتحدث، إنّ الوفد: سيصل غـدا)"):
        for written in (said, json.dumps(said)):
            (tmp_path / "file").write_text(written, "utf-8")
            assert run in set(runs(texts_in(tmp_path / "file")))
