"""A command as a system: what it is given, what it answers, and what happens when it does not.

All documents go to one process, so that a model is loaded once. If it stops on the way, what it has answered is kept,
the first document without an answer is tried in a process of its own, and another process gets the rest. A command
that stopped and had answered nothing (it may hold its answers back) gets every document in a process of its own.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from khabar.reading.incidents import Incident
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import Layer
from khabar.systems.command.hearing import Hearing, line_of
from khabar.systems.command.process import Process
from khabar.systems.failures import Failure
from khabar.systems.journal import digest
from khabar.systems.terms import Terms

TRIES = 3
"""Documents tried one by one before a command that has never answered is given up."""
_NOT_FOUND = (126, 127)


class Command:
    """Runs a shell command over documents: a JSON object a line on its input, annotations and disputes on its output.

    Answers are matched by `doc_id`, in whatever order they come. What a command is made of is its words and, where
    these name files, the bytes of the files: after an edit nothing is taken up from the journal.
    """

    def __init__(self, command: str, terms: Terms) -> None:
        self.answered = False
        self.failures: list[Failure] = []
        self.incidents: list[Incident] = []
        self._command = command
        self._terms = terms
        self._made_of = [command, *_files_in(command)]
        self._stories: dict[str, list[Document]] = {}
        self._disputes: dict[str, list[Dispute]] = {}
        self._ignored: list[str] = []

    def annotate(self, documents: Sequence[Document], layers: Sequence[Layer]) -> Iterator[Annotations]:
        """Give each document's annotations; empty, and a failure, where the command has no answer."""
        self._stories = {document.story: [] for document in documents}
        for document in documents:
            self._stories[document.story].append(document)
        pending: list[Document] = []
        for document in documents:
            kept = self._terms.journal.get(self._asked(document))
            if kept is None:
                pending.append(document)
            else:
                self.answered = True
                yield msgspec.convert(kept, Annotations)
        for story in self._stories:
            kept = self._terms.journal.get(self._asked_of_story(story))
            self._disputes[story] = msgspec.convert(kept or [], list[Dispute])
        if "conflicts" in layers and len(pending) < len(documents):
            self._miss_disputes(pending, "an earlier run answered a part, which was not given again")
        yield from self._ask(pending, "conflicts" in layers)

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Give the disputes the command told while it was given the documents."""
        return self._disputes[story]

    def report(self) -> list[str]:
        """Say what was ignored of the output."""
        return [f"ignored of its output: {each}" for each in self._ignored]

    def _ask(self, pending: list[Document], compares: bool) -> Iterator[Annotations]:
        alone, streams, failed = False, True, 0
        while pending:
            asked = pending[:1] if alone else pending
            hearing = Hearing(asked, self._stories)
            process = Process(self._command, [line_of(document) for document in asked], self._terms.time_limit)
            try:
                with process:
                    yield from self._answers(process, hearing, {document.doc_id: document for document in asked})
            finally:
                self._keep(hearing)
            self.answered = self.answered or len(hearing.heard) > 0
            left = [document for document in pending if document.doc_id not in hearing.heard]
            why = process.ending + (f"; ignored: {hearing.ignored}" if hearing.ignored else "")
            if process.ended_well or len(asked) == 1:
                silent = [document for document in asked if document.doc_id not in hearing.heard]
                failed += len(silent)
                alone = not streams
            else:
                silent = []
                streams = streams and len(hearing.heard) > 0
                alone = True
                if compares:
                    self._miss_disputes(left, f"the command stopped on the way ({why})")
            if not self.answered and (process.code in _NOT_FOUND or failed >= TRIES):
                silent = left
            yield from self._unanswered(silent, f"no answer: {why}")
            pending = [document for document in left if document not in silent]

    def _answers(self, process: Process, hearing: Hearing, asked: dict[str, Document]) -> Iterator[Annotations]:
        for line in process:
            is_answer, annotations = hearing.take(line)
            if is_answer:
                process.answered()
            if annotations is not None:
                self._terms.journal.put(self._asked(asked[annotations.doc_id]), annotations)
                yield annotations

    def _unanswered(self, documents: Sequence[Document], why: str) -> Iterator[Annotations]:
        for document in documents:
            self.failures.append(Failure(document.doc_id, why))
            yield Annotations(doc_id=document.doc_id)

    def _keep(self, hearing: Hearing) -> None:
        """Keep what a process told beside its answers. What an earlier one told already is not told twice."""
        self.incidents += hearing.incidents
        self._ignored += [hearing.ignored] if hearing.ignored else []
        for story, known in self._disputes.items():
            new = [each for each in hearing.disputes if each.story == story and each not in known]
            if new:
                self._disputes[story] = [*known, *new]
                self._terms.journal.put(self._asked_of_story(story), self._disputes[story])

    def _miss_disputes(self, documents: Sequence[Document], why: str) -> None:
        """Say of stories that no process was given all of them."""
        missed = {failure.where for failure in self.failures if failure.layer == "conflicts"}
        for story in dict.fromkeys(document.story for document in documents):
            if story not in missed and len(self._stories[story]) > 1:
                self.failures.append(Failure(story, f"disputes may be missing: {why}", "conflicts", answered=True))

    def _asked(self, document: Document) -> str:
        return digest("cmd", self._made_of, msgspec.structs.asdict(document))

    def _asked_of_story(self, story: str) -> str:
        return digest("cmd", self._made_of, [msgspec.structs.asdict(document) for document in self._stories[story]])


def _files_in(command: str) -> list[str]:
    """SHA-256 of each file that a word of the command names."""
    try:
        words = shlex.split(command)
    except ValueError:  # a quote that is not closed: the shell will say so
        words = command.split()
    found = []
    for word in words:
        with suppress(OSError, ValueError):
            if Path(word).is_file():
                found.append(sha256(Path(word).read_bytes()).hexdigest())
    return found
