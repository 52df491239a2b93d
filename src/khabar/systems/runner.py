"""Running a system over documents: what it says of each, and of each story."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from inspect import iscoroutine
from pathlib import Path
from traceback import extract_tb
from typing import Any

from khabar.progress import Progress, logged, steps
from khabar.reading.incidents import Incident, Incidents, InputError
from khabar.reading.predictions import given_predictions, split
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import LAYERS, Layer
from khabar.systems.protocol import Failure, SlowSystem, StorySystem, System, by_story

_LIBRARIES = re.compile(r"[/\\](?:site-packages|dist-packages|lib[/\\]python3\.\d+)[/\\]|^<frozen ")
"""Paths of code that is nobody's own."""


class UnansweredError(InputError):
    """A system failed on some documents, or on a story. `answered` holds what it said of the others."""

    def __init__(self, incidents: Iterable[Incident], answered: Sequence[Annotations]) -> None:
        super().__init__(incidents)
        self.answered = tuple(answered)


def run_system(
    system: System | SlowSystem,
    documents: Sequence[Document],
    progress: Progress = logged,
    layers: Sequence[Layer] = LAYERS,
    incidents: Incidents | None = None,
) -> tuple[list[Annotations], list[Dispute]]:
    """Annotate every document, then compare the documents of each story if the system can.

    A system may return records, or plain objects in the prediction format. A slow system is asked for `layers` alone;
    its `failures` say what it did not answer. `incidents` takes the warnings about what was answered, such as keys that
    are not read. Raises InputError if a slow system answered nothing at all, and UnansweredError if another failed on
    any document or an answer is malformed; all such documents are named.
    """
    warnings = Incidents() if incidents is None else incidents
    # What a system prints is for people to see, and must not get between our output and whoever reads it.
    with redirect_stdout(sys.stderr), _stdout_to_stderr(), _sigterm_as_interrupt():
        if isinstance(system, SlowSystem):
            return _run_slow(system, documents, progress, layers, warnings)
        return _run(system, documents, progress, warnings)


def _run_slow(
    system: SlowSystem,
    documents: Sequence[Document],
    progress: Progress,
    layers: Sequence[Layer],
    warnings: Incidents,
) -> tuple[list[Annotations], list[Dispute]]:
    answers = system.annotate(documents, layers)
    annotations: dict[str, Annotations] = {}
    for _ in steps(documents, "annotating", progress):  # one step an answer, whichever document it is of
        answer = next(answers, None)
        if answer is not None:
            annotations[answer.doc_id] = answer
    for _ in answers:  # what is to be done after the last answer
        pass
    disputes: list[Dispute] = []
    if "conflicts" in layers:
        for story, group in sorted(by_story(documents).items()):
            answered = [annotations.get(key.doc_id, Annotations(doc_id=key.doc_id)) for key in group]
            disputes += system.disputes(story, group, answered)
    system.incidents.refuse()
    if documents and not system.answered:
        raise InputError(_reasons(system.failures))
    warnings.extend(system.incidents)
    return [annotations[document.doc_id] for document in documents], disputes


def _reasons(failures: Sequence[Failure]) -> list[Incident]:
    """Why nothing at all was answered: each reason once."""
    reasons: dict[str, list[Failure]] = {}
    for failure in failures:
        if not failure.answered:
            reasons.setdefault(failure.what, []).append(failure)
    return [
        same[0].as_error() if len(same) == 1 else Incident("system-failed", f"{what} ({len(same)} times)")
        for what, same in reasons.items()
    ]


def _run(
    system: System, documents: Sequence[Document], progress: Progress, warnings: Incidents
) -> tuple[list[Annotations], list[Dispute]]:
    incidents = Incidents()
    annotations: dict[str, Annotations] = {}
    for document in steps(documents, "annotating", progress):
        answer = _annotate(system, document, incidents)
        if answer is not None:
            annotations[document.doc_id] = answer
    disputes: list[Dispute] = []
    if isinstance(system, StorySystem) and not incidents.errors:
        for story, group in sorted(by_story(documents).items()):
            try:
                answers = system.disputes(story, group, [annotations[document.doc_id] for document in group])
                misplaced, records = split(given_predictions(answers, incidents))
            except (Exception, SystemExit) as error:  # somebody else's code may fail in any way
                incidents.report("system-failed", f"story {story}: {_failed(error)}")
                continue
            for item in misplaced:
                incidents.report("system-failed", f"story {story}: a document among disputes", doc_id=item.doc_id)
            disputes += records
    if incidents.errors:
        raise UnansweredError(incidents, list(annotations.values()))
    warnings.extend(incidents)
    return list(annotations.values()), disputes


def _annotate(system: System, document: Document, incidents: Incidents) -> Annotations | None:
    try:
        answer: Annotations | Mapping[str, Any] = system(document)
    except (Exception, SystemExit) as error:  # somebody else's code may fail in any way
        incidents.report("system-failed", _failed(error), doc_id=document.doc_id)
        return None
    if isinstance(answer, Mapping):
        answer = {"doc_id": document.doc_id, **answer}
    elif not isinstance(answer, Annotations):
        hint = ""
        if iscoroutine(answer):
            answer.close()
            hint = " (an async function cannot be a system)"
        message = f"it returned a {type(answer).__name__}, not annotations{hint}"
        fix = 'return an object of layers, such as {"entities": […]}'
        incidents.report("system-failed", message, doc_id=document.doc_id, fix=fix)
        return None
    problems = Incidents()
    records = split(given_predictions([answer], problems))[0]
    incidents.extend(problems)
    return records[0] if records and not problems.errors else None


def _failed(error: BaseException) -> str:
    """An exception of somebody else's code in words, with the last line of that code before it, libraries left out."""
    message = f"{type(error).__name__}: {error}"
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename != __file__]
    if not frames:  # it was not called
        return message
    own = next((frame for frame in reversed(frames) if not _LIBRARIES.search(frame.filename)), frames[0])
    code = f": {own.line}" if own.line else ""
    return f"{message} ({Path(own.filename).name}, line {own.lineno}{code})"


@contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """Send to standard error what a system, or a program it starts, writes to standard output past Python."""
    try:
        if sys.__stdout__ is not None:
            sys.__stdout__.flush()
        output = os.dup(1)
    except OSError:  # there is none
        yield
        return
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(output, 1)
        os.close(output)


@contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    """Let SIGTERM stop a run as Ctrl-C does: whatever was started is ended before we are."""
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
