"""The report of one run: figures, errors by cause, and every article's differences, in one file that needs no other."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files

from khabar.records import Document
from khabar.scoring.result import Score
from khabar.scoring.scorer import Evaluation
from khabar.site.annotations import of_gold
from khabar.site.environment import Templates
from khabar.site.language import languages, names_of
from khabar.site.reader import ReaderParagraph, compared
from khabar.site.system import ArticleError, SystemErrors, annotated, by_cause, system_errors

MOST_ARTICLES = 100
"""How many articles a report shows: those with most errors."""
ARABIC = ".ar.html"
"""How the name of a report in Arabic ends."""


@dataclass(frozen=True, slots=True)
class ReportedArticle:
    """An article of a report: its paragraphs with their differences, its errors, and those that are nowhere in it."""

    document: Document
    paragraphs: list[ReaderParagraph]
    errors: list[ArticleError]

    @property
    def nowhere(self) -> list[ArticleError]:
        """Errors that have no place in the text."""
        return [error for error in self.errors if error.start < 0]


def report(name: str, evaluation: Evaluation, score: Score, *, arabic: bool = False) -> bytes:
    """Make a page of a run that opens from a disk, without a server and offline.

    `name` is what the run goes by. Errors are numbered throughout. Articles without text are left out.
    """
    reference = evaluation.cases.reference
    errors = _numbered(system_errors(evaluation.errors))
    articles = list(_articles(evaluation, errors))
    style, script = (
        (files("khabar.site") / "static" / file).read_text("utf-8") for file in ("khabar.css", "khabar.js")
    )
    own = f"style-src {_source(style)}; script-src {_source(script)}"
    policy = f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"
    templates = Templates(languages()[int(arabic)], None, reference.stories)
    page = templates.page(
        "report.html", "report.html",
        name=name, score=score, is_altered=bool(reference.pairs),
        errors=errors, articles=articles, style=style, script=script, report_policy=policy,
        by_cause=by_cause([error for article in articles for error in article.errors]),
        left_out=sum(map(bool, errors.by_article.values())) - len(articles),
    )  # fmt: skip
    return page.encode()


def _numbered(errors: SystemErrors) -> SystemErrors:
    """Errors numbered from 1 throughout all articles, those of most errors first."""
    ordered = sorted(errors.by_article.items(), key=lambda item: (-len(item[1]), item[0]))
    numbered, before = {}, 0
    for doc_id, mine in ordered:
        numbered[doc_id] = [replace(error, number=before + error.number) for error in mine]
        before += len(mine)
    return replace(errors, by_article=numbered)


def _articles(evaluation: Evaluation, errors: SystemErrors) -> Iterator[ReportedArticle]:
    reference = evaluation.cases.reference
    names = {story: names_of(reference.registry, story) for story in reference.stories}
    predicted = annotated(evaluation.cases, names, list(evaluation.judges))
    shown = [doc_id for doc_id, mine in errors.by_article.items() if mine and reference.texts[doc_id] is not None]
    for doc_id in shown[:MOST_ARTICLES]:
        grounded = reference.documents[doc_id]
        document = grounded.document
        gold = of_gold(grounded, (), names[grounded.story])
        mine = errors.by_article[doc_id]
        yield ReportedArticle(document, compared(document, gold, predicted[doc_id], mine), mine)


def _source(text: str) -> str:
    """What a policy calls the one inline style or script that a page has."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
