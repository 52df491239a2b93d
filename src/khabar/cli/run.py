"""run and systems: a system over the corpus, scored; what it says is kept, and what it left unanswered is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khabar import api
from khabar.cli import options
from khabar.cli.console import console, note, print_json, progress, save, say, table, warn, writing
from khabar.cli.options import chosen_labels, chosen_layers, wrong_option
from khabar.cli.score import publish, spare
from khabar.cli.tables import chosen_form
from khabar.reading.incidents import Incidents, InputError
from khabar.records import Prediction
from khabar.records.labels import LAYERS, Language
from khabar.text.terminal import harmless

if TYPE_CHECKING:
    from khabar.scoring.losses import Unread
    from khabar.systems.endpoint import LanguageModel
    from khabar.systems.journal import Journal
    from khabar.systems.protocol import SlowSystem, System


def systems_by_name() -> list[str]:
    """The systems that a name alone runs, for whoever completes a command in a shell."""
    from khabar.systems.registry import list_systems

    return [system.written for system in list_systems() if ":" not in system.written]


def run(
    system: Annotated[
        str,
        typer.Argument(
            help="rules, oracle, empty, an installed system, module:attribute, cmd:COMMAND, openai:MODEL or "
            "openai-recording:FILE. `khabar systems` lists all.",
            metavar="SYSTEM",
            autocompletion=systems_by_name,
        ),
    ],
    gold: options.Gold = None,
    split: options.Split = "test",
    layers: options.Layers = None,
    labels: options.Labels = None,
    full: options.Full = False,
    as_json: options.AsJson = False,
    latex: options.Latex = False,
    quiet: options.Quiet = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Also write the predictions here (JSONL). A run that was stopped goes on from there."),
    ] = None,
    errors: options.Errors = None,
    html: options.Html = None,
    time_limit: Annotated[float, typer.Option(help="Seconds to wait for an answer of a command or an endpoint.")] = 120,
    jobs: Annotated[int, typer.Option(help="How many requests an endpoint gets at once.")] = 4,
    price: Annotated[
        str | None,
        typer.Option(help="What a million tokens in and out of an endpoint cost, as 0.15/0.60: adds the cost."),
    ] = None,
    prompts: Annotated[Language, typer.Option(help="The language a language model is asked in.")] = "en",
    record: Annotated[
        Path | None, typer.Option(help="Also keep a language model's answers here, for openai-recording:FILE.")
    ] = None,
) -> None:
    """Run a system over the corpus and score it."""
    from khabar.systems.journal import Journal
    from khabar.systems.protocol import Options, Price
    from khabar.systems.registry import find_system
    from khabar.systems.runner import UnansweredError, run_system

    form = chosen_form(as_json, latex, full)
    named = chosen_layers(layers)
    chosen = chosen_labels(labels, named)
    spare([out, gold], errors=errors, html=html, record=record)
    incidents = Incidents()
    reference = api.read_gold(gold, split, incidents)
    wanted = named or reference.scored_layers
    with writing(out or Path()):
        journal = Journal() if out is None else Journal.beside(out)
    terms = Options(time_limit, jobs, Price.parse(price) if price else None, journal, prompts)
    runnable = find_system(system, reference, terms)
    model = None if record is None else _recordable(runnable, system)
    documents = api.load(gold, split=split)
    answered = None if journal.path is None else journal.path.with_suffix(".answered")
    try:
        with kept_in(journal), progress() as show:
            annotations, disputes = run_system(runnable, documents, show, wanted, incidents)
            predictions: list[Prediction] = [*annotations, *disputes]
            evaluation = api.evaluate(predictions, gold=reference, layers=wanted, labels=chosen, incidents=incidents)
            show("resampling", 0, None)
            result = evaluation.score()
    except UnansweredError as error:
        if answered is not None and error.answered:
            save(answered, error.answered)
            say(f"what was answered, {len(error.answered)} document(s), is kept in {answered}", err=True)
        raise
    if out is not None:
        save(out, predictions)
    if record is not None and model is not None:
        from khabar.systems.endpoint.language_model import answers_of

        save(record, answers_of(model))
    if answered is not None:
        answered.unlink(missing_ok=True)
    warn(incidents)
    tell_failures(runnable, journal)
    unread = _unread(runnable)
    publish(evaluation, system, result, form, errors=errors, html=html, gold=gold, split=split, unread=unread)


def _unread(system: System | SlowSystem) -> list[Unread]:
    """What a slow system did not answer, by layer and document (of conflicts, story)."""
    from khabar.scoring.losses import Unread
    from khabar.systems.protocol import SlowSystem

    failures = system.failures if isinstance(system, SlowSystem) else []
    return [
        Unread(layer, each.where, nothing=not each.partial, items=each.left_out)
        for each in failures
        for layer in (LAYERS if each.layer is None else (each.layer,))
    ]


def _recordable(system: System | SlowSystem, name: str) -> LanguageModel:
    """A system whose answers `--record` can keep. Raises InputError for any other."""
    from khabar.systems.endpoint import LanguageModel

    if isinstance(system, LanguageModel):
        return system
    raise wrong_option(f"--record keeps the answers of a language model, and {name} is none", fix="write openai:MODEL")


@contextmanager
def kept_in(journal: Journal) -> Iterator[None]:
    """Say what was taken up from an earlier run and, if this one does not come to its end, how to go on."""
    try:
        yield
    except (KeyboardInterrupt, InputError):
        if journal.path is not None and journal.path.exists():
            say(f"what was answered is kept in {journal.path}: the same command goes on from there", err=True)
        raise
    if journal.kept:
        say(f"{journal.kept} answer(s) taken from {journal.path}; remove it to ask for all again", err=True)


def tell_failures(system: System | SlowSystem, journal: Journal) -> None:
    """Say what a slow system failed on and has cost; close the journal, or say what it is still good for."""
    from khabar.systems.protocol import SlowSystem, failure_table

    if not isinstance(system, SlowSystem):
        return
    for line in (*system.report(), *failure_table(system.failures)):
        say(line, err=True)
    if not system.failures:
        journal.remove()
    elif journal.path is not None and journal.path.exists():
        say(f"to ask for these alone again, run the same command: the rest is in {journal.path}", err=True)


def systems(as_json: options.AsJson = False) -> None:
    """List the systems that `khabar run` takes."""
    from khabar.systems.registry import list_systems

    listed = list_systems()
    if as_json:
        print_json([asdict(system) for system in listed])
        return
    shown = table(None, "SYSTEM", "what it is", "extra", dense=True)
    for system in listed:
        shown.add_row(harmless(system.written), harmless(system.what), system.extra or "")
    terminal = console()
    terminal.print(shown)
    missing = dict.fromkeys(system.extra for system in listed if system.extra and not system.is_installed)
    if missing:
        note(terminal, f"not installed: {', '.join(missing)}; pip install 'khabar[{','.join(missing)}]'")
    note(terminal, "to make a system of your own: khabar docs systems")
