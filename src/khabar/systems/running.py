"""Running a system over documents: what it says of each, and of each story."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from typing import Any

from khabar.errors import InputError
from khabar.incidents import Incident, errors
from khabar.reading.predictions import given_predictions, split
from khabar.records import Annotations, Dispute, Document
from khabar.systems.protocol import StorySystem, System

Progress = Callable[[Iterable[Document]], Iterable[Document]]


def run_system(
    system: System, documents: Sequence[Document], progress: Progress = lambda items: items
) -> tuple[list[Annotations], list[Dispute]]:
    """Annotate every document, then compare the documents of each story if the system can.

    What a system returns may be records or plain objects in the prediction format. Raises InputError, naming every
    document a system failed on or said something malformed of.
    """
    # What a system prints is for people to see, and must not get between our output and whoever reads it.
    with redirect_stdout(sys.stderr):
        return _run(system, documents, progress)


def _run(system: System, documents: Sequence[Document], progress: Progress) -> tuple[list[Annotations], list[Dispute]]:
    incidents: list[Incident] = []
    said: list[Annotations] = []
    for document in progress(documents):
        annotations = _said(system, document, incidents)
        if annotations is not None:
            said.append(annotations)
    if errors(incidents):
        raise InputError(incidents)
    disputes: list[Dispute] = []
    if isinstance(system, StorySystem):
        for story in sorted({document.story for document in documents}):
            mine = [document for document in documents if document.story == story]
            theirs = [item for document, item in zip(documents, said, strict=True) if document.story == story]
            try:
                found = given_predictions(system.disputes(story, mine, theirs), incidents)
            except (Exception, SystemExit) as error:  # somebody else's code may fail in any way
                incidents.append(Incident("system-failed", f"story {story}: {type(error).__name__}: {error}"))
                continue
            documents_among, these = split(found)
            for item in documents_among:
                message = f"story {story}: a document among disputes"
                incidents.append(Incident("system-failed", message, doc_id=item.doc_id))
            disputes += these
    if errors(incidents):
        raise InputError(incidents)
    return said, disputes


def _said(system: System, document: Document, incidents: list[Incident]) -> Annotations | None:
    try:
        answer: Annotations | Mapping[str, Any] = system(document)
    except (Exception, SystemExit) as error:  # somebody else's code may fail in any way
        message = f"{type(error).__name__}: {error}"
        incidents.append(Incident("system-failed", message, doc_id=document.doc_id))
        return None
    if isinstance(answer, Mapping):
        answer = {"doc_id": document.doc_id, **answer}
    elif not isinstance(answer, Annotations):
        message = f"it returned a {type(answer).__name__}, not annotations"
        incidents.append(Incident("system-failed", message, doc_id=document.doc_id))
        return None
    found = split(given_predictions([answer], incidents))[0]
    return found[0] if found else None
