"""The reference: gold in the form the scorer reads, whatever file it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

import msgspec

from khabar.records import Annotations, Claim, Conflict, Dispute, Registered, StorySpan, TokenRow
from khabar.records.labels import ConflictType, Status
from khabar.scoring.passage import Passage
from khabar.scoring.placing import PlacedDocument, canonical, span_of


@dataclass(frozen=True, slots=True)
class ClaimSpan:
    """Where a claim stands."""

    doc_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Issue:
    """A question and its positions, each a tuple of claims."""

    issue_id: str
    story: str
    status: Status
    type: ConflictType | None
    positions: tuple[tuple[ClaimSpan, ...], ...]


class GoldDocument(NamedTuple):
    """Gold of one document."""

    story: str
    passage: Passage
    gold: PlacedDocument


@dataclass(frozen=True)
class Reference:
    """Gold to score against. `traps_known` is false where the format could not say what is a trap or contested."""

    documents: Mapping[str, GoldDocument]
    issues: tuple[Issue, ...]
    registry: tuple[Registered, ...] = ()
    tokens: tuple[TokenRow, ...] = ()
    traps_known: bool = False
    version: str = "-"
    fingerprint: str = "-"
    other_splits: Mapping[str, str] = field(default_factory=dict)

    @property
    def stories(self) -> tuple[str, ...]:
        """Stories the gold knows, sorted."""
        return tuple(sorted({doc.story for doc in self.documents.values()} | {issue.story for issue in self.issues}))

    @property
    def has_texts(self) -> bool:
        """Whether every document has its text."""
        return all(doc.passage.text is not None for doc in self.documents.values())


def reference(
    annotations: Iterable[Annotations],
    disputes: Sequence[Dispute] = (),
    *,
    issues: Sequence[Issue] | None = None,
    registry: Sequence[Registered] = (),
    tokens: Sequence[TokenRow] = (),
    version: str = "-",
    other_splits: Mapping[str, str] | None = None,
) -> Reference:
    """Make a reference from gold annotations and either issues (a corpus) or disputes (the prediction format)."""
    annotations = sorted(annotations, key=lambda item: item.doc_id)
    documents: dict[str, GoldDocument] = {}
    for said in annotations:
        passage = Passage(said.doc_id, said.text, said.zones or ())
        documents[said.doc_id] = GoldDocument(said.story or "", passage, PlacedDocument(said, passage))
    known = issues is not None
    if issues is None:
        issues = [_as_issue(dispute, documents, at) for at, dispute in enumerate(sorted(disputes, key=canonical))]
    return Reference(
        documents,
        tuple(sorted(issues, key=lambda issue: (issue.story, issue.issue_id))),
        tuple(sorted(registry, key=lambda row: (row.story, row.entity_id))),
        tuple(sorted(tokens, key=lambda row: (row.doc_id, row.paragraph))),
        known,
        version,
        _fingerprint(annotations, issues if known else disputes, registry),
        other_splits or {},
    )


def issues_of(conflicts: Iterable[Conflict], claims: Iterable[Claim]) -> list[Issue]:
    """Join conflicts with the claims of their positions."""
    by_id = {claim.id: ClaimSpan(claim.doc_id, claim.start, claim.end) for claim in claims}
    return [
        Issue(
            conflict.issue_id,
            conflict.story,
            conflict.status,
            conflict.type,
            tuple(tuple(by_id[claim] for claim in position.claim_ids) for position in conflict.positions),
        )
        for conflict in conflicts
    ]


def _as_issue(dispute: Dispute, documents: Mapping[str, GoldDocument], at: int) -> Issue:
    """Read a dispute given as gold: it is hard, its sides are the positions and its spans the claims."""
    positions = tuple(
        tuple(found for span in side.spans if (found := _claim_span(span, documents)) is not None)
        for side in dispute.sides
    )
    return Issue(f"{dispute.story}/{at:06}", dispute.story, "conflict", dispute.type, positions)


def _claim_span(span: StorySpan, documents: Mapping[str, GoldDocument]) -> ClaimSpan | None:
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


def _fingerprint(
    annotations: Sequence[Annotations], issues: Iterable[msgspec.Struct | Issue], registry: Iterable[Registered]
) -> str:
    """Hash the canonical JSON of the single records in sorted order, so that no order of rows or lines matters."""
    in_order, as_declared = msgspec.json.Encoder(order="sorted").encode, msgspec.json.Encoder()
    lines = [in_order(record) for record in (*issues, *registry)]
    for said in annotations:
        zones = None if said.zones is None else msgspec.Raw(in_order(said.zones))
        lines.append(as_declared.encode(_Head(said.doc_id, said.story, said.text, zones)))
    names = [said.doc_id.encode() + b" " for said in annotations]
    for layer in ("entities", "numbers", "quotes"):
        items = [getattr(said, layer) for said in annotations]
        # Within a layer all items are of one record, whose keys always come in the same order.
        rows = iter(as_declared.encode_lines([item for each in items for item in each]).split(b"\n"))
        lines += [
            name + b" ".join(sorted(islice(rows, len(each)))) if each else name
            for name, each in zip(names, items, strict=True)
        ]
    lines.sort()
    return hashlib.sha256(b"\n".join([*lines, b""])).hexdigest()[:16]
