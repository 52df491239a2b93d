"""The environment of the templates: Jinja with everything escaped, and the few functions pages call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from types import CodeType
from typing import TYPE_CHECKING, Any

from khabar.leaderboard.board_gold import BoardGold
from khabar.leaderboard.ranking import COLUMNS
from khabar.leaderboard.view import SystemRow
from khabar.reading.issues import words_of
from khabar.records import Document
from khabar.records.labels import LAYERS
from khabar.records.repository import CANARY
from khabar.scoring.result import decimal
from khabar.site.language import InterfaceLanguage, in_words, page_name
from khabar.site.reader import paragraph_at
from khabar.site.story import STATUSES, evidence
from khabar.site.system import SystemView, causes_of, first_error, main_figures, same_in_all, slices
from khabar.text.wording import grouped

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment
    from jinja2.bccache import Bucket
    from markupsafe import Markup

POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
"""The Content-Security-Policy of every page: nothing but the site's own style, script and icon."""


class Templates:
    """The templates in one language."""

    def __init__(self, language: InterfaceLanguage, release: BoardGold | None, stories: Sequence[str]) -> None:
        self._language = language
        self._environment = _environment()
        self._environment.filters["short"] = short
        self._environment.globals |= {
            "t": language,
            "policy": POLICY,
            "canary": CANARY,
            "LAYERS": LAYERS,
            "COLUMNS": COLUMNS,
            "STATUSES": STATUSES,
            "stories": stories,
            "release": release,
            "other": "ar" if language.code == "en" else "en",
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
            "figure_name": self.figure_name,
            "decimal": decimal,
            "percent": percent,
            "clipped": clipped,
            "together": self.together,
            "in_columns": self.in_columns,
            "speaking": speaking,
            "first_error": first_error,
            "causes_of": causes_of,
            "inline": inline,
        }

    def page(self, path: str, template: str, **values: Any) -> str:
        """Fill in a page; `path` is below the language's folder."""
        up = "../" * path.count("/")
        return self._environment.get_template(template).render(path=path, up=up, base=f"../{up}", **values)

    def entrance(self, languages: Iterable[InterfaceLanguage]) -> str:
        """The page above both languages."""
        return self._environment.get_template("entrance.html").render(languages=tuple(languages), base="")

    def together(self, rows: Sequence[SystemRow], most: int = 2) -> str:
        """The names of a few systems, and how many more there are."""
        names = self._language("ui.comma").join(row.card.name for row in rows[:most])
        more = len(rows) - most
        return names if more <= 0 else self._language("finding.more", names=names, n=more)

    def in_columns(self, layers: Sequence[str]) -> str:
        """The names of some columns."""
        return self._language("ui.comma").join(self._language(f"column.{layer}") for layer in layers)

    def figure_name(self, name: str) -> str:
        """A figure's name in words; labels of the scheme stay as they are."""
        return " · ".join(self._language.known(f"figure.{part}", part) for part in name.split("."))


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("khabar.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_compiled(),
    )


@cache
def _compiled() -> BytecodeCache:
    """What templates were compiled to in this process. Every language of every site fills in the same ones."""
    from jinja2 import BytecodeCache

    class Compiled(BytecodeCache):
        def __init__(self) -> None:
            self.codes: dict[tuple[str, str], CodeType | None] = {}

        def load_bytecode(self, bucket: Bucket) -> None:
            bucket.code = self.codes.get((bucket.key, bucket.checksum))

        def dump_bytecode(self, bucket: Bucket) -> None:
            self.codes[bucket.key, bucket.checksum] = bucket.code

    return Compiled()


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


def clipped(text: str, longest: int) -> str:
    """The beginning and the end of a long text, whole words of both."""
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half].rpartition(' ')[0]} … {text[-half:].partition(' ')[2]}"


def percent(value: float) -> str:
    """Where a figure from 0 to 1 stands on a line of 100 units."""
    return f"{min(max(value, 0.0), 1.0) * 100:.1f}"
