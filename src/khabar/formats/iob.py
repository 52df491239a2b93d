"""IOB2 tags as spans of tokens. A sequence that is no IOB2 is refused, unless a repair is asked for by name.

IOB2 (Ratnaparkhi 1998; Tjong Kim Sang and Veenstra 1999): `B-X` begins a span of label X, `I-X` continues one, `O` is
outside. `I-X` is valid only after `B-X` or `I-X`.

Nested spans take several tags a token, or several columns of tags. A token's tags are given from the outermost span to
the innermost (so Wojood writes them); the order among them is what tells nested spans of one label apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Repair = Literal["none", "conlleval", "discard"]
"""What is done with an `I-X` that continues nothing.

`none` refuses it; `conlleval` lets it begin a span, as the CoNLL-2000 evaluation script reads it; `discard` takes it
for `O`, and with it what would continue it.
"""

REPAIRS: tuple[Repair, ...] = ("none", "conlleval", "discard")


class Chunk(NamedTuple):
    """Tokens `start` to `end` (half-open, from 0) under one label."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class TagFault:
    """What is wrong with the tag of token `at` (from 0), and how it could be mended."""

    at: int
    message: str
    fix: str


class TagError(ValueError):
    """Tags that are no IOB2; `faults` names every one."""

    def __init__(self, faults: Sequence[TagFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"token {fault.at + 1}: {fault.message}" for fault in faults))


def decode(tags: Sequence[str], repair: Repair = "none") -> list[Chunk]:
    """Read the tags of one sentence as chunks, in order.

    Raises TagError with every fault: a tag that is neither O nor B- or I- with a label always, and an `I-` that
    continues nothing unless `repair` says what to do with it. Raises ValueError for a repair that does not exist.
    """
    return decode_nested([[tag] for tag in tags], repair)


def encode(chunks: Sequence[Chunk], length: int) -> list[str]:
    """Write disjoint chunks as the IOB2 tags of a sentence of `length` tokens.

    Raises ValueError if two chunks share a token or one reaches beyond the sentence: IOB2 has no room for nesting.
    """
    tags = ["O"] * length
    for start, end, label in chunks:
        if not 0 <= start < end <= length or any(tag != "O" for tag in tags[start:end]):
            raise ValueError(f"[{start}, {end}) is not free in a sentence of {length} tokens")
        tags[start:end] = [f"B-{label}", *[f"I-{label}"] * (end - start - 1)]
    return tags


def decode_nested(tags: Sequence[Sequence[str]], repair: Repair = "none") -> list[Chunk]:
    """Read a sentence whose tokens have several tags each, in order of their beginning, the longer first.

    `I-X` continues the outermost open span of label X that no tag of the token continues yet. What continues nothing
    is mended as `repair` says. Raises TagError with every fault, and ValueError for a repair that does not exist.
    """
    if repair not in REPAIRS:
        raise ValueError(f"no repair {repair!r}; there is: {', '.join(REPAIRS)}")
    open_spans: list[tuple[int, str, bool]] = []  # beginning, label, whether it is discarded
    chunks: list[Chunk] = []
    faults: list[TagFault] = []
    for at, here in enumerate(tags):
        left, open_spans = open_spans, []
        for tag in here:
            prefix, dash, label = tag.partition("-")
            if tag == "O":
                continue
            if not (dash and label and prefix in ("B", "I")):
                faults.append(TagFault(at, f"{tag!r} is no IOB2 tag", "write O, B-LABEL or I-LABEL"))
                continue
            span = next((span for span in left if prefix == "I" and span[1] == label), None)
            if span is not None:
                left.remove(span)
            elif prefix == "I" and repair == "none":
                after = f"after {' '.join(tags[at - 1])!r}" if at else "at the beginning"
                fix = f"write B-{label}, or choose a repair: conlleval or discard"
                faults.append(TagFault(at, f"{tag!r} {after} continues no span of {label}", fix))
            open_spans.append(span or (at, label, prefix == "I" and repair == "discard"))
        chunks += [Chunk(start, at, label) for start, label, discarded in left if not discarded]
    chunks += [Chunk(start, len(tags), label) for start, label, discarded in open_spans if not discarded]
    if faults:
        raise TagError(faults)
    return sorted(chunks, key=lambda chunk: (chunk.start, -chunk.end))


def decode_columns(columns: Sequence[Sequence[str]], repair: Repair = "none") -> list[Chunk]:
    """Read a sentence with several complete columns of tags. Raises TagError with every fault."""
    chunks: list[Chunk] = []
    faults: list[TagFault] = []
    for column in columns:
        try:
            chunks += decode(column, repair)
        except TagError as error:
            faults += error.faults
    if faults:
        raise TagError(sorted(faults, key=lambda fault: fault.at))
    return sorted(chunks, key=lambda chunk: (chunk.start, -chunk.end))


def columns_of(chunks: Sequence[Chunk], length: int) -> list[list[str]]:
    """Write chunks as columns of tags, the longest first, each in the first column that is free. At least one."""
    layers: list[list[Chunk]] = [[]]
    for chunk in sorted(chunks, key=lambda each: (each.start - each.end, each)):
        free = (layer for layer in layers if all(each.end <= chunk.start or chunk.end <= each.start for each in layer))
        layer = next(free, None)
        if layer is None:
            layers.append(layer := [])
        layer.append(chunk)
    return [encode(layer, length) for layer in layers]
