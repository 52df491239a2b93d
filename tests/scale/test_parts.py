"""Counted in parts, a corpus scores what it scores at once: the same bytes, whatever the parts and whoever counts."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from khabar import api
from khabar.cli.app import app
from khabar.reading import sources
from khabar.reading.incidents import Incidents, InputError
from khabar.records.labels import LAYERS, Layer
from khabar.scale import counting, scoring, workers
from khabar.scoring.scorer import measure
from tests.scale.corpora import Record, corpus, write, write_parquet


def at_once(predictions: Path | str, gold: Path | str, layers: tuple[Layer, ...] = LAYERS) -> str:
    return api.score(predictions, gold=gold, layers=layers, resamples=50).to_json()


def in_parts(
    predictions: Path | str,
    gold: Path | str,
    layers: tuple[Layer, ...] = LAYERS,
    *,
    size: int = 3000,
    processes: int = 1,
) -> str:
    place = partial(workers.cores, processes)
    counted = scoring.count_in_parts(predictions, gold, layers, place, Incidents(), part_bytes=size)
    return measure(counted, resamples=50).to_json()


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    gold, said = corpus(0)
    return write(tmp_path / "said.jsonl", said), write(tmp_path / "gold.jsonl", gold)


KINDS: tuple[dict[str, bool | int], ...] = (
    {},
    {"texts": False},
    {"named": False},
    {"stories": False},
    {"stories": False, "disputes": False},
    {"stories": False, "disputes": False, "named": False},
    {"documents": 150, "texts": False},
)
CHOICES: tuple[tuple[Layer, ...], ...] = (LAYERS, ("entities",), ("quotes",), ("numbers", "conflicts"))


@pytest.mark.parametrize(
    ("kind", "layers", "seed"),
    [  # each kind with each choice of layers; each of these with each seed, but not all three with each other
        pytest.param(kind, layers, (row + column) % 3, id=f"{kind}-{'+'.join(layers)}")
        for row, kind in enumerate(KINDS)
        for column, layers in enumerate(CHOICES)
    ],
)
def test_parts_score_what_the_whole_scores(
    tmp_path: Path, seed: int, layers: tuple[Layer, ...], kind: dict[str, bool]
) -> None:
    gold, said = corpus(seed, **kind)  # type: ignore[arg-type]
    inputs = write(tmp_path / "said.jsonl", said), write(tmp_path / "gold.jsonl", gold)
    assert in_parts(*inputs, layers) == at_once(*inputs, layers)


def test_texts_of_some_documents_only(tmp_path: Path) -> None:
    gold, said = corpus(1)
    for record in gold[::7]:
        record.pop("text", None)
    inputs = write(tmp_path / "said.jsonl", said), write(tmp_path / "gold.jsonl", gold)
    assert in_parts(*inputs) == at_once(*inputs)


@pytest.mark.parametrize("size", [400, 10_000, 1 << 30])
def test_any_size_of_part(files: tuple[Path, Path], size: int) -> None:
    assert in_parts(*files, size=size) == at_once(*files)


def test_many_parts_are_merged_with_few_files_open(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "MOST_OPEN", 3)
    assert in_parts(*files, size=400) == at_once(*files)


def test_any_number_of_processes(files: tuple[Path, Path]) -> None:
    assert in_parts(*files, processes=3) == at_once(*files)


def test_parquet(tmp_path: Path) -> None:
    gold, said = corpus(2)
    inputs = write_parquet(tmp_path / "said.parquet", said), write_parquet(tmp_path / "gold.parquet", gold)
    lines = write(tmp_path / "said.jsonl", said), write(tmp_path / "gold.jsonl", gold)
    assert in_parts(*inputs, size=2000) == at_once(*inputs) == at_once(*lines)


def test_folders_of_files_of_both_kinds(tmp_path: Path, files: tuple[Path, Path]) -> None:
    for name, path in zip(("said", "gold"), files, strict=True):
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        write(tmp_path / name / "a.jsonl", lines[:30])
        write_parquet(tmp_path / name / "deeper" / "b.parquet", lines[30:])
        write(tmp_path / name / "empty.jsonl", [])
        write(tmp_path / name / "_SUCCESS", [])
        write(tmp_path / name / "notes.txt", [{"not": "read"}])
    folders = tmp_path / "said", tmp_path / "gold"
    assert in_parts(*folders) == at_once(*folders) == at_once(*files)


def test_urls(files: tuple[Path, Path]) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    for name, path in zip(("said", "gold"), files, strict=True):
        memory.pipe(f"/khabar-test/{name}/part.jsonl", path.read_bytes())
    try:
        urls = "memory://khabar-test/said", "memory://khabar-test/gold/part.jsonl"
        assert in_parts(*urls, processes=2) == at_once(*urls) == at_once(*files)
        assert in_parts(*(f"file://{path}" for path in files)) == at_once(*files)
    finally:
        memory.rm("/khabar-test", recursive=True)


@pytest.mark.parametrize(
    ("url", "incident"), [("memory://nowhere.jsonl", "file-missing"), ("nosuch://x.jsonl", "file-unreadable")]
)
def test_a_url_that_leads_nowhere(files: tuple[Path, Path], url: str, incident: str) -> None:
    for score in (at_once, in_parts):
        with pytest.raises(InputError) as refused:
            score(url, files[1])
        assert incident in {each.id for each in refused.value.incidents}


def test_large_files_are_counted_in_parts(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """From the command line nothing has to be said, and the output is the same."""
    asked: list[int] = []
    counting = scoring.count_in_parts
    monkeypatch.setattr(scoring, "count_in_parts", lambda *a, **k: (asked.append(1), counting(*a, **k))[1])
    command = ["score", str(files[0]), "--gold", str(files[1]), "--json"]
    small = CliRunner().invoke(app, command)
    assert not asked
    monkeypatch.setattr(sources, "AT_ONCE", 0)
    large = CliRunner().invoke(app, command)
    assert asked
    assert (small.exit_code, small.output) == (large.exit_code, large.output) == (0, small.output)


def test_few_documents_are_counted_at_once(tmp_path: Path) -> None:
    """Their units are paragraphs, which is nothing a part could know."""
    gold, said = corpus(0, documents=12)
    inputs = write(tmp_path / "said.jsonl", said), write(tmp_path / "gold.jsonl", gold)
    with pytest.raises(scoring.TooFewError):
        in_parts(*inputs)


def spoilt(gold: list[Record], said: list[Record]) -> None:
    documents = [record for record in said if "doc_id" in record]
    documents[0]["doc_id"] = "unheard of"
    documents[1]["entities"] = [{"start": 9, "end": 3, "label": "PERS"}]
    said.append(dict(documents[2]))
    said.append({"story": "s0", "sides": [{"spans": [{"doc_id": "d9999", "start": 1, "end": 2}]}]})
    said.append({"story": "no such story", "sides": []})


def broken(gold: list[Record], said: list[Record]) -> None:
    spoilt(gold, said)
    said[7] = {"doc_id": 7}
    said[8] = {"nothing": "known"}


def bad_gold(gold: list[Record], said: list[Record]) -> None:
    spoilt(gold, said)
    gold.append(gold[0])
    gold[5]["doc_id"] = None


@pytest.mark.parametrize("spoil", [spoilt, broken, bad_gold])
def test_the_same_problems_are_found(tmp_path: Path, spoil: object) -> None:
    gold, said = corpus(0)
    spoil(gold, said)  # type: ignore[operator]
    inputs = write(tmp_path / "said.jsonl", said), write(tmp_path / "gold.jsonl", gold)
    found = []
    for score in (at_once, in_parts):
        with pytest.raises(InputError) as refused:
            score(*inputs)
        found.append({(each.id, each.file, each.line, each.doc_id, each.offset) for each in refused.value.incidents})
    assert found[0] == found[1]


def test_of_many_problems_the_first_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gold, said = corpus(0)
    inputs = (
        write(tmp_path / "said.jsonl", [{**record, "doc_id": f"x{at}"} for at, record in enumerate(said)]),
        write(tmp_path / "gold.jsonl", gold),
    )
    monkeypatch.setattr(counting, "LISTED", 5)
    monkeypatch.setattr(scoring, "LISTED", 5)
    with pytest.raises(InputError) as refused:
        in_parts(*inputs)
    assert [each.line for each in refused.value.incidents] == [None, 1, 2, 3, 4], "first that all of the file is wrong"
    assert str(refused.value).splitlines()[-1] == f"… and {refused.value.unlisted:,} more problems"
    assert refused.value.unlisted > len(said)
