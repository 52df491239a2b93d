"""A board for each split: what is submitted to splits whose articles are elsewhere, with these articles and without."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from khabar.corpus.build import build, write
from khabar.leaderboard.board_gold import read_board_gold
from khabar.leaderboard.card import Seen, SeenIn, parse_card
from khabar.leaderboard.withheld_predictions import in_offsets, quoted
from khabar.reading.files import sha256
from khabar.reading.incidents import Incidents
from khabar.reading.predictions import given_predictions
from khabar.seeds import ntrex
from khabar.seeds.ntrex import SourceFile
from khabar.text.spans import Passage
from tests.corpus.test_fetched import ARTICLES, SHARED, rows
from tests.leaderboard.conftest import CARD, Answer, Leaderboard, khabar

SAID = [
    {
        "doc_id": "bbc.1",
        "entities": [
            {"text": "كيم", "occurrence": 2, "label": "PERS"},
            {"text": "وزارة الخارجية الروسية", "label": "ORG", "name": "وزارة الخارجية"},
            {"text": "ليس في النص", "label": "ORG"},
        ],
        "numbers": [{"text": "مايو", "kind": "date", "edtf": "2030-05-01/2030-05-31", "core": {"text": "مايو"}}],
    },
    {
        "doc_id": "cnn.2",
        "quotes": [
            {
                "content": [{"text": "إنه يصل في يونيو"}],
                "cue": [{"text": "قال"}],
                "speaker": {"text": "كيم", "occurrence": 1},
                "source_chain": [{"name": "كيم"}],
            },
            {
                "content": [{"text": "يصل"}, {"text": "لا يصل أبدا"}],
                "speaker": {"name": "صحيفة بريطانية كيم يزور موسكو قريبا"},
            },
        ],
    },
    {
        "story": "visit",
        "type": "temporal",
        "sides": [
            {"value": "2030-05", "spans": [{"doc_id": "bbc.1", "text": "كيم يصل في مايو"}]},
            {"value": "قال كيم إنه يصل في يونيو", "spans": [{"doc_id": "cnn.2", "text": "يصل في يونيو"}]},
        ],
    },
]
"""What a system says in strings."""


def write_copies(folder: Path) -> tuple[SourceFile, ...]:
    """The articles that are elsewhere, as two files."""
    folder.mkdir()
    lines = [(doc_id, line) for doc_id, text in ARTICLES.items() for line in text.split("\n")]
    (folder / "lines.txt").write_bytes("".join(f"{line}\r\n" for _, line in lines).encode())
    (folder / "ids.tsv").write_bytes("".join(f"{doc_id}\n" for doc_id, _ in lines).encode())
    held = {name: (folder / name).read_bytes() for name in ("lines.txt", "ids.tsv")}
    return tuple(SourceFile(name, sha256(data), len(data)) for name, data in held.items())


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """These files; nothing is fetched from them yet."""
    monkeypatch.setenv("KHABAR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(ntrex, "FILES", write_copies(tmp_path / "copies"))
    return tmp_path / "copies"


@pytest.fixture(scope="session")
def with_news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus of splits `test` and `news`, the articles of `news` in its cache, and `news` below."""
    folder = tmp_path_factory.mktemp("with-news")
    seeds, gold = (Path(shutil.copytree(SHARED / name, folder / name)) for name in ("seeds", "gold"))
    with (seeds / "manifest.jsonl").open("a", encoding="utf-8") as manifest:
        for doc_id, text in ARTICLES.items():
            seed = {"file": f"{doc_id}.txt", "sha256": sha256(text.encode()), "story": "visit", "split": "news"}
            seed |= {
                "rights": "CC BY-SA 4.0",
                "source": "ntrex",
                "title": text.split("\n")[0],
                "published": "2030-05-06",
            }
            manifest.write(json.dumps(seed) + "\n")
    (gold / "visit.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows()), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KHABAR_CACHE", str(folder / "cache"))
        patch.setattr(ntrex, "FILES", write_copies(folder / "copies"))
        ntrex.fetch(str(folder / "copies"))
        write(build(seeds, gold), folder / "corpus")
        assert khabar("corpus", "fetch", folder / "corpus", "--from", folder / "copies").code == 0
        board, card = Leaderboard(folder / "eval", folder / "corpus"), folder / "card.toml"
        for name, seen in (("rules", '["test"]'), ("empty", "false")):
            card.write_text(CARD.replace("My extractor", name).replace('gold_seen = "unknown"', f"gold_seen = {seen}"))
            assert board("add", name, "--run", name, "--card", card, "--split", "test,news").code == 0
        assert board("build").code == 0
    return folder


@pytest.fixture
def news(tmp_path: Path, copies: Path, with_news: Path) -> Leaderboard:
    """Rules and empty on splits `test` and `news`; the articles of `news` are fetched."""
    shutil.copytree(with_news, tmp_path, dirs_exist_ok=True)
    return Leaderboard(tmp_path / "eval", tmp_path / "corpus")


@pytest.fixture
def bare(news: Leaderboard, tmp_path: Path) -> Leaderboard:
    """The same where nothing was fetched."""
    shutil.rmtree(tmp_path / "cache")
    return news


def add_said(board: Leaderboard, said: list[dict[str, Any]] | None = None) -> Answer:
    file, card = board.root.parent / "said.jsonl", board.root.parent / "said.toml"
    file.write_text("".join(json.dumps(line) + "\n" for line in said or SAID), "utf-8")
    card.write_text(CARD.replace("My extractor", "Stringer"), "utf-8")
    return board("add", "stringer", "--from", file, "--card", card, "--split", "news", "--json")


def test_a_card_and_a_folder_for_each_split(news: Leaderboard) -> None:
    there = sorted(path.relative_to(news.folder()).as_posix() for path in news.folder().rglob("*.*"))
    assert there == [
        "card.toml", "news/predictions.jsonl", "news/result.json", "test/predictions.jsonl", "test/result.json"
    ]  # fmt: skip
    assert json.loads((news.folder() / "news" / "result.json").read_text("utf-8"))["split"] == "news"
    assert news.check() == []


def test_the_page_has_news_first(news: Leaderboard) -> None:
    heads = [line for line in news.page.splitlines() if line.startswith("## ")]
    assert [head.split(":")[0] for head in heads] == ["## news", "## test", "## Systems"]
    assert "translated" in news.page.partition("## test")[0]
    assert "translated" not in news.page.partition("## test")[2].partition("## Systems")[0]


def test_who_saw_the_gold_of_a_split_has_no_rank_on_it(news: Leaderboard) -> None:
    of_news, of_test = news.page.partition("## test")[::2]
    assert "| 1 | rules |" in of_news
    assert "| saw the gold | rules |" in of_test
    assert "| floor | empty |" in of_news
    assert "saw the gold" in of_test.partition("|")[0], "the finding says so too"


def test_predictions_are_kept_as_offsets_and_values(news: Leaderboard) -> None:
    added = add_said(news)
    assert added.code == 0, added
    kept = (news.folder("stringer") / "news" / "predictions.jsonl").read_text("utf-8")
    first, second, dispute = map(json.loads, kept.splitlines())
    assert first["entities"] == [
        {"text": "", "label": "ORG"},
        {"start": 75, "end": 97, "label": "ORG", "name": "وزارة الخارجية"},
        {"start": 101, "end": 104, "label": "PERS"},
    ]
    assert (ARTICLES["bbc.1"][75:97], ARTICLES["bbc.1"][101:104]) == ("وزارة الخارجية الروسية", "كيم")
    assert first["numbers"][0]["edtf"] == "2030-05-01/2030-05-31", "a value has no words"
    [quote, nowhere] = sorted(second["quotes"], key=lambda quote: "cue" not in quote)
    assert quote["speaker"] == {"start": 4, "end": 7}
    assert quote["source_chain"] == [{"name": "كيم"}]
    assert nowhere["content"] == [{"text": ""}], "a quote one part of which is nowhere is nowhere"
    assert len(nowhere["speaker"]["name"].split()) == 5
    assert [side["spans"][0].keys() >= {"start", "end"} for side in dispute["sides"]] == [True, True]
    assert news("build").code == 0
    assert [each for each in news.check() if each.level == "error"] == []


def test_they_score_as_they_did_in_strings(news: Leaderboard, tmp_path: Path) -> None:
    assert add_said(news).code == 0
    file = tmp_path / "said.jsonl"
    there = ("--gold", news.corpus, "--split", "news", "--json")
    given = json.loads(khabar("score", file, *there).out)
    kept = json.loads(khabar("score", news.folder("stringer") / "news" / "predictions.jsonl", *there).out)
    assert kept["headline"] == given["headline"]
    assert kept["ungrounded"] == given["ungrounded"]


def test_words_of_the_articles_are_refused(news: Leaderboard) -> None:
    for changed in (
        {"entities": [{"start": 101, "end": 104, "text": "كيم", "label": "PERS"}]},
        {"numbers": [{"start": 97, "end": 100, "kind": "count", "unit": "قال المتحدث باسم وزارة الخارجية الروسية"}]},
    ):
        file = news.folder() / "news" / "predictions.jsonl"
        was = file.read_bytes()
        first, *rest = was.splitlines()
        file.write_bytes(b"\n".join([json.dumps({**json.loads(first), **changed}).encode(), *rest, b""]))
        [incident] = [each for each in news.check() if each.id != "prediction-repeated"]
        assert (incident.id, incident.line, incident.doc_id) == ("text-quoted", 1, "bbc.1")
        file.write_bytes(was)


@pytest.mark.parametrize("said", [record for record in SAID if "doc_id" in record], ids=["first", "second"])
def test_no_string_of_many_words_is_left(said: dict[str, Any]) -> None:
    passages = {doc_id: Passage(doc_id, text) for doc_id, text in ARTICLES.items()}
    [(_, record)] = given_predictions([said], Incidents())
    assert list(quoted(record))
    kept = in_offsets(record, passages)
    assert list(quoted(kept)) == []
    assert in_offsets(kept, passages) == kept, "what is kept stays"


def test_without_the_articles_figures_are_not_scored_again_and_that_is_said(bare: Leaderboard) -> None:
    answer = bare("check")
    assert answer.code == 0, answer
    assert "split test: 2 submission(s), as re-scored" in answer.out
    assert "split news: the format of 2 submission(s) was checked; their figures were not scored again" in answer.out
    assert json.loads(bare("check", "--json").out)["not_scored"] == {"news": 2}


def test_without_the_articles_a_build_leaves_their_board_as_it_was(bare: Leaderboard) -> None:
    before = {path: path.read_bytes() for path in bare.root.rglob("*.*") if path.is_file() and "site" not in path.parts}
    answer = bare("build")
    assert answer.code == 0
    assert "board of split news stays as it was" in answer.out
    assert {
        path: path.read_bytes() for path in bare.root.rglob("*.*") if path.is_file() and "site" not in path.parts
    } == before


def test_without_the_articles_nothing_is_added(bare: Leaderboard) -> None:
    assert add_said(bare).ids == ["text-missing"]
    assert bare("add", "rules", "--split", "news").ids == ["text-missing"]
    assert bare("add", "rules", "--split", "weather").ids == ["option-wrong"]


def test_without_the_articles_what_can_be_checked_is(bare: Leaderboard) -> None:
    said = bare.folder() / "news" / "predictions.jsonl"
    was = said.read_bytes()
    for line, ids in (
        (b'{"doc_id": "abc.1"}\n', {"document-unknown", "document-missing"}),
        (b"{\n", {"json-not-object"}),
        (was.replace(b'"doc_id":', b'"doc_id": '), {"result-drift"}),
    ):
        said.write_bytes(line)
        assert set(bare.ids) == ids
    said.write_bytes(was)
    result = bare.folder() / "news" / "result.json"
    result.write_text(result.read_text("utf-8").replace('"entities": 0.', '"entities": 0.9', 1), "utf-8")
    assert set(bare.ids) == {"result-impossible"}


def test_the_site_shows_no_text_of_such_articles(news: Leaderboard) -> None:
    """Fetched or not: what is published may hold none."""
    site = news.root / "site"
    pages = {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*.html")}
    assert "en/articles/001_moscow.html" in pages
    assert not [name for name in pages if "bbc" in name]
    words = "المتحدث باسم وزارة الخارجية"
    assert not [name for name, page in pages.items() if words in page]
    assert "not shown here" in pages["en/systems/rules.html"]


def test_files_of_no_split(news: Leaderboard) -> None:
    (news.folder() / "weather").mkdir()
    (news.folder() / "weather" / "predictions.jsonl").write_bytes(b"")
    shutil.copy(news.of_test() / "result.json", news.folder() / "result.json")
    assert news.ids == ["file-unlisted"] * 2


@pytest.mark.parametrize(
    ("seen", "of_test", "of_news"),
    [(True, True, True), ("unknown", "unknown", "unknown"), (("test",), True, False), ((), False, False)],
)
def test_what_was_seen_of_which_split(seen: SeenIn, of_test: Seen, of_news: Seen) -> None:
    card = parse_card(CARD.encode(), "card.toml", Incidents())
    assert card is not None
    card = replace(card, test_gold_seen=seen)
    assert (card.gold_seen("test"), card.gold_seen("news")) == (of_test, of_news)


def test_gold_of_a_board_is_in_outline_without_the_articles(bare: Leaderboard) -> None:
    gold = read_board_gold(bare.corpus)
    assert list(gold.splits) == ["news", "test", "floods"]
    assert (gold.withheld, gold.outlined) == ({"news"}, {"news"})
    assert set(gold.splits["news"].documents) == set(ARTICLES)
