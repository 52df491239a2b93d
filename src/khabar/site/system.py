"""A system as its pages show it: what it annotates in each article, its figures, and its errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from khabar.leaderboard.view import SystemRow
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute
from khabar.scoring.errors import list_errors
from khabar.scoring.result import Score
from khabar.site.annotations import ArticleAnnotations, of_system
from khabar.site.errors import SystemErrors, system_errors
from khabar.site.names import Names


@dataclass(frozen=True, slots=True)
class SystemView:
    """A system on the present board. `found` are the hard disputes, by issue_id, that it found."""

    row: SystemRow
    score: Score
    errors: SystemErrors
    annotations: Mapping[str, ArticleAnnotations]
    found: frozenset[str]

    @property
    def key(self) -> str:
        """Its key."""
        return self.row.system


def system_view(
    row: SystemRow,
    score: Score,
    annotations: Sequence[Annotations],
    disputes: Sequence[Dispute],
    reference: Reference,
    names: Mapping[str, Names],
) -> SystemView:
    """Ground what a system predicts and list its errors, on the layers its card names. `names` are by story."""
    layers = row.card.scored_layers
    errors = system_errors(list_errors(reference, annotations, disputes, layers=layers))
    missed = {error.issue_id for error in errors.of_disputes if error.outcome == "missed"}
    hard = {issue.issue_id for issue in reference.issues if issue.status == "conflict"}
    by_id = {document.doc_id: document for document in annotations}
    in_articles = {
        doc_id: of_system(
            by_id.get(doc_id) or Annotations(doc_id=doc_id),
            [dispute for dispute in disputes if dispute.story == document.story],
            document.passage,
            names[document.story],
            layers,
        )
        for doc_id, document in reference.documents.items()
    }
    return SystemView(
        row, score, errors, in_articles, frozenset(hard - missed) if "conflicts" in layers else frozenset()
    )
