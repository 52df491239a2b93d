"""What an annotator does in the page is what changes in the file: real server, real browser, real mouse."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from khabar.annotations.label_studio.configuration import STORIES
from khabar.annotations.label_studio.projects import Server
from khabar.annotations.rounds import PassName
from tests.annotations.browser.page import annotator

if TYPE_CHECKING:
    from tests.annotations.conftest import LabelStudio

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("label_studio")]

TEXT = (
    "خبرٌ عاجل 📰🚨 من مدينةِ\u00a0الريّاضِ: قـــال الوزيرُ\u00a0نبيل الشامي إن المصنعَ سيُفتح قريبا.\n"
    "وبوتين لم يعلّق، ونفت سلمى الخبر.\n"
)
"""Two emoji beyond the BMP, diacritics, no-break spaces and tatweel stand before what is marked."""


def span(surface: str) -> dict[str, Any]:
    assert TEXT.count(surface) == 1
    return {"start": TEXT.index(surface), "end": TEXT.index(surface) + len(surface), "text": surface}


def entity(id_: str, surface: str, label: str, key: str) -> dict[str, Any]:
    return {
        "layer": "entities",
        "id": id_,
        "doc_id": "d",
        **span(surface),
        "label": label,
        "name": surface,
        "entity_id": key,
    }


def registered(key: str, name: str) -> dict[str, Any]:
    return {"layer": "registry", "entity_id": key, "story": "s", "label": "PERS", "name": name}


ROWS = [
    {"layer": "zones", "doc_id": "d", "zones": [{"start": 0, "end": len(TEXT), "zone": "body"}]},
    entity("d-e1", "الوزيرُ", "OCC", "nabil_shami"),
    entity("d-e2", "بوتين", "PERS", "vladimir_putin"),
    entity("d-e3", "سلمى", "PERS", "salma"),
    {
        "layer": "quotes", "id": "d-q1", "doc_id": "d", "content": [span("المصنعَ سيُفتح قريبا")], "cue": [span("قـــال")],
        "speaker": "nabil_shami", "source_chain": ["nabil_shami"], "act": "statement", "polarity": "positive",
    },
    {
        "layer": "quotes", "id": "d-q2", "doc_id": "d", "content": [span("الخبر")], "cue": [span("نفت")],
        "speaker_mention": span("سلمى"), "speaker": "salma", "source_chain": ["salma"], "act": "denial", "polarity": "negative",
    },
    *[
        {
            "layer": "claims", "id": f"c{turn}", "doc_id": "d", "issue_id": "true_report", "position": position, **span(surface),
            "source": source, "stance": stance, "value": value,
        }
        for turn, (position, surface, source, stance, value) in enumerate(
            [("A", "سيُفتح قريبا", "nabil_shami", "asserted", "yes"), ("B", "ونفت سلمى الخبر", "salma", "denied", "no")], start=1
        )
    ],
    {
        "layer": "conflicts", "issue_id": "true_report", "story": "s", "question": "Will it open?", "question_ar": "هل سيُفتح؟",
        "status": "conflict", "type": "polarity", "scope": "within",
        "positions": [{"position": "A", "claim_ids": ["c1"]}, {"position": "B", "claim_ids": ["c2"]}],
    },
    registered("nabil_shami", "نبيل الشامي"),
    registered("salma", "سلمى"),
    registered("vladimir_putin", "بوتين"),
]  # fmt: skip


class Round:
    """A folder with one article and a finished pass of it on the server."""

    def __init__(self, server: LabelStudio, folder: Path, name: str) -> None:
        self.server, self.folder, self.name = server, folder, name
        (folder / "articles").mkdir()
        (folder / "articles" / "d.txt").write_bytes(TEXT.encode())
        self.khabar("seeds", "add", "articles/d.txt", "--story", "s", "--split", "test")
        self.base = folder / "base.jsonl"
        rows = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in ROWS]
        self.base.write_text("".join(f"{row}\n" for row in rows), "utf-8")
        self.push("--from", "base.jsonl", "--finished")

    def khabar(self, *args: str) -> str:
        there = self.server.connection
        environment = {**os.environ, "LABEL_STUDIO_URL": there.url, "LABEL_STUDIO_API_KEY": there.token}
        command = [sys.executable, "-m", "khabar", *args]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def push(self, *args: str) -> None:
        self.khabar("annotate", "push", "page", self.name, *args)

    def pull(self) -> list[dict[str, Any]]:
        self.khabar("annotate", "pull", "page", self.name)
        path = self.folder / "annotations" / "rounds" / "page" / f"{self.name}.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    def place(self, kind: str) -> tuple[int, int]:
        """The project and its only task."""
        found = Server(self.server.connection.client(), self.server.connection.url)
        project = found.find(PassName("page", self.name).title(kind))
        assert project is not None
        (task,) = found.tasks(project)
        return project.id, task.id


@pytest.fixture
def opened(label_studio: LabelStudio, tmp_path: Path, request: pytest.FixtureRequest) -> Round:
    return Round(label_studio, tmp_path, re.sub(r"\W", "_", request.node.name)[-20:].strip("_"))


def difference(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows that went, rows that came."""
    return [row for row in ROWS if row not in rows], [row for row in rows if row not in ROWS]


def test_unchanged_pages_change_nothing(opened: Round) -> None:
    assert opened.pull() == ROWS


def test_a_drag_gives_the_offsets_of_the_text(opened: Round) -> None:
    """Over whole words, and from the second letter of a word, whose first is a clitic; nothing asks another host."""
    with annotator(opened.server) as page:
        page.open(*opened.place("entities"))
        page.drag("1", "نبيل الشامي")
        page.select("نبيل الشامي")
        page.fill("entity_id", "nabil_shami")
        page.drag("5", "ريّاضِ")
        page.select("ريّاضِ")
        page.fill("entity_id", "riyadh")
        page.submit()
        assert page.hosts == {"127.0.0.1"}
    gone, come = difference(opened.pull())
    marked = {row["text"]: row for row in come if row["layer"] == "entities"}
    assert not gone
    assert set(marked) == {"نبيل الشامي", "ريّاضِ"}
    for surface, (label, key) in {"نبيل الشامي": ("PERS", "nabil_shami"), "ريّاضِ": ("GPE", "riyadh")}.items():
        row = marked[surface]
        assert {name: row[name] for name in ("start", "end", "text")} == span(surface)
        assert (row["label"], row["entity_id"]) == (label, key)
    assert [row["entity_id"] for row in come if row["layer"] == "registry"] == ["riyadh"]


def test_another_label(opened: Round) -> None:
    with annotator(opened.server) as page:
        page.open(*opened.place("entities"))
        page.select("بوتين")
        page.press("4", page.page.locator(".lsf-label_selected").filter(has_text="ORG"))
        page.submit()
    assert difference(opened.pull()) == ([ROWS[2]], [{**ROWS[2], "label": "ORG"}])


def test_an_attribute_chosen_and_one_typed(opened: Round) -> None:
    with annotator(opened.server) as page:
        page.open(*opened.place("entities"))
        page.select("بوتين")
        page.choose("scored", "not scored")
        page.fill("wikidata", "Q7747")
        page.submit()
    assert difference(opened.pull()) == ([ROWS[2]], [{**ROWS[2], "wikidata": "Q7747", "scored": False}])


def test_a_relation_drawn(opened: Round) -> None:
    """A speaker's mention is marked, and related to what is said: Alt+R, then a click on the other."""
    with annotator(opened.server) as page:
        page.open(*opened.place("quotes"))
        page.drag("3", "نبيل")
        page.select("المصنعَ سيُفتح قريبا")
        page.page.keyboard.press("Alt+r")
        page.click("نبيل")
        page.submit()
    quote = ROWS[4]
    assert difference(opened.pull()) == ([quote], [{**quote, "speaker_mention": span("نبيل")}])


def test_another_span(opened: Round) -> None:
    """A region is deleted and drawn anew, a word longer."""
    with annotator(opened.server) as page:
        page.open(*opened.place("entities"))
        page.select("الوزيرُ")
        page.page.keyboard.press("Backspace")
        page.drag("3", "الوزيرُ\u00a0نبيل")
        page.select("الوزيرُ")
        page.fill("entity_id", "nabil_shami")
        page.submit()
    gone, come = difference(opened.pull())
    assert gone == [ROWS[1]]
    (row,) = come
    assert {name: row[name] for name in ("start", "end", "text")} == span("الوزيرُ\u00a0نبيل")
    assert row["label"] == "OCC"


def test_the_story_page(opened: Round) -> None:
    """The status of an issue is the label of its region."""
    with annotator(opened.server) as page:
        page.open(*opened.place(STORIES))
        page.page.get_by_text("conflict").last.wait_for()
        assert page.hosts == {"127.0.0.1"}
        page.select("conflict")
        page.choose("polarity", "identity")
        page.submit()
    issue = ROWS[8]
    assert difference(opened.pull()) == ([issue], [{**issue, "type": "identity"}])


@pytest.mark.parametrize(
    ("step", "key"), [("entities", "1"), ("numbers", "1"), ("numbers", "7"), ("quotes", "1"), ("claims", "1")]
)
def test_all_fields_of_a_region_are_beside_the_text(opened: Round, step: str, key: str) -> None:
    """On a screen of 1366 × 768, without scrolling."""
    with annotator(opened.server, height=768) as page:
        page.open(*opened.place(step), is_empty=step == "numbers")
        page.drag(key, "عاجل")
        page.select("عاجل")
        side = page.page.locator(".khabar-side").bounding_box()
        assert side is not None
        for field in page.page.locator(".khabar-field").filter(visible=True).all():
            box = field.bounding_box()
            assert box is not None
            assert side["y"] <= box["y"], field.inner_text()
            assert box["y"] + box["height"] <= min(768, side["y"] + side["height"]), field.inner_text()
