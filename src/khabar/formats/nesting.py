"""Nested chunks in sequence labels: several tags a token, or several columns of tags.

A token's tags are given from the outermost span to the innermost (so Wojood writes them); the order among them is what
tells nested spans of one label apart.
"""

from __future__ import annotations

from collections.abc import Sequence

from khabar.formats.iob import Chunk, Fault, Repair, TagError, decode, encode


def decode_nested(tags: Sequence[Sequence[str]], repair: Repair = "none") -> list[Chunk]:
    """Read a sentence whose tokens have several tags each, in order of their beginning, the longer first.

    `I-X` continues the outermost open span of label X that no tag of the token continues yet. What continues nothing
    is mended as `khabar.formats.iob.decode` mends it. Raises TagError with every fault.
    """
    open_spans: list[tuple[int, str, bool]] = []  # beginning, label, whether it is discarded
    chunks: list[Chunk] = []
    faults: list[Fault] = []
    for at, here in enumerate(tags):
        left = list(open_spans)
        open_spans = []
        for tag in here:
            prefix, dash, label = tag.partition("-")
            if tag == "O":
                continue
            if not (dash and label and prefix in ("B", "I")):
                faults.append(Fault(at, f"{tag!r} is no IOB2 tag", "write O, B-LABEL or I-LABEL"))
                continue
            known = next((each for each in left if prefix == "I" and each[1] == label), None)
            if known is not None:
                left.remove(known)
            elif prefix == "I" and repair == "none":
                fix = f"write B-{label}, or choose a repair: conlleval or discard"
                faults.append(Fault(at, f"{tag!r} continues no span of {label}", fix))
            open_spans.append(known or (at, label, prefix == "I" and repair == "discard"))
        chunks += [Chunk(start, at, label) for start, label, dropped in left if not dropped]
    chunks += [Chunk(start, len(tags), label) for start, label, dropped in open_spans if not dropped]
    if faults:
        raise TagError(faults)
    return sorted(chunks, key=lambda chunk: (chunk.start, -chunk.end))


def decode_columns(columns: Sequence[Sequence[str]], repair: Repair = "none") -> list[Chunk]:
    """Read a sentence with several complete columns of tags. Raises TagError with every fault."""
    chunks: list[Chunk] = []
    faults: list[Fault] = []
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
