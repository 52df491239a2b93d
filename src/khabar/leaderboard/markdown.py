"""The board as Markdown, and how somebody else's words go into Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from unicodedata import bidirectional, category

from khabar.corpus.release import CANARY
from khabar.leaderboard.card import Seen
from khabar.leaderboard.ranking import COLUMNS
from khabar.leaderboard.view import BoardView, Caveat, MovedRank, RankedFigure, SystemRow
from khabar.text.terminal import isolated

GENERATED = "<!-- Written by `khabar leaderboard build`. Nothing here is typed by hand. -->"
GROUPS = "Which differences the tests separate"

_WHAT_IT_SHOWS = """
**What these differences can and cannot show.** All of it rests on {documents}, {stories}, {disputes}. An interval says
how far a figure may move with other paragraphs (or disputes) *of the same articles*. It says nothing of other stories,
outlets or times, where any of these systems may do better or worse. Beside a rank stands the range of ranks that the
tests allow; within it, order is chance. On conflicts one dispute is worth many points, so that a rank there shows
little more than one of them found or not. A system whose makers, or whose model, saw the articles or their gold has an
advantage that no interval shows.
"""
_SPECIAL = re.compile(r"[&<>\"'`*_{}\[\]()#+!|\\~@:$^=]")


def in_markdown(text: str) -> str:
    """A text as one line of Markdown that shows it and does nothing else: no markup, no link, no mention.

    Text with right-to-left letters is isolated, so that it does not reorder what stands beside it.
    """
    words = " ".join(text.split())
    shown = "".join(character for character in words if category(character) not in ("Cc", "Cs"))
    escaped = _SPECIAL.sub(lambda special: f"&#{ord(special.group())};", shown)
    # GitHub makes links of bare addresses; a reference in them shows the same and is none.
    escaped = re.sub(r"www\.", "www&#46;", escaped, flags=re.IGNORECASE)
    rtl = any(bidirectional(character) in ("R", "AL") for character in shown)
    return isolated(escaped) if rtl else escaped


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table of cells that are Markdown already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def page(view: BoardView) -> str:
    """The whole page of a board."""
    parts = [
        f"{GENERATED}\n<!-- {CANARY} -->\n\n# Leaderboard, khabar {in_markdown(view.corpus.version)}",
        main_table(view),
        "\n".join(f"⚑ {_caveat(row, caveat)}" for row in view.rows for caveat in row.caveats),
        what_it_shows(view),
        f"## {GROUPS}\n\n" + groups(view),
        "## One dispute\n\n" + one_dispute(view),
        "## Systems\n\n" + _cards(view),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def main_table(view: BoardView, marked: Iterable[str] = ()) -> str:
    """Systems by overall rank: each figure with its 95% interval. `marked` systems stand in bold."""
    bold = set(marked)
    rows = []
    for row in view.rows:
        name = in_markdown(row.card.name)
        figures = [_figure(row.figures[column]) for column in COLUMNS]
        rows.append([rank_text(row.overall), f"**{name}**" if row.system in bold else name, *figures])
    return table(["rank", "system", *COLUMNS], rows)


def groups(view: BoardView) -> str:
    """The letters of every system: those that share one on a column are not told apart there."""
    rows = [[in_markdown(row.system), *(row.figures[column].letters or "–" for column in COLUMNS)] for row in view.rows]
    head = (
        f"Paired randomization test of every pair, {view.trials:,} trials, p corrected within the column (Holm), α = "
        f"{view.alpha:g}. Two systems that share a letter are not told apart on that column; two that share none are."
    )
    return f"{head}\n\n{table(['system', *COLUMNS], rows)}"


def one_dispute(view: BoardView) -> str:
    """Where one dispute won, lost or left out is another rank."""
    disputes = view.corpus.disputes
    if not view.moved_ranks:
        return f"No rank moves with one dispute of {disputes} won, lost or left out."
    head = (
        f"The conflicts layer has {disputes} hard disputes. The rank a system would have, had it found "
        "one more or one fewer, and had one dispute (with the record that found it) not been counted for anybody:"
    )
    heads = ["system", "column", "rank", "one more", "one fewer", "one left out"]
    return f"{head}\n\n{table(heads, map(_moved_rank, view.moved_ranks))}"


def what_it_shows(view: BoardView) -> str:
    """The paragraph that stands under every board."""
    corpus = view.corpus
    return " ".join(_WHAT_IT_SHOWS.split()).format(
        documents=_count(corpus.documents, "article"),
        stories=_count(corpus.stories, "story", "stories"),
        disputes=_count(corpus.disputes, "hard dispute"),
    )


def rank_text(figure: RankedFigure) -> str:
    """A rank, and the range of ranks the tests allow."""
    if figure.rank is None:
        return "–"
    return f"{figure.rank} ({'–'.join(map(str, figure.rank_range))})" if figure.rank_range else str(figure.rank)


def seen_text(seen: Seen) -> str:
    """What a card says of having seen something: yes, no or unknown."""
    return seen if isinstance(seen, str) else "yes" if seen else "no"


def _cards(view: BoardView) -> str:
    """Who made each system, of what, and what it has seen."""
    rows = []
    for row in view.rows:
        card = row.card
        parameters = f"{card.parameters:,}" if isinstance(card.parameters, int) else card.parameters
        cells = [row.system, card.name, ", ".join(card.authors), card.licence, card.kind, parameters, card.trained_on]
        cells += [seen_text(card.test_text_seen), seen_text(card.test_gold_seen), card.date]
        rows.append([in_markdown(cell) for cell in cells])
    heads = ["key", "name", "authors", "licence", "kind", "parameters", "trained on"]
    return table([*heads, "test text seen", "gold seen", "date"], rows)


def _figure(figure: RankedFigure) -> str:
    """A figure with its interval, flagged where it is 1.0."""
    if figure.value is None:
        return "–"
    ends = "" if figure.interval is None else " [{:.3f}, {:.3f}]".format(*figure.interval)
    return f"{figure.value:.3f}{' ⚑' * figure.perfect}{ends}"


def _caveat(row: SystemRow, caveat: Caveat) -> str:
    name = in_markdown(row.card.name)
    if caveat.kind == "perfect":
        return f"{name}: {', '.join(caveat.layers)} at 1.0. Look whether gold was seen."
    if caveat.kind == "near_gold":
        layers = ", ".join(caveat.layers)
        return f"{name}: {layers} nearer to gold than any two passes are to each other. Look whether gold was seen."
    if caveat.kind == "gold_seen":
        return f"{name} has seen the gold, as its card says."
    return f"{name}: {_count(caveat.count, 'question')} of its run got no whole answer, which counts as nothing."


def _moved_rank(moved: MovedRank) -> list[str]:
    left_out = f"{', '.join(map(str, moved.left_out))} ({moved.moved} of {moved.disputes} disputes)"
    ranks = ["–" if rank is None else str(rank) for rank in (moved.rank, moved.one_more, moved.one_fewer)]
    return [in_markdown(moved.system), moved.column, *ranks, left_out if moved.left_out else "the same"]


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
