"""The corpus as pages need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from khabar.corpus.contrast import AlteredSpan, VariantChange, altered_spans
from khabar.reading.reference import Reference
from khabar.records import Claim, Conflict, Document, Quote, Registered, Row, only
from khabar.site.annotations import ArticleAnnotations, of_gold
from khabar.site.language import SpeakerNames, names_of
from khabar.site.story import sides_of


@dataclass(frozen=True, slots=True)
class SiteCorpus:
    """Rows of the splits whose articles are shown, names by story, and gold's annotations by article.

    Documents are in the order of their ids, split by split.
    """

    by_id: dict[str, Document]
    split_of: dict[str, str]
    claims: list[Claim]
    issues: list[Conflict]
    quotes: list[Quote]
    stories: list[str]
    names: dict[str, SpeakerNames]
    sides: dict[str, dict[str, str]]
    """For whom sources speak in the end, by story."""
    gold: dict[str, ArticleAnnotations]
    altered: dict[str, list[AlteredSpan]]
    """Of articles of contrast sets alone: what is altered in them."""

    @classmethod
    def of(
        cls,
        splits: Mapping[str, Mapping[str, Sequence[Row]]],
        references: Mapping[str, Reference],
        changes: Sequence[VariantChange] = (),
    ) -> SiteCorpus:
        """Take the rows of each config of some splits. `changes` make the articles of contrast sets."""
        tables = {
            config: [row for rows in splits.values() for row in rows[config]]
            for config in ("registry", "claims", "conflicts", "quotes")
        }
        in_splits = {
            split: sorted(only(rows["documents"], Document), key=lambda document: document.doc_id)
            for split, rows in splits.items()
        }
        documents = [document for rows in in_splits.values() for document in rows]
        stories = list(dict.fromkeys(sorted(document.story for document in documents)))
        registry = only(tables["registry"], Registered)
        names = {story: names_of(registry, story) for story in stories}
        sides = {story: sides_of(registry, story) for story in stories}
        claims = sorted(only(tables["claims"], Claim), key=lambda claim: claim.start)
        split_of = {document.doc_id: split for split, rows in in_splits.items() for document in rows}
        by_id = {document.doc_id: document for document in documents}
        altered = {
            document.doc_id: altered_spans(document, by_id[original_id(document.doc_id)], changes)
            for document in documents
            if references[split_of[document.doc_id]].pairs
        }
        gold = {
            document.doc_id: of_gold(
                references[split_of[document.doc_id]].documents[document.doc_id],
                [claim for claim in claims if claim.doc_id == document.doc_id],
                names[document.story],
                altered.get(document.doc_id, ()),
            )
            for document in documents
        }
        issues, quotes = only(tables["conflicts"], Conflict), only(tables["quotes"], Quote)
        return cls(by_id, split_of, claims, issues, quotes, stories, names, sides, gold, altered)

    @property
    def splits(self) -> list[str]:
        """The splits whose articles are shown."""
        return list(dict.fromkeys(self.split_of.values()))

    @property
    def published(self) -> list[str]:
        """The stories as they were published: without the variants of contrast sets."""
        return [story for story in self.stories if not self.is_altered(story)]

    def is_altered(self, story: str) -> bool:
        """Whether a story is a variant, whose articles no outlet published so."""
        return any(document.doc_id in self.altered for document in self.in_story(story))

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


def original_id(key: str) -> str:
    """The article, or story, that a variant is made of."""
    return key.rpartition(".")[0]
