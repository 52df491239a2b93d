"""The tables of a score: in twelve lines, in full, of several systems, and in LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from khabar.cli.console import TABLE_WIDTH, console, is_quiet, note, print_json, say, table
from khabar.cli.errors import losses_to_dict, print_losses
from khabar.cli.glossary import BESIDE_HEADLINE, COUNTS, GLOSSARY, HEADLINES, LABELS, LOOK, OVERALL
from khabar.cli.options import wrong_option
from khabar.records.labels import LAYERS
from khabar.scoring.result import decimal, headline_name, interval_words
from khabar.text.terminal import harmless

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from khabar.cli.errors import Losses
    from khabar.scoring.result import Measured, Score

Form = Literal["short", "full", "json", "latex"]
"""How a score is printed."""

_BAR = 10
"""Characters of a figure's bar."""
_OF_ALL = ("all", "rows", "pairs", "controls")
"""Ends of columns that count the gold rows of a share."""


def chosen_form(as_json: bool, latex: bool, full: bool) -> Form:
    """The form that options ask for. Raises InputError where they ask for more than one."""
    given: dict[Form, bool] = {"json": as_json, "latex": latex, "full": full}
    forms = [form for form, is_asked in given.items() if is_asked]
    if len(forms) > 1:
        raise wrong_option(f"{' and '.join(f'--{form}' for form in forms)} are two forms", fix="write one of them")
    return forms[0] if forms else "short"


def print_scores(results: Mapping[str, Score], form: Form, lost: Losses | None = None, look: str = LOOK) -> None:
    """Print the score of each system, by its name; and what was lost to what, if given, of the one there is.

    Below a short table, `look` says where to look further.
    """
    if form == "json":
        shown = {name: result.to_dict() for name, result in results.items()}
        [only] = shown.values() if len(shown) == 1 else [shown]
        print_json(only if lost is None else only | {"losses": losses_to_dict(lost)})
    elif form == "latex":
        say("\n".join(latex_lines(results)))
    elif form == "short" and len(results) > 1:
        systems_table(results)
    else:
        for name, result in results.items():
            full_table(result, name) if form == "full" else short_table(result, name, look=look)
        print_losses(lost or {})


def short_table(result: Score, name: str, terminal: Console | None = None, look: str = LOOK) -> None:
    """Print a score in twelve lines: each headline with interval and counts, what does not count, where to look."""
    shown = _layers_table(name, {"figure": "", "value": "bold", "95% interval": "", **dict.fromkeys(COUNTS, "dim")})
    for layer, figures in result.layers.items():
        head = headline_name(figures)
        measured = figures[head]
        counts = (_count(measured, end) for end in COUNTS.values())
        words = HEADLINES[layer][head]
        shown.add_row(layer, words, decimal(measured.value), interval_words(measured.interval), *counts)
    if len(result.layers) == len(LAYERS):
        shown.add_row("overall", OVERALL, decimal(result.overall), interval_words(result.overall_interval))
    terminal = terminal or console(TABLE_WIDTH)
    terminal.print(shown)
    _print_asides(terminal, _uncounted(result), _unpredicted(result))
    note(terminal, str(result.signature), look, GLOSSARY)


def full_table(result: Score, name: str, terminal: Console | None = None) -> None:
    """Print a score: of each layer the headline, the most telling figures under it, and its labels with support."""
    shown = _layers_table(name, {"figure": "", "value": "bold", "95% interval": "", "support": "dim", "": ""})
    for layer, figures in result.layers.items():
        head = headline_name(figures)
        interval, support = interval_words(figures[head].interval), _support(figures[head])
        value = figures[head].value
        shown.add_row(layer, HEADLINES[layer][head], decimal(value), interval, support, _bar(value))
        for words, figure in BESIDE_HEADLINE[layer]:
            if figure in figures and figure != head:
                _add_detail(shown, words, figures[figure])
        for row, (words, figure) in enumerate(_labels(layer, figures)):
            if not row:
                shown.add_row("", LABELS[layer][0], style="dim")
            _add_detail(shown, words, figures[figure])
        shown.add_section()
    if len(result.layers) == len(LAYERS):
        interval = interval_words(result.overall_interval)
        shown.add_row("overall", OVERALL, decimal(result.overall), interval, "", _bar(result.overall))
    terminal = terminal or console(TABLE_WIDTH)
    terminal.print(shown)
    _print_asides(terminal, _uncounted(result), _unpredicted(result), _drawn(result))
    note(terminal, str(result.signature), GLOSSARY)


def _layers_table(name: str, columns: Mapping[str, str]) -> Table:
    """The table of a system's score: a column of layers, then others (name → style) that do not wrap."""
    shown = table(f"khabar: {harmless(name)}", dense=True)
    shown.add_column("layer", style="bold")
    for column, style in columns.items():
        justify: Literal["left", "right"] = "left" if column in ("figure", "95% interval", "") else "right"
        shown.add_column(column, style=style, justify=justify, no_wrap=True)
    return shown


def _add_detail(shown: Table, words: str, measured: Measured) -> None:
    """Add a figure under a headline: dim, but for its value."""
    from rich.text import Text

    interval = "" if measured.interval is None else interval_words(measured.interval)
    value = Text(decimal(measured.value), style="not dim not bold")
    shown.add_row("", words, value, interval, _support(measured), style="dim")


def _print_asides(terminal: Console, *lines: str) -> None:
    """Print what has to be known of a score, as far as there is something; it wraps everywhere."""
    for line in () if is_quiet() else filter(None, lines):
        terminal.print(line, style="dim")


def systems_table(results: Mapping[str, Score]) -> None:
    """Print the headlines of several systems, a row each."""
    terminal = console(TABLE_WIDTH)
    columns = _columns(results)
    shown = table(None, dense=True)
    shown.add_column("system", style="bold", overflow="fold")
    for column in columns:
        shown.add_column(column, justify="right", no_wrap=True)
    for name, result in results.items():
        shown.add_row(harmless(name), *(decimal(result.headline[column]) for column in columns))
    terminal.print(shown)
    note(
        terminal,
        *_signatures(results),
        "intervals and all figures: --full; whether two differ: khabar compare BASELINE OTHER",
        GLOSSARY,
    )


def _signatures(results: Mapping[str, Score]) -> list[str]:
    """The signatures of scores, each once."""
    return list(dict.fromkeys(str(result.signature) for result in results.values()))


def latex_lines(results: Mapping[str, Score]) -> Iterator[str]:
    """Give the headlines of systems as a LaTeX table (booktabs), a row each, with their intervals."""
    columns = _columns(results)
    yield from (f"% {signature}" for signature in _signatures(results))
    rows = []
    for name, result in results.items():
        cells = []
        for column in columns:
            interval = result.intervals[column]
            drawn = "" if interval is None else rf" {{\scriptsize {interval_words(interval)}}}"
            cells.append(decimal(result.headline[column]).replace("–", "--") + drawn)
        rows.append([latex_name(name), *cells])
    yield from latex_table("l" + "c" * len(columns), ["system", *columns], rows)


def latex_table(alignment: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Give the lines of a table of booktabs."""
    yield rf"\begin{{tabular}}{{{alignment}}}"
    yield r"\toprule"
    yield " & ".join(head) + r" \\"
    yield r"\midrule"
    for row in rows:
        yield " & ".join(row) + r" \\"
    yield r"\bottomrule"
    yield r"\end{tabular}"


def difference_cells(difference: float | None, low: float | None, high: float | None) -> tuple[str, str]:
    """A signed difference and its interval, to three places; a dash for what is undefined."""
    interval = None if low is None or high is None else (low, high)
    return decimal(difference, "+.3f"), interval_words(interval, "+.3f")


def _columns(results: Mapping[str, Score]) -> list[str]:
    """The headlines that any of the scores has; `overall` where one has all layers."""
    scored = {layer for result in results.values() for layer in result.layers}
    return [layer for layer in LAYERS if layer in scored] + ["overall"] * (len(scored) == len(LAYERS))


def _labels(layer: str, figures: Mapping[str, Measured]) -> list[tuple[str, str]]:
    """Words and name of the figure of each label that gold or a prediction has, the most frequent in gold first."""
    if layer not in LABELS:
        return []
    before, after = LABELS[layer][1].split("LABEL")
    labels = {name: name[len(before) : -len(after)] for name in figures}
    there = [
        name
        for name, label in labels.items()
        if label and name == before + label + after and any(figures[name].counts.values())
    ]
    return [(f"  {labels[name]}", name) for name in sorted(there, key=lambda name: -_gold_rows(figures[name]))]


def _gold_rows(measured: Measured) -> int:
    """How many gold rows a figure is of; 0 where that is no one number."""
    counts = {name.rpartition(".")[2]: int(count) for name, count in measured.counts.items()}
    if len(counts) < len(measured.counts):  # of several labels at once
        return 0
    if "fn" in counts:
        return counts["tp"] + counts["fn"]
    return next((counts[end] for end in _OF_ALL if end in counts), 0)


def _support(measured: Measured) -> str:
    rows = _gold_rows(measured)
    return f"{rows:,}" if rows else ""


def _count(measured: Measured, end: str) -> str:
    """So many right, missed or false of a headline. A pair that is not right is missed, and nothing is false."""
    counts = {name.rpartition(".")[2]: int(count) for name, count in measured.counts.items()}
    if "pairs" in counts:
        counts = {"tp": counts["right"], "fn": counts["pairs"] - counts["right"]}
    return f"{counts[end]:,}" if end in counts else ""


def _uncounted(result: Score) -> str:
    """How much was set aside or is ungrounded, in words; nothing where nothing was."""
    found = {"set aside": result.set_aside, "ungrounded": result.ungrounded}
    parts = {
        words: ", ".join(f"{number:,} {_noun(layer, number)}" for layer, number in of_layers.items() if number)
        for words, of_layers in found.items()
    }
    return "; ".join(f"{words}: {numbers}" for words, numbers in parts.items() if numbers)


def _unpredicted(result: Score) -> str:
    """Name the layers on which gold has rows and a system predicts none, and how to score without them."""
    silent = [
        layer
        for layer, figures in result.layers.items()
        if sum(count for name, count in figures["f1"].counts.items() if not name.endswith(".fn")) == 0
        and not result.set_aside[layer]
        and figures["f1"].value is not None
    ]
    if not silent:
        return ""
    others = ",".join(layer for layer in result.layers if layer not in silent)
    return f"nothing predicted: {', '.join(silent)}" + (f"; without them: --layers {others}" if others else "")


def _noun(layer: str, number: int) -> str:
    """A layer as a noun that a number counts: 1 entity, 2 entities."""
    if number != 1:
        return layer
    return layer[:-3] + "y" if layer.endswith("ies") else layer[:-1]


def _bar(value: float | None) -> Text:
    """A bar as long as a figure; none for one that is undefined."""
    from rich.text import Text

    if value is None:
        return Text("")
    filled = round(value * _BAR)
    return Text("█" * filled, style="cyan") + Text("░" * (_BAR - filled), style="dim")


_UNITS = {"paragraph": "paragraphs within articles", "document": "documents", "story": "whole stories"}


def _drawn(result: Score) -> str:
    """Say what the intervals are made of."""
    drawn = [_UNITS[result.signature.unit]]
    if "conflicts" in result.layers and result.signature.unit != "story":
        drawn = [*(drawn if len(result.layers) > 1 else ()), "disputes within stories"]
        drawn += ["pairs within stories"] * ("contrast.pair_f" in result.layers["conflicts"])
    return f"intervals: {result.signature.resamples:,} resamples of {'; of '.join(drawn)}"


_LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {
    character: f"\\{character}" for character in "&%$#_{}"
}


def latex_name(text: str) -> str:
    """A name as LaTeX prints it."""
    return "".join(_LATEX.get(character, character) for character in harmless(text))
