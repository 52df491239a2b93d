"""Contrast sets in a corpus: built from the changes beside the gold, checked, filled, marked as altered, scored."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import khabar
from khabar.corpus.build import build, check, write
from khabar.corpus.contrast import contrast_split
from khabar.corpus.fill import fill
from khabar.corpus.gold import from_corpus
from khabar.corpus.release import read_release
from khabar.corpus.tables import read_all, read_split
from khabar.edits import read_changes
from khabar.reading.incidents import InputError
from khabar.records import Conflict, Document, Flip
from khabar.records.repository import CHANGES
from khabar.seeds.store import add
from tests.cli.conftest import run

BRIDGE = Path(__file__).parents[2] / "examples" / "bridge"


@pytest.fixture
def sources(tmp_path: Path) -> tuple[Path, Path]:
    """Seeds and gold of the bridge, its flips and decoys beside them."""
    add(tmp_path / "seeds", sorted(BRIDGE.glob("articles/*.txt")), story="bridge", split="test")
    shutil.copytree(BRIDGE / "annotations", tmp_path / "gold")
    shutil.copytree(BRIDGE / "contrast", tmp_path / "contrast")
    release = {"name": "bridge", "version": "0.1.0", "date": "2031-04-01"}
    (tmp_path / "gold" / "release.json").write_text(json.dumps(release), "utf-8")
    return tmp_path / "seeds", tmp_path / "gold"


@pytest.fixture
def corpus(sources: tuple[Path, Path], tmp_path: Path) -> Path:
    write(build(*sources), tmp_path / "corpus")
    return tmp_path / "corpus"


def test_a_split_of_variants_stands_beside_the_one_they_are_made_of(corpus: Path, sources: tuple[Path, Path]) -> None:
    assert [contrast_split(split) for split in ("test", "news", "dev")] == ["contrast", "contrast_news", "contrast_dev"]
    tables = read_all(corpus)
    assert list(tables) == ["contrast", "test"]
    documents = [row for row in tables["contrast"]["documents"] if isinstance(row, Document)]
    assert [(row.doc_id, row.story) for row in documents] == [
        ("sahil.a", "bridge.a"), ("sahil.b", "bridge.b"), ("wadi.a", "bridge.a"), ("wadi.b", "bridge.b"),
    ]  # fmt: skip
    statuses = {row.issue_id: row.status for row in tables["contrast"]["conflicts"] if isinstance(row, Conflict)}
    assert statuses == {
        "bridge_deaths.a": "conflict", "bridge_deaths.b": "apparent",
        "bridge_maintained.a": "conflict", "bridge_maintained.b": "corroborated",
    }  # fmt: skip
    assert read_changes(corpus / CHANGES) == sorted(
        read_changes(BRIDGE / "contrast" / "bridge.jsonl"), key=lambda change: change.id
    )
    assert check(corpus, sources) == []


def test_the_card_says_that_the_articles_are_altered(corpus: Path, sources: tuple[Path, Path], tmp_path: Path) -> None:
    card = (corpus / "README.md").read_text("utf-8")
    assert "**The articles of splits `contrast` are altered.**" in card
    assert "| flips | 2 | 0 |" in card
    shutil.rmtree(tmp_path / "contrast")
    assert "altered" not in build(*sources).files["README.md"].decode()


def test_changes_are_part_of_what_is_checked(corpus: Path, sources: tuple[Path, Path], tmp_path: Path) -> None:
    lines = (corpus / CHANGES).read_bytes()
    (corpus / CHANGES).write_bytes(lines.replace(b'"place":"lead"', b'"place":"body"'))
    assert [incident.id for incident in check(corpus, None)] == ["corpus-changed"]
    (corpus / CHANGES).write_bytes(lines)
    path = tmp_path / "contrast" / "bridge.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"place":"lead"', b'"place":"body"'))
    assert {incident.id for incident in check(corpus, sources)} == {"corpus-stale"}


def test_a_release_without_text_is_filled_by_the_originals_alone(
    corpus: Path, sources: tuple[Path, Path], tmp_path: Path
) -> None:
    """The variants are made by their edits: nobody has copies of them."""
    bare = build(*sources, "none")
    write(bare, tmp_path / "bare")
    assert not any(
        row.text for row in read_all(tmp_path / "bare")["contrast"]["documents"] if isinstance(row, Document)
    )
    assert fill(tmp_path / "bare", sorted(sources[0].glob("*.txt"))).files == build(*sources).files
    for file in ("release.json", CHANGES, "documents/contrast.parquet"):
        assert (corpus / file).read_bytes() == build(*sources).files[file]


def test_edits_that_make_another_text_are_noticed(sources: tuple[Path, Path], tmp_path: Path) -> None:
    write(build(*sources, "none"), tmp_path / "bare")
    release = (tmp_path / "bare" / "release.json").read_text("utf-8")
    lines = (tmp_path / "bare" / CHANGES).read_bytes()
    other = lines.replace(b'"new":"16"', b'"new":"17"')
    from khabar.reading.files import sha256

    (tmp_path / "bare" / CHANGES).write_bytes(other)
    for name in ("release.json", "croissant.json"):
        path = tmp_path / "bare" / name
        path.write_text(path.read_text("utf-8").replace(sha256(lines), sha256(other)), "utf-8")
    assert release != (tmp_path / "bare" / "release.json").read_text("utf-8")
    with pytest.raises(InputError, match=r"corpus-changed.*sahil\.a.*edits do not make"):
        fill(tmp_path / "bare", sorted(sources[0].glob("*.txt")))


def test_a_file_of_changes_is_one_of_a_story(sources: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "contrast" / "bridge.jsonl").rename(tmp_path / "contrast" / "tunnel.jsonl")
    with pytest.raises(InputError, match="no flip or decoy of story 'tunnel'") as caught:
        build(*sources)
    assert len(caught.value.incidents) == 4


def test_changes_that_cannot_be_made_stop_the_build(sources: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "contrast" / "bridge.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"start":100,"end":102', b'"start":1000,"end":1002'))
    with pytest.raises(InputError, match=r"contrast/bridge\.jsonl: error\[edit-unplaced\]"):
        build(*sources)


def test_conflicts_are_scored_alone_and_by_pairs(corpus: Path) -> None:
    reference = from_corpus(corpus, "contrast")
    assert [pair.flip for pair in reference.pairs] == ["maintained_indeed", "same_day"]
    assert from_corpus(corpus, "test").pairs == ()
    oracle = khabar.run("oracle", gold=corpus, split="contrast")
    assert oracle.headline == {"entities": None, "numbers": None, "quotes": None, "conflicts": 1, "overall": None}
    assert khabar.run("empty", gold=corpus, split="contrast").headline["conflicts"] == 0
    every = khabar.run("oracle", gold=corpus, split="contrast", layers=["entities", "numbers", "quotes", "conflicts"])
    assert every.headline == {"entities": 1, "numbers": 1, "quotes": 1, "conflicts": 1, "overall": None}


def test_a_system_that_answers_both_variants_alike_has_no_pair(corpus: Path) -> None:
    """It finds every dispute of each variant, and calls it in the other too."""
    hard = {
        pair.flip: next(member for member in pair.members if member.is_hard)
        for pair in from_corpus(corpus, "contrast").pairs
    }
    disputes = [
        {
            "story": f"bridge.{variant}",
            "type": "numeric",
            "sides": [
                {"spans": [{"doc_id": f"{claim.doc_id[:-1]}{variant}", "start": claim.start, "end": claim.end} for claim in group]}
                for group in member.groups
            ],
        }
        for member in hard.values()
        for variant in ("a", "b")
    ]  # fmt: skip
    result = khabar.score(disputes, gold=corpus, split="contrast")
    assert result.headline["conflicts"] == 0
    assert result.layers["conflicts"]["contrast.called_where_hard"].value == 1


def test_the_table_and_the_thresholds_speak_of_pairs(corpus: Path) -> None:
    answer = run("run", "oracle", "--gold", corpus, "--split", "contrast", "--full", cwd=corpus)
    assert answer.code == 0
    assert "both of a pair right" in answer.out
    assert "trap → dispute" in answer.out
    rules = run("run", "rules", "--gold", corpus, "--split", "contrast", "--json", cwd=corpus)
    assert json.loads(rules.out)["headline"]["conflicts"] == 0.5


def test_errors_put_both_sentences_side_by_side(corpus: Path, tmp_path: Path) -> None:
    answer = run("run", "empty", "--gold", corpus, "--split", "contrast", "--errors", tmp_path / "e.jsonl", cwd=corpus)
    assert answer.code == 0, answer.err
    errors = [json.loads(line) for line in (tmp_path / "e.jsonl").read_text("utf-8").splitlines()]
    same_day = next(error for error in errors if (error["gold"] or {}).get("flip") == "same_day")
    assert (same_day["story"], same_day["cause"], same_day["outcome"]) == ("bridge", "called_in_neither", "missed")
    edited = [(m["variant"], m["edited"], m["is_dispute"], m["called"]) for m in same_day["gold"]["members"]]
    assert edited == [("a", True, True, False), ("b", False, False, False)]
    assert [paragraph["doc_id"] for paragraph in same_day["context"]] == ["wadi.a", "wadi.b", "sahil.a", "sahil.b"]
    assert "16" in same_day["context"][2]["text"]
    assert "15" in same_day["context"][3]["text"]
    shown = run(
        "show", "sahil.a", "--gold", corpus, "--split", "contrast", "--errors", tmp_path / "e.jsonl", cwd=corpus
    )
    assert "same_day trap_to_dispute" in shown.out


def test_an_altered_article_is_shown_as_one(corpus: Path) -> None:
    """With what stands in place of what, and by which change; an original has nothing of the kind."""
    shown = run("show", "sahil.b", "--gold", corpus, "--split", "contrast", "--layers", "numbers", cwd=corpus).out
    assert "altered: no outlet published it so; 5 stretch(es) between ⟦⟧" in shown
    assert "⟦أكدت⟧ نقابة المهندسين أن جسر الرمال خضع ⟦للصيانة⟧" in shown
    assert "{⟦ثلاث مرات⟧}" in shown
    assert "maintained_indeed (dispute_to_agreement): نفت → أكدت" in shown
    assert "warned (decoy): مرتين → ثلاث مرات" in shown
    assert "altered" not in run("show", "sahil", "--gold", corpus, "--split", "test", cwd=corpus).out
    answer = run("show", "sahil.a", "--gold", corpus, "--split", "contrast", "--json", cwd=corpus)
    assert [(span["start"], span["before"], span["change"]["id"]) for span in json.loads(answer.out)["altered"]] == [
        (100, "15", "same_day"), (117, "4", "same_day"),
    ]  # fmt: skip


def test_load_dataset_reads_the_split(corpus: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    claims = load_dataset(str(corpus), "claims", split="contrast", cache_dir=str(tmp_path / "datasets"))
    assert {row["doc_id"] for row in claims} == {"sahil.a", "sahil.b", "wadi.a", "wadi.b"}
    flips = [change for change in read_changes(corpus / CHANGES) if isinstance(change, Flip)]
    keys = {f"{claim}.{variant}" for flip in flips for group in flip.groups for claim in group for variant in "ab"}
    assert keys <= set(claims["id"])


def test_stats_count_flips(corpus: Path) -> None:
    counted = json.loads(run("corpus", "stats", corpus, "--json", cwd=corpus).out)["splits"]
    assert counted["contrast"]["flips by direction"] == {"dispute_to_agreement": 1, "trap_to_dispute": 1}
    assert (counted["contrast"]["decoys"], counted["test"]["flips"]) == (2, 0)
    assert read_release(corpus).changes.rows == 4  # type: ignore[union-attr]
    assert read_split(corpus, "contrast")["tokens"]
