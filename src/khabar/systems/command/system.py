"""A command as a system: what it is given, what it answers, and what happens when it does not.

All documents go to one process, so that a model is loaded once. If it stops on the way, what it has answered is kept,
the first document without an answer is tried in a process of its own, and another process gets the rest. A command
that stopped and had answered nothing (it may hold its answers back) gets every document in a process of its own.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from khabar.reading.files import sha256
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import Layer
from khabar.systems.command.output import Output, input_line
from khabar.systems.command.process import Process
from khabar.systems.journal import digest
from khabar.systems.protocol import Failure, Options, SlowSystem

TRIES = 3
"""Documents tried one by one before a command that has never answered is given up."""
_NOT_FOUND = (126, 127)


class Command(SlowSystem):
    """Runs a shell command over documents: a JSON object a line on its input, annotations and disputes on its output.

    Answers are matched by `doc_id`, in whatever order they come. What a command is made of is its words and, where
    these name files, the bytes of the files: after an edit nothing is taken up from the journal.
    """

    def __init__(self, command: str, options: Options) -> None:
        super().__init__(options)
        self._command = command
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
            kept = self.options.journal.get(self._digest(document), Annotations)
            if kept is None:
                pending.append(document)
            else:
                self.answered = True
                yield kept
        for story, group in self._stories.items():
            self._disputes[story] = self.options.journal.get(self._digest(*group, story=True), list[Dispute]) or []
        if "conflicts" in layers and len(pending) < len(documents):
            self._miss_disputes(pending, "an earlier run answered a part, which was not given again")
        yield from self._ask(pending, "conflicts" in layers)

    def disputes(self, story: str, documents: Sequence[Document], annotations: Sequence[Annotations]) -> list[Dispute]:
        """Give the disputes the command wrote while it was given the documents."""
        return self._disputes[story]

    def report(self) -> list[str]:
        """Say what was ignored of the output."""
        return [f"ignored of its output: {ignored}" for ignored in self._ignored]

    def _ask(self, pending: list[Document], compares: bool) -> Iterator[Annotations]:
        alone, streams, failed = False, True, 0
        while pending:
            batch = pending[:1] if alone else pending
            output = Output(batch, self._stories)
            process = Process(self._command, [input_line(document) for document in batch], self.options.time_limit)
            try:
                with process:
                    yield from self._answers(process, output, {document.doc_id: document for document in batch})
            finally:
                self._keep(output)
            self.answered = self.answered or len(output.answered) > 0
            left = [document for document in pending if document.doc_id not in output.answered]
            why = process.ending + (f"; ignored: {output.ignored}" if output.ignored else "")
            if process.ended_well or len(batch) == 1:
                silent = [document for document in batch if document.doc_id not in output.answered]
                failed += len(silent)
                alone = not streams
            else:
                silent = []
                streams = streams and len(output.answered) > 0
                alone = True
                if compares:
                    self._miss_disputes(left, f"the command stopped on the way ({why})")
            if not self.answered and (process.code in _NOT_FOUND or failed >= TRIES):
                silent = left
            for document in silent:
                self.failures.append(Failure(document.doc_id, f"no answer: {why}"))
                yield Annotations(doc_id=document.doc_id)
            pending = [document for document in left if document not in silent]

    def _answers(self, process: Process, output: Output, documents: dict[str, Document]) -> Iterator[Annotations]:
        for line in process:
            is_answer, annotations = output.take(line)
            if is_answer:
                process.answered()
            if annotations is not None:
                self.options.journal.put(self._digest(documents[annotations.doc_id]), annotations)
                yield annotations

    def _keep(self, output: Output) -> None:
        """Keep what a process wrote beside its answers. What an earlier one wrote already is not kept twice."""
        self.incidents.extend(output.incidents)
        self._ignored += [output.ignored] if output.ignored else []
        for story, known in self._disputes.items():
            new = [dispute for dispute in output.disputes if dispute.story == story and dispute not in known]
            if new:
                self._disputes[story] = [*known, *new]
                self.options.journal.put(self._digest(*self._stories[story], story=True), self._disputes[story])

    def _miss_disputes(self, documents: Sequence[Document], why: str) -> None:
        """Record a failure for each story that no process was given all documents of."""
        missed = {failure.where for failure in self.failures if failure.layer == "conflicts"}
        for story in dict.fromkeys(document.story for document in documents):
            if story not in missed and len(self._stories[story]) > 1:
                self.failures.append(Failure(story, f"disputes may be missing: {why}", "conflicts", answered=True))

    def _digest(self, *documents: Document, story: bool = False) -> str:
        """The name of a question: a document, or the documents of a story."""
        columns = [msgspec.structs.asdict(document) for document in documents]
        return digest("cmd", self._made_of, columns if story else columns[0])


def _files_in(command: str) -> list[str]:
    """SHA-256 of each file that a word of the command names."""
    try:
        words = shlex.split(command)
    except ValueError:  # a quote that is not closed: the shell will say so
        words = command.split()
    digests = []
    for word in words:
        with suppress(OSError, ValueError):
            if Path(word).is_file():
                digests.append(sha256(Path(word).read_bytes()))
    return digests
