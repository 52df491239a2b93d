"""Building the site: a board, what its systems said and the corpus in, every page out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from khabar.corpus.gold import DEFAULT_SPLIT
from khabar.corpus.release import released_corpus
from khabar.corpus.tables import read_split
from khabar.leaderboard.board import read_board
from khabar.leaderboard.build import BuiltBoard
from khabar.leaderboard.places import BOARD, board_folder, place_of
from khabar.leaderboard.survey import survey
from khabar.leaderboard.view import BoardView, view_of
from khabar.reading.incidents import Incidents
from khabar.reading.predictions import read_predictions, split
from khabar.reading.reference import Reference
from khabar.site.corpus import SiteCorpus
from khabar.site.environment import Templates
from khabar.site.errors import by_cause
from khabar.site.language import languages
from khabar.site.names import page_name
from khabar.site.reader import paragraphs
from khabar.site.story import issues_by_status
from khabar.site.system import SystemView, system_view
from khabar.site.utterances import utterances

_STATIC = ("khabar.css", "khabar.js", "icon.svg")


def site(root: Path, built: BuiltBoard, reference: Reference, gold: Path | None = None) -> dict[str, bytes]:
    """Make all pages of an eval folder's boards: path below the site's folder (with /) → bytes.

    `gold` is the corpus folder the board was built on (None: the released one). Raises InputError if it cannot be read.
    """
    corpus = SiteCorpus.from_tables(read_split(released_corpus() if gold is None else gold, DEFAULT_SPLIT), reference)
    systems = list(_systems(root, built, reference, corpus))
    closed = {
        version: None if board is None else view_of(board)
        for version in survey(root, Incidents()).closed(reference.version)
        for board in [read_board(board_folder(root, version) / BOARD, Incidents())]
    }
    static = files("khabar.site") / "static"
    pages = {name: (static / name).read_bytes() for name in _STATIC}
    both = languages()
    for language in both:
        templates = Templates(language, built.view.corpus, corpus.stories)
        for path, page in _pages(templates, built.view, systems, corpus, closed):
            pages[f"{language.code}/{path}"] = page.encode()
    pages["index.html"] = Templates(both[0], built.view.corpus, corpus.stories).entrance(both).encode()
    return pages


def _systems(root: Path, built: BuiltBoard, reference: Reference, corpus: SiteCorpus) -> Iterator[SystemView]:
    scores = {submission.system: submission.score for submission in built.submissions}
    for row in built.view.rows:
        path = place_of(root, row.system, reference.version).predictions
        annotations, disputes = split(read_predictions(path, Incidents()))
        yield system_view(row, scores[row.system], annotations, disputes, reference, corpus.names)


def _pages(
    templates: Templates,
    board: BoardView,
    systems: Sequence[SystemView],
    corpus: SiteCorpus,
    closed: Mapping[str, BoardView | None],
) -> Iterator[tuple[str, str]]:
    def page(path: str, template: str, **values: Any) -> tuple[str, str]:
        return path, templates.page(path, template, systems=systems, corpus=corpus, closed=closed, **values)

    yield page("index.html", "board.html", board=board, present=True)
    for version, old in closed.items():
        yield page(f"boards/{version}.html", "board.html", board=old, present=False, version=version)
    yield page("articles/index.html", "articles.html")
    issues = {issue.issue_id: issue for issue in corpus.issues}
    for system in systems:
        yield page(f"systems/{system.key}.html", "system.html", system=system, issues=issues)
    for document in corpus.documents:
        doc_id, name = document.doc_id, page_name(document.doc_id)
        gold, claims = corpus.gold[doc_id], corpus.claims_in(doc_id)
        shared = {"document": document, "issues": issues, "names": corpus.names[document.story]}
        laid_out = paragraphs(document, gold, claims)
        yield page(f"articles/{name}.html", "article.html", system=None, paragraphs=laid_out, **shared)
        for system in systems:
            errors = system.errors.by_article.get(doc_id, [])
            laid_out = paragraphs(document, gold, claims, system.annotations[doc_id], errors)
            nowhere = [error for error in errors if error.start < 0]
            listed = {"errors": by_cause(errors), "nowhere": nowhere}
            path = f"articles/{name}/{system.key}.html"
            yield page(path, "article.html", system=system, paragraphs=laid_out, **listed, **shared)
    for story in corpus.stories:
        documents, name = corpus.in_story(story), page_name(story)
        shared = {"story": story, "documents": documents, "names": corpus.names[story]}
        by_status = issues_by_status(corpus.issues, corpus.claims, story)
        yield page(f"stories/{name}.html", "story.html", issues=by_status, **shared)
        reported = utterances(corpus.quotes, documents)
        yield page(f"stories/{name}-wording.html", "wording.html", utterances=reported, **shared)
