"""Cards: plain words in TOML, every problem at its line; and somebody's words in Markdown do nothing but stand there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from khabar.leaderboard.card import Card, markup_in, parse_card
from khabar.leaderboard.markdown import in_markdown
from khabar.reading.incidents import Incident, Incidents
from tests.leaderboard.conftest import CARD


def parse(text: str) -> tuple[Card | None, list[Incident]]:
    incidents = Incidents()
    return parse_card(text.encode(), "card.toml", incidents), list(incidents)


def test_a_card() -> None:
    card, incidents = parse(CARD + 'layers = ["quotes"]\nurl = "https://example.org/a/b-1?"\n'.replace("?", ""))
    assert incidents == []
    assert card is not None
    assert (card.authors, card.date, card.parameters) == (("A. Author", "ب. كاتب"), "2026-01-31", 110_000_000)
    assert (card.test_text_seen, card.test_gold_seen, card.layers) == (False, "unknown", ("quotes",))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Apache-2.0"', '""', "licence is blank"),
        ('"trained"', '"magic"', "kind is 'magic', not one of"),
        ("110_000_000", "-1", "parameters is"),
        ("110_000_000", "true", "parameters is True"),
        ("110_000_000", '"many"', "parameters is 'many'"),
        ("110_000_000", "7.5e9", "parameters is"),
        ("date = ", "unanswered = -1\ndate = ", "unanswered is -1"),
        ("date = ", 'unanswered = "some"\ndate = ', "unanswered is 'some'"),
        ("2026-01-31", '"yesterday"', "date is 'yesterday'"),
        ("2026-01-31", "2026-01-31T10:00:00", "date is"),
        ("2026-01-31", '"2026-02-30"', "date is '2026-02-30'"),
        ("false", '"maybe"', "test_text_seen is 'maybe'"),
        ('"A. Author"', "7", "authors[0] is 7"),
        ('["A. Author", "ب. كاتب"]', "[]", "authors are 0"),
        ("My extractor", "x" * 81, "name has 81 characters"),
        ("My extractor", "two\\nlines", "name is longer than a line"),
    ],
)
def test_values(old: str, new: str, message: str) -> None:
    text = CARD.replace(old, new, 1)
    assert text != CARD
    card, incidents = parse(text)
    assert card is None
    assert [each.id for each in incidents] == ["value-wrong"]
    assert message in incidents[0].message
    assert incidents[0].line == 1 + next(
        at for at, line in enumerate(text.splitlines()) if line not in CARD.splitlines()
    )


@pytest.mark.parametrize(
    "line",
    [
        "layers = []",
        'layers = ["speech"]',
        'url = "http://x.org"',
        'url = "https://x.org/<a>"',
        'url = "javascript:alert(1)"',
        'colour = "red"',
    ],
)
def test_values_nobody_must_give(line: str) -> None:
    card, incidents = parse(f"{CARD}{line}\n")
    assert card is None
    assert {each.id for each in incidents} == {"value-wrong"}
    assert {each.line for each in incidents} == {CARD.count("\n") + 1}


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>", "<b>bold</b>", "&lt;b&gt;", "&#60;", "[link](x)", "![image](x)", "`code`", "a | b",
        "https://evil.example", "www.evil.example", "javascript:alert(1)", "{{ config }}", "{% raw %}", "${HOME}",
        "right\\u202Eleft", "zero\\u200Bwidth", "iso\\u2066late", "\\uFEFFmark", "bell\\u0007", "private\\uE000", "tag\\U000E0041",
        "＜script＞",
    ],
)  # fmt: skip
def test_markup_and_what_does_not_show(name: str) -> None:
    card, incidents = parse(CARD.replace("My extractor", name))
    assert card is None
    assert [(each.id, each.line) for each in incidents] == [("card-markup", 1)]


@pytest.mark.parametrize(
    "name", ["قارئ الأخبار", "می‌خواهم", "AraBERT v2 (base) + CRF, 5-fold; C++/Rust #1", "naïve & simple", "Σ*_~"]
)
def test_plain_words(name: str) -> None:
    assert markup_in(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "rul\u0435s", "Rules \u0415\u0445\u043e", "\u03b1-rules", "\u0391\u0422\u041e", "rule\ua4e2", "\u13a1ules", "ر\u05d5ل",
        "\u0415\u0445\u043e", "\u0420\u0421\u0410 2", "\u0391\u0392\u0395",
    ],
)  # fmt: skip
def test_letters_that_pass_for_others(name: str) -> None:
    """Cyrillic, Greek, Lisu and Cherokee letters in Latin names; Greek among Cyrillic; Hebrew in an Arabic name; and names
    wholly of Cyrillic or Greek letters that look like Latin ones."""
    card, incidents = parse(CARD.replace("My extractor", name))
    assert card is None
    assert [(each.id, each.line) for each in incidents] == [("name-mixed", 1)]


@pytest.mark.parametrize(
    "name",
    [
        "قارئ الأخبار",
        "قارئ BERT 2",
        "Экстрактор 2",
        "Εξαγωγέας",
        "日本語のモデル v2",
        "한국어 BERT",
        "𝐑𝐮𝐥𝐞𝐬 ²",
        "ｎａïｖｅ",
        "2-µ",
    ],
)
def test_names_of_scripts_that_go_together(name: str) -> None:
    card, incidents = parse(CARD.replace("My extractor", name))
    assert (incidents, card is not None) == ([], True)


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 9000, "x = " + "{a=" * 3000, "name =", "x = " + "9" * 5000, "a.b = 1\na = 2"]
)
def test_broken_toml(text: str) -> None:
    card, incidents = parse(text)
    assert card is None
    assert [each.id for each in incidents] == ["card-broken"]


@given(st.text(st.characters(codec="utf-8")))
def test_words_in_a_table_do_nothing(words: str) -> None:
    """A CommonMark renderer with raw HTML and tables on finds text in the cell, and no more cells."""
    page = f"| a | b |\n| --- | --- |\n| {in_markdown(words)} | end |\n"
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(page)
    cells = [token for token in tokens if token.type == "inline"]
    assert len(cells) == 4
    assert {child.type for child in cells[2].children or ()} <= {"text", "text_special"}
    assert cells[3].content == "end"
    assert [token.type for token in tokens].count("tr_open") == 2


@given(st.text(st.characters(codec="utf-8")))
def test_words_are_shown_as_they_are(words: str) -> None:
    shown = MarkdownIt("commonmark", {"html": True}).parseInline(f"x {in_markdown(words)}")[0].children or []
    text = "".join(child.content for child in shown).removeprefix("x").strip("\u2068\u2069 ")
    plain = "".join(c for c in " ".join(words.split()) if c.isprintable() or c == " ")
    assert "".join(c for c in text if c.isprintable()).split() == plain.strip("\u2068\u2069 ").split()
