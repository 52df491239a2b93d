"""A corpus with a split whose articles are elsewhere: built, checked, unfilled, fetched, and read like any other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from khabar import api
from khabar.corpus.build import build, check, write
from khabar.corpus.diff import diff
from khabar.corpus.fill import fill
from khabar.corpus.release import read_release
from khabar.corpus.tables import filled_copy, read_all, read_split
from khabar.reading.files import sha256
from khabar.reading.incidents import InputError
from khabar.records.repository import PLACES
from khabar.seeds import ntrex
from khabar.seeds.ntrex import SourceFile
from tests.cli.conftest import Answer, run

SHARED = Path(__file__).parents[1] / "incidents" / "shared"
ARTICLES = {
    "bbc.1": "صحيفة بريطانية: كيم يزور موسكو قريبا جدا في الخريف القادم\nقال المتحدث باسم وزارة الخارجية الروسية إن كيم يصل في مايو.",
    "cnn.2": "قال كيم إنه يصل في يونيو.",
}
"""Made up for this test."""


def rows() -> list[dict[str, Any]]:
    """Gold of the two articles, as it is committed: offsets, no surfaces."""

    def span(doc_id: str, surface: str) -> dict[str, Any]:
        start = ARTICLES[doc_id].index(surface)
        return {"start": start, "end": start + len(surface)}

    speaker = "المتحدث باسم وزارة الخارجية الروسية"
    long_name = "المتحدث باسم وزارة الخارجية الروسية إن"
    end = ARTICLES["bbc.1"].index("\n") + 1
    zones = [{"start": 0, "end": end, "zone": "title"}, {"start": end, "end": len(ARTICLES["bbc.1"]), "zone": "body"}]
    return [
        {"layer": "zones", "doc_id": "bbc.1", "zones": zones},
        {"layer": "registry", "entity_id": "kim", "story": "visit", "name": "كيم جونغ أون", "label": "PERS", "aliases": ["كيم"]},
        {"layer": "registry", "entity_id": "anon:speaker", "story": "visit", "name": speaker},
        {"layer": "entities", "id": "v1", "doc_id": "bbc.1", **span("bbc.1", "كيم"), "label": "PERS", "name": "كيم", "entity_id": "kim"},
        {"layer": "entities", "id": "v2", "doc_id": "bbc.1", **span("bbc.1", long_name), "label": "OCC", "name": long_name, "entity_id": "anon:speaker"},
        {"layer": "numbers", "id": "v3", "doc_id": "bbc.1", **span("bbc.1", "مايو"), "core": span("bbc.1", "مايو"), "kind": "date", "edtf_literal": "XXXX-05", "edtf": "2030-05"},
        {"layer": "numbers", "id": "v4", "doc_id": "cnn.2", **span("cnn.2", "يونيو"), "core": span("cnn.2", "يونيو"), "kind": "date", "edtf_literal": "XXXX-06", "edtf": "2030-06"},
        {"layer": "quotes", "id": "v5", "doc_id": "cnn.2", "content": [span("cnn.2", "إنه يصل في يونيو")], "cue": [span("cnn.2", "قال")], "speaker_mention": span("cnn.2", "كيم"), "speaker": "kim", "source_chain": ["kim"], "medium": "قال"},
        {"layer": "claims", "id": "v6", "doc_id": "bbc.1", "issue_id": "when", "position": "A", **span("bbc.1", "كيم يصل في مايو"), "source": "anon:speaker", "stance": "asserted", "value": "2030-05"},
        {"layer": "claims", "id": "v7", "doc_id": "cnn.2", "issue_id": "when", "position": "B", **span("cnn.2", "يصل في يونيو"), "source": "kim", "stance": "asserted", "value": "2030-06"},
        {"layer": "conflicts", "issue_id": "when", "story": "visit", "question": "When?", "question_ar": "متى؟", "status": "conflict", "type": "temporal", "scope": "across", "positions": [{"position": "A", "claim_ids": ["v6"]}, {"position": "B", "claim_ids": ["v7"]}]},
    ]  # fmt: skip


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """The two files, somewhere."""
    folder = tmp_path / "copies"
    folder.mkdir()
    lines = [(doc_id, line) for doc_id, text in ARTICLES.items() for line in text.split("\n")]
    (folder / "lines.txt").write_bytes("".join(f"{line}\r\n" for _, line in lines).encode())
    (folder / "ids.tsv").write_bytes("".join(f"{doc_id}\n" for doc_id, _ in lines).encode())
    return folder


@pytest.fixture
def sources(tmp_path: Path, copies: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Seeds and gold of the small corpus, with a story more in split news; nothing is fetched yet."""
    monkeypatch.setenv("KHABAR_CACHE", str(tmp_path / "cache"))
    data = [(copies / name).read_bytes() for name in ("lines.txt", "ids.tsv")]
    files = zip(("lines.txt", "ids.tsv"), data, strict=True)
    monkeypatch.setattr(ntrex, "FILES", tuple(SourceFile(name, sha256(held), len(held)) for name, held in files))
    seeds, gold = (Path(shutil.copytree(SHARED / name, tmp_path / name)) for name in ("seeds", "gold"))
    with (seeds / "manifest.jsonl").open("a", encoding="utf-8") as manifest:
        for doc_id, text in ARTICLES.items():
            seed = {"file": f"{doc_id}.txt", "sha256": sha256(text.encode()), "story": "visit", "split": "news"}
            seed |= {"rights": "CC BY-SA 4.0", "source": "ntrex"}
            manifest.write(json.dumps(seed) + "\n")
    (gold / "visit.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows()), "utf-8")
    return seeds, gold


@pytest.fixture
def corpus(sources: tuple[Path, Path], copies: Path, tmp_path: Path) -> Path:
    """The corpus as it is released, built where the articles were at hand; they are not any more."""
    ntrex.fetch(str(copies))
    write(build(*sources), tmp_path / "corpus")
    shutil.rmtree(tmp_path / "cache")
    return tmp_path / "corpus"


def khabar(folder: Path, *args: str | Path) -> Answer:
    return run(*args, cwd=folder)


def test_without_the_articles_it_is_not_built(sources: tuple[Path, Path]) -> None:
    with pytest.raises(InputError, match=r"text-missing.*run `khabar corpus fetch`"):
        build(*sources)


def test_nothing_of_an_article_is_in_it(corpus: Path) -> None:
    """But for names of five words or fewer, and what the registry calls things."""
    release = read_release(corpus)
    assert (release.withheld_splits, release.textless) == (("news",), False)
    tables = read_all(corpus)
    documents, entities = tables["news"]["documents"], tables["news"]["entities"]
    assert [(row.doc_id, row.title, row.text) for row in documents] == [("bbc.1", None, ""), ("cnn.2", None, "")]  # type: ignore[attr-defined]
    assert [(row.name, row.text) for row in entities] == [("كيم", ""), ("", "")]  # type: ignore[attr-defined]
    assert next(row.name for row in tables["news"]["registry"]).startswith("المتحدث باسم")  # type: ignore[attr-defined]
    assert tables["test"]["documents"][0].text  # type: ignore[attr-defined]
    held = b"".join(path.read_bytes() for path in corpus.rglob("*") if path.is_file() and path.suffix != ".parquet")
    words = ARTICLES["bbc.1"].split()
    assert not [at for at in range(len(words) - 5) if " ".join(words[at : at + 6]).encode() in held]
    assert {json.loads(line)["column"] for line in (corpus / PLACES).read_bytes().splitlines()} == {"title", "name"}


def test_load_dataset_gives_nulls(corpus: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    quotes = load_dataset(str(corpus), "quotes", split="news", cache_dir=str(tmp_path / "datasets"))
    assert [(row["content"][0]["start"], row["content"][0]["text"]) for row in quotes] == [(8, None)]


def test_checked_with_and_without_the_articles(corpus: Path, sources: tuple[Path, Path], copies: Path) -> None:
    named = ("--seeds", sources[0], "--gold", sources[1])
    answer = khabar(corpus.parent, "corpus", "check", "corpus", *named)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "corpus: sound, and what seeds and gold build (but for news: run `khabar corpus fetch`)\n"
    ntrex.fetch(str(copies))
    assert check(corpus, sources) == []
    visit = sources[1] / "visit.jsonl"
    visit.write_text(visit.read_text("utf-8").replace("2030-05", "2030-04"), "utf-8")
    assert {incident.id for incident in check(corpus, sources)} == {"corpus-stale"}


def test_unfilled_the_error_names_the_command_and_filled_it_works(corpus: Path, copies: Path, tmp_path: Path) -> None:
    commands = (("run", "oracle"), ("show", "bbc.1"), ("score", "said.jsonl"), ("compare", "said.jsonl", "said.jsonl"))
    (tmp_path / "said.jsonl").write_text('{"doc_id": "bbc.1"}\n{"doc_id": "cnn.2"}\n', "utf-8")
    for command in commands:
        answer = khabar(tmp_path, *command, "--gold", "corpus", "--split", "news")
        assert (answer.code, answer.out) == (2, "")
        assert "error[text-missing] split news of corpus is without text. Fix: run `khabar corpus fetch`." in answer.err
    assert khabar(tmp_path, "run", "oracle", "--gold", "corpus").code == 0, "test needs no fetching"
    answer = khabar(tmp_path, "corpus", "fetch", "corpus", "--from", copies)
    assert (answer.code, answer.err) == (0, "")
    filled = Path(answer.out.strip())
    assert check(filled, None) == []
    assert diff(corpus, filled).changes == ()
    assert read_split(corpus, "news") == read_split(filled, "news")
    assert [document.text for document in api.load(corpus, split="news")] == list(ARTICLES.values())
    assert [document.title for document in api.load(corpus, split="news")] == [ARTICLES["bbc.1"].split("\n")[0], None]
    for command in commands:
        answer = khabar(tmp_path, *command, "--gold", "corpus", "--split", "news")
        assert answer.code == 0, answer.err
    headline = api.run("oracle", gold=corpus, split="news").headline
    assert headline == dict.fromkeys(headline, 1.0)
    assert khabar(tmp_path, "corpus", "fetch", "corpus", "--from", copies).out == f"{filled}\n"


def test_a_document_of_another_split_is_told_of_unfilled_ones_too(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "said.jsonl").write_text('{"doc_id": "bbc.1"}\n', "utf-8")
    answer = khabar(tmp_path, "score", "said.jsonl", "--gold", "corpus")
    assert "document-other-split] document bbc.1: it belongs to split 'news'" in answer.err


def test_a_release_without_any_text(corpus: Path, sources: tuple[Path, Path], copies: Path, tmp_path: Path) -> None:
    """It differs in no label, and is completed from files where these are at hand and from what was fetched otherwise."""
    ntrex.fetch(str(copies))
    write(build(*sources, "none"), tmp_path / "bare")
    found = diff(corpus, tmp_path / "bare")
    assert (found.changes, found.texts) == ((), False)
    assert fill(tmp_path / "bare", sorted(sources[0].glob("*.txt"))).files == build(*sources, "all").files


def test_another_release_is_filled_anew(corpus: Path, copies: Path, sources: tuple[Path, Path]) -> None:
    before = filled_copy(corpus)
    release = sources[1] / "release.json"
    release.write_text(release.read_text("utf-8").replace(read_release(corpus).version, "9.0.0"), "utf-8")
    ntrex.fetch(str(copies))
    write(build(*sources), corpus)
    assert filled_copy(corpus) != before


def test_statistics_are_those_of_the_full_corpus(corpus: Path, copies: Path, tmp_path: Path) -> None:
    stats = json.loads(khabar(tmp_path, "corpus", "stats", "corpus", "--json").out)["splits"]["news"]
    khabar(tmp_path, "corpus", "fetch", "corpus", "--from", copies)
    assert json.loads(khabar(tmp_path, "corpus", "stats", filled_copy(corpus), "--json").out)["splits"]["news"] == stats
    assert stats["characters"] == sum(map(len, ARTICLES.values()))


def test_an_article_that_is_another(corpus: Path, copies: Path, sources: tuple[Path, Path]) -> None:
    """The files are right and the manifest is wrong: told where seeds are verified, and never filled in."""
    ntrex.fetch(str(copies))
    manifest = sources[0] / "manifest.jsonl"
    manifest.write_text(manifest.read_text("utf-8").replace(sha256(ARTICLES["cnn.2"].encode()), "0" * 64), "utf-8")
    with pytest.raises(InputError, match=r"seed-changed.*document cnn.2"):
        build(*sources)


def test_variants_are_made_of_what_is_fetched(sources: tuple[Path, Path], copies: Path, tmp_path: Path) -> None:
    """A contrast set of these articles has no text either; filled, its articles are the fetched ones with their edits."""
    june = ARTICLES["cnn.2"].index("يونيو")
    flip = {
        "kind": "flip", "id": "in_may", "story": "visit", "variant": "b", "issue_id": "when", "place": "lead",
        "direction": "dispute_to_agreement", "groups": [["v6"], ["v7"]],
        "before": {"status": "conflict", "type": "temporal"}, "after": {"status": "corroborated"},
        "edits": [{"doc_id": "cnn.2", "start": june, "end": june + 5, "new": "مايو"}],
        "rows": [
            {"layer": "numbers", "id": "v4", "edtf_literal": "XXXX-05", "edtf": "2030-05"},
            {"layer": "quotes", "id": "v5"},
            {"layer": "claims", "id": "v7", "value": "2030-05", "position": "A"},
            {"layer": "conflicts", "issue_id": "when", "status": "corroborated", "type": None, "positions": [{"position": "A", "claim_ids": ["v6", "v7"]}]},
        ],
    }  # fmt: skip
    changes = sources[1].parent / "contrast" / "visit.jsonl"
    changes.parent.mkdir()
    changes.write_text(json.dumps(flip) + "\n", "utf-8")
    ntrex.fetch(str(copies))
    corpus = tmp_path / "corpus"
    write(build(*sources), corpus)
    assert check(corpus, sources) == []
    shutil.rmtree(tmp_path / "cache")
    assert read_release(corpus).withheld_splits == ("contrast_news", "news")
    answer = khabar(tmp_path, "corpus", "check", "corpus", "--seeds", sources[0], "--gold", sources[1])
    assert (answer.code, answer.out[-57:]) == (0, "(but for contrast_news, news: run `khabar corpus fetch`)\n")
    answer = khabar(tmp_path, "run", "oracle", "--gold", "corpus", "--split", "contrast_news")
    assert "error[text-missing] split contrast_news of corpus is without text" in answer.err
    assert khabar(tmp_path, "corpus", "fetch", "corpus", "--from", copies).code == 0
    texts = {document.doc_id: document.text for document in api.load(corpus, split="contrast_news")}
    assert texts == {
        "bbc.1.a": ARTICLES["bbc.1"], "bbc.1.b": ARTICLES["bbc.1"],
        "cnn.2.a": ARTICLES["cnn.2"], "cnn.2.b": ARTICLES["cnn.2"].replace("يونيو", "مايو"),
    }  # fmt: skip
    assert api.run("oracle", gold=corpus, split="contrast_news").headline["conflicts"] == 1


@pytest.mark.parametrize("column", ["text", "core"])
def test_seeds_here_need_their_surfaces(column: str, sources: tuple[Path, Path], copies: Path) -> None:
    """A row of an article whose text is here cannot leave its surface out: nobody would check its offsets."""
    ntrex.fetch(str(copies))
    path = sources[1] / "rows.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for line in lines:
        if line.get("id") == "n1":
            del (line if column == "text" else line["core"])["text"]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    with pytest.raises(InputError, match=r"span-surface.*document 001_moscow"):
        build(*sources)
