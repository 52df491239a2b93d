"""Resolves a predicted speaker or source to a gold entity."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from khabar.reading.reference import Reference
from khabar.records import PredictedEntity, PredictedQuote, PredictedSource
from khabar.text.arabic import fold
from khabar.text.grounding import Grounded, GroundedDocument, span_of
from khabar.text.search import searchable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NOBODY = "\0nobody"
"""What a source that fits no entity, or more than one, resolves to: it equals no gold entity."""

_Names = dict[str, set[str]]
_Place = tuple[str, int, int]


class NamedMention(NamedTuple):
    """A mention of an entity or a source that has a key."""

    start: int
    end: int
    name: str
    """Its name, else its surface; "" where the file gives neither."""
    entity_id: str
    """The key that the file gives it."""


def mentions(document: GroundedDocument) -> list[NamedMention]:
    """List a document's mentions of entities and of sources that have a place and a key."""
    named = [_entity_mention(item) for item in document.entities]
    named += [_speaker_mention(item) for item in document.quotes]
    return [mention for mention in named if mention is not None]


def _entity_mention(item: Grounded[PredictedEntity]) -> NamedMention | None:
    if item.spans is None or item.item.entity_id is None:
        return None
    start, end = item.spans[0][0], item.spans[-1][1]
    return NamedMention(start, end, item.item.name or item.item.text or "", item.item.entity_id)


def _speaker_mention(item: Grounded[PredictedQuote]) -> NamedMention | None:
    mention, speaker = item.item.speaker_mention, item.item.speaker
    entity_id = speaker.entity_id if isinstance(speaker, PredictedSource) else speaker
    if mention is None or entity_id is None or mention.start is None or mention.end is None:
        return None
    return NamedMention(mention.start, mention.end, mention.text or "", entity_id)


class Speakers:
    """Resolves sources against gold. Built once from gold and, for clusters, from all predictions of the documents."""

    def __init__(self, gold: Reference, predicted: Mapping[str, GroundedDocument] | None = None) -> None:
        self._gold = gold
        self._by_place: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        self._letters: dict[str, NDArray[np.int64]] = {}
        """Starts and ends of each document's mentions, counted in letters."""
        self._mentioned: dict[_Place, set[str]] = {}
        self._in_document: dict[str, _Names] = defaultdict(lambda: defaultdict(set))
        self._in_story: dict[str, _Names] = defaultdict(lambda: defaultdict(set))
        self._by_wikidata: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        entity_at: dict[tuple[str, _Place], set[str]] = defaultdict(set)
        for doc_id, document in gold.documents.items():
            for start, end, name, entity_id in mentions(document):
                surface = (document.passage.text or "")[start:end]
                self._by_place[doc_id].append((start, end, entity_id))
                self._add_names(document, {surface, name}, entity_id)
                entity_at[document.story, (doc_id, start, end)].add(entity_id)
            for item in document.entities:
                if item.item.wikidata and item.item.entity_id:
                    self._by_wikidata[document.story][item.item.wikidata].add(item.item.entity_id)
        for row in gold.registry:
            for alias in (row.name, *row.aliases):
                self._in_story[row.story][fold(alias)].add(row.entity_id)
            if row.wikidata:
                self._by_wikidata[row.story][row.wikidata].add(row.entity_id)
        self._add_gold_sources()
        self._clusters = self._align(predicted or {}, entity_at)

    def _add_names(self, document: GroundedDocument, names: set[str], entity_id: str) -> None:
        for name in names - {""}:
            self._in_document[document.passage.doc_id][fold(name)].add(entity_id)
            self._in_story[document.story][fold(name)].add(entity_id)

    def _add_gold_sources(self) -> None:
        """Gold in the prediction format may name a speaker no mention has: such a name is an entity of its own."""
        for document, source in self._gold_sources():
            if isinstance(source, PredictedSource):
                self._add_names(document, {self._name(source, document)}, self.gold(document, source) or NOBODY)

    def _gold_sources(self) -> Iterator[tuple[GroundedDocument, str | PredictedSource | None]]:
        """All speakers and relays of gold."""
        for document in self._gold.documents.values():
            for item in document.quotes:
                for source in (item.item.speaker, *(item.item.source_chain or ())):
                    yield document, source

    def _align(
        self, predicted: Mapping[str, GroundedDocument], entity_at: Mapping[tuple[str, _Place], set[str]]
    ) -> dict[tuple[str, str], str]:
        """Give each predicted cluster the gold entity with which it shares most mention spans; a tie: nobody."""
        places: dict[tuple[str, str], set[_Place]] = defaultdict(set)
        for doc_id, placed in predicted.items():
            story = self._gold.documents[doc_id].story
            for mention in mentions(placed):
                places[story, mention.entity_id].add((doc_id, mention.start, mention.end))
        aligned: dict[tuple[str, str], str] = {}
        for (story, cluster), spans in places.items():
            shared = Counter(entity for place in spans for entity in entity_at.get((story, place), ()))
            best = shared.most_common(2)
            if best and (len(best) == 1 or best[0][1] > best[1][1]):
                aligned[story, cluster] = best[0][0]
        # A key that neither side mentions anywhere can only be known by itself.
        mentioned = {(story, entity) for (story, _), entities in entity_at.items() for entity in entities}
        for document, source in self._gold_sources():
            name = source.entity_id if isinstance(source, PredictedSource) else source
            key = document.story, name
            if name is not None and key not in mentioned and key not in places:
                aligned[document.story, name] = name
        return aligned

    def predicted(self, document: GroundedDocument, source: str | PredictedSource | None) -> str | None:
        """Resolve a predicted source: an entity id of gold, NOBODY, or None when nothing was said."""
        if source is None:
            return None
        if isinstance(source, str):
            return self._clusters.get((document.story, source), NOBODY)
        if source.wikidata is not None:
            return _only(self._by_wikidata[document.story].get(source.wikidata, ()))
        if source.start is not None or source.text is not None or source.name is not None:
            return self._by_span_or_name(document, source)
        if source.entity_id is not None:
            return self._clusters.get((document.story, source.entity_id), NOBODY)
        return None

    def gold(self, document: GroundedDocument, source: str | PredictedSource | None) -> str | None:
        """Resolve a source of the gold itself: an entity id stands for itself, a new name for a new entity."""
        if source is None or isinstance(source, str):
            return source
        if source.wikidata is not None:
            entity = _only(self._by_wikidata[document.story].get(source.wikidata, ()))
            return entity if entity != NOBODY else f"wikidata:{source.wikidata}"
        if source.start is not None or source.text is not None or source.name is not None:
            entity = self._by_span_or_name(document, source)
            return entity if entity != NOBODY else f"name:{fold(self._name(source, document))}"
        return source.entity_id

    def _by_span_or_name(self, document: GroundedDocument, source: PredictedSource) -> str:
        if source.is_span:
            span = span_of(source, document.passage)
            entities = set() if span is None else self._mentioned_at(document, span)
            if entities:
                return _only(entities)
        return self._by_name(document, self._name(source, document))

    def _by_name(self, document: GroundedDocument, name: str) -> str:
        """Resolve a name: a mention of the document, else of the story or an alias, else what its places mention."""
        key = fold(name)
        if not key:
            return NOBODY
        known = self._in_document[document.passage.doc_id].get(key) or self._in_story[document.story].get(key)
        if known:
            return _only(known)
        text = document.passage.text
        places = () if text is None else searchable(text).matches(name)
        return _only(entity for place in places for entity in self._mentioned_at(document, place))

    def _mentioned_at(self, document: GroundedDocument, span: tuple[int, int]) -> set[str]:
        """Entities of the gold mentions with the highest letter IoU of at least a half: mostly one, or none."""
        key = (document.passage.doc_id, *span)
        if key not in self._mentioned:
            self._mentioned[key] = self._find_mentioned(document, span)
        return self._mentioned[key]

    def _find_mentioned(self, document: GroundedDocument, span: tuple[int, int]) -> set[str]:
        import numpy as np

        doc_id = document.passage.doc_id
        if doc_id not in self._letters:
            places = (document.passage.in_letters(((start, end),))[0] for start, end, _ in self._by_place[doc_id])
            self._letters[doc_id] = np.array(list(places), np.int64).reshape(-1, 2).T
        (start, end), (starts, ends) = document.passage.in_letters((span,))[0], self._letters[doc_id]
        shared = np.minimum(ends, end) - np.maximum(starts, start)
        union = (ends - starts) + (end - start) - shared
        close = np.flatnonzero((shared > 0) & (2 * shared >= union))
        iou = shared[close] / union[close]
        best = close[iou == iou.max(initial=0)]
        return {self._by_place[doc_id][index][2] for index in best.tolist()}

    @staticmethod
    def _name(source: PredictedSource, document: GroundedDocument) -> str:
        """The string a source is named by: of a span its text, else its name, else its text."""
        if not source.is_span:
            return (source.name or source.text or "").strip()
        span, text = span_of(source, document.passage), document.passage.text
        return text[span[0] : span[1]] if span and text is not None else (source.text or "").strip()


def _only(entities: Iterable[str]) -> str:
    """The one entity there is; nobody where there are several or none."""
    distinct = set(entities)
    return distinct.pop() if len(distinct) == 1 else NOBODY
