"""corpus build, check and stats; seeds verify and add: all of it or nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from khabar.reading.incidents import InputError
from khabar.records import Seed
from khabar.seeds.store import keys_for
from tests.cli.conftest import Khabar, process

SOURCES = ("--seeds", "seeds", "--gold", "gold")


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def test_build_check_and_stats(khabar: Khabar, here: Path, built: Path) -> None:
    answer = process("corpus", "build", *SOURCES, "--out", "corpus", "--json", cwd=here, PYTHONHASHSEED="3")
    assert (answer.code, answer.err) == (0, "")
    told = json.loads(answer.out)
    assert set(told) == {"out", "rows"}
    assert told["rows"]["test"] == {
        "documents": 2, "entities": 2, "numbers": 1, "quotes": 1, "claims": 2, "conflicts": 1,
        "registry": 2, "tokens": 5,
    }  # fmt: skip
    assert told["rows"]["floods"]["documents"] == 1
    assert _contents(here / "corpus") == _contents(built / "corpus"), "the same sources, other bytes"

    answer = khabar("corpus", "check", "corpus", *SOURCES)
    assert (answer.code, answer.out, answer.err) == (0, "corpus: sound, and what seeds and gold build\n", "")
    answer = khabar("corpus", "check", "corpus", "--json")
    assert (answer.code, json.loads(answer.out)) == (0, {"valid": True, "incidents": []})
    answer = khabar("corpus", "stats", "corpus", "--json")
    counted = json.loads(answer.out)
    assert (answer.code, answer.err, counted["version"]) == (0, "", "0.1.0")
    assert counted["splits"]["test"]["numbers by kind"] == {"count": 1}


def test_order_of_the_gold_rows_does_not_matter(khabar: Khabar, here: Path, built: Path) -> None:
    rows = (here / "gold" / "rows.jsonl").read_text("utf-8").splitlines(keepends=True)
    (here / "gold" / "rows.jsonl").write_text("".join(reversed(rows)), "utf-8")
    assert khabar("corpus", "build", *SOURCES, "--out", "corpus").code == 0
    assert _contents(here / "corpus") == _contents(built / "corpus")


def test_a_broken_gold_builds_nothing(khabar: Khabar, here: Path) -> None:
    """Every problem of the rows is listed, and the folder is not even made."""
    _append(
        here / "gold" / "rows.jsonl", '{"layer": "registry", "entity_id": "putin", "story": "kursk", "name": "بوتين"}\n'
    )
    rows = here / "gold" / "rows.jsonl"
    rows.write_text(rows.read_text("utf-8").replace('"entity_id": "zelensky", "start"', '"start"'), "utf-8")
    rows.write_text(rows.read_text("utf-8").replace('"source": "zelensky"', '"source": "zelenskyy"'), "utf-8")
    answer = khabar("corpus", "build", *SOURCES, "--out", "corpus")
    assert (answer.code, answer.out) == (2, "")
    assert "gold/rows.jsonl:11: error[id-repeated]" in answer.err
    assert "gold/rows.jsonl:9: error[reference-unknown] document 002_kyiv: 'zelenskyy'" in answer.err
    assert not (here / "corpus").exists()


def test_problems_of_seeds_and_gold_are_listed_together(khabar: Khabar, here: Path) -> None:
    _append(here / "seeds" / "002_kyiv.txt", "!")
    _append(here / "gold" / "rows.jsonl", '{"layer": "entities", "id": \n[]\n{"layer": "places"}\n')
    answer = khabar("corpus", "build", *SOURCES, "--out", "corpus")
    assert (answer.code, answer.out) == (2, "")
    for words in (
        "seeds/002_kyiv.txt: error[seed-changed] document 002_kyiv",
        "gold/rows.jsonl:11: error[json-broken]",
        "gold/rows.jsonl:12: error[json-not-object]",
        "gold/rows.jsonl:13: error[value-wrong] layer is 'places'",
    ):
        assert words in answer.err
    assert not (here / "corpus").exists()


@pytest.mark.parametrize("missing", ["gold/release.json", "seeds/manifest.jsonl"])
def test_sources_that_lack_a_file(khabar: Khabar, here: Path, missing: str) -> None:
    (here / missing).unlink()
    answer = khabar("corpus", "build", *SOURCES, "--out", "corpus")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"{missing}: error[file-missing]")
    assert not (here / "corpus").exists()


def test_check_finds_a_changed_file_and_a_stale_corpus(khabar: Khabar, here: Path) -> None:
    """A check that fails is exit code 1; the incidents are on stderr, or in the JSON."""
    assert khabar("corpus", "build", *SOURCES, "--out", "corpus").code == 0
    (here / "gold" / "release.json").rename(here / "release.json")
    answer = khabar("corpus", "check", "corpus", *SOURCES, "--json")
    assert (answer.code, answer.err) == (1, "")
    assert [each["id"] for each in json.loads(answer.out)["incidents"]] == ["file-missing"]
    path = here / "corpus" / "quotes" / "test.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    (here / "corpus" / "quotes" / "train.parquet").write_bytes(b"")
    answer = khabar("corpus", "check", "corpus", *SOURCES)
    assert (answer.code, answer.out) == (1, "")
    assert "corpus/quotes/test.parquet: error[corpus-changed]" in answer.err
    assert "corpus/quotes/train.parquet: error[corpus-changed]" in answer.err
    answer = khabar("run", "empty", "--gold", "corpus")
    assert (answer.code, answer.out) == (2, "")
    assert "corpus/quotes/test.parquet: error[file-not-parquet]" in answer.err


def test_a_corpus_is_compared_with_its_own_sources_alone(khabar: Khabar, here: Path) -> None:
    """seeds and annotations/gold of the working folder are those of ./corpus, not of another corpus beside it."""
    assert khabar("corpus", "build", *SOURCES, "--out", "corpus").code == 0
    shutil.copytree(here / "corpus", here / "own")
    shutil.copytree(here / "gold", here / "annotations" / "gold")
    _append(here / "annotations" / "gold" / "rows.jsonl", "")
    for name, sound in (("corpus", "corpus: sound, and what seeds and gold build\n"), ("own", "own: sound\n")):
        answer = khabar("corpus", "check", name)
        assert (answer.code, answer.out, answer.err) == (0, sound, "")
    rows = here / "annotations" / "gold" / "rows.jsonl"
    rows.write_text(rows.read_text("utf-8").replace('"label": "PERS"', '"label": "ORG"'), "utf-8")
    assert [khabar("corpus", "check", name).code for name in ("corpus", "own")] == [1, 0]
    assert khabar("corpus", "check", "own", "--seeds", "seeds").code == 1


def test_verify(khabar: Khabar, here: Path) -> None:
    answer = khabar("seeds", "verify")
    assert (answer.code, answer.out, answer.err) == (0, "3 article(s), all as in the manifest\n", "")
    (here / "seeds" / "001_moscow.txt").unlink()
    _append(here / "seeds" / "002_kyiv.txt", "\n")
    (here / "seeds" / "004_new.txt").write_text("جديد\n", "utf-8")
    answer = khabar("seeds", "verify", "--json")
    assert answer.code == 1
    found = [(each["id"], each["doc_id"]) for each in json.loads(answer.out)["incidents"]]
    assert found == [("seed-missing", "001_moscow"), ("seed-changed", "002_kyiv"), ("seed-unlisted", None)]


def test_add(khabar: Khabar, here: Path) -> None:
    """Articles come in byte for byte, line ends and a BOM included; what is there already changes nothing."""
    article = b"\xef\xbb\xbf" + "غرق\r\nالقارب\r\n".encode()
    (here / "004_boat.txt").write_bytes(article)
    answer = khabar("seeds", "add", "004_boat.txt", "--story", "boat", "--split", "boat", "--json")
    assert (answer.code, json.loads(answer.out)) == (0, {"added": ["004_boat"]})
    assert (here / "seeds" / "004_boat.txt").read_bytes() == article
    before = _contents(here)
    answer = khabar("seeds", "add", "004_boat.txt", "--story", "boat", "--split", "boat")
    assert (answer.code, answer.out) == (0, "nothing new: all of them are there already\n")
    assert _contents(here) == before
    assert khabar("seeds", "verify").code == 0


def test_one_bad_article_among_good_ones(khabar: Khabar, here: Path) -> None:
    """None is taken, and every problem is listed: also a name that is taken by a file nobody listed."""
    files = {
        "004_good.txt": "جيد\n".encode(),
        "005_page.txt": "قديم\n".encode("cp1256"),
        "006_blank.txt": b" \n",
        "001_moscow.txt": "آخر\n".encode(),
        "007_there.txt": "جديد\n".encode(),
        ".txt": "بلا اسم\n".encode(),
    }
    (here / "new").mkdir()
    for name, data in files.items():
        (here / "new" / name).write_bytes(data)
    (here / "seeds" / "007_there.txt").write_text("لا يمس\n", "utf-8")
    before = _contents(here)
    paths = [f"new/{name}" for name in (*files, "008_missing.txt")]
    answer = khabar("seeds", "add", *paths, "--story", "kursk", "--split", "test")
    assert (answer.code, answer.out) == (2, "")
    found = [line.split("]")[0] for line in answer.err.splitlines()]
    assert found == [
        "new/005_page.txt: error[file-not-text",
        "new/006_blank.txt: error[file-empty",
        "new/001_moscow.txt: error[seed-exists",
        "new/007_there.txt: error[seed-exists",
        "new/.txt: error[value-wrong",
        "new/008_missing.txt: error[file-missing",
    ]
    assert _contents(here) == before


def test_add_asks_for_the_split(khabar: Khabar, here: Path) -> None:
    """An article that joined `test` unasked would change the benchmark at the next build."""
    (here / "004_good.txt").write_text("جيد\n", "utf-8")
    before = _contents(here)
    for story, fix in (("kursk", "name the one of the story, --split test"), ("new", "name a split")):
        answer = khabar("seeds", "add", "004_good.txt", "--story", story)
        assert answer.code == 2
        assert "error[option-wrong] --split is not given" in answer.err
        assert fix in answer.err
    assert _contents(here) == before


@pytest.mark.parametrize("keys", [["--story", " "], ["--story", "kursk", "--split", "../outside"]])
def test_add_refuses_keys_that_name_no_folder(khabar: Khabar, here: Path, keys: list[str]) -> None:
    (here / "004_good.txt").write_text("جيد\n", "utf-8")
    before = _contents(here)
    answer = khabar("seeds", "add", "004_good.txt", *keys)
    assert answer.code == 2
    assert "error[option-wrong]" in answer.err
    assert _contents(here) == before


def test_a_split_cannot_leave_the_corpus(khabar: Khabar, here: Path) -> None:
    """Split names become file names; one with a path in it is refused where it stands."""
    manifest = here / "seeds" / "manifest.jsonl"
    manifest.write_text(manifest.read_text("utf-8").replace('"split": "floods"', '"split": "../../floods"'), "utf-8")
    answer = khabar("corpus", "build", *SOURCES, "--out", "a/b/corpus")
    assert (answer.code, answer.out) == (2, "")
    assert "seeds/manifest.jsonl:3: error[value-wrong]" in answer.err
    assert not (here / "a").exists()


def test_out_is_a_file(khabar: Khabar, here: Path) -> None:
    answer = khabar("corpus", "build", *SOURCES, "--out", "gold.jsonl")
    assert (answer.code, answer.out) == (2, "")
    assert "gold.jsonl: error[file-unwritable]" in answer.err


def test_seeds_add_takes_the_one_story_there_is(tmp_path: Path) -> None:
    known = [Seed(file="a.txt", sha256="0" * 64, story="boat", split="sea", rights="theirs")]
    assert keys_for(known, None, "sea") == ("boat", "sea")
    assert keys_for(known, "flood", "river") == ("flood", "river")
    for several in ([], [*known, Seed(file="b.txt", sha256="1" * 64, story="flood", rights="theirs")]):
        with pytest.raises(InputError, match="name the story"):
            keys_for(several, None, "sea")
