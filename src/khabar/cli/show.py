"""show: an article in the terminal, its spans marked, and under each paragraph what the layers say of it.

Under them may stand what a system got wrong there, a line an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from khabar import api
from khabar.cli.console import console, paged, print_json
from khabar.cli.disputes import claim_notes
from khabar.cli.options import AsJson, Gold, Layers, Split, chosen_layers, wrong_option
from khabar.corpus.release import read_release, released_corpus
from khabar.reading.incidents import Incidents, InputError
from khabar.reading.issues import AnsweredIssue, answered_issues
from khabar.records import Claim, Conflict, Document, Entity, Number, Quote, Row, only
from khabar.records.errors import Error
from khabar.records.labels import LAYERS, Layer
from khabar.text.spans import lines_of, zone_at
from khabar.text.terminal import NOTHING, isolated
from khabar.text.wording import BETWEEN, amount, surface

if TYPE_CHECKING:
    from rich.console import Console

    from khabar.corpus.contrast import AlteredSpan
    from khabar.scoring.errors import ErrorLine
    from khabar.site.annotations import MarkKind

STYLES = {"entities": "cyan", "numbers": "yellow", "quotes": "green", "conflicts": "magenta"}
MARKS: dict[str, tuple[str, str]] = {"entities": ("[", "]"), "numbers": ("{", "}"), "quotes": ("«", "»")}
"""What a layer's spans are put between."""
ALTERED = ("⟦", "⟧")
"""What is put around the altered words of a contrast set."""
_AROUND: dict[str, tuple[str, str]] = {**MARKS, "altered": ALTERED}
_INNERMOST_LAST = ("quotes", "entities", "numbers", "altered")


def show(
    doc: Annotated[str, typer.Argument(help="A doc_id, or the beginning of one.", metavar="DOC")],
    gold: Gold = None,
    split: Split = "test",
    layers: Layers = None,
    as_json: AsJson = False,
    errors: Annotated[
        Path | None, typer.Option(help="Show the errors of this file (from `khabar score --errors`) under the text.")
    ] = None,
    errors_only: Annotated[
        bool, typer.Option("--errors-only", help="Show the paragraphs with errors alone, and no gold beside them.")
    ] = False,
) -> None:
    """Show an article in the terminal with its layers marked."""
    from khabar.corpus.tables import read_split

    if errors_only and errors is None:
        raise wrong_option("--errors-only asks for errors, and none are named", fix="add --errors FILE")
    wanted = chosen_layers(layers) or LAYERS
    folder = released_corpus() if gold is None else gold
    if folder.is_file():
        fix = "name a folder built by `khabar corpus build`"
        raise wrong_option("--gold is a file, and a corpus is shown", file=str(folder), fix=fix)
    document = _document(doc, gold, split)
    tables = read_split(folder, split)
    rows = {config: [row for row in table if row.article == document.doc_id] for config, table in tables.items()}
    questions = answered_issues(only(tables["conflicts"], Conflict), only(tables["claims"], Claim))
    rows["conflicts"] = [
        question.issue
        for question in questions.values()
        if any(document.doc_id in answer.documents for answer in question.answers)
    ]
    altered = altered_spans_of(document, folder, split)
    wrong = [] if errors is None else [e for e in _errors_of(errors, document.doc_id) if e.layer in wanted]
    if not as_json:
        laid_out = paragraphs(document, rows, () if errors_only else wanted, altered, questions)
        with paged(console()) as terminal:
            _print_head(terminal, document, () if errors_only else wanted, altered, None if errors is None else wrong)
            _print_paragraphs(terminal, laid_out, errors_under(document, wrong, laid_out), errors_only)
        return
    shown = {**rows, "altered": altered} if altered else rows
    print_json(msgspec.to_builtins(shown if errors is None else {**shown, "errors": wrong}))


def _document(start: str, gold: Path | None, split: str) -> Document:
    """The document whose id begins so. Raises InputError."""
    documents = api.load(gold, split=split)
    fitting = [document for document in documents if document.doc_id.startswith(start)]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(document.doc_id for document in fitting or documents)
    message = f"{start!r} fits {len(fitting)} documents; there is: {known}"
    raise InputError.of("document-unknown", message, fix="write enough of one doc_id")


def altered_spans_of(document: Document, folder: Path, split: str) -> list[AlteredSpan]:
    """What is altered in an article of a contrast set; nothing in any other. Raises InputError."""
    from khabar.corpus.contrast import altered_spans, original_split, read_released, variant_stories

    changes = read_released(folder, read_release(folder))
    if document.story not in variant_stories(changes):
        return []
    originals = {original.doc_id: original for original in api.load(folder, split=original_split(split))}
    return altered_spans(document, originals[document.doc_id.rpartition(".")[0]], changes)


def _errors_of(path: Path, doc_id: str) -> Sequence[Error]:
    """Read the errors of a document, and of its story where they cite it. Raises InputError."""
    from khabar.reading.rows import read_errors

    incidents = Incidents()
    listed = read_errors(path, incidents)
    incidents.refuse()
    return [e for e in listed if doc_id == e.doc_id or any(c.doc_id == doc_id for c in e.context)]


def _print_head(
    terminal: Console,
    document: Document,
    layers: Sequence[Layer],
    altered: Sequence[AlteredSpan],
    errors: Sequence[Error] | None,
) -> None:
    head = (document.doc_id, document.outlet or "outlet not said", document.published or "date not said")
    terminal.print("  ".join(head), style="bold")
    legend = "  ".join(f"{first}{layer}{last}" for layer, (first, last) in MARKS.items() if layer in layers)
    terminal.print(legend, style="dim")
    if altered:
        legend = f"altered: no outlet published it so; {len(altered)} stretch(es) between {''.join(ALTERED)}"
        terminal.print(legend, style="bold red")
    if errors is not None:
        terminal.print(f"{len(errors)} error(s): gold, and what was predicted (yours)", style="dim")


def _print_paragraphs(
    terminal: Console, laid_out: Sequence[ShownParagraph], under: Mapping[int, Sequence[ErrorLine]], errors_only: bool
) -> None:
    """Print paragraphs, under each what is said of it and its errors; last the errors that are nowhere in them."""
    from rich.padding import Padding

    for paragraph in laid_out:
        if errors_only and paragraph.number not in under:
            continue
        terminal.print()
        terminal.print(f"{paragraph.number} {paragraph.zone}", style="dim")
        terminal.print(paragraph.text, style="bold" if paragraph.zone in ("title", "heading") else "")
        for layer, words in paragraph.notes:
            indent = len(words) - len(words.lstrip())
            terminal.print(Padding(words.lstrip(), (0, 0, 0, 2 + indent)), style=STYLES[layer])
        for words in paragraph.altered:
            terminal.print(f"  {words}", style="red")
        for line in under.get(paragraph.number, ()):
            _print_error(terminal, line)
    if 0 in under:
        terminal.print("\nnowhere in the text", style="dim")
        for line in under[0]:
            _print_error(terminal, line)


def _print_error(terminal: Console, line: ErrorLine) -> None:
    """Print an error: its cause in the colour of its layer, gold green, predicted red."""
    for number, part in enumerate(f"✗ {line}".split("\n")):
        style = f"bold {STYLES[line.layer]}" if not number else "green" if part.lstrip().startswith("gold") else "red"
        terminal.print(part, style=style, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class ShownParagraph:
    """A line of the article: its number from 1, zone, text with marks, and one line for each thing said of it."""

    number: int
    zone: str
    text: str
    notes: tuple[tuple[Layer, str], ...]
    """(layer, words)"""
    start: int = 0
    """Where the line begins in the text."""
    altered: tuple[str, ...] = ()
    """Of an altered article, each stretch that another one stood in place of, in words."""


def paragraphs(
    document: Document,
    rows: Mapping[str, Sequence[Row]],
    layers: Sequence[Layer],
    altered: Sequence[AlteredSpan] = (),
    questions: Mapping[str, AnsweredIssue] = MappingProxyType({}),
) -> list[ShownParagraph]:
    """Lay out a document. `rows` are its own, by config; `questions` those of its split, by issue."""
    of_text = [row for config in ("entities", "numbers", "quotes", "claims") for row in rows.get(config, ())]
    laid_out: list[ShownParagraph] = []
    for number, (start, line) in enumerate(lines_of(document.text), start=1):
        if not line.strip():
            continue
        end = start + len(line)
        here = [row for row in of_text if start <= _start(row) <= end]
        zone = zone_at(document.zones, start) or "body"
        marks = [mark for row in here for mark in _marks(row, layers)]
        notes = tuple(note for row in here for note in _notes(row, layers, questions))
        changed = [span for span in altered if start <= span.start <= end]
        marks += [(span.start, span.end, "altered") for span in changed if span.start < span.end]
        words = tuple(_altered(span, document.text) for span in changed)
        laid_out.append(ShownParagraph(number, zone, _marked(document.text, start, end, marks), notes, start, words))
    return laid_out


def errors_under(
    document: Document, errors: Iterable[Error], shown: Sequence[ShownParagraph]
) -> dict[int, list[ErrorLine]]:
    """Lay out a document's errors under the numbers of its paragraphs; 0 holds those that are nowhere in them.

    An error of a story stands under each paragraph of this document that it cites.
    """
    from khabar.scoring.errors import error_line

    under: dict[int, list[ErrorLine]] = {}
    for error in errors:
        if error.doc_id is None:
            starts = [paragraph.start for paragraph in error.context if paragraph.doc_id == document.doc_id]
        else:
            starts = [error.offset] if error.doc_id == document.doc_id else []
        for start in starts:
            number = next((p.number for p in reversed(shown) if 0 <= p.start <= start <= len(document.text)), 0)
            under.setdefault(number, []).append(error_line(error))
    return under


def _start(row: Row) -> int:
    if isinstance(row, Quote):
        return row.content[0].start if row.content else row.cue[0].start
    return row.start if isinstance(row, (Entity, Number, Claim)) else -1


def _altered(span: AlteredSpan, text: str) -> str:
    what = getattr(span.change, "direction", "decoy")
    return f"{span.change.id} ({what}): {span.before or NOTHING} → {text[span.start : span.end] or NOTHING}"


def _marks(row: Row, layers: Sequence[Layer]) -> Iterable[tuple[int, int, MarkKind]]:
    if isinstance(row, Entity) and "entities" in layers:
        yield row.start, row.end, "entities"
    elif isinstance(row, Number) and "numbers" in layers:
        yield row.start, row.end, "numbers"
    elif isinstance(row, Quote) and "quotes" in layers and row.scored:
        for span in row.content:
            yield span.start, span.end, "quotes"


def _marked(text: str, start: int, end: int, marks: Iterable[tuple[int, int, MarkKind]]) -> str:
    """Put marks around spans; where several begin or end together the longer one is outside."""
    opening: dict[int, list[tuple[int, int, MarkKind]]] = {}
    closing: dict[int, list[tuple[int, int, MarkKind]]] = {}
    for first, last, layer in marks:
        rank = _INNERMOST_LAST.index(layer)
        opening.setdefault(first, []).append((-last, rank, layer))
        closing.setdefault(min(last, end), []).append((-first, -rank, layer))
    parts: list[str] = []
    for offset in range(start, end + 1):
        parts += [_AROUND[mark][1] for _, _, mark in sorted(closing.get(offset, ()))]
        parts += [_AROUND[mark][0] for _, _, mark in sorted(opening.get(offset, ()))]
        parts.append(text[offset] if offset < end else "")
    return "".join(parts)


def _notes(row: Row, layers: Sequence[Layer], questions: Mapping[str, AnsweredIssue]) -> Iterable[tuple[Layer, str]]:
    aside = "" if getattr(row, "scored", True) else " (not scored)"
    if isinstance(row, Entity) and "entities" in layers:
        yield "entities", f"{row.label}  {row.entity_id}{aside}  {isolated(row.text)}"
    elif isinstance(row, Number) and "numbers" in layers:
        value = " ".join(filter(None, amount(row)))
        kinds = row.kind if row.modality in (None, "exact", "approx") else f"{row.kind} {row.modality}"
        described = f"{kinds}  {isolated(value)}" if value else kinds
        yield "numbers", f"{described}{aside}  {isolated(row.text)}"
    elif isinstance(row, Quote) and "quotes" in layers:
        chain = " ← ".join(row.source_chain or (row.speaker,))
        cue = BETWEEN.join(span.text for span in row.cue) or NOTHING
        words = f"{cue}: {surface(row)}" if row.content else cue
        yield "quotes", f"{row.type}  {chain}{aside}  {isolated(words)}"
    elif isinstance(row, Claim) and "conflicts" in layers:
        for words in claim_notes(row, questions.get(row.issue_id)):
            yield "conflicts", words
