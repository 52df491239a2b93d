"""Invented stories with their disputes and traps marked, and how a system does on them.

A story is a file in `stories/`: lines `# issue NAME STATUS TYPE` name its issues (conflict, contested, apparent), a
line `=== DATE` opens an article, and `[[NAME:POSITION|words]]` marks a claim.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from khabar.reading.issues import Issue
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute
from khabar.records.repository import DocSpan
from khabar.records.rows import Document
from khabar.scoring.result import Score
from khabar.scoring.scorer import score
from khabar.systems.rules import rules

FOLDER = Path(__file__).parent / "stories"
NAMES = ("dam", "summit", "strike", "factory", "island", "border", "transfer")
_CLAIM = re.compile(r"\[\[(\w+):(\w)\|(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True)
class Story:
    """The articles of a story and the issues marked in them."""

    documents: list[Document]
    issues: list[Issue]

    @property
    def reference(self) -> Reference:
        """The story as gold."""
        name = self.documents[0].story
        said = [Annotations(doc_id=one.doc_id, text=one.text, story=name) for one in self.documents]
        return Reference.build(said, issues=self.issues)


def load(name: str) -> Story:
    """Read a marked story."""
    head, *parts = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").split("=== ")
    positions: defaultdict[str, defaultdict[str, list[DocSpan]]] = defaultdict(lambda: defaultdict(list))
    documents = []
    for place, part in enumerate(parts):
        published, marked = part.split("\n", 1)
        doc_id, text, done = f"{name}-{place}", "", 0
        for match in _CLAIM.finditer(marked):
            text += marked[done : match.start()]
            positions[match[1]][match[2]].append(DocSpan(doc_id, len(text), len(text) + len(match[3])))
            text += match[3]
            done = match.end()
        text += marked[done:]
        documents.append(Document(doc_id=doc_id, story=name, text=text, sha256="", published=published.strip()))
    issues = []
    for line in head.splitlines():
        _, _, key, status, kind = line.split()
        sides = tuple(tuple(spans) for _, spans in sorted(positions[key].items()))
        hard = kind if status == "conflict" else None
        issues.append(Issue(key, name, cast("Any", status), cast("Any", hard), sides))
    return Story(documents, issues)


def disputes(name: str) -> list[Dispute]:
    """The disputes that the rules find in a story."""
    story = load(name)
    return rules.disputes(name, story.documents, [rules(one) for one in story.documents])


def scored(name: str) -> Score:
    """What the rules find in a story, scored as any system is."""
    return score(load(name).reference, [], disputes(name), layers=["conflicts"], resamples=20)
