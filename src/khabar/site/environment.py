"""The environment of the templates: Jinja with everything escaped, and the few functions pages call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from khabar.leaderboard.board_gold import BoardGold
from khabar.leaderboard.ranking import COLUMNS
from khabar.reading.issues import words_of
from khabar.records import Document
from khabar.records.labels import LAYERS
from khabar.records.repository import CANARY
from khabar.scoring.result import decimal
from khabar.site.language import InterfaceLanguage, in_words, page_name
from khabar.site.reader import paragraph_at
from khabar.site.story import STATUSES, evidence
from khabar.site.system import SystemView, causes_of, first_error, main_figures, same_in_all, slices
from khabar.text.terminal import harmless, shortened
from khabar.text.wording import grouped

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
"""The Content-Security-Policy of every page: nothing but the site's own style, script and icon."""


class Templates:
    """The templates in one language."""

    def __init__(self, language: InterfaceLanguage, release: BoardGold | None, stories: Sequence[str]) -> None:
        other = "ar" if language.code == "en" else "en"
        self._shared = {"t": language, "other": other, "release": release, "stories": stories}

    def page(self, path: str, template: str, **values: Any) -> str:
        """Fill in a page; `path` is below the language's folder."""
        up = "../" * path.count("/")
        return _environment().get_template(template).render(self._shared, path=path, up=up, base=f"../{up}", **values)


def entrance(languages: Iterable[InterfaceLanguage]) -> str:
    """The page above all languages."""
    return _environment().get_template("entrance.html").render(languages=tuple(languages))


@cache
def _environment() -> Environment:
    """The environment of all pages of this process, so that each template is compiled once."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("khabar.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["short"] = short
    environment.globals |= {
        "policy": POLICY,
        "canary": CANARY,
        "LAYERS": LAYERS,
        "COLUMNS": COLUMNS,
        "STATUSES": STATUSES,
        "page_name": page_name,
        "in_words": in_words,
        "grouped": grouped,
        "evidence": evidence,
        "words_of": words_of,
        "slices": slices,
        "main_figures": main_figures,
        "same_in_all": same_in_all,
        "short": short,
        "paragraph_at": paragraph_at,
        "heading": heading,
        "harmless": harmless,
        "decimal": decimal,
        "percent": percent,
        "shortened": shortened,
        "speaking": speaking,
        "first_error": first_error,
        "causes_of": causes_of,
        "inline": inline,
    }
    return environment


def speaking(systems: Iterable[SystemView], split: str, layer: str | None = None) -> list[SystemView]:
    """The systems on the board of a split, and of these (where one is named) those that speak of a layer."""
    there = [system for system in systems if split in system.on]
    return there if layer is None else [system for system in there if layer in system.on[split].score.layers]


def inline(own: str) -> Markup:
    """A style or script of this package within a page: what must not be escaped, and is nobody else's."""
    from markupsafe import Markup

    return Markup(own)


def short(doc_id: str) -> str:
    """The number an article goes by: what its id begins with, if that is one."""
    head = doc_id.partition("_")[0]
    return head if head.isdigit() else doc_id


def heading(document: Document) -> str:
    """An article's title, else how its text begins."""
    return document.title or " ".join(document.text.split()[:12]) + " …"


def percent(value: float) -> str:
    """Where a figure from 0 to 1 stands on a line of 100 units."""
    return f"{min(max(value, 0.0), 1.0) * 100:.1f}"
