"""The board as Markdown, and how somebody else's words go into Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from unicodedata import bidirectional, category

from khabar.leaderboard.card import SeenIn
from khabar.leaderboard.result import StatedFigure
from khabar.leaderboard.view import BoardView, Caveat, Finding, RankedFigure, SystemRow
from khabar.records.repository import CANARY
from khabar.scoring.result import decimal, figure_words, interval_words
from khabar.text.terminal import isolated

GENERATED = "<!-- Written by `khabar leaderboard build`. Nothing here is typed by hand. -->"
GROUPS = "Which differences the tests separate"

SPLIT_IS = {
    "news": "stories that no system here was made for",
    "test": "one story, the seeds'",
    "dev": "stories that systems are tuned on",
    "contrast_news": "the stories of news, altered, in pairs",
    "contrast": "the seeds' story, altered, in pairs",
    "contrast_dev": "the stories of dev, altered, in pairs",
}
"""What the splits are, in a few words."""
_INTERVALS = {
    "paragraph": "other paragraphs (or disputes) *of the same articles*. {nothing} stories, outlets or times",
    "document": "other articles (or disputes) *of the same stories*. {nothing} stories, outlets or times",
    "story": "other stories of this kind. {nothing} outlets or times",
}
"""What an interval says, by the unit that the bootstrap draws."""
ABOUT_PAIRS = {
    "chance": "as many calls at random",
    "called_where_hard": "called, where a dispute",
    "called_where_not": "called, where none",
    "controls.false_alarm_rate": "controls called",
}
"""What explains the share of pairs: a figure's name, and what it says."""
_WHAT_IT_SHOWS = """
**What these differences can and cannot show.** All of it rests on {documents}, {stories}, {disputes}. An interval says
how far a figure may move with {intervals}, where any of these systems
may do better or worse. Beside a rank stands the range of ranks that the
tests allow; within it, order is chance. A system whose makers, or whose model, saw the articles or their gold has an
advantage that no interval shows; where the gold was seen by the card's own word, a system has no rank.{translated}
"""
_WHAT_PAIRS_SHOW = """
**What these differences can and cannot show.** A system gets two variants of a story, and has a pair right if it calls
a dispute where an edit made one, or left it, and nowhere else. All of it rests on {pairs} and {controls} in {stories}.
An interval says how far a figure may move with other pairs of the same stories. Chance is what as many calls would have
right if they fell on members at random: at most 1/4. The articles are altered: no outlet published them so.{translated}
"""
_TRANSLATED = """
 These articles are *translated* from English-language reporting and have been public since 2022: their text, though
not their labels, may be in a model's training data.
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


def page(version: str, views: Sequence[BoardView]) -> str:
    """The whole page of a version's boards, split by split."""
    parts = [
        f"{GENERATED}\n<!-- {CANARY} -->\n\n# Leaderboard, khabar {in_markdown(version)}",
        "Splits are never mixed: each has a board of its own.",
    ]
    for view in views:
        split = view.corpus.split
        parts += [
            f"## {split}: {SPLIT_IS[split]}" if split in SPLIT_IS else f"## {split}",
            findings(view),
            main_table(view),
            "\n".join(f"⚑ {_caveat(row, caveat)}" for row in view.rows for caveat in row.caveats),
            what_it_shows(view),
            *sections(view, split, "###"),
        ]
    parts.append("## Systems\n\n" + _cards(views))
    return "\n\n".join(part for part in parts if part) + "\n"


def sections(view: BoardView, split: str, level: str) -> list[str]:
    """What follows under a board, each part under a heading of a level."""
    parts = {GROUPS: groups(view), "Pairs" if view.corpus.pairs else "One dispute": details(view)}
    return [f"{level} {title} ({split})\n\n{part}" for title, part in parts.items()]


def details(view: BoardView) -> str:
    """Of a contrast set, its pairs by what was edited; of another split, what hangs on one dispute."""
    return pairs_by_slice(view) if view.corpus.pairs else one_dispute(view)


def findings(view: BoardView) -> str:
    """A line for each column that says who leads, and what the tests make of it."""
    return "\n".join(
        f"- **{column}**: {line}" for column in view.corpus.columns if view.on(column) or view.on(column, "seen")
        for line in [finding_text(view.findings[column], column)]
    )  # fmt: skip


def finding_text(finding: Finding, column: str) -> str:
    """What a column says, as a sentence of Markdown."""
    ahead = "" if finding.ahead is None else f"{_scored(finding.ahead, column)} is ahead, but saw the gold. "
    if not finding.ranked:
        return f"{ahead}No system here has a rank."
    if finding.leader is None:
        return f"{ahead}No {'other ' * bool(ahead)}system is told apart from saying nothing."
    others = "Of the others, " if ahead else ""
    leads = f"{others}{_scored(finding.leader, column)} leads"
    names = [in_markdown(row.card.name) for row in finding.tied]
    if finding.ranked == 1:
        return f"{ahead}{_scored(finding.leader, column)} is the only ranked system."
    if not names:
        return f"{ahead}{leads}, and the tests tell it apart from every other."
    listed = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{ahead}{leads}, but is not told apart from {listed}."


def _scored(row: SystemRow, column: str) -> str:
    return f"{in_markdown(row.card.name)} ({row.figures[column].value:.3f})"


def main_table(view: BoardView, marked: Iterable[str] = ()) -> str:
    """Ranked systems, those that saw the gold, then the floor: each figure with its 95% interval.

    `marked` systems stand in bold.
    """
    bold = set(marked)
    about = ABOUT_PAIRS if view.corpus.pairs else {}
    rows = []
    for row in view.listed:
        name = in_markdown(row.card.name)
        figures = [_figure(row.figures[column]) for column in view.corpus.columns]
        figures += [_share(row.contrast.get(name)) for name in about]
        places = {"ranked": rank_text(row.figures[view.corpus.leading]), "seen": "saw the gold", "floor": "floor"}
        rows.append([places[row.block], f"**{name}**" if row.system in bold else name, *figures])
    heads = ["both of a pair right"] if about else view.corpus.columns
    return table(["rank", "system", *heads, *about.values()], rows)


def groups(view: BoardView) -> str:
    """The letters of every system: those that share one on a column are not told apart there."""
    rows = [
        [in_markdown(row.system), *(row.figures[column].letters or "–" for column in view.corpus.columns)]
        for row in view.rows
        if row.block == "ranked"
    ]
    head = (
        f"Paired randomization test of every pair, {view.trials:,} trials, p corrected within the column (Holm), α = "
        f"{view.alpha:g}. Two systems that share a letter are not told apart on that column; two that share none are."
    )
    return f"{head}\n\n{table(['system', *view.corpus.columns], rows)}"


def pairs_by_slice(view: BoardView) -> str:
    """The pairs that each system has right, by what was edited and where."""
    systems = [row for block in ("ranked", "seen") for row in view.on("conflicts", block)]
    rows = []
    for name in view.slices:
        figures = [row.contrast.get(f"{name}.pair_f") for row in systems]
        pairs = max((int(max(figure.counts.values())) for figure in figures if figure), default=0)
        rows.append([name.replace("_", " ").replace(".", ": "), str(pairs), *map(_share, figures)])
    head = "Pairs of which both members are answered right, by what the edit does, and where it stands."
    return f"{head}\n\n{table(['', 'pairs', *(in_markdown(row.card.name) for row in systems)], rows)}"


def one_dispute(view: BoardView) -> str:
    """Where one dispute won or lost is another rank."""
    disputes = view.corpus.disputes
    if not view.moved_ranks:
        return f"No rank moves with one dispute of {disputes} won or lost."
    head = (
        f"The conflicts layer has {disputes} hard disputes. The rank a system would have, had it found "
        "one more or one fewer:"
    )
    rows = [
        [in_markdown(row.system), column, *("–" if rank is None else str(rank) for rank in astuple(ranks))]
        for row, column, ranks in view.moved_ranks
    ]
    return f"{head}\n\n{table(['system', 'column', 'rank', 'one more', 'one fewer'], rows)}"


def what_it_shows(view: BoardView) -> str:
    """The paragraph that stands under every board."""
    corpus = view.corpus
    translated = " " + " ".join(_TRANSLATED.split()) if corpus.withheld else ""
    if corpus.pairs:
        return " ".join(_WHAT_PAIRS_SHOW.split()).format(
            pairs=_count(corpus.pairs, "pair"),
            controls=_count(corpus.controls, "control"),
            stories=_count(corpus.stories, "story", "stories"),
            translated=translated,
        )
    return " ".join(_WHAT_IT_SHOWS.split()).format(
        documents=_count(corpus.documents, "article"),
        stories=_count(corpus.stories, "story", "stories"),
        disputes=_count(corpus.disputes, "hard dispute"),
        intervals=_INTERVALS[corpus.unit].format(nothing="It says nothing of other"),
        translated=translated,
    )


def rank_text(figure: RankedFigure) -> str:
    """A rank, and the range of ranks the tests allow."""
    if figure.rank is None:
        return "–"
    return f"{figure.rank} ({'–'.join(map(str, figure.rank_range))})" if figure.rank_range else str(figure.rank)


def seen_text(seen: SeenIn) -> str:
    """What a card says of having seen something: yes, no, unknown, or of which splits."""
    if isinstance(seen, tuple):
        return ", ".join(seen) or "no"
    return seen if isinstance(seen, str) else "yes" if seen else "no"


def _cards(views: Sequence[BoardView]) -> str:
    """Who made each system, of what, and what it has seen."""
    rows = []
    for row in {row.system: row for view in views for row in view.rows}.values():
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
    ends = "" if figure.interval is None else f" {interval_words(figure.interval)}"
    return decimal(figure.value) + " ⚑" * figure.perfect + ends


def _share(figure: StatedFigure | None) -> str:
    """A share of pairs, with its interval."""
    return "–" if figure is None else figure_words(figure.value, figure.interval)


def _caveat(row: SystemRow, caveat: Caveat) -> str:
    name = in_markdown(row.card.name)
    if caveat.kind == "perfect":
        return f"{name}: {', '.join(caveat.layers)} at 1.0. Look whether gold was seen."
    if caveat.kind == "near_gold":
        layers = ", ".join(caveat.layers)
        return f"{name}: {layers} nearer to gold than any two passes are to each other. Look whether gold was seen."
    if caveat.kind == "gold_seen":
        return f"{name} has seen the gold, as its card says."
    if caveat.kind == "runs":
        apart = ", ".join(f"{column} {low:.3f}–{high:.3f}" for column, (low, high) in caveat.spread.items())
        return f"{name}: {_count(caveat.count, 'run')}, of which the first is shown; between them {apart}."
    return f"{name}: {_count(caveat.count, 'question')} of its run got no whole answer, which counts as nothing."


def _count(number: int, singular: str, plural: str | None = None) -> str:
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
