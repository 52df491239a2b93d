"""Building: the same sources give the same bytes, and the committed corpus is what they build."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from khabar.corpus.build import Built, build, check, write
from khabar.corpus.derivation import tokens
from khabar.corpus.tables import read_all
from khabar.reading.incidents import InputError
from khabar.records import Entity, Span
from khabar.text.spans import quote_type

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "seeds", ROOT / "annotations" / "gold")
SHARED = ROOT / "tests" / "incidents" / "shared"
SMALL = (SHARED / "seeds", SHARED / "gold")


Sources = tuple[Path, Path]


@pytest.fixture(scope="module")
def built(own_sources: Sources) -> Built:
    return build(*own_sources)


def test_rebuilding_gives_the_same_bytes(built: Built, own_sources: Sources) -> None:
    assert build(*own_sources).files == built.files


def test_the_committed_corpus_is_sound_and_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the articles of `news` and `dev` are elsewhere: their files and the card, and all of `test`."""
    monkeypatch.setenv("KHABAR_CACHE", str(tmp_path))
    assert check(ROOT / "corpus", SOURCES) == []


@pytest.mark.slow
@pytest.mark.usefixtures("fetched")
def test_the_committed_corpus_is_what_all_articles_build() -> None:
    assert build(*SOURCES).tables == read_all(ROOT / "corpus")


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(ROOT / "corpus", tmp_path / "corpus"))
    target = copy / "entities" / "test.parquet"
    data = bytearray(target.read_bytes())
    data[100] ^= 1
    target.write_bytes(data)
    assert [incident.id for incident in check(copy, None)] == ["corpus-changed"]


def test_a_changed_label_makes_the_corpus_stale(tmp_path: Path) -> None:
    gold = Path(shutil.copytree(SOURCES[1], tmp_path / "gold"))
    rows = gold / "kursk.jsonl"
    rows.write_text(rows.read_text("utf-8").replace('"label":"GPE"', '"label":"LOC"', 1), "utf-8")
    assert {incident.id for incident in check(ROOT / "corpus", (SOURCES[0], gold))} == {"corpus-stale"}


def test_writing_again_changes_nothing(built: Built, tmp_path: Path) -> None:
    write(built, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    write(built, tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")} == before


def test_writing_removes_what_the_last_release_had_and_nothing_else(built: Built, tmp_path: Path) -> None:
    write(built, tmp_path)
    mine = tmp_path / "data" / "mine.parquet"
    mine.parent.mkdir()
    mine.write_bytes(b"somebody's")
    fewer = replace(built, files={name: data for name, data in built.files.items() if name != "tokens/test.parquet"})
    write(fewer, tmp_path)
    assert not (tmp_path / "tokens" / "test.parquet").exists()
    assert mine.read_bytes() == b"somebody's"


def test_a_failure_to_write_leaves_nothing_half_written(built: Built, tmp_path: Path) -> None:
    (tmp_path / "numbers").write_text("in the way")
    with pytest.raises(OSError, match="numbers"):
        write(built, tmp_path)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["numbers"]


@pytest.mark.parametrize(
    ("content", "marked", "wanted"),
    [
        ([(1, 7)], [(1, 7)], "direct"),
        ([(0, 8)], [(1, 7)], "direct"),  # marks and blanks are no letters
        ([(1, 7)], [], "indirect"),
        ([(1, 13)], [(1, 7)], "mixed"),
    ],
)
def test_quote_type(content: list[tuple[int, int]], marked: list[tuple[int, int]], wanted: str) -> None:
    text = '"نعم لا" قال هو'

    def spans(places: list[tuple[int, int]]) -> list[Span]:
        return [Span(start, end, text[start:end]) for start, end in places]

    assert quote_type(spans(content), spans(marked), text) == wanted


def test_a_token_takes_the_tag_of_the_outermost_span_that_holds_its_last_letter() -> None:
    text = "وقال الرئيس الروسيّ، وبوتين"
    rows = [
        Entity(id="1", doc_id="d", start=5, end=19, text=text[5:19], label="OCC", name="", entity_id="p"),
        Entity(id="2", doc_id="d", start=12, end=19, text=text[12:19], label="NORP", name="", entity_id="r"),
        Entity(id="3", doc_id="d", start=22, end=27, text=text[22:27], label="PERS", name="", entity_id="p"),
    ]
    (row,) = tokens("d", text, rows)
    assert dict(zip(row.tokens, row.tags, strict=True)) == {
        "وقال": "O", "الرئيس": "B-OCC", "الروسيّ": "I-OCC", "،": "O", "وبوتين": "B-PERS",
    }  # fmt: skip


def test_the_card_holds_the_data_statement_of_the_gold(own_sources: Sources, tmp_path: Path) -> None:
    """How labels were made is said beside the gold; a corpus of somebody else's stories does not say it was made like ours."""
    seeds, gold = own_sources[0], Path(shutil.copytree(own_sources[1], tmp_path / "gold"))
    ours = (gold / "statement.md").read_text("utf-8")
    assert ours.strip() in build(seeds, gold).files["README.md"].decode()
    (gold / "statement.md").unlink()
    card = build(seeds, gold).files["README.md"].decode()
    assert "Nobody has said" in card
    assert "language-model" not in card


def test_a_card_that_is_not_of_this_gold_is_stale(tmp_path: Path) -> None:
    write(build(*SMALL), tmp_path)
    card = tmp_path / "README.md"
    text = card.read_text("utf-8")
    assert "an annotated corpus" in text
    card.write_text(text.replace("an annotated corpus", "the best corpus"), "utf-8")
    assert [incident.id for incident in check(tmp_path, SMALL)] == ["corpus-stale"]


def test_a_release_that_is_not_of_this_gold_is_stale(tmp_path: Path) -> None:
    """A day or a figure of agreement that was changed is noticed, though no row says it."""
    write(build(*SMALL), tmp_path / "corpus")
    gold = Path(shutil.copytree(SMALL[1], tmp_path / "gold"))
    release = gold / "release.json"
    before = release.read_text("utf-8")
    for old, new in (('"2026-01-01"', '"2026-01-02"'), ("0.99", "0.98")):
        assert old in before
        release.write_text(before.replace(old, new), "utf-8")
        messages = [incident.message for incident in check(tmp_path / "corpus", (SMALL[0], gold))]
        assert "release.json differs from what is built" in messages


@pytest.mark.parametrize(
    ("field", "value"),
    [("version", "banana"), ("version", "1.0"), ("date", "yesterday"), ("date", "2026-13-01"), ("date", "20261122")],
)
def test_a_release_needs_a_version_and_a_day(field: str, value: str, tmp_path: Path) -> None:
    gold = tmp_path / "gold"
    shutil.copytree(ROOT / "annotations" / "gold", gold)
    release = json.loads((gold / "release.json").read_text("utf-8")) | {field: value}
    (gold / "release.json").write_text(json.dumps(release), "utf-8")
    with pytest.raises(InputError, match=f"{field} is '{value}'"):
        build(ROOT / "seeds", gold)


def test_a_day_of_publication_is_edtf(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    shutil.copytree(ROOT / "seeds", seeds)
    lines = [json.loads(line) for line in (seeds / "manifest.jsonl").read_text("utf-8").splitlines()]
    lines[1]["published"] = "6 May 2030"
    (seeds / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    with pytest.raises(InputError, match=r"manifest.jsonl:2: .*published is '6 May 2030', where EDTF is asked for"):
        build(seeds, ROOT / "annotations" / "gold")
