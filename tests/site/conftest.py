"""A site of the real corpus with three systems, one of them hostile in all it says, and a browser to look at it."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from khabar.leaderboard.add import add
from khabar.leaderboard.board import Board
from khabar.leaderboard.board_gold import BoardGold, read_board_gold
from khabar.leaderboard.build import BuiltBoards, build
from khabar.reading.incidents import Incidents
from khabar.reading.reference import Reference
from khabar.records import Annotations, Dispute
from khabar.site.build import site as site_of
from khabar.site.build import write_site
from tests import released
from tests.browsers import MISSING, browser_path, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
CARD = ROOT / "tests" / "incidents" / "shared" / "card.toml"
ATTACKS = (
    "<script>alert('script')</script>",
    '"><img src=x onerror="alert(\'image\')">',
    "'-alert('attribute')-'",
    "{{ 7 * 7 }}",
    "javascript:alert('link')",
    "</bdi></li><h1>\u202eevil",
)
"""What a hostile system says wherever the format lets it say anything."""


def hostile_predictions(reference: Reference) -> bytes:
    """Predictions whose every string is an attack, in the text and nowhere in it."""
    lines: list[dict[str, Any]] = []
    for doc_id in reference.documents:
        entities = [{"text": each, "label": "PERS", "entity_id": each} for each in ATTACKS]
        entities.append({"start": 0, "end": 5, "label": "ORG", "entity_id": ATTACKS[1], "name": ATTACKS[0]})
        numbers = [
            {"start": 6 * at, "end": 6 * at + 5, "kind": "date", "edtf": each} for at, each in enumerate(ATTACKS)
        ] + [{"start": 40, "end": 45, "kind": "count", "low": "1", "high": "1", "unit": each} for each in ATTACKS]
        quotes = [
            {"content": [{"start": 10 * at, "end": 10 * at + 30}], "cue": [{"text": each}], "speaker": {"name": each}}
            for at, each in enumerate(ATTACKS)
        ]
        quotes += [{"content": [{"text": each}], "source_chain": [{"name": each}]} for each in ATTACKS]
        lines.append({"doc_id": doc_id, "entities": entities, "numbers": numbers, "quotes": quotes})
    one, other, *_ = reference.documents
    for each in ATTACKS:
        sides = [{"value": each, "spans": [{"doc_id": doc, "start": 3, "end": 50}]} for doc in (one, other)]
        lines.append({"story": reference.stories[0], "type": "identity", "confidence": 0.5, "sides": sides})
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def with_hostile_card(built: BuiltBoards) -> BuiltBoards:
    """Give the hostile system the card that `leaderboard add` would refuse: whatever reads it must not rely on that."""
    return replace(built, boards={split: _with_hostile_card(board) for split, board in built.boards.items()})


def _with_hostile_card(board: Board) -> Board:
    systems = tuple(
        msgspec.structs.replace(
            entry,
            card=msgspec.structs.replace(
                entry.card,
                name=ATTACKS[1],
                authors=ATTACKS,
                licence=ATTACKS[0],
                trained_on=ATTACKS[5],
                url=ATTACKS[4],
                notes="\n".join(ATTACKS),
            ),
            perfect=("quotes",),
        )
        if entry.system == "hostile"
        else entry
        for entry in board.systems
    )
    return msgspec.structs.replace(board, systems=systems)


@pytest.fixture(scope="session")
def reference() -> Reference:
    return released.gold()


@pytest.fixture(scope="session")
def gold(reference: Reference) -> BoardGold:
    """The released corpus, its seeds and the contrast set of them: the other splits are not here on every machine."""
    splits = {"test": reference, "contrast": released.gold("contrast")}
    contrast = frozenset({"contrast"})
    return replace(read_board_gold(None), splits=splits, withheld=frozenset(), outlined=frozenset(), contrast=contrast)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, reference: Reference, gold: BoardGold) -> tuple[Path, BuiltBoards]:
    """An eval folder with the embedded systems and a hostile one, and boards of earlier corpora."""

    def said_by(name: str, split: str = "test") -> list[Annotations | Dispute]:
        annotations, disputes = released.predicted(name, split)
        return [*annotations, *disputes]

    folder = tmp_path_factory.mktemp("eval")
    root, version = folder / "eval", reference.version
    said = folder / "hostile.jsonl"
    said.write_bytes(hostile_predictions(reference))
    of_pairs = folder / "hostile-pairs.jsonl"
    of_pairs.write_bytes(hostile_predictions(gold.splits["contrast"]))
    pairs = {"rules": said_by("rules", "contrast"), "hostile": of_pairs, "empty": said_by("empty", "contrast")}
    pairs |= {"reader": said_by("oracle", "contrast")}
    card, by_rules = CARD.read_text("utf-8"), said_by("rules")
    for name, predictions in (
        ("rules", by_rules),
        ("empty", said_by("empty")),
        ("hostile", said),
        ("counter", by_rules),
        ("reader", None),
    ):
        described = folder / f"{name}.toml"
        described.write_text(
            card.replace("My extractor", name.capitalize())
            + ('layers = ["numbers"]\ntokens = {test = [150000, 30000]}\n' if name == "counter" else ""),
            "utf-8",
        )
        by_split = {"test": predictions, "contrast": pairs.get(name)}
        given = {split: said for split, said in by_split.items() if said is not None}
        for path, data in add(root, name, given, described, gold, Incidents())[1].items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    made = build(root, gold)
    old = json.loads(made.files[root / "board" / version / "test" / "board.json"])
    old["corpus"]["version"] = "0.0.9"
    for name, board in (("0.0.9", json.dumps(old)), ("0.0.1", "{}")):
        (root / "board" / name).mkdir(parents=True)
        (root / "board" / name / "board.json").write_text(board, "utf-8")
    return root, made


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, built: tuple[Path, BuiltBoards], gold: BoardGold) -> Path:
    """The site's folder."""
    folder = tmp_path_factory.mktemp("site") / "site"
    write_site(folder, site_of(built[0], with_hostile_card(built[1]), gold))
    return folder


@pytest.fixture(scope="session")
def pages(site: Path) -> list[str]:
    """All pages, as paths below the site."""
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The site as a server on this machine gives it."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Browser:
    if browser_path() is None and not os.environ.get("CI"):
        pytest.skip(MISSING)
    from playwright.sync_api import expect

    expect.set_options(timeout=60_000)  # a slow machine with other work
    return chromium()


@dataclass
class Visit:
    """A tab that notes what should not be: errors, dialogs, and requests to elsewhere, which it does not let out."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(120_000)
        self.page.on("console", lambda message: self._console(message.type, message.text))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        # By a pattern, so that the site's own requests do not wait for this process: a script that came late, or never
        # under load, left a page as it is without scripts.
        self.page.route(re.compile(f"^(?!{re.escape(self.address)})"), self._refuse)

    def __call__(self, path: str) -> Page:
        """Go to a page of the site."""
        answer = self.page.goto(self.address + path)
        assert answer is None or answer.ok, path
        return self.page

    def _console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.wrong.append(f"console: {text}")

    def _refuse(self, route: Any) -> None:
        self.wrong.append(f"request: {route.request.url}")
        route.abort()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """A tab of a common desktop's size. Nothing may have gone wrong in it by the end of the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    made = Visit(context.new_page(), address)
    yield made
    context.close()
    assert not made.wrong, made.wrong
