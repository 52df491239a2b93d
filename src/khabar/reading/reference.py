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

from khabar.reading.issues import ContrastPair, Issue, as_dispute
from khabar.reading.mentions import Documents
from khabar.records import (
    Annotations,
    Dispute,
    PredictedQuote,
    PredictedSource,
    Registered,
    TokenRow,
)
from khabar.records.labels import LAYERS, Layer
from khabar.records.predictions import as_integer, canonical, sorted_list, with_sorted_lists
from khabar.records.repository import DocSpan
from khabar.text.grounding import GroundedDispute, GroundedDocument

_FEW_STORIES = 20


@dataclass(frozen=True, slots=True)
class GoldFacts:
    """What is true of all of gold, known also where a `Reference` holds only a part of it."""

    documents: int
    """How many there are."""
    has_texts: bool
    """Whether each of them has its text."""
    names_stories: bool
    """Whether gold names any story."""
    few_stories: tuple[str, ...] = ()
    """The names of all stories, to be listed in a message, where they are few and known."""

    @classmethod
    def of(cls, annotations: Sequence[Annotations], issues: Sequence[Issue]) -> GoldFacts:
        """The facts of a gold that is here as a whole."""
        stories = tuple(story for story in _stories(annotations, issues) if story)
        has_texts = all(record.text is not None for record in annotations)
        return cls(len(annotations), has_texts, bool(stories), stories if len(stories) <= _FEW_STORIES else ())


def _stories(annotations: Iterable[Annotations], issues: Iterable[Issue]) -> tuple[str, ...]:
    """The stories of documents and issues, sorted; "" is that of documents that name none."""
    return tuple(sorted({record.story or "" for record in annotations} | {issue.story for issue in issues}))


@dataclass(frozen=True)
class Reference:
    """Gold to score against."""

    documents: Mapping[str, GroundedDocument]
    annotations: Documents
    """The gold annotations as they were given."""
    issues: tuple[Issue, ...]
    facts: GoldFacts
    registry: tuple[Registered, ...] = ()
    tokens: tuple[TokenRow, ...] = ()
    version: str = "-"
    fingerprint: str = "-"
    other_splits: Mapping[str, str] = field(default_factory=dict)
    """The documents of a corpus that are of other splits: doc_id → split."""
    pairs: tuple[ContrastPair, ...] = ()
    """Of a contrast set: the flips, in order."""

    @property
    def scored_layers(self) -> tuple[Layer, ...]:
        """The layers that are scored where nobody names any: of a contrast set, conflicts alone."""
        return ("conflicts",) if self.pairs else LAYERS

    @cached_property
    def stories(self) -> tuple[str, ...]:
        """Stories the gold knows, sorted."""
        return _stories(self.annotations, self.issues)

    @cached_property
    def named_stories(self) -> frozenset[str]:
        """Stories the gold knows by name."""
        return frozenset(self.stories) - {""}

    @cached_property
    def texts(self) -> dict[str, str | None]:
        """The text of each document, None where there is none."""
        return {record.doc_id: record.text for record in self.annotations}

    @classmethod
    def build(
        cls,
        annotations: Iterable[Annotations],
        disputes: Sequence[Dispute] = (),
        *,
        issues: Sequence[Issue] | None = None,
        registry: Sequence[Registered] = (),
        tokens: Sequence[TokenRow] = (),
        version: str = "-",
        other_splits: Mapping[str, str] | None = None,
        pairs: Sequence[ContrastPair] = (),
        facts: GoldFacts | None = None,
    ) -> Reference:
        """Make a reference from gold annotations and either issues (a corpus) or disputes (the prediction format).

        `facts` are given with a part of a gold, which has no fingerprint of its own.
        """
        unsorted = annotations if isinstance(annotations, Documents) else Documents(annotations)
        annotations = sorted(unsorted, key=lambda record: record.doc_id)
        documents = {record.doc_id: GroundedDocument(record) for record in annotations}
        lines: list[bytes] = []
        if facts is None:
            lines = canonical_lines(annotations, [*(disputes if issues is None else issues), *pairs], registry)
        if issues is None:
            issues = _as_issues(disputes, documents)
        return cls(
            documents,
            unsorted,
            tuple(sorted(issues, key=lambda issue: (issue.story, issue.issue_id))),
            facts or GoldFacts.of(annotations, issues),
            tuple(sorted(registry, key=lambda row: (row.story, row.entity_id))),
            tuple(sorted(tokens, key=lambda row: (row.doc_id, row.paragraph))),
            version,
            "-" if facts else fingerprint(lines),
            other_splits or {},
            tuple(pairs),
        )


def as_predictions(gold: Reference) -> tuple[list[Annotations], list[Dispute]]:
    """Give gold as predictions: every scored row with its offsets, every hard dispute with its claims.

    Don't-care rows are left out: a relay row has the content of a scored row and another speaker, and by its rule on
    ties the scorer would take it for the scored row with a wrong speaker.
    """
    mentioned = {row.item.entity_id for document in gold.documents.values() for row in document.entities}
    # A source that is no named entity has no cluster of mentions to be known by: it goes by its name.
    names = {row.entity_id: PredictedSource(name=row.name) for row in gold.registry if row.entity_id not in mentioned}

    def with_names(quote: PredictedQuote) -> PredictedQuote:
        chain = (
            names.get(source, source) if isinstance(source, str) else source for source in quote.source_chain or ()
        )
        return structs.replace(quote, source_chain=tuple(chain))

    annotations = [
        Annotations(
            doc_id=doc_id,
            entities=tuple(row.with_offsets for row in document.entities if row.item.scored),
            numbers=tuple(row.with_offsets for row in document.numbers if row.item.scored),
            quotes=tuple(with_names(row.item) for row in document.quotes if row.item.scored),
        )
        for doc_id, document in gold.documents.items()
    ]
    hard = [as_dispute(issue) for issue in gold.issues if issue.status == "conflict"]
    return annotations, [structs.replace(dispute, confidence=1.0) for dispute in hard]


def in_order(dispute: Dispute) -> Dispute:
    """The same dispute in canonical form: no side comes first, no span of a side, and 1.0 is 1."""
    sides = [
        structs.replace(side, value=as_integer(side.value), spans=tuple(sorted(side.spans, key=canonical)))
        for side in dispute.sides
    ]
    return structs.replace(dispute, sides=tuple(sorted(sides, key=canonical)))


def _as_issues(disputes: Iterable[Dispute], documents: Mapping[str, GroundedDocument]) -> list[Issue]:
    """Read disputes given as gold, numbered within their stories in canonical order.

    Each is hard; its sides are the positions, and its spans the claims.
    """
    numbers: Counter[str] = Counter()
    issues = []
    for dispute in sorted(map(in_order, disputes), key=canonical):
        sides = GroundedDispute.of(dispute, documents).sides
        positions = tuple(tuple(DocSpan(*place) for place in side if place) for side in sides)
        issue_id = f"{dispute.story}/{numbers[dispute.story]:06}"
        issues.append(Issue(issue_id, dispute.story, "conflict", dispute.type, positions))
        numbers[dispute.story] += 1
    return issues


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


def canonical_lines(
    annotations: Sequence[Annotations],
    issues: Iterable[Dispute | Issue | ContrastPair],
    registry: Iterable[Registered] = (),
) -> list[bytes]:
    """Canonical JSON of the single records, sorted: what the fingerprint of a gold is made of."""
    issues = [in_order(record) if isinstance(record, Dispute) else record for record in issues]
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
