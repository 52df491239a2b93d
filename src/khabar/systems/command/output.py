"""The output of one process: which lines are answers, to what, and what the others were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from khabar.reading.incidents import Incidents
from khabar.reading.lines import decoded, repeated_keys
from khabar.records import Annotations, Dispute, Document
from khabar.systems.protocol import validated_annotations, validated_dispute
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
