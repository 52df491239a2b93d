"""What annotation costs: keys, clicks and drags an item of each layer, and the time to open and save 500 regions.

    python benchmarks/annotation.py

The actions are counted on the gold of the seeds, in the pages of `khabar annotate serve`, in the order of
benchmarks/hand.py. A region takes a drag, and its label's key unless the page holds that label ready. A text takes a
click (or Tab) and its letters, and Enter between several: it is kept when the next drag begins, or the next label is
clicked, and takes Enter only where Alt+R follows. A choice takes two clicks, or one where all choices show; a relation
that the page does not draw takes Alt+R and a click, after a click on the whole if that is no longer selected. A
question takes a drag for each card, the key of its status, and its fields, texts with Enter; one that khabar proposes
begins with cards in piles, and takes a drag for each that is in a wrong one, or the key of `no question`. What the page
implies, or understands from the rest, takes nothing. tests/annotations/browser does each of these in a browser. The
times are measured in Label Studio and Chromium, which this starts.

The page of 37 labels that the steps replaced, in docs/rounds.md, took Esc and a key for each region, Enter after each
text (without it the keys would be typed into the field), and every relation by hand.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.hand import Action, Hand  # noqa: E402

from khabar.annotations.agreement.names import matched_groups  # noqa: E402
from khabar.annotations.label_studio.configuration import QUESTIONS, read_configuration  # noqa: E402
from khabar.annotations.label_studio.questions import by_value, proposed  # noqa: E402
from khabar.annotations.rounds import read_articles  # noqa: E402
from khabar.formats.label_studio.document_page import STEPS, document_page, document_rows  # noqa: E402
from khabar.formats.label_studio.names import Names  # noqa: E402
from khabar.formats.label_studio.page import Page, Region, to_results  # noqa: E402
from khabar.formats.label_studio.question_page import question_page  # noqa: E402
from khabar.reading.incidents import Incidents  # noqa: E402
from khabar.reading.rows import read_rows  # noqa: E402
from khabar.records import Claim, Conflict, Entity, Registered, Row, only  # noqa: E402
from khabar.scoring.assignment import assign  # noqa: E402

GOLD = ROOT / "annotations" / "gold" / "kursk.jsonl"
UNDERSTOOD = ("entity_id", "wikidata", "speaker", "unit", "evidence")
"""Controls that may stay empty where the rest of the page says it."""
REGIONS = 500
Piles = Mapping[str, Sequence[str]]
"""Position → its cards."""


@dataclass(frozen=True, slots=True)
class Actions:
    """What a hand does."""

    keys: int = 0
    clicks: int = 0
    drags: int = 0
    letters: int = 0

    def __add__(self, other: Actions) -> Actions:
        return Actions(
            self.keys + other.keys,
            self.clicks + other.clicks,
            self.drags + other.drags,
            self.letters + other.letters,
        )


def clicks_of(step: str) -> dict[str, int]:
    """Control of choices → the clicks that choose one."""
    root = ElementTree.fromstring(read_configuration(step).label_config)
    return {str(each.get("name")): 2 if each.get("layout") == "select" else 1 for each in root.iter("Choices")}


def leaned(page: Page, read: Callable[[Page], Sequence[Row]]) -> Page:
    """The page without what it understands by itself: controls that make no difference."""
    wanted = read(page)
    for turn in reversed(range(len(page.regions))):
        for control in UNDERSTOOD:
            less = replace(page, regions=_without(page.regions, turn, control))
            page = less if read(less) == wanted else page
    return page


def _without(regions: Sequence[Region], turn: int, control: str) -> tuple[Region, ...]:
    left = {name: words for name, words in regions[turn].attributes.items() if name != control}
    return (*regions[:turn], replace(regions[turn], attributes=left), *regions[turn + 1 :])


def actions_of(page: Page, needed: Page, clicks: Mapping[str, int]) -> Actions:
    """What making a page takes, submitting left out."""
    return sum((cost_of(action, clicks) for action in Hand(page, needed).actions()), Actions())


def cost_of(action: Action, clicks: Mapping[str, int]) -> Actions:
    """What one action takes."""
    words = action.words
    match action.kind:
        case "label" | "enter":
            return Actions(keys=1)
        case "drag":
            return Actions(drags=1)
        case "type":
            return Actions(clicks=1, keys=len(words) - 1, letters=sum(map(len, words)))
        case "choose":
            return Actions(clicks=clicks[action.control] * len(words))
        case "relate":
            return Actions(keys=1, clicks=1)
        case "pick":
            return Actions(clicks=1)


@dataclass(frozen=True, slots=True)
class GoldPage:
    """What gold has of an article in a step: the page, the rows that a page is read as, and the story's names."""

    page: Page
    text: str
    names: Names
    read: Callable[[Page], list[Row]]


def gold_pages(step: str) -> dict[str, GoldPage]:
    """Article of the seeds' story → what gold has of it in a step."""
    rows = _gold()
    names = Names().with_entities((row.entity_id, row.name) for row in rows if isinstance(row, Registered))
    pages = {}
    for document in read_articles(ROOT / "seeds").documents:
        if document.story == GOLD.stem:
            doc_id, text = document.doc_id, document.text
            own = [row for row in rows if getattr(row, "doc_id", None) == doc_id]
            elsewhere = [row for row in own if isinstance(row, Entity)] if step != "entities" else []
            read = partial(_read, doc_id=doc_id, text=text, names=names, elsewhere=elsewhere)
            page = names.shown(document_page(own, text).only(STEPS[step]))
            pages[doc_id] = GoldPage(page, text, names, read)
    return pages


def _gold() -> list[Row]:
    return [located.row for located in read_rows(GOLD, Incidents())]


def counted() -> Iterator[tuple[str, int, Actions]]:
    """Step, its items in the seeds, and what they take."""
    for step in STEPS:
        pages, clicks = gold_pages(step).values(), clicks_of(step)
        done = (actions_of(each.page, leaned(each.page, each.read), clicks) for each in pages)
        yield step, sum(row.layer == step for row in _gold()), sum(done, Actions())
    for name, done in counted_questions(_gold()).items():
        yield f"{name}, an issue", len(only(_gold(), Conflict)), done
        yield f"{name}, a claim", len(only(_gold(), Claim)), done


def counted_questions(rows: Sequence[Row]) -> dict[str, Actions]:
    """What the questions of a story take, if each begins empty, and if they begin as they are proposed."""
    claims, clicks = only(rows, Claim), clicks_of(QUESTIONS)
    asked = [question_page(issue, claims) for issue in only(rows, Conflict)]
    piles = [page.piles for page in asked]
    given = [by_value(group) for group in proposed(claims, rows).values()]
    saved = [
        (turn, other, placed(wanted) - moves(begun, wanted))
        for turn, wanted in enumerate(piles)
        for other, begun in enumerate(given)
        if placed(wanted) > moves(begun, wanted)
    ]
    used = assign(saved)
    saves = {(turn, other): drags for turn, other, drags in saved}
    fields = Actions()
    for page in asked:
        fields += Actions(keys=1)
        for control, words in page.notes.items():
            if control in clicks:
                fields += Actions(clicks=0 if control == "status" else clicks[control])
            else:
                fields += Actions(keys=1, clicks=1, letters=sum(map(len, words)))
    alone = fields + Actions(drags=sum(map(placed, piles)))
    helped = alone + Actions(keys=len(given) - len(used), drags=-sum(saves[pair] for pair in used))
    return {"questions": alone, "questions, proposed": helped}


def placed(piles: Piles) -> int:
    """The cards in piles."""
    return sum(map(len, piles.values()))


def moves(begun: Piles, wanted: Piles) -> int:
    """The drags from one way of placing cards to another; the letters of piles do not matter."""
    same = matched_groups(wanted, begun)
    kept = sum(len({*begun[name]} & {*wanted[other]}) for name, other in same.items())
    gone = {card for cards in begun.values() for card in cards} - {card for cards in wanted.values() for card in cards}
    return placed(wanted) - kept + len(gone)


def _read(page: Page, doc_id: str, text: str, names: Names, elsewhere: Sequence[Entity]) -> list[Row]:
    return document_rows(page, doc_id, text, lambda *_, **__: None, names=names, elsewhere=elsewhere)


def timed(label_config: str) -> tuple[float, float]:
    """Seconds to open a task with 500 regions, and to save it after one of them got another label."""
    from tests.annotations.browser.page import annotator
    from tests.annotations.conftest import serve

    from khabar.annotations.label_studio.configuration import Configuration
    from khabar.annotations.label_studio.projects import Answer, Server, Task

    words = [f"w{number}" for number in range(REGIONS)]
    text = " ".join(words)
    starts = [text.index(word) for word in words]
    regions = [Region(word, "PERS", start, start + len(word), word) for word, start in zip(words, starts, strict=True)]
    with TemporaryDirectory() as folder, serve(Path(folder) / "data") as served:
        server = Server(served.connection.client(), served.connection.url)
        project = server.make("khabar benchmark", Configuration(label_config, ""))
        answer = Answer(0, tuple(to_results(Page(tuple(regions)))), "")
        [task] = server.add_tasks(project, [Task(0, {"key": "d", "text": text}, "", annotations=(answer,))])
        with annotator(served) as who:
            seconds = []
            for _ in range(2):  # the first opening makes the project's tab, which nobody waits for again
                start = time.perf_counter()
                who.page.goto(task.address)
                who.page.wait_for_function(f"document.querySelectorAll('.htx-highlight').length >= {REGIONS}")
                seconds.append(time.perf_counter() - start)
                who.page.wait_for_load_state("networkidle")
            who.page.locator(".htx-highlight").first.click()
            who.press("4", who.page.locator(".lsf-label_selected").filter(has_text="ORG"))
            start = time.perf_counter()
            who.submit()
            return seconds[-1], time.perf_counter() - start


def main() -> None:
    """Print the table, then the times."""
    print(f"{'step':<30} items   keys  clicks  drags  letters   (an item)")
    for step, items, done in counted():
        each = [f"{amount / items:.2f}" for amount in (done.keys, done.clicks, done.drags, done.letters)]
        print(f"{step:<29} {items:>6} {each[0]:>6} {each[1]:>7} {each[2]:>6} {each[3]:>8}")
    opened, saved = timed(read_configuration("entities").label_config)
    print(f"{REGIONS} regions: opened in {opened:.1f} s, saved in {saved:.1f} s")


if __name__ == "__main__":
    main()
