"""Pictures of annotation: the seeds' story in a real Label Studio, as an annotator sees it in a real browser.

What each is taken of is known without a server: the configuration, what the task holds, the script and the notes that
`annotate serve` adds, the release of Label Studio.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from khabar.annotations.adjudication.disagreements import Disagreement, disagreements
from khabar.annotations.adjudication.page import task_data
from khabar.annotations.agreement.alignment import align
from khabar.annotations.label_studio.configuration import ADJUDICATION, QUESTIONS, kinds_of, read_configuration
from khabar.annotations.label_studio.notes import ARABIC
from khabar.annotations.label_studio.start import start_of_file
from khabar.annotations.rounds import Articles, PassName, Round, read_articles, read_round
from khabar.annotations.server.environment import LAUNCHER, requirement
from khabar.formats.label_studio.document_page import STEPS, document_page
from khabar.formats.label_studio.names import Names
from khabar.formats.label_studio.page import row_region, to_results
from khabar.formats.label_studio.question_page import card, question_page
from khabar.records import Claim, Conflict, Registered, only

if TYPE_CHECKING:
    from tests.annotations.browser.page import Annotator
    from tests.annotations.conftest import LabelStudio

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "annotations" / "gold" / "kursk.jsonl"
DOCUMENT = "004_d8d3faf852fe3968"
QUOTE = f"{DOCUMENT}-q002"
QUESTION = "deployment_purpose"
HEIGHT = 768
TO_MEND = (("1", "مع جيش بلاده"), ("4", "في بيان إلى"))
"""Key and words of a quote without a speaker, and of a piece of no quote."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of a page of one kind: what it shows that may be otherwise tomorrow, and how to bring it about."""

    kind: str
    shows: Callable[[], Any]
    take: Callable[[Annotator, str], None]
    """Given who sits at the browser, and the address of the task."""


@cache
def articles() -> Articles:
    """The articles of the seeds' story."""
    return Articles(tuple(each for each in read_articles(ROOT / "seeds").documents if each.story == GOLD.stem))


@cache
def passes() -> Round:
    """Two passes over them."""
    return read_round(ROOT / "annotations" / "rounds" / "first", ROOT / "seeds", ["a", "b"])


@cache
def questions() -> list[Disagreement]:
    """Quotes that the passes read differently, one that differs in its content first."""
    given = passes()
    pairs = align(given.a.rows, given.b.rows, given.texts, given.stories)
    asked = [each for each in disagreements(pairs, given.texts) if each.layer == "quotes" and not each.cosmetic]
    return sorted(asked, key=lambda each: each.what != ("content",))


def quotes_of_article() -> Any:
    """The article's page in the step of the quotes."""
    rows = start_of_file(GOLD, articles(), finished=True).rows
    own = (row for row in rows if getattr(row, "doc_id", None) == DOCUMENT)
    return to_results(document_page(own, articles().texts[DOCUMENT]).only(STEPS["quotes"]))


def cards_of_question() -> Any:
    """A question's page, and the cards of the story's claims."""
    rows = start_of_file(GOLD, articles(), finished=True).rows
    claims, names = (
        only(rows, Claim),
        Names().with_entities((row.entity_id, row.name) for row in only(rows, Registered)),
    )
    [issue] = (row for row in only(rows, Conflict) if row.issue_id == QUESTION)
    return to_results(question_page(issue, claims)), [
        card(each, articles().texts[each.doc_id], names) for each in claims
    ]


def take_quote(who: Annotator, address: str) -> None:
    """A quote is selected, and its fields show."""
    who.page.goto(f"{address}&region={row_region(QUOTE)}")
    who.page.wait_for_url("**tab=*")
    who.page.wait_for_load_state("networkidle")
    who.page.locator(".htx-highlight.__active").wait_for()


def take_page(who: Annotator, address: str) -> None:
    """As it opens."""
    who.page.goto(address)
    who.page.locator("[class^=khabar]").filter(visible=True).first.wait_for()
    who.page.wait_for_load_state("networkidle")


def take_cards(who: Annotator, address: str) -> None:
    """As it opens."""
    take_page(who, address)
    who.pile("C").first.wait_for()


def take_question(who: Annotator, address: str) -> None:
    """Decided by a key, and why by another; not submitted."""
    take_page(who, address)
    who.press("1", who.page.locator(".khabar-decision :checked"))
    who.page.keyboard.press("q")
    who.page.locator("#khabar-left").get_by_text("left").wait_for()


def take_notes(who: Annotator, address: str) -> None:
    """Submitted with something to mend."""
    take_page(who, address)
    for key, surface in TO_MEND:
        who.press(key, who.page.locator(".lsf-label_selected"))
        who.sweep(surface)
        who.page.locator(".htx-highlight.__active").wait_for()
        who.page.keyboard.press("Escape")
    who.submit()
    notes = who.page.frame_locator("#khabar-notes iframe")
    notes.get_by_role("listitem").nth(len(TO_MEND) - 1).wait_for()
    who.page.wait_for_function("document.querySelector('#khabar-notes iframe').clientHeight > 100")


def notes() -> Any:
    """The page of the notes, and what they say."""
    page = files("khabar.annotations.label_studio") / "templates" / "notes.html"
    return page.read_text("utf-8"), ARABIC, TO_MEND


SHOTS = {
    "annotate-quotes.png": Shot("quotes", lambda: (quotes_of_article(), QUOTE), take_quote),
    "annotate-question.png": Shot(QUESTIONS, cards_of_question, take_cards),
    "annotate-adjudication.png": Shot(
        ADJUDICATION, lambda: task_data(questions()[0], passes().texts, {}), take_question
    ),
    "annotate-notes.png": Shot("quotes", lambda: (quotes_of_article(), notes()), take_notes),
}


def scripts_of(kind: str) -> tuple[str, ...]:
    """The scripts that a page of this kind shows something of."""
    return (
        "shared.js",
        "page.js",
        *(["marking.js"] if kind in STEPS else []),
        *(["cards.js"] if kind == QUESTIONS else []),
    )


def taken_of(name: str) -> str:
    """The SHA-256 of what a picture shows."""
    shot = SHOTS[name]
    script = "".join(LAUNCHER.with_name(each).read_text("utf-8") for each in scripts_of(shot.kind))
    parts = [requirement(), HEIGHT, read_configuration(shot.kind).label_config, script, shot.shows()]
    return sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def take(names: Iterable[str], folder: Path) -> None:
    """Take pictures into a folder."""
    from tests.annotations.browser.page import annotator
    from tests.annotations.conftest import serve

    with TemporaryDirectory() as scratch, serve(Path(scratch) / "data") as server:
        addresses = bring(server, Path(scratch))
        with annotator(server, HEIGHT) as who:
            for name in names:
                SHOTS[name].take(who, addresses[SHOTS[name].kind])
                who.page.mouse.move(0, 0)
                who.page.screenshot(path=folder / name, animations="disabled")


def bring(server: LabelStudio, scratch: Path) -> dict[str, str]:
    """Bring the gold as a finished pass, and the questions: kind of project → the address of the task to show."""
    from khabar.annotations.adjudication.label_studio import exchange
    from khabar.annotations.label_studio.projects import Server
    from khabar.annotations.label_studio.push import push

    which = PassName("second", "b")
    start = start_of_file(GOLD, articles(), finished=True)
    configurations = {kind: read_configuration(kind) for kind in kinds_of()}
    there = Server(server.connection.client(), server.connection.url)
    tasks = push(there, which, articles(), list(articles().texts), "amal", start, configurations)
    exchange(server.connection, passes(), questions(), scratch / "decisions.jsonl")
    project = there.find(f"khabar {passes().name}/{ADJUDICATION}")
    assert project is not None
    tasks[ADJUDICATION] = there.tasks(project)
    return {
        kind: next((task for task in of_kind if task.key in (DOCUMENT, QUESTION)), of_kind[0]).address
        for kind, of_kind in tasks.items()
    }
