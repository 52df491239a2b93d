"""A round of one article on a real server, for what is done in its pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from khabar.annotations.label_studio.projects import Server
from khabar.annotations.rounds import PassName
from tests.annotations.conftest import LabelStudio
from tests.cli.conftest import run

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

    def khabar(self, *args: str, code: int = 0) -> str:
        """Run a command in the folder: what it prints."""
        there = self.server.connection
        answer = run(*args, cwd=self.folder, LABEL_STUDIO_URL=there.url, LABEL_STUDIO_API_KEY=there.token)
        assert answer.code == code, answer.out + answer.err
        return answer.out

    def push(self, *args: str) -> None:
        self.khabar("annotate", "push", "page", self.name, *args)

    def pull(self) -> list[dict[str, Any]]:
        self.khabar("annotate", "pull", "page", self.name)
        path = self.folder / "annotations" / "rounds" / "page" / f"{self.name}.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]

    def place(self, kind: str, key: str = "d") -> tuple[int, int]:
        """The project, and its task of this key: of the article, unless a question is asked for."""
        found = Server(self.server.connection.client(), self.server.connection.url)
        project = found.find(PassName("page", self.name).title(kind))
        assert project is not None
        (task,) = (task for task in found.tasks(project) if task.key == key)
        return project.id, task.id


def difference(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows that went, rows that came."""
    return [row for row in ROWS if row not in rows], [row for row in rows if row not in ROWS]
