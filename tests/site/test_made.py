"""What the site is made of: its links, its words, its folder."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from khabar.corpus.release import released_corpus
from khabar.corpus.tables import read_split
from khabar.leaderboard.board_gold import BoardGold
from khabar.leaderboard.build import BuiltBoards
from khabar.reading.incidents import InputError
from khabar.reading.issues import AnsweredIssue, IssueAnswer
from khabar.records import Claim, Conflict, Registered
from khabar.site.build import LISTING, write_site
from khabar.site.build import site as site_of
from khabar.site.environment import POLICY
from khabar.site.language import languages, translations
from khabar.site.story import agreement, sides_of
from khabar.site.system import main_figures, slice_of, slices
from tests.corpus.test_textless import killed_at
from tests.site.conftest import with_hostile_card

TEMPLATES = Path(__file__).parents[2] / "src" / "khabar" / "site" / "templates"


class Page(HTMLParser):
    """A page's ids, links and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.inline += [name for name in named if name.startswith("on") or name == "style"]
        if "id" in named:
            self.ids.append(named["id"])
        if tag == "a":
            self.links.append(named["href"])
        elif "src" in named or tag == "link":
            self.loaded.append(named.get("src") or named["href"])


@pytest.fixture(scope="module")
def parsed(site: Path, pages: list[str]) -> dict[str, Page]:
    return {path: Page((site / path).read_text("utf-8")) for path in pages}


def test_every_link_leads_to_a_place_in_the_site(site: Path, parsed: dict[str, Page]) -> None:
    for path, page in parsed.items():
        for link in page.links:
            target, fragment = urldefrag(unquote(link))
            file = ((site / path).parent / target).resolve() if target else site / path
            assert file.is_file(), f"{path} → {link}"
            if fragment:
                there = file.relative_to(site.resolve()).as_posix() if target else path
                assert fragment in parsed[there].ids, f"{path} → {link}"


def test_a_page_loads_its_own_style_script_and_icon_alone(parsed: dict[str, Page], site: Path) -> None:
    for path, page in parsed.items():
        names = [each.rpartition("/")[2] for each in page.loaded]
        assert names in (["icon.svg", "khabar.css", "khabar.js"], ["icon.svg", "khabar.css"]), path
        assert all(not re.match(r"\w+:|//", each) for each in page.loaded)
        assert page.inline == [], f"{path}: the policy would refuse it"
        assert POLICY.replace("'", "&#39;") in (site / path).read_text("utf-8")


def test_an_id_stands_once_on_a_page(parsed: dict[str, Page]) -> None:
    for path, page in parsed.items():
        twice = [name for name, times in Counter(page.ids).items() if times > 1]
        assert twice == [], path


def test_both_languages_have_the_same_pages_and_messages(pages: list[str]) -> None:
    english, arabic = languages()
    plural = re.compile(r"\.(one|two|few|many)$")
    assert {k for k in english.messages if not plural.search(k)} == {k for k in arabic.messages if not plural.search(k)}
    for key in set(english.messages) & set(arabic.messages):
        fields = [sorted(re.findall(r"\{(\w+)\}", each.messages[key])) for each in (english, arabic)]
        assert fields[0] == fields[1], key
    assert {p[3:] for p in pages if p.startswith("en/")} == {p[3:] for p in pages if p.startswith("ar/")}


def test_templates_switch_no_escaping_off() -> None:
    """A report holds the site's own style and script, and nothing else as it stands."""
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text("utf-8")
        text = text.replace("<style>{{ inline(style) }}</style>", "").replace(
            "<script>{{ inline(script) }}</script>", ""
        )
        assert "inline(" not in text, path.name
        assert not re.search(r"\|\s*safe\b|autoescape|Markup|<script>|javascript:|\son\w+=", text), path.name


def test_the_same_submissions_make_the_same_bytes(built: tuple[Path, BuiltBoards], gold: BoardGold, site: Path) -> None:
    for name, data in site_of(built[0], with_hostile_card(built[1]), gold).items():
        assert (site / name).read_bytes() == data, name


def test_a_count_in_words() -> None:
    english, arabic = languages()
    assert [english.count("articles", n) for n in (1, 2, 11)] == ["1 article", "2 articles", "11 articles"]
    assert [arabic.count("articles", n) for n in (1, 2, 5, 11, 103)] == [
        "مقال واحد", "مقالان", "5 مقالات", "11 مقالًا", "103 مقالات",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("yes", "Yes"),
        ("2024-06-19", "19 June 2024"),
        ("2024-06", "June 2024"),
        ("2024-23", "autumn 2024"),
        ("2024", "2024"),
        ("1950/1953", "1950 – 1953"),
        ("2025-01/2025-03", "January 2025 – March 2025"),
        ("14000", "14,000"),
        ("..12000", "up to \u206812,000\u2069"),
        ("6..", "\u20686\u2069 or more"),
        ("10..100", "\u206810\u2069 to \u2068100\u2069"),
        ("11000..11000", "11,000"),
        ("km/h", "km/h"),
    ],
)
def test_a_value_in_words(value: str, said: str) -> None:
    assert languages()[0].value(value) == said


def test_translations_are_of_claims_there_are() -> None:
    there = {row.key for row in read_split(released_corpus(), "test")["claims"]}
    assert set(translations("kursk")) <= there
    assert translations("another") == {}


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        (["moscow", "moscow"], "one_source"),
        (["moscow", "putin"], "one_side"),
        (["narrator", "moscow"], "independent"),
        (["narrator", "narrator"], "independent"),
    ],
)
def test_who_agrees(sources: list[str], said: str) -> None:
    """Each article that speaks for itself is a side of its own; who speaks for the same one is one side."""
    claims = tuple(
        Claim(id=f"c{at}", doc_id=f"d{at}", issue_id="i", position="A", start=0, end=1, text="x", source=source,
              stance="asserted", zone="body")
        for at, source in enumerate(sources)
    )  # fmt: skip
    issue = Conflict(issue_id="i", story="s", question="?", question_ar="؟", status="corroborated", scope="across",
                     positions=())  # fmt: skip
    registry = [
        Registered(entity_id=key, story="s", name=key, speaks_for=whom)
        for key, whom in (("putin", "kremlin"), ("kremlin", "russia"), ("moscow", "russia"), ("russia", None))
    ]
    asked = AnsweredIssue(issue, (IssueAnswer("A", claims),))
    assert agreement(asked, sides_of(registry, "s")) == said


def test_slices_hold_every_figure_once() -> None:
    names = ["f1", "precision", "recall", "kind.f1", "kind.count.f1", "kind.count.recall", "phenomenon.clitic.recall"]
    found = slices("numbers", names)
    assert sorted(name for each in found.values() for name in each) == sorted(names)
    assert found["parts"] == ["kind.f1"]
    assert main_figures(found["kinds"]) == ["kind.count.f1"]
    assert main_figures(found["headline"]) == ["f1", "precision", "recall"]
    assert slice_of("conflicts", "type.numeric.recall") == "types"
    assert slice_of("quotes", "type.accuracy") == "frame"


def test_every_figure_there_is_has_a_slice(built: tuple[Path, BuiltBoards]) -> None:
    for submission in built[1].submissions:
        for layer, figures in submission.score.layers.items():
            assert "others" not in slices(layer, figures), layer


class TestTheFolder:
    def test_pages_that_are_no_more_go(self, tmp_path: Path) -> None:
        folder = tmp_path / "site"
        write_site(folder, {"en/systems/a.html": b"a", "index.html": b"1"})
        (folder / "mine.txt").write_text("mine")
        write_site(folder, {"index.html": b"2"})
        there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert there == {"index.html", LISTING, "mine.txt"}
        assert not (folder / "en").exists()

    def test_somebody_elses_folder_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "thesis.doc").write_text("years")
        with pytest.raises(InputError) as refused:
            write_site(tmp_path, {"index.html": b""})
        assert [each.id for each in refused.value.incidents] == ["file-unwritable"]
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]

    def test_a_link_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "site").symlink_to(tmp_path / "real")
        with pytest.raises(InputError) as refused:
            write_site(tmp_path / "site", {"index.html": b""})
        assert [each.id for each in refused.value.incidents] == ["path-unsafe"]

    def test_a_forged_list_deletes_nothing_outside(self, tmp_path: Path) -> None:
        (tmp_path / "precious").write_text("yes")
        folder = tmp_path / "site"
        folder.mkdir()
        (folder / LISTING).write_text(f"../precious\n{tmp_path / 'precious'}\n")
        write_site(folder, {"index.html": b""})
        assert (tmp_path / "precious").read_text() == "yes"


def test_a_build_that_was_killed_is_made_good_by_the_next(tmp_path: Path) -> None:
    """Whichever of its renames it is killed at, in an empty folder or over a former site."""
    old, new = {"a.html": b"1", "gone/b.html": b"2"}, {"a.html": b"3", "c.html": b"4"}
    for former in ({}, old):
        for step in count(1):
            folder = tmp_path / f"{len(former)}-{step}"
            if former:
                write_site(folder, former)
            was_killed = killed_at(step, lambda folder=folder: write_site(folder, new))  # type: ignore[misc]
            write_site(folder, new)
            left = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
            assert left == {*new, LISTING}
            if not was_killed:
                break
