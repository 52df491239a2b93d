"""Tables of a round: how far two passes agree, what they read differently, and what is to be decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from khabar.annotations.adjudication.adjudicating import State
from khabar.annotations.adjudication.page import readings
from khabar.annotations.agreement import Difference
from khabar.annotations.agreement.differences import place
from khabar.annotations.agreement.table import alpha_of, elsewhere_of, lines, warning
from khabar.annotations.agreement.telling import isolated, told
from khabar.cli.terminal import Terminal


def agreement_tables(figures: Mapping[str, Any], items: Sequence[Difference]) -> None:
    """Print the figures, then what differs."""
    console = Terminal()
    console.width = max(console.width, 90)
    a, b = figures["passes"]
    title = f"round {figures['round']}: {a} and {b}, {len(figures['documents'])} document(s)"
    table = Table(box=box.SIMPLE_HEAD, title=Text(title), title_justify="left", pad_edge=False)
    table.add_column("layer", style="bold")
    table.add_column("what", no_wrap=True)
    table.add_column("n", justify="right")
    table.add_column("agreement", justify="right", no_wrap=True)
    table.add_column("alpha", justify="right")
    table.add_column("elsewhere", style="dim", no_wrap=True)
    before = None
    for line in lines(figures):
        if before not in (None, line.layer):
            table.add_section()
        first = "" if line.layer == before else line.layer
        words = Text(line.words, style="dim" if line.label else "")
        table.add_row(first, words, str(line.n or ""), line.value, alpha_of(line), elsewhere_of(line))
        before = line.layer
    console.print(table)
    notes = [f"x / y: with {a}, and with {b}, as gold; n: items both judge"]
    for name, left in figures["left_out"].items():
        notes += [f"only in {name}, not compared: {', '.join(left)}"] * bool(left)
    if (note := warning(figures)) is not None:
        notes.append(note)
    for note in notes:
        console.print(Text(note, style="dim"), soft_wrap=True)
    differences_table(items, a, b)


def differences_table(items: Sequence[Difference], a: str, b: str) -> None:
    """Print what differs, a line an item; wording is counted only."""
    console = Terminal()
    console.width = max(console.width, 150)
    meant = [item for item in items if not item.cosmetic]
    title = f"{len(meant)} difference(s), and {len(items) - len(meant)} in wording only (--json lists these too)"
    table = Table(box=box.SIMPLE_HEAD, title=Text(title), title_justify="left", pad_edge=False)
    for heading in ("document", "offset", "layer", "what", "text", a, b):
        table.add_column(Text(heading), no_wrap=True, justify="right" if heading == "offset" else "left")
    for item in meant:
        document = (item.doc_id or "story")[:12]
        offset = "" if item.start is None else str(item.start)
        cells = (isolated(item.text, 34), *(isolated(told(value), 30) for value in (item.a, item.b)))
        table.add_row(Text(document), offset, item.layer, item.what, *map(Text, cells))
    console.print(table)


def undecided_table(state: State, path: Path) -> None:
    """Print what is to be decided, a line each, and how."""
    console = Terminal()
    console.width = max(console.width, 160)
    cosmetic = sum(each.cosmetic for each in state.found)
    title = f"{len(state.undecided)} undecided, {state.told()}, {cosmetic} group(s) of mere wording, where a's stands"
    table = Table(box=box.SIMPLE_HEAD, title=Text(title), title_justify="left", pad_edge=False)
    for heading in ("id", "document", "offset", "text", "a", "b"):
        table.add_column(heading, no_wrap=True, justify="right" if heading == "offset" else "left")
    for each in state.undecided:
        start, text = place((*each.a, *each.b)[0])
        a, b = readings(each)
        cells = (isolated(text, 26), isolated(a, 38), isolated(b, 38))
        offset = "" if start is None else str(start)
        table.add_row(each.id, Text((each.doc_id or "story")[:8]), offset, *map(Text, cells))
    console.print(table)
    note = f"Decide in {path}, a line each, or in Label Studio with --server; --json gives the lines to complete."
    console.print(Text(note, style="dim"), soft_wrap=True)
