"""Building the site: a board, what its systems said and the corpus in, every page out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from khabar.corpus.gold import DEFAULT_SPLIT
from khabar.corpus.read import read_split
from khabar.corpus.release import released_corpus
from khabar.leaderboard.board import Board, read_board
from khabar.leaderboard.building import Built
from khabar.leaderboard.places import BOARD, board_folder, place_of
from khabar.leaderboard.survey import survey
from khabar.reading.incidents import Incidents
from khabar.reading.predictions import read_predictions, split
from khabar.reading.reference import Reference
from khabar.records import Claim, Conflict, Document, Quote, Registered, Row
from khabar.site.language import Language, languages
from khabar.site.marking import marks_of, marks_of_claims, notes_of
from khabar.site.naming import names_of, page_name
from khabar.site.reader import Said, by_cause, nowhere, paragraphs
from khabar.site.story import issues_told
from khabar.site.systems import System, plain, system_of
from khabar.site.templating import Templates
from khabar.site.wording import utterances

_Row = TypeVar("_Row", bound=Row)
_STATIC = ("khabar.css", "khabar.js", "icon.svg")


def site(root: Path, built: Built, reference: Reference, gold: Path | None = None) -> dict[str, bytes]:
    """Make all pages of an eval folder's boards: path below the site's folder (with /) → bytes.

    `gold` is the corpus folder the board was built on (None: the released one). Raises InputError if it cannot be read.
    """
    tables = read_split(released_corpus() if gold is None else gold, DEFAULT_SPLIT)
    corpus = _Corpus(tables, reference)
    board = plain(built.board)
    systems = list(_systems(root, built, board, reference, corpus))
    closed = {
        version: old and plain(old)
        for version in survey(root, []).closed(reference.version)
        for old in [read_board(board_folder(root, version) / BOARD, [])]
    }
    static = files("khabar.site") / "static"
    made = {name: (static / name).read_bytes() for name in _STATIC}
    both = languages()
    for language in both:
        templates = Templates(language, board, corpus.stories)
        for path, page in _pages(templates, language, board, systems, corpus, closed):
            made[f"{language.code}/{path}"] = page.encode()
    made["index.html"] = Templates(both[0], board, corpus.stories).entrance(both).encode()
    return made


class _Corpus:
    """The corpus as pages need it."""

    def __init__(self, tables: Mapping[str, Sequence[Row]], reference: Reference) -> None:
        self.documents = sorted(_only(tables["documents"], Document), key=lambda each: each.doc_id)
        self.by_id = {document.doc_id: document for document in self.documents}
        self.claims = _only(tables["claims"], Claim)
        self.conflicts = _only(tables["conflicts"], Conflict)
        self.quotes = _only(tables["quotes"], Quote)
        self.stories = sorted({document.story for document in self.documents})
        registry = _only(tables["registry"], Registered)
        self.names = {story: names_of(registry, story) for story in self.stories}
        self.gold = {doc_id: self._gold(doc_id, reference) for doc_id in self.by_id}

    def of(self, story: str) -> list[Document]:
        """Documents of a story."""
        return [document for document in self.documents if document.story == story]

    def claims_in(self, doc_id: str) -> list[Claim]:
        """Claims of a document, in the order of its text."""
        return sorted((claim for claim in self.claims if claim.doc_id == doc_id), key=lambda claim: claim.start)

    def _gold(self, doc_id: str, reference: Reference) -> Said:
        placed = reference.documents[doc_id]
        notes = notes_of(placed, self.names[self.by_id[doc_id].story])
        marks = (*marks_of(placed), *marks_of_claims(self.claims_in(doc_id)))
        return Said(marks, tuple(sorted(notes, key=lambda note: note.start)))


def _systems(root: Path, built: Built, board: Board, reference: Reference, corpus: _Corpus) -> Iterator[System]:
    scores = {each.system: each.score for each in built.submissions}
    for entry in board.systems:
        path = place_of(root, entry.system, reference.version).predictions
        annotations, disputes = split(read_predictions(path, Incidents()))
        yield system_of(entry, scores[entry.system], annotations, disputes, reference, corpus.names)


def _pages(
    templates: Templates,
    language: Language,
    board: Board,
    systems: Sequence[System],
    corpus: _Corpus,
    closed: Mapping[str, Board | None],
) -> Iterator[tuple[str, str]]:
    def page(path: str, template: str, **values: Any) -> tuple[str, str]:
        return path, templates.page(path, template, systems=systems, corpus=corpus, closed=closed, **values)

    yield page("index.html", "board.html", board=board, present=True)
    for version, old in closed.items():
        yield page(f"boards/{version}.html", "board.html", board=old, present=False, version=version)
    yield page("articles/index.html", "articles.html")
    issues = {conflict.issue_id: conflict for conflict in corpus.conflicts}
    for system in systems:
        yield page(f"systems/{system.key}.html", "system.html", system=system, issues=issues)
    for document in corpus.documents:
        claims, name = corpus.claims_in(document.doc_id), page_name(document.doc_id)
        gold = corpus.gold[document.doc_id]
        shown = {"document": document, "issues": issues, "names": corpus.names[document.story]}
        laid = paragraphs(document, gold, claims)
        yield page(f"articles/{name}.html", "article.html", system=None, paragraphs=laid, **shown)
        for system in systems:
            faults = system.faults.of(document.doc_id)
            laid = paragraphs(document, gold, claims, system.said[document.doc_id], faults)
            told = {"faults": by_cause(faults), "nowhere": nowhere(faults)}
            path = f"articles/{name}/{system.key}.html"
            yield page(path, "article.html", system=system, paragraphs=laid, **told, **shown)
    for story in corpus.stories:
        documents, name = corpus.of(story), page_name(story)
        shown = {"story": story, "documents": documents, "names": corpus.names[story]}
        told_issues = issues_told(corpus.conflicts, corpus.claims, story)
        yield page(f"stories/{name}.html", "story.html", issues=told_issues, **shown)
        said = utterances(corpus.quotes, documents)
        yield page(f"stories/{name}-wording.html", "wording.html", utterances=said, **shown)


def _only(rows: Iterable[Row], kind: type[_Row]) -> list[_Row]:
    return [row for row in rows if isinstance(row, kind)]
