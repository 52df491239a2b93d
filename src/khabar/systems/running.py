"""Running a system over documents: what it says of each, and of each story."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from inspect import iscoroutine
from pathlib import Path
from traceback import extract_tb
from typing import Any

from khabar.progress import Progress, quiet, steps
from khabar.reading.incidents import Incident, Incidents, InputError, errors
from khabar.reading.predictions import given_predictions, split
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import LAYERS, Layer
from khabar.systems.failures import Failure
from khabar.systems.protocol import SlowSystem, StorySystem, System


def run_system(
    system: System | SlowSystem,
    documents: Sequence[Document],
    progress: Progress = quiet,
    layers: Sequence[Layer] = LAYERS,
) -> tuple[list[Annotations], list[Dispute]]:
    """Annotate every document, then compare the documents of each story if the system can.

    What a system returns may be records or plain objects in the prediction format. A slow system is asked only for
    `layers`; what it does not answer stands in its `failures`. Raises InputError, naming every document a system
    failed on or said something malformed of, and if a slow system answered nothing at all.
    """
    # What a system prints is for people to see, and must not get between our output and whoever reads it.
    with redirect_stdout(sys.stderr), _output_spared(), _stoppable():
        if isinstance(system, SlowSystem):
            return _run_slow(system, documents, progress, layers)
        return _run(system, documents, progress)


def _run_slow(
    system: SlowSystem, documents: Sequence[Document], progress: Progress, layers: Sequence[Layer]
) -> tuple[list[Annotations], list[Dispute]]:
    answers = system.annotate(documents, layers)
    said: dict[str, Annotations] = {}
    for _ in steps(documents, "annotating", progress):  # one step an answer, whichever document it is of
        answer = next(answers, None)
        if answer is not None:
            said[answer.doc_id] = answer
    for _ in answers:  # what is to be done after the last answer
        pass
    disputes: list[Dispute] = []
    for story in sorted({document.story for document in documents}) if "conflicts" in layers else ():
        mine = [document for document in documents if document.story == story]
        theirs = [said.get(document.doc_id, Annotations(doc_id=document.doc_id)) for document in mine]
        disputes += system.disputes(story, mine, theirs)
    if errors(system.incidents):
        raise InputError(system.incidents)
    if documents and not system.answered:
        raise InputError(_nothing(system.failures))
    return [said[document.doc_id] for document in documents], disputes


def _nothing(failures: Sequence[Failure]) -> list[Incident]:
    """Why nothing at all was answered: each reason once."""
    reasons: dict[str, list[Failure]] = {}
    for failure in failures:
        if not failure.answered:
            reasons.setdefault(failure.what, []).append(failure)
    return [
        each[0].as_error() if len(each) == 1 else Incident("system-failed", f"{what} ({len(each)} times)")
        for what, each in reasons.items()
    ]


def _run(system: System, documents: Sequence[Document], progress: Progress) -> tuple[list[Annotations], list[Dispute]]:
    incidents = Incidents()
    said: list[Annotations] = []
    for document in steps(documents, "annotating", progress):
        annotations = _said(system, document, incidents)
        if annotations is not None:
            said.append(annotations)
    incidents.refuse()
    disputes: list[Dispute] = []
    if isinstance(system, StorySystem):
        for story in sorted({document.story for document in documents}):
            mine = [document for document in documents if document.story == story]
            theirs = [item for document, item in zip(documents, said, strict=True) if document.story == story]
            try:
                found = given_predictions(system.disputes(story, mine, theirs), incidents)
            except (Exception, SystemExit) as error:  # somebody else's code may fail in any way
                incidents.report("system-failed", f"story {story}: {_failed(error)}")
                continue
            documents_among, these = split(found)
            for item in documents_among:
                message = f"story {story}: a document among disputes"
                incidents.report("system-failed", message, doc_id=item.doc_id)
            disputes += these
    incidents.refuse()
    return said, disputes


def _said(system: System, document: Document, incidents: Incidents) -> Annotations | None:
    try:
        answer: Annotations | Mapping[str, Any] = system(document)
    except (Exception, SystemExit) as error:  # somebody else's code may fail in any way
        incidents.report("system-failed", _failed(error), doc_id=document.doc_id)
        return None
    if isinstance(answer, Mapping):
        answer = {"doc_id": document.doc_id, **answer}
    elif not isinstance(answer, Annotations):
        hint = " (an async function cannot be a system)" if iscoroutine(answer) else ""
        message = f"it returned a {type(answer).__name__}, not annotations{hint}"
        incidents.report("system-failed", message, doc_id=document.doc_id)
        return None
    found = split(given_predictions([answer], incidents))[0]
    return found[0] if found else None


def _failed(error: BaseException) -> str:
    """An exception of somebody else's code in words, with the place it was raised at."""
    message = f"{type(error).__name__}: {error}"
    frames = extract_tb(error.__traceback__)
    if len(frames) < 2 or frames[-1].filename == __file__:  # it was not called, or not its own code failed
        return message
    return f"{message} ({Path(frames[-1].filename).name}, line {frames[-1].lineno})"


@contextmanager
def _output_spared() -> Iterator[None]:
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
def _stoppable() -> Iterator[None]:
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
