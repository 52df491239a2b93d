"""Sentences of tokens with IOB2 tags. Spans of a text become chunks of tokens, and chunks spans of the text.

IOB2 (Ratnaparkhi 1998; Tjong Kim Sang and Veenstra 1999): `B-X` begins a span of label X, `I-X` continues one, `O` is
outside. `I-X` is valid only after `B-X` or `I-X`; any other sequence is refused, unless a repair is asked for by name.
Nested spans take several tags a token, or several columns of tags. A token's tags are given from the outermost span to
the innermost (so Wojood writes them); the order among them is what tells nested spans of one label apart.

Tokens written here are those of the `tokens` config (runs of letters, marks and digits; other characters alone), cut
further where an entity begins or ends inside one, as after a proclitic; a line of the text is a sentence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from khabar.formats.context import REPAIRS, Conversion, Repair
from khabar.formats.projection import align, squeezed
from khabar.formats.standoff import Mark, MarkedDocument
from khabar.records import PredictedEntity, groups_of
from khabar.text.arabic import token_spans
from khabar.text.spans import lines_of


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
    for token, here in enumerate(tags):
        continuable, open_spans = open_spans, []
        for tag in here:
            prefix, dash, label = tag.partition("-")
            if tag == "O":
                continue
            if not (dash and label and prefix in ("B", "I")):
                faults.append(TagFault(token, f"{tag!r} is no IOB2 tag", "write O, B-LABEL or I-LABEL"))
                continue
            span = next((span for span in continuable if prefix == "I" and span[1] == label), None)
            if span is not None:
                continuable.remove(span)
            elif prefix == "I" and repair == "none":
                after = f"after {' '.join(tags[token - 1])!r}" if token else "at the beginning"
                fix = f"write B-{label}, or choose a repair: conlleval or discard"
                faults.append(TagFault(token, f"{tag!r} {after} continues no span of {label}", fix))
            open_spans.append(span or (token, label, prefix == "I" and repair == "discard"))
        chunks += [Chunk(start, token, label) for start, label, discarded in continuable if not discarded]
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


_LONG = 16
"""Squeezed characters from which a sentence says by itself which document it is of (fewer if none has as many)."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens, the chunks on them, and the lines of the file they stand on (none if it has no lines)."""

    tokens: tuple[str, ...]
    chunks: tuple[Chunk, ...]
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TaggedSection:
    """Sentences that are of one document, if `doc_id` or a mark of the file says so; else of any (`whole` is false)."""

    doc_id: str | None
    sentences: tuple[Sentence, ...]
    whole: bool = True


def sentences_of(text: str, entities: Sequence[PredictedEntity], work: Conversion) -> list[Sentence]:
    """Cut a text into sentences of tokens, and put grounded entities on them as chunks. Notes what does not fit."""
    spans: list[tuple[int, int, str]] = []
    for entity in entities:
        start, end = entity.start or 0, entity.end or 0
        trimmed = _trimmed(text, start, end)
        if trimmed is None:
            work.lose("entities of nothing but space")
        elif "\n" in text[trimmed[0] : trimmed[1]]:
            work.lose("entities that go beyond a line")
        else:
            if trimmed != (start, end):
                work.lose("space at the edges of entities")
            spans.append((*trimmed, entity.label))
    cuts = sorted({edge for start, end, _ in spans for edge in (start, end)})
    sentences: list[Sentence] = []
    for line_start, line in lines_of(text):
        places = [
            piece for start, end in token_spans(line) for piece in _pieces(line_start + start, line_start + end, cuts)
        ]
        if places:
            starts, ends = [start for start, _ in places], [end for _, end in places]
            chunks = tuple(
                Chunk(bisect_left(starts, start), bisect_right(ends, end), label)
                for start, end, label in spans
                if starts[0] <= start < ends[-1]
            )
            sentences.append(Sentence(tuple(text[start:end] for start, end in places), chunks))
    return sentences


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _pieces(start: int, end: int, cuts: Sequence[int]) -> list[tuple[int, int]]:
    inside = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
    edges = [start, *inside, end]
    return list(pairwise(edges))


def marked_of(sections: Sequence[TaggedSection], work: Conversion, file: str) -> list[MarkedDocument]:
    """Place sections in the corpus' texts, and their chunks as marks. Tokens of a chunk that are nowhere are errors."""
    by_document: dict[str, list[Sentence]] = {}
    for section in sections:
        for doc_id, sentences in _homes(section, work, file).items():
            by_document.setdefault(doc_id, []).extend(sentences)
    return [_placed(doc_id, sentences, work, file) for doc_id, sentences in by_document.items()]


def _homes(section: TaggedSection, work: Conversion, file: str) -> dict[str, list[Sentence]]:
    """The documents of a section's sentences."""
    line = next((sentence.lines[0] for sentence in section.sentences if sentence.lines), None)
    if section.doc_id is not None:
        if section.doc_id in work.texts:
            return {section.doc_id: list(section.sentences)}
        work.report_unknown(section.doc_id, file=file, line=line)
        return {}
    homes = _guessed([squeezed("".join(each.tokens)).text for each in section.sentences], work)
    if section.whole and any(homes):
        [(most, _)] = Counter(home for home in homes if home).most_common(1)
        return {most: list(section.sentences)}
    placed = zip(homes, section.sentences, strict=True)
    by_document = groups_of((home, sentence) for home, sentence in placed if home is not None)
    if section.sentences and not by_document:
        fix = "name the documents (`# newdoc id = …` before each), or choose their corpus with --gold"
        message = "no document of the corpus has these sentences"
        work.incidents.report("document-unknown", message, file=file, line=line, fix=fix)
    return by_document


def _guessed(sentences: Sequence[str], work: Conversion) -> list[str | None]:
    """The document of each squeezed sentence: where a long one stands; where its neighbours do for the others."""
    texts = {doc_id: squeezed(document.text).text for doc_id, document in work.texts.items()}
    long = min(_LONG, max(map(len, sentences), default=0))
    homes: list[str | None] = []
    current: str | None = None
    for sentence in sentences:
        if len(sentence) >= long and (current is None or sentence not in texts[current]):
            current = next((doc_id for doc_id, text in texts.items() if sentence in text), current)
        elif current is not None and sentence not in texts[current]:
            homes.append(None)
            continue
        homes.append(current)
    following: str | None = None
    for at in range(len(homes) - 1, -1, -1):  # what does not fit what is before it goes with what is behind it
        homes[at] = following = homes[at] or following
    return [home or current for home in homes]


def _placed(doc_id: str, sentences: Sequence[Sentence], work: Conversion, file: str) -> MarkedDocument:
    places = align([sentence.tokens for sentence in sentences], work.texts[doc_id].text)
    nowhere = sum(place is None for here in places for place in here)
    if 2 * nowhere > sum(map(len, places)):
        message = f"{nowhere} of {sum(map(len, places))} tokens are not in its text: it is another text"
        work.incidents.report("text-other", message, file=file, doc_id=doc_id)
        return MarkedDocument(doc_id, None, (), file=file)
    marks: list[Mark] = []
    for sentence, here in zip(sentences, places, strict=True):
        tagged = {index for chunk in sentence.chunks for index in range(chunk.start, chunk.end)}
        for index, place in enumerate(here):
            if place is None and index in tagged and squeezed(sentence.tokens[index]).text:
                line = sentence.lines[index] if sentence.lines else None
                message = f"the token {sentence.tokens[index]!r} is not in the text where it should be"
                work.incidents.report("token-unaligned", message, file=file, line=line, doc_id=doc_id)
            elif place is None:
                work.lose("tokens outside entities that are not in the text")
        for chunk in sentence.chunks:
            inside = [place for place in here[chunk.start : chunk.end] if place is not None]
            if inside:
                marks.append(Mark(f"{len(marks)}", chunk.label, ((inside[0][0], inside[-1][1]),)))
    return MarkedDocument(doc_id, None, tuple(marks), file=file)
