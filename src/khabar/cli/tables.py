"""Tables a person reads: a score, a comparison, statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from khabar.cli.terminal import Terminal
from khabar.scoring.compare import Difference
from khabar.scoring.result import Measured, Score

TELLING: dict[str, tuple[tuple[str, str], ...]] = {
    "entities": (
        ("precision", "precision"),
        ("recall", "recall"),
        ("macro F1 over labels", "macro_f1"),
        ("partial (SemEval)", "semeval.partial.f1"),
        ("type (SemEval)", "semeval.type.f1"),
        ("clitics forgiven", "clitic_tolerant.f1"),
        ("nested, recall", "phenomenon.nested.recall"),
        ("identity (LEA)", "identity.lea.f1"),
        ("seqeval (strict IOB2)", "seqeval.strict_iob2.f1"),
    ),
    "numbers": (
        ("precision", "precision"),
        ("recall", "recall"),
        ("span found", "detection.f1"),
        ("span and value", "value.f1"),
        ("span and unit", "unit.f1"),
        ("dates resolved", "dates.resolved.f1"),
        ("modality, macro F1", "modality.macro_f1"),
        ("trap false alarms", "traps.false_alarm_rate"),
    ),
    "quotes": (
        ("precision", "precision"),
        ("recall", "recall"),
        ("content, IoU ≥ 0.5", "detection_50.f1"),
        ("content, IoU ≥ 0.8", "detection_80.f1"),
        ("speaker, where found", "speaker.accuracy"),
        ("  explicit", "speaker.explicit.accuracy"),
        ("  implicit", "speaker.implicit.accuracy"),
        ("cue", "cue.f1"),
        ("chain edges", "chain.edge_f1"),
    ),
    "conflicts": (
        ("precision", "precision"),
        ("recall", "recall"),
        ("type right too", "typed.f1"),
        ("traps called conflicts", "traps.rate"),
        ("false per 1,000 tokens", "false_per_1000_tokens"),
        ("average precision", "average_precision"),
    ),
}
"""What stands under each headline in the table: (words, figure)."""

_METRIC = {
    "entities": "exact span + label F1",
    "numbers": "full-tuple F1",
    "quotes": "who said what F1",
    "conflicts": "dispute F1",
    "overall": "mean of the four",
}


def score_table(result: Score, name: str, console: Console | None = None) -> None:
    """Print a score: headline with interval for each layer, and the most telling figures under it."""
    console = console or Terminal()
    table = Table(box=box.SIMPLE_HEAD, title=f"khabar: {name}", title_justify="left", pad_edge=False)
    table.add_column("layer", style="bold")
    table.add_column("figure", no_wrap=True)
    table.add_column("value", justify="right")
    table.add_column("95% interval", justify="center")
    table.add_column("", justify="left", no_wrap=True)
    for layer, figures in result.layers.items():
        _headline(table, layer, figures["f1"].value, figures["f1"].interval)
        for words, figure in TELLING[layer]:
            if figure in figures:
                measured = figures[figure]
                table.add_row("", Text(words, style="dim"), _number(measured.value), _ends(measured), "")
        aside, lost = result.set_aside[layer], result.ungrounded[layer]
        notes = [f"{aside} set aside"] * bool(aside) + [f"{lost} ungrounded"] * bool(lost)
        if notes:
            table.add_row("", Text(", ".join(notes), style="dim italic"), "", "", "")
        table.add_section()
    _headline(table, "overall", result.overall, result.overall_interval)
    console.print(table)
    console.print(Text(_drawn(result), style="dim"))
    console.print(Text(str(result.signature), style="dim"), soft_wrap=not console.is_terminal)


def _drawn(result: Score) -> str:
    """Say what the intervals are made of."""
    drawn = ["paragraphs within articles" if result.signature.unit == "paragraph" else "documents"]
    if "conflicts" in result.layers:
        drawn = [*(drawn if len(result.layers) > 1 else ()), "disputes within stories (from 30 stories on, stories)"]
    return f"intervals: {result.signature.resamples:,} resamples of {'; of '.join(drawn)}"


def comparison_tables(found: Mapping[str, Mapping[str, Difference]], baseline: str) -> None:
    """Print comparisons with a baseline, by the name of what is compared with it."""
    console = Terminal()
    several = len(found) > 1
    for name, differences in found.items():
        table = Table(
            box=box.SIMPLE_HEAD, title=Text(f"a = {baseline}, b = {name}"), title_justify="left", pad_edge=False
        )
        for heading in ("layer", "a", "b", "a − b", "95% interval", "detectable", "p (Holm)" if several else "p"):
            table.add_column(heading, justify="left" if heading == "layer" else "right", no_wrap=True)
        for layer, each in differences.items():
            ends = f"[{each.low:+.3f}, {each.high:+.3f}]" if each.low is not None and each.high is not None else "–"
            difference = "–" if each.difference is None else f"{each.difference:+.3f}"
            p = "–" if each.p is None else f"{each.p:.4f}"
            detectable = _number(each.smallest_detectable)
            table.add_row(layer, _number(each.a), _number(each.b), difference, Text(ends), detectable, p)
        console.print(table)
    notes = ["detectable: the smallest difference this corpus could show"]
    notes += [f"p (Holm): corrected on each layer for {len(found)} comparisons with a"] * several
    for note in notes:
        console.print(Text(note, style="dim"), soft_wrap=not console.is_terminal)


def statistics_table(found: Mapping[str, Mapping[str, Any]]) -> None:
    """Print statistics, one column a split."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for split in found:
        table.add_column(split)
    for name in next(iter(found.values()), {}):
        row = [found[split][name] for split in found]
        table.add_row(
            name, *(", ".join(f"{k} {n}" for k, n in v.items()) if isinstance(v, dict) else str(v) for v in row)
        )
    Terminal().print(table)


def _headline(table: Table, layer: str, value: float | None, ends: tuple[float, float] | None) -> None:
    shown = Text(f"[{ends[0]:.3f}, {ends[1]:.3f}]" if ends else "–")
    table.add_row(layer, _METRIC[layer], Text(_number(value), style="bold"), shown, _bar(value))


def _bar(value: float | None, width: int = 10) -> Text:
    filled = round((value or 0) * width)
    return Text("█" * filled, style="cyan") + Text("░" * (width - filled), style="dim")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _ends(measured: Measured) -> Text:
    return Text("" if measured.interval is None else "[{:.3f}, {:.3f}]".format(*measured.interval), style="dim")
