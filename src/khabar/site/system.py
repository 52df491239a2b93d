"""A system as its pages show it: on each split its figures and errors, and what it annotates in each article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from khabar.leaderboard.card import Card
from khabar.leaderboard.result import StatedScore
from khabar.leaderboard.view import SystemRow
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute
from khabar.records.labels import Layer
from khabar.scoring.errors import list_errors
from khabar.site.annotations import ArticleAnnotations, of_system
from khabar.site.errors import SystemErrors, system_errors
from khabar.site.names import Names


@dataclass(frozen=True, slots=True)
class SystemOnSplit:
    """A system on the present board of a split. `errors` are None where the articles are not here to judge by.

    `annotations` and `found`, the hard disputes (by issue_id) that it found, are of the splits whose text is shown.
    """

    row: SystemRow
    score: StatedScore
    errors: SystemErrors | None = None
    annotations: Mapping[str, ArticleAnnotations] = field(default_factory=dict)
    found: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SystemView:
    """A system of the present boards, by split."""

    key: str
    on: Mapping[str, SystemOnSplit]

    @property
    def card(self) -> Card:
        """Its card, one for all splits."""
        return next(iter(self.on.values())).row.card


def errors_on(
    annotations: Sequence[Annotations], disputes: Sequence[Dispute], reference: Reference, layers: Sequence[Layer]
) -> SystemErrors:
    """List a system's errors on the layers its card names."""
    return system_errors(list_errors(reference, annotations, disputes, layers=layers))


def annotated(
    annotations: Sequence[Annotations],
    disputes: Sequence[Dispute],
    reference: Reference,
    names: Mapping[str, Names],
    layers: Sequence[Layer],
) -> dict[str, ArticleAnnotations]:
    """What a system annotates in each article, grounded. `names` are by story."""
    by_id = {document.doc_id: document for document in annotations}
    return {
        doc_id: of_system(
            by_id.get(doc_id) or Annotations(doc_id=doc_id),
            [dispute for dispute in disputes if dispute.story == document.story],
            document.passage,
            names[document.story],
            layers,
        )
        for doc_id, document in reference.documents.items()
    }


def found_disputes(errors: SystemErrors, reference: Reference) -> frozenset[str]:
    """The hard disputes that are not among those missed."""
    missed = {error.issue_id for error in errors.of_disputes if error.outcome == "missed"}
    return frozenset({issue.issue_id for issue in reference.issues if issue.status == "conflict"} - missed)
