"""What a build can hang on: --errors, --fail-under, --fail-if-worse, and comparing more than two."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from khabar.cli.console import told_apart
from tests.cli.conftest import Khabar

EMPTY = '{"doc_id": "001_moscow"}\n{"doc_id": "002_kyiv"}\n'


@pytest.fixture
def here(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    (tmp_path / "empty.jsonl").write_text(EMPTY, "utf-8")
    return tmp_path


def test_errors(khabar: Khabar, here: Path) -> None:
    """All of gold is missed; `run` and `score` write the same bytes, and `losses` joins what is printed without it."""
    plain = khabar("score", "empty.jsonl", "--gold", "corpus", "--json")
    answer = khabar("score", "empty.jsonl", "--gold", "corpus", "--json", "--errors", "new/score.jsonl")
    assert (answer.code, answer.err) == (plain.code, plain.err) == (0, "")
    printed = json.loads(answer.out)
    losses = printed.pop("losses")
    assert {cause for causes in losses.values() for cause, loss in causes.items() if loss["lost"]} == {"missed"}
    assert printed == json.loads(plain.out)
    khabar("run", "empty", "--gold", "corpus", "--errors", "run.jsonl")
    assert (here / "run.jsonl").read_bytes() == (here / "new" / "score.jsonl").read_bytes()
    found = [json.loads(line) for line in (here / "run.jsonl").read_text("utf-8").splitlines()]
    keys = ["layer", "doc_id", "story", "outcome", "cause", "gold", "predicted", "context"]
    assert all(list(error) == keys for error in found)
    assert {error["outcome"] for error in found} == {"missed"}
    result = json.loads(plain.out)
    for layer, column in {"entities": "exact", "numbers": "full", "quotes": "said", "conflicts": "dispute"}.items():
        counted = result["layers"][layer]["f1"]["counts"][f"{column}.fn"]
        assert sum(error["layer"] == layer for error in found) == counted


def test_no_error_is_an_empty_file(khabar: Khabar, here: Path) -> None:
    assert khabar("run", "oracle", "--gold", "corpus", "--errors", "none.jsonl").code == 0
    assert (here / "none.jsonl").read_bytes() == b""


def test_show_errors_in_json(khabar: Khabar, here: Path) -> None:
    khabar("run", "empty", "--gold", "corpus", "--errors", "errors.jsonl")
    shown = json.loads(khabar("show", "002", "--gold", "corpus", "--errors", "errors.jsonl", "--json").out)
    assert [(error["layer"], error["doc_id"]) for error in shown["errors"]] == [
        ("entities", "002_kyiv"),
        ("conflicts", None),
    ]


def test_show_refuses_what_is_no_file_of_errors(khabar: Khabar) -> None:
    answer = khabar("show", "001", "--gold", "corpus", "--errors", "empty.jsonl")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "empty.jsonl:1: error[option-wrong] this is no file of errors. "
        "Fix: khabar score FILE --errors errors.jsonl writes errors.\n"
    )
    answer = khabar("show", "001", "--gold", "corpus", "--errors", "nowhere.jsonl")
    assert (answer.code, answer.err.split(" ")[1]) == (2, "error[file-missing]")


def test_errors_of_chosen_layers(khabar: Khabar, here: Path) -> None:
    khabar("run", "empty", "--gold", "corpus", "--layers", "numbers", "--errors", "numbers.jsonl")
    layers = {json.loads(line)["layer"] for line in (here / "numbers.jsonl").read_text("utf-8").splitlines()}
    assert layers == {"numbers"}


def test_errors_are_not_written_over_what_is_read(khabar: Khabar, here: Path) -> None:
    answer = khabar("score", "empty.jsonl", "--gold", "corpus", "--errors", "./empty.jsonl")
    assert (answer.code, answer.out) == (2, "")
    assert "error[option-wrong] --errors names a file this command also reads or writes" in answer.err
    assert (here / "empty.jsonl").read_text("utf-8") == EMPTY
    answer = khabar("run", "empty", "--gold", "corpus", "--out", "x.jsonl", "--errors", "x.jsonl")
    assert (answer.code, (here / "x.jsonl").exists()) == (2, False)


def test_errors_that_cannot_be_written(khabar: Khabar) -> None:
    answer = khabar("score", "empty.jsonl", "--gold", "corpus", "--errors", "seeds")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("seeds: error[file-unwritable]")


def test_bad_predictions_write_no_errors(khabar: Khabar, here: Path) -> None:
    (here / "bad.jsonl").write_text('{"doc_id": "nowhere"}\n', "utf-8")
    assert khabar("score", "bad.jsonl", "--gold", "corpus", "--errors", "new.jsonl").code == 2
    assert not (here / "new.jsonl").exists()


def test_fail_under(khabar: Khabar) -> None:
    command = ("score", "oracle.jsonl", "--gold", "corpus", "--fail-under")
    assert khabar(*command, "quotes=1", "--fail-under", "overall=0.9").code == 0
    answer = khabar(
        "score", "empty.jsonl", "--gold", "corpus", "--fail-under", "quotes=.4", "--fail-under", "overall=0"
    )
    assert answer.code == 1
    assert answer.err == "quotes: 0, which is not at least 0.4 (--fail-under)\n"
    assert "who said what F1" in answer.out


def test_what_is_undefined_fails(khabar: Khabar) -> None:
    assert khabar("run", "oracle", "--gold", "gold.jsonl", "--out", "o.jsonl").code == 0
    answer = khabar("score", "o.jsonl", "--gold", "gold.jsonl", "--fail-under", "numbers=0")
    assert (answer.code, answer.err) == (1, "numbers: undefined, which is not at least 0 (--fail-under)\n")


def test_fail_under_that_cannot_be(khabar: Khabar) -> None:
    """Everything that is wrong with it is said at once, before anything is read."""
    wrong = ("names=0.5", "quotes", "quotes=many", "quotes=nan", "quotes=40", "overall=0")
    options = [part for option in wrong for part in ("--fail-under", option)]
    answer = khabar("score", "nowhere.jsonl", "--layers", "quotes", *options)
    assert (answer.code, answer.out) == (2, "")
    for option, line in zip(wrong, answer.err.splitlines(), strict=True):
        assert line.startswith(f"error[option-wrong] --fail-under '{option}'")


def test_compare_several(khabar: Khabar, here: Path) -> None:
    (here / "other").mkdir()
    shutil.copy(here / "empty.jsonl", here / "other")
    files = ("oracle.jsonl", "empty.jsonl", "oracle.jsonl", "other/empty.jsonl")
    answer = khabar("compare", *files, "--gold", "corpus", "--json")
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    assert list(found) == ["empty.jsonl", "oracle.jsonl (2)", "other/empty.jsonl"]
    two = json.loads(khabar("compare", "oracle.jsonl", "empty.jsonl", "--gold", "corpus", "--json").out)
    for layer, alone in two.items():
        one, same = found["empty.jsonl"][layer], found["oracle.jsonl (2)"][layer]
        assert one == found["other/empty.jsonl"][layer]
        assert set(one) == {*alone, "p_raw", "smallest_detectable"}
        assert one["p_raw"] == alone["p"]
        assert one["p"] == pytest.approx(min(1, 3 * alone["p"]))
        assert same["difference"] == 0
    table = khabar("compare", *files, "--gold", "corpus").out
    assert table.count("Holm p") == 4
    assert "a = oracle.jsonl (the baseline), b = other/empty.jsonl" in table
    assert re.search(r"^conflicts .* (worse|not shown) *$", table, re.MULTILINE)
    assert "corrected on each layer for 3 comparisons with a" in table
    assert max(map(len, table.splitlines())) <= 80
    assert "…" not in table


def test_compare_needs_two(khabar: Khabar) -> None:
    answer = khabar("compare", "oracle.jsonl", "--gold", "corpus")
    assert (answer.code, answer.out) == (2, "")
    assert "Usage:" in answer.err
    assert "at least two files" in answer.err


def test_fail_if_worse(khabar: Khabar) -> None:
    """The first is the baseline: what is better or equal passes."""
    for files, code in (
        (("oracle.jsonl", "empty.jsonl"), 1),
        (("empty.jsonl", "oracle.jsonl"), 0),
        (("oracle.jsonl", "oracle.jsonl"), 0),
    ):
        answer = khabar("compare", *files, "--gold", "corpus", "--fail-if-worse")
        assert answer.code == code
        assert ("empty.jsonl: worse than oracle.jsonl on conflicts" in answer.err) is bool(code)
        # Two paragraphs with entities are too few for an interval.
        assert ("empty.jsonl: not judged on entities, it has no interval" in answer.err) is bool(code)
        assert "detectable" in answer.out


def test_files_are_told_apart_by_their_folders() -> None:
    """By as many as it takes; a file that is named twice gets a number."""
    assert told_apart(["x/a", "b", "y/a", "y/a", "b"]) == ["x/a", "b", "y/a", "y/a (2)", "b (2)"]
    assert told_apart(["1/mine/a.jsonl", "2/mine/a.jsonl", "3/b.jsonl"]) == [
        "1/mine/a.jsonl",
        "2/mine/a.jsonl",
        "b.jsonl",
    ]
    assert told_apart(["a", "b/a"]) == ["a", "b/a"]
