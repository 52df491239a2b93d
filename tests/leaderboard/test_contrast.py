"""Boards of contrast sets: pairs instead of F1, conflicts alone, by what was edited."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from khabar.corpus.build import build, write
from khabar.leaderboard.board_gold import read_board_gold
from khabar.leaderboard.card import parse_card
from khabar.reading.incidents import Incidents
from khabar.seeds.store import add
from tests.leaderboard.conftest import CARD, Leaderboard

BRIDGE = Path(__file__).parents[2] / "examples" / "bridge"


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    """The bridge and its two pairs: gold under another name, the floor, and one that says nothing but has no rank."""
    folder = tmp_path_factory.mktemp("pairs")
    add(folder / "seeds", sorted(BRIDGE.glob("articles/*.txt")), story="bridge", split="test")
    shutil.copytree(BRIDGE / "annotations", folder / "gold")
    shutil.copytree(BRIDGE / "contrast", folder / "contrast")
    release = {"name": "bridge", "version": "0.1.0", "date": "2031-04-01"}
    (folder / "gold" / "release.json").write_text(json.dumps(release), "utf-8")
    write(build(folder / "seeds", folder / "gold"), folder / "corpus")
    board = Leaderboard(folder / "eval", folder / "corpus")
    for name, system, seen in (
        ("reader", "oracle", '"unknown"'),
        ("empty", "empty", "false"),
        ("annotator", "value-mismatch", '["test"]'),
    ):
        card = folder / "card.toml"
        card.write_text(CARD.replace("My extractor", name).replace('gold_seen = "unknown"', f"gold_seen = {seen}"))
        added = board("add", name, "--run", system, "--card", card, "--split", "contrast")
        assert added.code == 0, added
    assert board("build").code == 0
    return board


def test_a_system_is_ranked_by_the_pairs_it_has_right(pairs: Leaderboard) -> None:
    assert "## contrast: the seeds' story, altered, in pairs" in pairs.page
    assert "| rank | system | both of a pair right | as many calls at random | called, where a dispute |" in pairs.page
    assert "| 1 | reader | 1.000 ⚑ [1.000, 1.000] | 0.250 [0.250, 0.250] | 1.000 [1.000, 1.000] |" in pairs.page
    assert "All of it rests on 2 pairs and 0 controls in 1 story." in pairs.page
    assert "One dispute (contrast)" not in pairs.page


def test_pairs_are_counted_by_what_the_edit_does_and_where_it_stands(pairs: Leaderboard) -> None:
    lines = [line for line in pairs.page.splitlines() if line.startswith("| direction: ")]
    assert [line.split(" | ")[:3] for line in lines] == [
        ["| direction: dispute to agreement", "1", "1.000"],
        ["| direction: trap to dispute", "1", "1.000"],
    ]


def test_disputes_alone_are_kept_and_scored(pairs: Leaderboard) -> None:
    said = (pairs.folder("annotator") / "contrast" / "predictions.jsonl").read_text("utf-8")
    assert all("story" in json.loads(line) for line in said.splitlines()), "its numbers are not asked for"
    result = json.loads((pairs.folder("reader") / "contrast" / "result.json").read_text("utf-8"))
    assert list(result["score"]["layers"]) == ["conflicts"]
    assert result["score"]["headline"]["overall"] is None


def test_what_is_built_passes_the_check(pairs: Leaderboard) -> None:
    assert pairs.ids == ["layer-perfect"]
    assert pairs("check").code == 0


def test_who_saw_the_gold_saw_that_of_the_contrast_set(pairs: Leaderboard) -> None:
    assert "| saw the gold | annotator |" in pairs.page
    card = parse_card(CARD.replace('gold_seen = "unknown"', 'gold_seen = ["dev"]').encode(), "card", Incidents())
    assert card is not None
    seen = {split: card.gold_seen(split) for split in ("dev", "contrast_dev", "contrast_news", "contrast", "test")}
    assert [split for split, whether in seen.items() if whether] == ["dev", "contrast_dev"]


def test_a_system_without_conflicts_has_nothing_to_say_of_pairs(pairs: Leaderboard) -> None:
    answer = pairs.add("counter", "digits", CARD + 'layers = ["numbers"]\n')
    assert answer.code == 0, "on test it has"
    card = pairs.root.parent / "counter.toml"
    answer = pairs("add", "counter", "--run", "digits", "--card", card, "--split", "contrast")
    assert answer.ids == ["layer-silent"]
    shutil.rmtree(pairs.folder("counter").parent)


def test_the_columns_of_a_split(pairs: Leaderboard) -> None:
    gold = read_board_gold(pairs.corpus)
    assert gold.contrast == {"contrast"}
    assert gold.layers("contrast") == ("conflicts",)
    assert len(gold.layers("test")) == 4
    tasks = pairs.root.parent / "exports"
    assert pairs("build", "--exports", tasks, "--dataset", "owner/bridge").code == 0
    assert (tasks / "eval.yaml").read_text("utf-8").count("- id: contrast_") == 1
    [record] = [path for path in tasks.rglob("*.json") if "reader" in path.parts]
    [figure] = json.loads(record.read_text("utf-8"))["evaluation_results"]
    assert figure["metric_config"]["metric_id"] == "khabar.conflicts.contrast.pair_f"
