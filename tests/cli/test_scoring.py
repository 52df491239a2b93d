"""run, score, validate, compare and show, on gold in every form it may have."""

from __future__ import annotations

import json
import os
import pty
import random
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from khabar.scoring.result import Signature
from tests.cli.conftest import Khabar, process

LAYERS = {"entities", "numbers", "quotes", "conflicts"}
HEADLINE = LAYERS | {"overall"}


@pytest.fixture
def here(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _assert_result(result: dict[str, Any]) -> None:
    """The keys of the contract, each with what it says it holds."""
    assert set(result) == {"headline", "intervals", "layers", "set_aside", "ungrounded", "signature"}
    assert set(result["headline"]) == set(result["intervals"]) == HEADLINE
    assert set(result["layers"]) <= LAYERS
    assert set(result["set_aside"]) == set(result["ungrounded"]) == set(result["layers"])
    for figures in result["layers"].values():
        assert "f1" in figures
        for figure in figures.values():
            assert set(figure) == {"value", "low", "high", "counts"}
    for name, value in result["headline"].items():
        assert value is None or 0 <= value <= 1, name
        ends = result["intervals"][name]
        assert ends is None or (len(ends) == 2 and ends[0] <= ends[1]), name
    assert str(Signature.parse(result["signature"])) == result["signature"]


def test_oracle_scores_one(built: Path) -> None:
    result = json.loads((built / "oracle.json").read_text("utf-8"))
    _assert_result(result)
    assert result["headline"] == dict.fromkeys(HEADLINE, 1.0)


def test_empty_scores_zero(khabar: Khabar) -> None:
    answer = khabar("run", "empty", "--gold", "corpus", "--json")
    assert (answer.code, answer.err) == (0, "")
    result = json.loads(answer.out)
    _assert_result(result)
    assert result["headline"] == dict.fromkeys(HEADLINE, 0.0)


def test_empty_on_the_released_corpus(khabar: Khabar) -> None:
    """No option is needed: the released corpus is the gold."""
    answer = khabar("run", "empty", "--json")
    assert answer.code == 0
    _assert_result(json.loads(answer.out))


def test_scoring_what_a_run_wrote_gives_the_same_bytes(khabar: Khabar, here: Path) -> None:
    """Again, shuffled, with CRLF and a BOM, and as Parquet by pyarrow and by pandas."""
    wanted = (here / "oracle.json").read_text("utf-8")
    lines = (here / "oracle.jsonl").read_bytes().splitlines()
    random.Random(5).shuffle(lines)
    (here / "shuffled.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines) + b"\r\n\r\n")
    _write_parquet(here)
    names = ("oracle.jsonl", "shuffled.jsonl", "arrow.parquet", "pandas.parquet")
    for name in names:
        answer = khabar("score", name, "--gold", "corpus", "--json")
        assert (answer.code, answer.err, answer.out) == (0, "", wanted), name


def _write_parquet(folder: Path) -> None:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = _lines(folder / "oracle.jsonl")
    keys = list(dict.fromkeys(key for row in rows for key in row))
    table = pa.table({key: [row.get(key) for row in rows] for key in keys})
    pq.write_table(table, folder / "arrow.parquet")
    pd.DataFrame(rows).to_parquet(folder / "pandas.parquet")


def test_json_says_nothing_of_the_place_or_the_time(built: Path) -> None:
    text = (built / "oracle.json").read_text("utf-8")
    assert str(built) not in text
    assert not re.search(r"/\w|seconds|elapsed|\d\d:\d\d", text)


def test_gold_in_the_prediction_format(khabar: Khabar, here: Path) -> None:
    """As JSONL and as Parquet, with the same result; the oracle runs on it where it has texts."""
    import pandas as pd

    pd.DataFrame(_lines(here / "gold.jsonl")).to_parquet(here / "gold.parquet")
    answers = [khabar("run", "oracle", "--gold", name, "--json") for name in ("gold.jsonl", "gold.parquet")]
    assert [answer.code for answer in answers] == [0, 0], answers
    assert answers[0].out == answers[1].out
    headline = json.loads(answers[0].out)["headline"]
    assert headline == {"entities": 1.0, "numbers": None, "quotes": None, "conflicts": None, "overall": None}


def test_layers_leaves_layers_out(khabar: Khabar) -> None:
    answer = khabar("score", "oracle.jsonl", "--gold", "corpus", "--layers", "quotes,numbers", "--json")
    result = json.loads(answer.out)
    _assert_result(result)
    assert {name for name, value in result["headline"].items() if value is not None} == {"numbers", "quotes"}
    assert "layers:numbers+quotes" in result["signature"]


@pytest.mark.parametrize(
    ("options", "fix"),
    [
        (["run", "empty", "--layers", "entity"], "write entities"),
        (["show", "001", "--layers", "quote"], "write quotes"),
        (["run", "empty", "--split", "flods"], "write --split floods"),
        (["run", "empty", "--split", "xyz"], "write one of floods, test"),
    ],
)
def test_the_nearest_choice_is_offered(options: list[str], fix: str, khabar: Khabar) -> None:
    answer = khabar(*options, "--gold", "corpus")
    assert (answer.code, answer.out) == (2, "")
    assert f"Fix: {fix}." in answer.err


def test_split_chooses_the_gold(khabar: Khabar) -> None:
    """The other split has a document of its own; a file for this one is then of another split, which is said once."""
    assert khabar("run", "empty", "--gold", "corpus", "--split", "floods", "--json").code == 0
    answer = khabar("score", "oracle.jsonl", "--gold", "corpus", "--split", "floods")
    assert (answer.code, answer.out) == (2, "")
    assert len(answer.err.splitlines()) == 1
    assert "error[document-other-split] the file answers split test, and none of this one. Fix: score" in answer.err
    assert "Fix: score it with --split test, or make one for this split: khabar run SYSTEM" in answer.err


@pytest.mark.parametrize("command", [("score", "oracle.jsonl"), ("validate", "oracle.jsonl"), ("run", "empty")])
def test_gold_in_the_prediction_format_has_no_splits(khabar: Khabar, command: tuple[str, ...]) -> None:
    """Its figures would else go under the name of a split that was never read."""
    answer = khabar(*command, "--gold", "oracle.jsonl", "--split", "news")
    assert (answer.code, answer.out) == (2, "")
    assert "oracle.jsonl: error[option-wrong] split 'news' of gold in the prediction format" in answer.err


def test_own_system(khabar: Khabar, here: Path) -> None:
    """`module:attribute` is found in the working folder, and its predictions are written."""
    (here / "mine.py").write_text(
        'def extract(document):\n    return {"entities": [{"text": "زيلينسكي", "label": "PERS"}]}\n', "utf-8"
    )
    answer = khabar("run", "mine:extract", "--gold", "corpus", "--json", "--out", "new/mine.jsonl")
    assert answer.code == 0
    assert json.loads(answer.out)["ungrounded"]["entities"] == 1
    assert "warning" not in answer.out
    assert [line["doc_id"] for line in _lines(here / "new" / "mine.jsonl")] == ["001_moscow", "002_kyiv"]


def test_validate(khabar: Khabar) -> None:
    answer = khabar("validate", "oracle.jsonl", "--gold", "corpus", "--json")
    assert (answer.code, json.loads(answer.out), answer.err) == (0, {"valid": True, "incidents": []}, "")
    answer = khabar("validate", "oracle.jsonl", "--gold", "corpus")
    assert (answer.code, answer.out) == (0, "oracle.jsonl: valid, 3 line(s), 0 warning(s)\n")


def test_compare(khabar: Khabar, here: Path) -> None:
    """b − a on each layer, the first being the baseline; the other way round it is the opposite."""
    (here / "empty.jsonl").write_text('{"doc_id": "001_moscow"}\n{"doc_id": "002_kyiv"}\n', "utf-8")
    answer = khabar("compare", "oracle.jsonl", "empty.jsonl", "--gold", "corpus", "--json")
    assert (answer.code, answer.err) == (0, "")
    forth = json.loads(answer.out)
    assert set(forth) == HEADLINE
    for layer, each in forth.items():
        assert set(each) == {"a", "b", "difference", "low", "high", "p"}, layer
        assert (each["a"], each["b"], each["difference"]) == (1.0, 0.0, -1.0), layer
    back = json.loads(khabar("compare", "empty.jsonl", "oracle.jsonl", "--gold", "corpus", "--json").out)
    assert {layer: each["difference"] for layer, each in back.items()} == dict.fromkeys(HEADLINE, 1.0)
    assert {layer: each["p"] for layer, each in back.items()} == {layer: each["p"] for layer, each in forth.items()}


def test_show(khabar: Khabar) -> None:
    answer = khabar("show", "001", "--gold", "corpus")
    assert (answer.code, answer.err) == (0, "")
    assert "{١٤ ألف}" in answer.out
    assert "claims" not in answer.out
    answer = khabar("show", "001", "--gold", "corpus", "--json")
    shown = json.loads(answer.out)
    assert [row["text"] for row in shown["numbers"]] == ["١٤ ألف"]
    assert {"documents", "entities", "numbers", "quotes", "claims", "tokens"} <= set(shown)


@pytest.mark.parametrize("doc", ["00", "nowhere"])
def test_show_needs_one_document(khabar: Khabar, doc: str) -> None:
    answer = khabar("show", doc, "--gold", "corpus")
    assert (answer.code, answer.out) == (2, "")
    assert "001_moscow, 002_kyiv" in answer.err


def test_arabic_gets_through_any_pipe(built: Path) -> None:
    """Where the locale or the platform says ASCII or a code page, what is no terminal still gets UTF-8."""
    for encoding in ("ascii", "cp1252"):
        answer = process("show", "001", "--gold", "corpus", cwd=built, PYTHONIOENCODING=encoding)
        assert answer.code == 0
        assert "كـــورسك" in answer.out


def test_losses_stand_beside_errors(here: Path, khabar: Khabar) -> None:
    """Over its causes each layer's losses are what its F1 lacks of 1. Nothing said: everything is missed."""
    answer = khabar("run", "empty", "--out", "empty.jsonl", "--json", "--errors", "errors.jsonl")
    result = json.loads(answer.out)
    losses = result.pop("losses")
    _assert_result(result)
    for layer, causes in losses.items():
        assert sum(loss["lost"] for loss in causes.values()) == 1 - result["headline"][layer]
        assert {cause for cause, loss in causes.items() if loss["missed"] or loss["false"]} == {"missed"}
    assert sum(each["missed"]["missed"] for each in losses.values()) == len(_lines(here / "errors.jsonl"))
    scored = khabar("score", "empty.jsonl", "--errors", "again.jsonl")
    assert re.search(r"^lost of F1 .*^entities +missed +\d+ +0 +1.000", scored.out, re.DOTALL | re.MULTILINE)
    assert json.loads(khabar("score", "empty.jsonl", "--errors", "again.jsonl", "--json").out)["losses"] == losses


def test_errors_are_counted_by_cause(khabar: Khabar, here: Path) -> None:
    """What was written, how many of which cause, and the command that shows them in the text."""
    khabar("run", "empty", "--gold", "corpus", "--out", "empty.jsonl")
    answer = khabar("score", "empty.jsonl", "--gold", "corpus", "--errors", "errors.jsonl")
    said = answer.out[answer.out.index("errors.jsonl: ") :]
    assert said.startswith(f"errors.jsonl: {len(_lines(here / 'errors.jsonl'))} error(s), a line each\n")
    assert re.search(r"^entities +\d+  missed \d+$", said.replace(" \n", "\n"), re.MULTILINE)
    command = re.search(r"khabar (show \S+ --gold corpus --errors errors.jsonl)$", said, re.MULTILINE)
    assert command is not None
    assert "✗" in khabar(*command[1].split()).out


def test_several_files_are_several_systems(khabar: Khabar, here: Path) -> None:
    """A row each, told apart by folder; the same scores as each by itself, in every form."""
    for name in ("a", "b"):
        (here / name).mkdir()
    shutil.copy(here / "oracle.jsonl", here / "a" / "said.jsonl")
    khabar("run", "empty", "--gold", "corpus", "--out", "b/said.jsonl")
    files = ("a/said.jsonl", "b/said.jsonl", "oracle.jsonl")
    answer = khabar("score", *files, "--gold", "corpus")
    assert (answer.code, answer.err) == (0, "")
    rows = [line.split() for line in answer.out.splitlines()]
    assert rows[0] == ["system", "entities", "numbers", "quotes", "conflicts", "overall"]
    assert rows[2:5] == [
        ["a/said.jsonl", *["1.000"] * 5],
        ["b/said.jsonl", *["0.000"] * 5],
        ["oracle.jsonl", *["1.000"] * 5],
    ]
    together = json.loads(khabar("score", *files, "--gold", "corpus", "--json").out)
    alone = [json.loads(khabar("score", file, "--gold", "corpus", "--json").out) for file in files]
    assert list(together.values()) == alone
    answer = khabar("score", *files, "--gold", "corpus", "--fail-under", "overall=0.5")
    assert (answer.code, answer.err) == (
        1, "b/said.jsonl: overall: 0, which is not at least 0.5 (--fail-under)\n"
    )  # fmt: skip
    (here / "c.jsonl").write_text('{"doc_id": "nowhere"}\n')
    answer = khabar("score", "c.jsonl", "d.jsonl", "--gold", "corpus")
    assert answer.code == 2
    assert "c.jsonl:1: error" in answer.err
    assert "d.jsonl: error[file-missing]" in answer.err
    answer = khabar("score", *files, "--gold", "corpus", "--errors", "e.jsonl")
    assert answer.code == 2
    assert "are of one system" in answer.err


def test_latex_of_a_comparison(khabar: Khabar, here: Path) -> None:
    said = [json.loads(line) for line in (here / "oracle.jsonl").read_text("utf-8").splitlines()]
    silent = [{"doc_id": record["doc_id"]} for record in said if "doc_id" in record]
    (here / "nothing_1.jsonl").write_text("".join(json.dumps(record) + "\n" for record in silent), "utf-8")
    lines = khabar("compare", "oracle.jsonl", "nothing_1.jsonl", "--gold", "corpus", "--latex").out.splitlines()
    assert lines[0] == "% a = oracle.jsonl (the baseline)"
    assert lines[3] == r"system (b) & layer & a & b & $b - a$ & $p$ \\"
    assert lines[5].startswith(r"nothing\_1.jsonl & entities & 1.000 & 0.000 & $-1.000$ ")
    assert lines[-1] == r"\end{tabular}"
    answer = khabar("compare", "oracle.jsonl", "nothing_1.jsonl", "--latex", "--json")
    assert answer.code == 2
    assert "--json and --latex are two forms" in answer.err


def test_latex_is_a_table_of_headlines(khabar: Khabar, here: Path) -> None:
    (here / "100%_mine.jsonl").write_bytes((here / "oracle.jsonl").read_bytes())
    lines = khabar("score", "100%_mine.jsonl", "--gold", "corpus", "--layers", "quotes", "--latex").out.splitlines()
    assert Signature.parse(lines[0].removeprefix("% ")).layers == ("quotes",)
    assert lines[1:5] == [r"\begin{tabular}{lc}", r"\toprule", r"system & quotes \\", r"\midrule"]
    assert lines[5].startswith(r"100\%\_mine.jsonl & 1.000 ")
    assert lines[6:] == [r"\bottomrule", r"\end{tabular}"]
    answer = khabar("score", "oracle.jsonl", "--latex", "--json")
    assert answer.code == 2
    assert "--json and --latex are two forms" in answer.err


def test_full_adds_figures_and_labels_with_support(khabar: Khabar) -> None:
    short, full = (khabar("run", "oracle", "--gold", "corpus", *more).out for more in ((), ("--full",)))
    assert "macro F1" not in short
    assert re.search(r"^ +PERS +1.000 .* 2 *$", full, re.MULTILINE)
    assert "FAC" not in full


def test_layers_left_out_are_not_drawn(khabar: Khabar) -> None:
    for more in ((), ("--full",)):
        answer = khabar("run", "empty", "--gold", "corpus", "--layers", "quotes", *more)
        assert "overall" not in answer.out
        assert "numbers" not in answer.out.replace("layers:", "")


def test_quiet_says_the_result_alone(khabar: Khabar, here: Path) -> None:
    (here / "warned.jsonl").write_text('{"doc_id": "001_moscow", "moood": 1}\n{"doc_id": "002_kyiv"}\n')
    loud = khabar("score", "warned.jsonl", "--gold", "corpus")
    assert "warning" in loud.err
    answer = khabar("score", "warned.jsonl", "--gold", "corpus", "--quiet")
    assert (answer.code, answer.err) == (0, "")
    assert loud.out.startswith(answer.out)
    assert len(answer.out.splitlines()) == 8


def test_show_puts_a_claim_as_an_answer_to_its_question(khabar: Khabar) -> None:
    """The question of the dispute, what this article answers, and what stands against it and where."""
    shown = khabar("show", "001", "--gold", "corpus", "--layers", "conflicts").out
    lines = [line.strip() for line in shown.splitlines()]
    at = lines.index("how_many (numeric conflict): How many soldiers?")
    assert lines[at + 1].startswith("A = 14000, putin: ")
    assert lines[at + 2] == "against it: B = 10000 (002_kyiv)"
    rows = json.loads(khabar("show", "001", "--gold", "corpus", "--json").out)
    assert [row["issue_id"] for row in rows["conflicts"]] == ["how_many"]


def test_disputes_are_listed_with_their_answers(khabar: Khabar) -> None:
    answer = khabar("disputes", "--gold", "corpus")
    assert (answer.code, answer.err) == (0, "")
    lines = [line.strip() for line in answer.out.splitlines()]
    assert lines[0] == "how_many  kursk, numeric conflict"
    assert [line for line in lines if re.match(r"[A-Z] = ", line)] == ["A = 14000", "B = 10000"]
    assert any(line.startswith("002_kyiv, ") for line in lines)
    assert "1 dispute(s); other questions: 0 contested" in answer.out
    [dispute] = json.loads(khabar("disputes", "--gold", "corpus", "--json").out)["disputes"]
    assert [claim["value"] for answer in dispute["answers"] for claim in answer["claims"]] == ["14000", "10000"]


def test_errors_only_leaves_out_what_is_right(khabar: Khabar) -> None:
    khabar("run", "empty", "--gold", "corpus", "--out", "empty.jsonl", "--errors", "errors.jsonl")
    whole, short = (
        khabar("show", "001", "--gold", "corpus", "--errors", "errors.jsonl", *more).out
        for more in ((), ("--errors-only",))
    )
    assert short.count("✗") == whole.count("✗")
    assert "1 title" in whole
    assert "1 title" not in short
    assert "{١٤ ألف}" in whole
    assert "{١٤ ألف}" not in short
    answer = khabar("show", "001", "--gold", "corpus", "--errors-only")
    assert answer.code == 2
    assert "Fix: add --errors FILE." in answer.err


def test_on_a_terminal_a_pager_shows_it(here: Path) -> None:
    """The reader's own; it says first where the terminal cannot set right-to-left text."""
    command = [sys.executable, "-m", "khabar", "show", "001", "--gold", "corpus"]
    environment = {**os.environ, "PAGER": "sed s/^/PAGED:/", "TERM": "linux", "COLUMNS": "80"}
    reader, writer = pty.openpty()
    process = subprocess.Popen(command, cwd=here, env=environment, stdin=writer, stdout=writer, stderr=writer)
    os.close(writer)
    shown = b""
    with suppress(OSError):  # the end, on Linux
        while part := os.read(reader, 4096):
            shown += part
    os.close(reader)
    assert process.wait() == 0
    lines = shown.decode().splitlines()
    assert all(line.startswith("PAGED:") for line in lines)
    assert "this terminal sets Arabic from left to right" in lines[0]
    assert any("001_moscow" in line for line in lines)


@pytest.mark.parametrize(
    "command",
    [
        ("score", "oracle.jsonl", "--errors", "e.jsonl"),
        ("score", "oracle.jsonl", "--full"),
        ("score", "oracle.jsonl", "oracle.jsonl"),
        ("compare", "oracle.jsonl", "oracle.jsonl"),
    ],
)
def test_no_figure_is_cut_on_a_narrow_terminal(command: tuple[str, ...], khabar: Khabar) -> None:
    answers = [khabar(*command, "--gold", "corpus", COLUMNS=columns) for columns in ("30", "80")]
    assert answers[0] == answers[1]
    assert "…" not in answers[0].out
