"""Releases of offsets and hashes, and how one's own copies complete them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from khabar.cli.app import app
from khabar.corpus.build import Built, build, check, write
from khabar.corpus.diff import diff
from khabar.corpus.fill import BOM, fill, matched
from khabar.corpus.release import RELEASE
from khabar.corpus.tables import read_split
from khabar.corpus.withheld import QUOTING, with_text, without_text
from khabar.reading.files import sha256
from khabar.reading.incidents import InputError
from khabar.records import CONFIGS
from khabar.records.repository import CANARY, PLACES

ROOT = Path(__file__).parents[2]
ARTICLES = sorted((ROOT / "seeds").glob("*.txt"))


@pytest.fixture(scope="module")
def full(own_sources: tuple[Path, Path]) -> Built:
    return build(*own_sources)


@pytest.fixture(scope="module")
def bare(own_sources: tuple[Path, Path]) -> Built:
    return build(*own_sources, "none")


@pytest.fixture
def folder(bare: Built, tmp_path: Path) -> Path:
    write(bare, tmp_path / "bare")
    return tmp_path / "bare"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _strings(each)


def _spans(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if {"start", "end", "text"} <= set(value):
            yield value
        for each in value.values():
            yield from _spans(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _spans(each)


def test_every_text_and_surface_is_null(bare: Built) -> None:
    tables = {config: pq.read_table(BytesIO(bare.files[f"{config}/test.parquet"])).to_pylist() for config in CONFIGS}
    spans = [span for rows in tables.values() for row in rows for span in _spans(row)]
    assert len(spans) > 1400
    assert {span["text"] for span in spans} == {None}
    assert {row["text"] for row in tables["documents"]} == {row["title"] for row in tables["documents"]} == {None}
    assert {row["tokens"] for row in tables["tokens"]} == {None}


def test_what_is_left_rebuilds_no_article(bare: Built) -> None:
    """Names and questions apart, nothing that stays shares more than a few words with any article."""
    articles = [path.read_bytes().decode() for path in ARTICLES]
    rows = bare.tables["test"]
    for config, column, longest in [("registry", "name", 60), ("conflicts", "question_ar", 40), *_others()]:
        for string in _strings([getattr(row, column) for row in rows[config]]):
            shared = [string[at : at + longest] for at in range(len(string) - longest + 1)]
            assert not [part for part in shared for article in articles if part in article], (config, column)
    assert [document.title for document in rows["documents"]] == [None] * len(ARTICLES)


def _others() -> Iterator[tuple[str, str, int]]:
    words = {("registry", "name"), ("conflicts", "question_ar")}
    for config, kind in CONFIGS.items():
        yield from ((config, name, 25) for name in kind.__struct_fields__ if (config, name) not in words)


def test_no_file_of_it_holds_a_sentence(bare: Built) -> None:
    sentences = [line.strip() for path in ARTICLES for line in path.read_text("utf-8").split("\n") if len(line) > 60]
    assert len(sentences) > 50
    plain = [data.decode() for name, data in bare.files.items() if not name.endswith(".parquet")]
    assert not [line for line in sentences for text in plain if line in text]


@pytest.mark.parametrize("config", CONFIGS)
def test_schema_features_and_row_counts_stay(config: str, folder: Path) -> None:
    one, other = (pq.read_table(each / config / "test.parquet") for each in (ROOT / "corpus", folder))
    assert one.schema.equals(other.schema, check_metadata=True)
    assert one.num_rows == other.num_rows


def test_hashes_offsets_and_labels_stay(full: Built, bare: Built) -> None:
    for config, columns in {
        "documents": ("sha256", "zones", "published"), "entities": ("start", "end", "label", "entity_id"),
        "numbers": ("start", "end", "low", "high", "unit"), "tokens": ("starts", "ends", "tags"),
        "registry": ("name", "wikidata"),
    }.items():  # fmt: skip
        for one, other in zip(full.tables["test"][config], bare.tables["test"][config], strict=True):
            assert [getattr(one, column) for column in columns] == [getattr(other, column) for column in columns]


def test_filling_is_the_inverse(full: Built) -> None:
    rows, places = without_text(full.tables)
    texts = {row.doc_id: row.text for row in full.tables["test"]["documents"]}
    assert {place.config for place in places} == set(QUOTING)
    assert with_text(rows, places, texts) == full.tables


def test_own_copies_of_any_name_give_the_full_build_byte_for_byte(full: Built, folder: Path, tmp_path: Path) -> None:
    copies = []
    for number, article in enumerate(reversed(ARTICLES)):
        copies.append(tmp_path / f"copy {number}.html")
        copies[-1].write_bytes(article.read_bytes())
    assert fill(folder, copies).files == full.files


def test_in_place_nothing_of_the_release_without_text_is_left(full: Built, folder: Path) -> None:
    answer = CliRunner().invoke(app, ["corpus", "fill", str(folder), *map(str, ARTICLES)])
    assert (answer.exit_code, answer.exception) == (0, None)
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert files == full.files
    assert PLACES not in files


def test_it_is_sound_and_what_its_sources_build(folder: Path, own_sources: tuple[Path, Path]) -> None:
    assert check(folder, own_sources) == []
    (folder / PLACES).write_bytes((folder / PLACES).read_bytes()[:-1])
    assert [(each.id, Path(each.file or "").name) for each in check(folder, None)] == [("corpus-changed", PLACES)]


def test_a_changed_release_is_not_filled(folder: Path) -> None:
    (folder / PLACES).write_bytes(b"")
    with pytest.raises(InputError) as caught:
        fill(folder, ARTICLES)
    assert [each.id for each in caught.value.incidents] == ["corpus-changed"]


def test_places_that_fit_nothing_are_refused_by_line(bare: Built, tmp_path: Path) -> None:
    """Somebody else's release may be sound by its checksums and yet name what is not there."""
    lines = bare.files[PLACES].splitlines(keepends=True)[:2]
    lines[0] = lines[0].replace(b'"title"', b'"sha256"')
    lines[1] = lines[1].replace(ARTICLES[1].stem.encode() + b'","start"', b'other","start"')
    left_out = {"sha256": sha256(b"".join(lines)), "rows": 2}
    files = {**bare.files, PLACES: b"".join(lines)}
    files[RELEASE] = msgspec.json.encode({**msgspec.json.decode(bare.files[RELEASE]), "withheld": left_out})
    write(replace(bare, files=files), tmp_path)
    with pytest.raises(InputError) as caught:
        fill(tmp_path, ARTICLES)
    assert [(each.id, each.line) for each in caught.value.incidents] == [("value-wrong", 1), ("document-unknown", 2)]


def test_the_card_says_what_is_missing_and_how_to_fill(full: Built, bare: Built) -> None:
    card = bare.files["README.md"].decode()
    assert "This release has no text" in card
    assert "khabar corpus fill" in card
    assert CANARY in card
    assert "This release has no text" not in full.files["README.md"].decode()


def test_nobody_scores_against_it(folder: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_split(folder, "test")
    assert [each.id for each in caught.value.incidents] == ["text-missing"]
    assert CliRunner().invoke(app, ["corpus", "stats", str(folder)]).exit_code == 0


def test_it_differs_in_no_label_from_the_full_one(full: Built, folder: Path, tmp_path: Path) -> None:
    write(full, tmp_path / "full")
    found = diff(tmp_path / "full", folder)
    assert (found.changes, found.texts) == ((), False)


CHANGED = {
    "a byte order mark was added": lambda data: BOM + data,
    "its line ends were changed": lambda data: data.replace(b"\n", b"\r\n"),
    "line breaks or blanks at its start or end were changed": lambda data: data + b"\n\n",
    "it was saved as utf-16": lambda data: data.decode().encode("utf-16"),
    "those of no document": lambda data: data[::2],
}


@pytest.mark.parametrize("cause", CHANGED)
def test_a_changed_copy_is_refused_with_the_reason(cause: str, full: Built, tmp_path: Path) -> None:
    copy = tmp_path / "mine.txt"
    copy.write_bytes(CHANGED[cause](ARTICLES[0].read_bytes()))
    with pytest.raises(InputError) as caught:
        matched(full.tables["test"]["documents"], [copy, *ARTICLES[1:]])
    assert [each.id for each in caught.value.incidents] == ["copy-unknown", "copy-missing"]
    assert cause in caught.value.incidents[0].message
    assert caught.value.incidents[1].doc_id == ARTICLES[0].stem


def test_the_name_of_a_copy_says_what_it_was_meant_to_be(full: Built, tmp_path: Path) -> None:
    copy = tmp_path / ARTICLES[0].name
    copy.write_bytes(ARTICLES[0].read_bytes() + b"!")
    with pytest.raises(InputError, match=f"not those of document {ARTICLES[0].stem}, whose name it has"):
        matched(full.tables["test"]["documents"], [copy, *ARTICLES[1:]])


def test_bad_copies_write_nothing(folder: Path, tmp_path: Path) -> None:
    arguments = [str(folder), *map(str, ARTICLES[1:]), str(tmp_path / "nowhere.txt"), "--out", str(tmp_path / "out")]
    answer = CliRunner().invoke(app, ["corpus", "fill", *arguments])
    assert isinstance(answer.exception, InputError)
    assert [each.id for each in answer.exception.incidents] == ["file-missing", "copy-missing"]
    assert not (tmp_path / "out").exists()


def test_a_full_corpus_has_nothing_to_fill(full: Built, tmp_path: Path) -> None:
    write(full, tmp_path)
    with pytest.raises(InputError, match="has its text already"):
        fill(tmp_path, ARTICLES)


def test_a_card_that_is_no_text(folder: Path) -> None:
    card = folder / "README.md"
    card.write_bytes(card.read_bytes() + b"\xff")
    with pytest.raises(InputError) as caught:
        fill(folder, ARTICLES)
    assert [(each.id, each.file) for each in caught.value.incidents] == [("file-not-text", str(card))]


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do work in a process that is killed at its `step`th rename, as by kill -9. False if it has no such rename."""
    process = os.fork()
    if process == 0:
        steps, rename = count(1), Path.replace

        def replace_or_die(path: Path, target: Path) -> Path:
            if next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return rename(path, target)

        Path.replace = replace_or_die  # type: ignore[assignment]
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.parametrize("place", ["bare", "new"])
def test_whenever_it_is_killed_it_can_be_filled_again(
    full: Built, bare: Built, own_sources: tuple[Path, Path], tmp_path: Path, place: str
) -> None:
    """Into the release itself, or elsewhere. What is left in between is told by the check, as it may hold texts."""
    for step in count(1):
        folder, out = (tmp_path / str(step) / name for name in ("bare", place))
        write(bare, folder)
        was_killed = killed_at(step, lambda folder=folder, out=out: write(full, out))  # type: ignore[misc]
        if was_killed:
            left = [path for path in out.iterdir() if path.name.startswith(".khabar-")]
            if (out / RELEASE).is_file():
                assert {incident.file for incident in check(out, None)} >= {str(path) for path in left}
            write(fill(folder, ARTICLES), out)
        assert {
            str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()
        } == full.files
        if not was_killed:
            assert check(out, own_sources) == []
            assert step > len(CONFIGS)
            return
