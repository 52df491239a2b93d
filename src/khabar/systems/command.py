"""A command as a system: what it is given, what it answers, and what happens when it does not.

All documents go to one process, so that a model is loaded once. If it stops on the way, what it has answered is kept,
the first document without an answer is tried in a process of its own, and another process gets the rest. A command
that stopped and had answered nothing (it may hold its answers back) gets every document in a process of its own.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from khabar.reading.files import sha256
from khabar.reading.incidents import Incidents
from khabar.reading.lines import decoded, repeated_keys
from khabar.records import Annotations, Dispute, Document
from khabar.records.labels import Layer
from khabar.systems.journal import digest
from khabar.systems.process import Process
from khabar.systems.protocol import Failure, Options, SlowSystem, by_story, validated_annotations, validated_dispute
from khabar.text.terminal import cut


class Output:
    """Takes lines one by one. `answered` are the documents that have an answer, a malformed one too."""

    def __init__(self, asked: Sequence[Document], stories: Mapping[str, Sequence[Document]]) -> None:
        self.answered: set[str] = set()
        self.disputes: list[Dispute] = []
        self.incidents = Incidents()
        self._asked = {document.doc_id: document for document in asked}
        self._stories = stories
        self._ignored: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def take(self, line: bytes) -> tuple[bool, Annotations | None]:
        """Tell whether a line is the first answer to a document, and give its annotations if it is well formed."""
        if not line.strip():
            if not line:
                self._ignore("line longer than a record may be", "")
            return False, None
        answer = decoded(line, ("", 0), Incidents())
        if answer is None:
            self._ignore("line that is no JSON object", line.decode(errors="replace").strip())
            return False, None
        if repeated_keys(line):
            self._ignore("line with a list twice", line.decode().strip())
            return False, None
        if "doc_id" not in answer and ("story" in answer or "sides" in answer):
            self._take_dispute(answer)
            return False, None
        doc_id = answer.get("doc_id")
        if not isinstance(doc_id, str):
            self._ignore("object without a doc_id", line.decode().strip())
        elif doc_id in self.answered:
            self._ignore("second answer to a document", doc_id)
        elif doc_id not in self._asked:
            self._ignore("answer to a document it was not given", doc_id)
        else:
            self.answered.add(doc_id)
            return True, validated_annotations(answer, self._asked[doc_id], self.incidents)
        return False, None

    @property
    def ignored(self) -> str:
        """What was ignored, in words: each kind with its count and first example. Empty if nothing was."""
        kinds = []
        for kind, count in self._ignored.items():
            example = self._examples[kind]
            kinds.append(f"{count} × {kind}" + (f" ({cut(example)!r})" if example else ""))
        return ", ".join(kinds)

    def _take_dispute(self, answer: dict[str, Any]) -> None:
        story = answer.get("story")
        if isinstance(story, str) and story not in self._stories:
            self._ignore("dispute of a story it was not given", story)
            return
        documents = self._stories[story] if isinstance(story, str) else ()
        dispute = validated_dispute(answer, documents, self.incidents)
        if dispute is not None:
            self.disputes.append(dispute)

    def _ignore(self, kind: str, example: str) -> None:
        self._ignored[kind] += 1
        self._examples.setdefault(kind, example)


def input_line(document: Document) -> bytes:
    """Write a document as a command is given it: all columns of the dataset's config `documents`."""
    columns = {name: getattr(document, name) for name in document.__struct_fields__}
    return msgspec.json.encode(columns) + b"\n"


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
        self._stories = by_story(documents)
        pending: list[Document] = []
        for document in documents:
            stored = self.options.journal.get(self._digest(document), Annotations)
            if stored is None:
                pending.append(document)
            else:
                self.answered = True
                yield stored
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
            unanswered = [document for document in pending if document.doc_id not in output.answered]
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
                    self._miss_disputes(unanswered, f"the command stopped on the way ({why})")
            if not self.answered and (process.code in _NOT_FOUND or failed >= TRIES):
                silent = unanswered
            for document in silent:
                self.failures.append(Failure(document.doc_id, f"no answer: {why}"))
                yield Annotations(doc_id=document.doc_id)
            pending = [document for document in unanswered if document not in silent]

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
        for story, earlier in self._disputes.items():
            new = [dispute for dispute in output.disputes if dispute.story == story and dispute not in earlier]
            if new:
                self._disputes[story] = [*earlier, *new]
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
