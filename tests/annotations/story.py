"""A story of two short articles, and rows about it by their surfaces: what two annotators might say of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from khabar.annotations.rounds import Pass, Round
from khabar.reading.files import write_records
from khabar.records import (
    Claim,
    Conflict,
    Entity,
    Number,
    Position,
    Quote,
    Registered,
    Row,
    Seed,
    Span,
    Zones,
    ZoneSpan,
)
from khabar.seeds.store import add, read_manifest

ONE, TWO = "one", "two"
TEXTS = {
    ONE: "قال بوتين إن 600 جندي قتلوا في كورسك.\nوأكد الكرملين أن المعركة انتهت.\n",
    TWO: "نفى زيلينسكي انتهاء المعركة في كورسك.\nوقال بوتن إن 700 جندي قتلوا.\n",
}
STORIES = dict.fromkeys(TEXTS, "war")


def span(doc: str, surface: str, nth: int = 1) -> Span:
    """The nth place of a surface in a document."""
    start = -1
    for _ in range(nth):
        start = TEXTS[doc].index(surface, start + 1)
    return Span(start, start + len(surface), surface)


def entity(doc: str, surface: str, label: str, key: str, nth: int = 1, **columns: object) -> Entity:
    place = span(doc, surface, nth)
    return Entity(
        id=f"{doc}-e{place.start}", doc_id=doc, start=place.start, end=place.end, text=surface,
        label=label, name=surface, entity_id=key, **columns,  # type: ignore[arg-type]
    )  # fmt: skip


def number(doc: str, surface: str, core: str, value: str, **columns: object) -> Number:
    place = span(doc, surface)
    given: dict[str, object] = {
        "kind": "count", "low": value, "high": value, "low_incl": True, "high_incl": True, "modality": "exact",
        "unit": "جندي", **columns,
    }  # fmt: skip
    return Number(
        id=f"{doc}-n{place.start}", doc_id=doc, start=place.start, end=place.end, text=surface, core=span(doc, core),
        **given,  # type: ignore[arg-type]
    )  # fmt: skip


def quote(doc: str, content: str, cue: str, speaker: str, mention: str | None = None, **columns: object) -> Quote:
    return Quote(
        id=f"{doc}-q{span(doc, content).start}", doc_id=doc, content=(span(doc, content),), cue=(span(doc, cue),),
        speaker=speaker, source_chain=(speaker,), speaker_mention=None if mention is None else span(doc, mention),
        **columns,  # type: ignore[arg-type]
    )  # fmt: skip


def claim(key: str, doc: str, surface: str, position: str, source: str, **columns: object) -> Claim:
    place = span(doc, surface)
    given: dict[str, object] = {"issue_id": "over", "stance": "asserted", **columns}
    return Claim(
        id=key, doc_id=doc, start=place.start, end=place.end, text=surface, position=position, source=source,
        **given,  # type: ignore[arg-type]
    )  # fmt: skip


def issue(
    positions: dict[str, Sequence[str]], status: str = "conflict", key: str = "over", **columns: object
) -> Conflict:
    given: dict[str, object] = {
        "question": "Is it over?", "question_ar": "هل انتهت؟", "type": "polarity", "scope": "across", **columns,
    }  # fmt: skip
    return Conflict(
        issue_id=key, story="war", status=status,  # type: ignore[arg-type]
        positions=tuple(Position(name, tuple(ids)) for name, ids in positions.items()),
        **given,  # type: ignore[arg-type]
    )  # fmt: skip


def registered(key: str, name: str, label: str | None = "PERS", **columns: object) -> Registered:
    return Registered(entity_id=key, story="war", name=name, label=label, **columns)  # type: ignore[arg-type]


def a_pass(putin: str = "putin", kursk: str = "kursk") -> list[Row]:
    """One annotator's rows, with the keys this annotator chose."""
    return [
        *(Zones(doc_id=doc, zones=(ZoneSpan(0, len(text), "body"),)) for doc, text in TEXTS.items()),
        entity(ONE, "بوتين", "PERS", putin),
        entity(ONE, "كورسك", "GPE", kursk),
        entity(ONE, "الكرملين", "ORG", "kremlin"),
        entity(TWO, "زيلينسكي", "PERS", "zelensky"),
        entity(TWO, "كورسك", "GPE", kursk),
        entity(TWO, "بوتن", "PERS", putin),
        number(ONE, "600 جندي", "600", "600"),
        number(TWO, "700 جندي", "700", "700"),
        quote(ONE, "600 جندي قتلوا في كورسك", "قال", putin, "بوتين", act="statement"),
        quote(ONE, "المعركة انتهت", "أكد", "kremlin", "الكرملين", act="statement"),
        quote(TWO, "انتهاء المعركة في كورسك", "نفى", "zelensky", "زيلينسكي", act="denial"),
        quote(TWO, "700 جندي قتلوا", "قال", putin, "بوتن", act="statement"),
        claim("c1", ONE, "المعركة انتهت", "A", "kremlin", value="yes"),
        claim("c2", TWO, "نفى زيلينسكي انتهاء المعركة", "B", "zelensky", value="no", stance="denied"),
        issue({"A": ["c1"], "B": ["c2"]}),
        registered(putin, "بوتين", aliases=("بوتن",)),
        registered(kursk, "كورسك", "GPE"),
        registered("kremlin", "الكرملين", "ORG"),
        registered("zelensky", "زيلينسكي"),
    ]


def a_round(a: Sequence[Row], b: Sequence[Row], folder: Path = Path("first")) -> Round:
    """Two passes over all of the story."""
    seeds = tuple(Seed(file=f"{doc}.txt", sha256="", story="war", split="test", rights="x") for doc in TEXTS)
    return Round("first", folder, Pass("a", tuple(a)), Pass("b", tuple(b)), seeds, TEXTS, {"a": (), "b": ()})


def a_folder(folder: Path, a: Sequence[Row], b: Sequence[Row]) -> Path:
    """The same on disk: seeds/, rounds/first/a.jsonl and b.jsonl."""
    articles = []
    for doc, text in TEXTS.items():
        article = folder / "articles" / f"{doc}.txt"
        article.parent.mkdir(parents=True, exist_ok=True)
        article.write_bytes(text.encode())
        articles.append(article)
    (folder / "seeds").mkdir(exist_ok=True)
    add(folder / "seeds", articles, story="war", split="test")
    assert len(read_manifest(folder / "seeds")) == len(TEXTS)
    for name, rows in (("a", a), ("b", b)):
        write_records(folder / "rounds" / "first" / f"{name}.jsonl", rows)
    return folder
