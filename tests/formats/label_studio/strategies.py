"""Hypothesis strategies: rows of one document as a pass may hold them, over a text that front ends stumble on."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import strategies as st

from khabar.records import Claim, Entity, Number, Quote, Reading, Row, Span, Zones, ZoneSpan, labels

DOC = "000_doc"
TEXT = '😀 قال بُوتين إن 14 ألف جندي في كورسك.\nوأضاف "نعم"\n\n😀 وكييف تنفي\u00a0ذلك يوم 24 أبريل ـ نص.\n'
LINES = [0, *(at + 1 for at, character in enumerate(TEXT) if character == "\n")]

words = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=6) | st.sampled_from(
    ["14000", "أ ب", "a > b", "—x"]
)
perhaps = st.none() | words


def listed(kind: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    """Some of a closed list, in its order."""
    return st.sets(st.sampled_from(get_args(kind))).map(
        lambda some: tuple(each for each in get_args(kind) if each in some)
    )


def one_of(kind: Any) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(get_args(kind))


@st.composite
def spans(draw: st.DrawFn, first: int = 0, last: int = len(TEXT)) -> Span:
    start = draw(st.integers(first, last - 1))
    end = draw(st.integers(start + 1, last))
    return Span(start, end, TEXT[start:end])


def in_order(least: int, most: int) -> st.SearchStrategy[tuple[Span, ...]]:
    """Distinct spans, in text order, as all lists of spans of a row are."""
    some = st.lists(spans(), min_size=least, max_size=most, unique_by=lambda span: (span.start, span.end))
    return some.map(lambda found: tuple(sorted(found, key=lambda span: (span.start, span.end))))


@st.composite
def zones(draw: st.DrawFn) -> Zones:
    cuts = sorted({0, len(TEXT), *draw(st.sets(st.sampled_from(LINES)))})
    kinds = draw(st.lists(st.sampled_from(get_args(labels.Zone)), min_size=len(cuts) - 1, max_size=len(cuts) - 1))
    return Zones(
        doc_id=DOC, zones=tuple(ZoneSpan(a, b, kind) for a, b, kind in zip(cuts, cuts[1:], kinds, strict=False))
    )


@st.composite
def entities(draw: st.DrawFn, row_id: str) -> Entity:
    span = draw(spans())
    return Entity(
        id=row_id, doc_id=DOC, start=span.start, end=span.end, text=span.text,
        label=draw(st.sampled_from(labels.ENTITY_LABELS)), name=draw(words), entity_id=draw(words),
        wikidata=draw(perhaps), scored=draw(st.booleans()), phenomena=draw(listed(labels.Phenomenon)),
    )  # fmt: skip


@st.composite
def numbers(draw: st.DrawFn, row_id: str) -> Number:
    span = draw(spans())
    closed = {
        "modality": labels.Modality, "calendar": labels.Calendar, "factuality": labels.Factuality, "role": labels.Role,
    }  # fmt: skip
    typed = ("unit", "counted", "edtf_literal", "edtf", "anchor")
    return Number(
        id=row_id, doc_id=DOC, start=span.start, end=span.end, text=span.text,
        core=draw(spans(span.start, span.end)), modifier=draw(st.none() | spans()),
        kind=draw(st.sampled_from(labels.NUMBER_KINDS)),
        low=draw(st.none() | st.sampled_from(["3", "1/3", "-2.5"])), high=draw(st.none() | st.just("14000")),
        low_incl=draw(st.none() | st.booleans()), high_incl=draw(st.none() | st.booleans()),
        scored=draw(st.booleans()), flags=draw(listed(labels.NumberFlag)), phenomena=draw(listed(labels.Phenomenon)),
        **{name: draw(one_of(kind)) for name, kind in closed.items()}, **{name: draw(perhaps) for name in typed},
    )  # fmt: skip


@st.composite
def quotes(draw: st.DrawFn, row_id: str) -> Quote:
    content, speaker = draw(in_order(0, 3)), draw(words)
    told = [Reading(speaker=key) for key in draw(st.lists(words, max_size=2, unique=True))]
    others = sorted(draw(st.lists(in_order(1, 2), max_size=2)), key=lambda found: (found[0].start, found[0].end))
    chain = draw(st.none() | st.lists(words, max_size=2))
    return Quote(
        id=row_id, doc_id=DOC, content=content, cue=draw(in_order(0 if content else 1, 2)), marked=draw(in_order(0, 2)),
        speaker_mention=draw(st.none() | spans()), speaker=speaker,
        source_chain=() if chain is None else (*chain, speaker), addressee=draw(perhaps), medium=draw(perhaps),
        act=draw(one_of(labels.Act)), polarity=draw(one_of(labels.Polarity)), utterance=draw(perhaps),
        alternatives=(*told, *(Reading(content=found, speaker=draw(perhaps)) for found in others)),
        scored=draw(st.booleans()), phenomena=draw(listed(labels.Phenomenon)),
    )  # fmt: skip


@st.composite
def claims(draw: st.DrawFn, row_id: str) -> Claim:
    span = draw(spans())
    return Claim(
        id=row_id, doc_id=DOC, issue_id="", position="", start=span.start, end=span.end, text=span.text,
        anchor=draw(st.none() | spans()), source=draw(words), stance=draw(st.sampled_from(get_args(labels.Stance))),
        value=draw(perhaps), as_of=draw(perhaps),
    )  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> list[Row]:
    """The rows of a document; ids are of any shape, and quotes may share their spans."""
    ids = draw(
        st.lists(
            st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8),
            min_size=8,
            max_size=8,
            unique=True,
        )
    )
    kinds = draw(st.lists(st.sampled_from([entities, numbers, quotes, claims]), max_size=8))
    return [draw(zones()), *(draw(kind(row_id)) for kind, row_id in zip(kinds, ids, strict=False))]
