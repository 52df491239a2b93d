"""What one process says: which lines are answers, to what, and what the others were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from khabar.reading.incidents import Incident, Incidents
from khabar.reading.lines import decoded, repeated_keys
from khabar.records import Annotations, Dispute, Document
from khabar.systems.received import annotations_of, dispute_of


class Hearing:
    """Takes lines one by one. `heard` are the documents that have an answer, also if it was wrong in form."""

    def __init__(self, asked: Sequence[Document], stories: Mapping[str, Sequence[Document]]) -> None:
        self.heard: set[str] = set()
        self.disputes: list[Dispute] = []
        self.incidents: list[Incident] = []
        self._asked = {document.doc_id: document for document in asked}
        self._stories = stories
        self._ignored: dict[str, list[str]] = {}

    def take(self, line: bytes) -> tuple[bool, Annotations | None]:
        """Whether a line is the first answer to a document, and what it says if it is right in form."""
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
        elif doc_id in self.heard:
            self._ignore("second answer to a document", doc_id)
        elif doc_id not in self._asked:
            self._ignore("answer to a document it was not given", doc_id)
        else:
            self.heard.add(doc_id)
            return True, annotations_of(answer, self._asked[doc_id], self.incidents)
        return False, None

    @property
    def ignored(self) -> str:
        """What was ignored, in words; empty if nothing was."""
        kinds = [
            f"{len(shown)} × {kind}" + (f" ({_short(shown[0])})" if shown[0] else "")
            for kind, shown in self._ignored.items()
        ]
        return ", ".join(kinds)

    def _take_dispute(self, answer: dict[str, Any]) -> None:
        story = answer.get("story")
        if isinstance(story, str) and story not in self._stories:
            self._ignore("dispute of a story it was not given", story)
            return
        documents = self._stories[story] if isinstance(story, str) else ()
        dispute = dispute_of(answer, documents, self.incidents)
        if dispute is not None:
            self.disputes.append(dispute)

    def _ignore(self, kind: str, shown: str) -> None:
        seen = self._ignored.setdefault(kind, [])
        seen.append(shown if not seen else "")  # to count the rest is enough, however much it is


def line_of(document: Document) -> bytes:
    """A document as a command is given it: all columns of the dataset's config `documents`."""
    columns = {name: getattr(document, name) for name in document.__struct_fields__}
    return msgspec.json.encode(columns) + b"\n"


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
