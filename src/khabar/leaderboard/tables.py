"""The board as Markdown: one table a person reads, what it cannot show, and where one dispute moves a rank."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from khabar.corpus.release import CANARY
from khabar.leaderboard.board import Board, Entry
from khabar.leaderboard.card import Seen
from khabar.leaderboard.one_dispute import Hung
from khabar.leaderboard.ranking import COLUMNS
from khabar.leaderboard.wording import in_markdown

GENERATED = "<!-- Written by `khabar leaderboard build`. Nothing here is typed by hand. -->"


_WHAT_IT_SHOWS = """
**What these differences can and cannot show.** All of it rests on {documents}, {stories}, {disputes}. An interval says
how far a figure may move with other paragraphs (or disputes) *of the same articles*. It says nothing of other stories,
outlets or times, where any of these systems may do better or worse. Beside a rank stands the range of ranks that the
tests allow; within it, order is chance. On conflicts one dispute is worth many points, so that a rank there shows
little more than one of them found or not. A system whose makers, or whose model, saw the articles or their gold has an
advantage that no interval shows.
"""


def markdown(board: Board) -> str:
    """The whole page of a board."""
    parts = [
        f"{GENERATED}\n<!-- {CANARY} -->\n\n# Leaderboard, khabar {in_markdown(board.corpus.version)}",
        main_table(board),
        "\n".join(_flags(board)),
        what_it_shows(board),
        "## Cannot be told apart\n\n" + groups(board),
        "## One dispute\n\n" + one_dispute(board),
        "## Systems\n\n" + cards(board),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def main_table(board: Board, marked: Iterable[str] = ()) -> str:
    """Systems by overall rank: each figure with its 95% interval. `marked` systems stand in bold."""
    bold = set(marked)
    rows = []
    for entry in board.systems:
        name = in_markdown(entry.card.name)
        cells = [figure_text(entry, column) for column in COLUMNS]
        rows.append([rank_text(entry), f"**{name}**" if entry.system in bold else name, *cells])
    return table(["rank", "system", *COLUMNS], rows)


def groups(board: Board) -> str:
    """For every column, the groups a paired test cannot split."""
    rows = []
    for name, column in board.columns.items():
        parted = " \\| ".join(", ".join(map(in_markdown, group)) for group in column.groups)
        rows.append([name, parted or "–"])
    head = (
        f"Paired randomization test of every pair, {board.trials:,} trials, p corrected within the column (Holm), α = "
        f"{board.alpha:g}. A bar parts systems that are all separated from one another across it."
    )
    return f"{head}\n\n{table(['column', 'best first'], rows)}"


def one_dispute(board: Board) -> str:
    """Where one dispute won, lost or left out is another rank."""
    rows = [
        [in_markdown(entry.system), column, *_hung(hung)]
        for entry in board.systems
        for column, hung in entry.one_dispute.items()
        if hung.moves
    ]
    if not rows:
        return f"No rank moves with one dispute of {board.corpus.disputes} won, lost or left out."
    head = (
        f"The conflicts layer has {board.corpus.disputes} hard disputes. The rank a system would have, had it found "
        "one more or one fewer, and had one dispute (with the record that found it) not been counted for anybody:"
    )
    return f"{head}\n\n{table(['system', 'column', 'rank', 'one more', 'one fewer', 'one left out'], rows)}"


def cards(board: Board) -> str:
    """Who made each system, of what, and what it has seen."""
    rows = []
    for entry in board.systems:
        card = entry.card
        parameters = f"{card.parameters:,}" if isinstance(card.parameters, int) else card.parameters
        made = [card.kind, parameters, card.trained_on, _seen(card.test_text_seen), _seen(card.test_gold_seen)]
        who = [entry.system, card.name, ", ".join(card.authors), card.licence]
        rows.append([in_markdown(cell) for cell in (*who, *made, card.date)])
    heads = [
        "key",
        "name",
        "authors",
        "licence",
        "kind",
        "parameters",
        "trained on",
        "test text seen",
        "gold seen",
        "date",
    ]
    return table(heads, rows)


def what_it_shows(board: Board) -> str:
    """The paragraph that stands under every board."""
    corpus = board.corpus
    return " ".join(_WHAT_IT_SHOWS.split()).format(
        documents=_count(corpus.documents, "article"),
        stories=_count(corpus.stories, "story", "stories"),
        disputes=_count(corpus.disputes, "hard dispute"),
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table of cells that are Markdown already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _flags(board: Board) -> Iterator[str]:
    for entry in board.systems:
        if entry.perfect:
            yield f"⚑ {in_markdown(entry.card.name)}: {', '.join(entry.perfect)} at 1.0. Look whether gold was seen."
        if entry.card.test_gold_seen is True:
            yield f"⚑ {in_markdown(entry.card.name)} has seen the gold, as its card says."
        if entry.card.unanswered:
            left = _count(entry.card.unanswered, "question")
            yield f"⚑ {in_markdown(entry.card.name)}: {left} of its run got no whole answer, which counts as nothing."


def figure_text(entry: Entry, column: str) -> str:
    """A figure with its interval, flagged where it is 1.0."""
    value, ends = entry.headline.get(column), entry.intervals.get(column)
    if value is None:
        return "–"
    flag = " ⚑" * (column in entry.perfect)
    return f"{value:.3f}{flag}" + (f" [{ends[0]:.3f}, {ends[1]:.3f}]" if ends else "")


def rank_text(entry: Entry) -> str:
    """Overall rank, and the range of ranks the tests allow."""
    standing = entry.standing.get("overall")
    if standing is None:
        return "–"
    alone = standing.best == standing.worst
    return str(standing.rank) if alone else f"{standing.rank} ({standing.best}–{standing.worst})"


def _hung(hung: Hung) -> list[str]:
    out = sorted({rank for rank in hung.without.values() if rank != hung.rank})
    others = [each for each in hung.without.values() if each in out]
    shown = f"{', '.join(map(str, out))} ({len(others)} of {len(hung.without)} disputes)" if out else "the same"
    return [str(hung.rank), *("–" if each is None else str(each) for each in (hung.if_won, hung.if_lost)), shown]


def _seen(seen: Seen) -> str:
    return seen if isinstance(seen, str) else "yes" if seen else "no"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
