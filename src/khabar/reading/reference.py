"""The reference: gold in the form the scorer reads, whatever file it came from."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, islice

import msgspec
from msgspec import structs

from khabar.reading.issues import ClaimSpan, ContrastPair, Issue
from khabar.reading.mentions import Documents
from khabar.records import Annotations, Dispute, Registered, StorySpan, TokenRow
from khabar.records.canonical import as_integer, canonical, sorted_list, with_sorted_lists
from khabar.records.labels import LAYERS, EntityLabel, Layer
from khabar.text.grounding import GroundedDocument, span_of
from khabar.text.spans import Passage


@dataclass(frozen=True, slots=True)
class WholeGold:
    """What a part of a gold has to know of the whole that it is scored as part of."""

    has_texts: bool
    """Whether every document of the whole has its text."""
    stories: int
    """How many stories gold and predictions speak of; documents without one are one."""
    names_stories: bool
    """Whether gold names any story."""
    named: bool
    """Whether any prediction has an `entity_id`."""
    clustered: bool
    """Whether any scored row of gold has one."""


@dataclass(frozen=True)
class Reference:
    """Gold to score against."""

    documents: Mapping[str, GroundedDocument]
    annotations: Documents
    """The gold annotations as they were given."""
    issues: tuple[Issue, ...]
    registry: tuple[Registered, ...] = ()
    tokens: tuple[TokenRow, ...] = ()
    version: str = "-"
    fingerprint: str = "-"
    other_splits: Mapping[str, str] = field(default_factory=dict)
    whole: WholeGold | None = None
    """Set where this is a part of a gold that is scored in parts."""
    lines: tuple[bytes, ...] = ()
    """Of a part: its share of what the fingerprint of the whole is made of, sorted."""
    agreement: Mapping[str, float] = field(default_factory=dict)
    """Of a figure (layer.figure) how near two passes came to each other at most."""
    pairs: tuple[ContrastPair, ...] = ()
    """Of a contrast set: the flips, in order."""
    labels: tuple[EntityLabel, ...] | None = None
    """Labels of the entities that are scored; None: all. Other rows and predictions take no part in that layer."""

    @property
    def scored_layers(self) -> tuple[Layer, ...]:
        """The layers that are scored where nobody names any: of a contrast set, conflicts alone."""
        return ("conflicts",) if self.pairs else LAYERS

    @cached_property
    def stories(self) -> tuple[str, ...]:
        """Stories the gold knows, sorted."""
        return tuple(
            sorted({record.story or "" for record in self.annotations} | {issue.story for issue in self.issues})
        )

    @cached_property
    def named_stories(self) -> frozenset[str]:
        """Stories the gold knows by name."""
        return frozenset(self.stories) - {""}

    @cached_property
    def texts(self) -> dict[str, str | None]:
        """The text of each document, None where there is none."""
        return {record.doc_id: record.text for record in self.annotations}

    @cached_property
    def has_texts(self) -> bool:
        """Whether every document has its text."""
        return self.whole.has_texts if self.whole else all(text is not None for text in self.texts.values())

    @property
    def has_documents(self) -> bool:
        """Whether gold knows documents at all, so that there can be unknown ones."""
        return bool(self.documents) or self.whole is not None

    @property
    def names_stories(self) -> bool:
        """Whether gold names stories, so that there can be unknown ones."""
        return self.whole.names_stories if self.whole else bool(self.named_stories)


def reference(
    annotations: Iterable[Annotations],
    disputes: Sequence[Dispute] = (),
    *,
    issues: Sequence[Issue] | None = None,
    registry: Sequence[Registered] = (),
    tokens: Sequence[TokenRow] = (),
    version: str = "-",
    other_splits: Mapping[str, str] | None = None,
    whole: WholeGold | None = None,
    pairs: Sequence[ContrastPair] = (),
) -> Reference:
    """Make a reference from gold annotations and either issues (a corpus) or disputes (the prediction format)."""
    given = annotations if isinstance(annotations, Documents) else Documents(annotations)
    annotations = sorted(given, key=lambda record: record.doc_id)
    documents = {record.doc_id: GroundedDocument(record) for record in annotations}
    disputes = sorted(map(in_order, disputes), key=canonical)
    known = issues is not None
    if issues is None:
        turn: Counter[str] = Counter()
        issues = []
        for dispute in disputes:
            issues.append(_as_issue(dispute, documents, turn[dispute.story]))
            turn[dispute.story] += 1
    lines = _lines(annotations, [*(issues if known else disputes), *pairs], registry)
    return Reference(
        documents,
        given,
        tuple(sorted(issues, key=lambda issue: (issue.story, issue.issue_id))),
        tuple(sorted(registry, key=lambda row: (row.story, row.entity_id))),
        tuple(sorted(tokens, key=lambda row: (row.doc_id, row.paragraph))),
        version,
        fingerprint(lines) if whole is None else "-",
        other_splits or {},
        whole,
        () if whole is None else tuple(lines),
        pairs=tuple(pairs),
    )


def in_order(dispute: Dispute) -> Dispute:
    """The same dispute in canonical form: no side comes first, no span of a side, and 1.0 is 1."""
    sides = [
        structs.replace(side, value=as_integer(side.value), spans=tuple(sorted(side.spans, key=canonical)))
        for side in dispute.sides
    ]
    return structs.replace(dispute, sides=tuple(sorted(sides, key=canonical)))


def _as_issue(dispute: Dispute, documents: Mapping[str, GroundedDocument], at: int) -> Issue:
    """Read a dispute given as gold: it is hard, its sides are the positions and its spans the claims."""
    positions = tuple(
        tuple(found for span in side.spans if (found := _claim_span(span, documents)) is not None)
        for side in dispute.sides
    )
    return Issue(f"{dispute.story}/{at:06}", dispute.story, "conflict", dispute.type, positions)


def _claim_span(span: StorySpan, documents: Mapping[str, GroundedDocument]) -> ClaimSpan | None:
    document = documents.get(span.doc_id)
    passage = document.passage if document else Passage(span.doc_id)
    found = span_of(span, passage)
    return ClaimSpan(span.doc_id, *found) if found else None


class _Head(msgspec.Struct, omit_defaults=True, gc=False):
    """What a document is besides its layers, keys in the order of canonical JSON."""

    doc_id: str
    story: str | None = None
    text: str | None = None
    zones: msgspec.Raw | None = None


def fingerprint(lines: Iterable[bytes]) -> str:
    """Hash the canonical JSON of the single records in sorted order, so that no order of rows or lines matters."""
    digest, rest = hashlib.sha256(), iter(lines)
    while some := list(islice(rest, 4096)):
        digest.update(b"\n".join([*some, b""]))
    return digest.hexdigest()[:16]


def _lines(
    annotations: Sequence[Annotations],
    issues: Iterable[msgspec.Struct | Issue | ContrastPair],
    registry: Iterable[Registered],
) -> list[bytes]:
    """Canonical JSON of the single records, sorted."""
    by_name, as_declared = msgspec.json.Encoder(order="sorted").encode, msgspec.json.Encoder()
    lines = [by_name(record) for record in (*map(with_sorted_lists, issues), *map(with_sorted_lists, registry))]
    heads = [
        _Head(said.doc_id, said.story, said.text, msgspec.Raw(by_name(sorted_list(said.zones))) if said.zones else None)
        for said in annotations
    ]
    lines += as_declared.encode_lines(heads).split(b"\n")[:-1]
    names = [said.doc_id.encode() + b" " for said in annotations]
    for layer in ("entities", "numbers", "quotes"):
        items = [getattr(said, layer) for said in annotations]
        if not any(items):
            lines += names
            continue
        # Within a layer all items are of one record, whose keys always come in the same order.
        flat = [item for each in items for item in each]
        if layer != "entities" or any(item.phenomena is not None for item in flat):
            flat = list(map(with_sorted_lists, flat))
        rows = as_declared.encode_lines(flat).split(b"\n")
        ends = list(accumulate(map(len, items)))
        lines += [
            name + b" ".join(sorted(rows[first:last]))
            for name, first, last in zip(names, [0, *ends[:-1]], ends, strict=True)
        ]
    lines.sort()
    return lines
