"""The corpus as pages need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from khabar.reading.reference import Reference
from khabar.records import Claim, Conflict, Document, Quote, Registered, Row
from khabar.site.annotations import ArticleAnnotations, of_gold
from khabar.site.names import Names, names_of

_Row = TypeVar("_Row", bound=Row)


@dataclass(frozen=True, slots=True)
class SiteCorpus:
    """Rows of a split, names by story, and gold's annotations by article. Documents are in the order of their ids."""

    by_id: dict[str, Document]
    claims: list[Claim]
    issues: list[Conflict]
    quotes: list[Quote]
    stories: list[str]
    names: dict[str, Names]
    gold: dict[str, ArticleAnnotations]

    @classmethod
    def from_tables(cls, tables: Mapping[str, Sequence[Row]], reference: Reference) -> SiteCorpus:
        """Take the rows of each config of a split."""
        documents = sorted(_only(tables["documents"], Document), key=lambda document: document.doc_id)
        stories = sorted({document.story for document in documents})
        registry = _only(tables["registry"], Registered)
        names = {story: names_of(registry, story) for story in stories}
        claims = sorted(_only(tables["claims"], Claim), key=lambda claim: claim.start)
        gold = {
            document.doc_id: of_gold(
                reference.documents[document.doc_id],
                [claim for claim in claims if claim.doc_id == document.doc_id],
                names[document.story],
            )
            for document in documents
        }
        issues, quotes = _only(tables["conflicts"], Conflict), _only(tables["quotes"], Quote)
        by_id = {document.doc_id: document for document in documents}
        return cls(by_id, claims, issues, quotes, stories, names, gold)

    @property
    def documents(self) -> list[Document]:
        """All documents."""
        return list(self.by_id.values())

    def in_story(self, story: str) -> list[Document]:
        """Documents of a story."""
        return [document for document in self.documents if document.story == story]

    def claims_in(self, doc_id: str) -> list[Claim]:
        """Claims of a document, in the order of its text."""
        return [claim for claim in self.claims if claim.doc_id == doc_id]


def _only(rows: Iterable[Row], kind: type[_Row]) -> list[_Row]:
    return [row for row in rows if isinstance(row, kind)]
