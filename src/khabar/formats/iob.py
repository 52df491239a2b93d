"""IOB2 tags as spans of tokens. A sequence that is no IOB2 is refused, unless a repair is asked for by name.

IOB2 (Ratnaparkhi 1998; Tjong Kim Sang and Veenstra 1999): `B-X` begins a span of label X, `I-X` continues one, `O` is
outside. `I-X` is valid only after `B-X` or `I-X`.
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
class Fault:
    """What is wrong with the tag of token `at` (from 0), and how it could be mended."""

    at: int
    message: str
    fix: str


class TagError(ValueError):
    """Tags that are no IOB2; `faults` names every one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"token {fault.at + 1}: {fault.message}" for fault in faults))


def decode(tags: Sequence[str], repair: Repair = "none") -> list[Chunk]:
    """Read the tags of one sentence as chunks, in order.

    Raises TagError with every fault: a tag that is neither O nor B- or I- with a label always, and an `I-` that
    continues nothing unless `repair` says what to do with it. Raises ValueError for a repair that does not exist.
    """
    if repair not in REPAIRS:
        raise ValueError(f"no repair {repair!r}; there is: {', '.join(REPAIRS)}")
    chunks: list[Chunk] = []
    faults: list[Fault] = []
    label: str | None = None  # of the chunk that is open, and where it began
    start = 0
    for at, tag in enumerate(tags):
        prefix, dash, name = tag.partition("-")
        begins = prefix == "B"
        if tag == "O":
            name = ""
        elif not (dash and name and prefix in ("B", "I")):
            faults.append(Fault(at, f"{tag!r} is no IOB2 tag", "write O, B-LABEL or I-LABEL"))
            name = ""
        elif not begins and name != label:
            after = "at the beginning" if at == 0 else f"after {tags[at - 1]!r}"
            fix = f"write B-{name}, or choose a repair: conlleval or discard"
            if repair == "none":
                faults.append(Fault(at, f"{tag!r} {after} continues no span of {name}", fix))
            if repair == "discard":
                name = ""
            begins = True
        if label is not None and (begins or name != label):
            chunks.append(Chunk(start, at, label))
        if begins or not name:
            label, start = name or None, at
    if label is not None:
        chunks.append(Chunk(start, len(tags), label))
    if faults:
        raise TagError(faults)
    return chunks


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
