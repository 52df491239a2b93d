"""spaCy DocBin (.spacy): entities as `doc.ents` and, nested ones too, in `doc.spans["sc"]`, spaCy's key for spans.

A span's KB id is the entity's wikidata id, its own id the `entity_id`. The doc_id is in the user data; a document
without one is known by its text.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khabar.formats.context import LARGEST_FILE, Conversion
from khabar.formats.predictions import GroundedText, entities_only
from khabar.formats.projection import annotations_of
from khabar.formats.standoff import Mark, MarkedDocument
from khabar.reading.incidents import said_by
from khabar.records import Annotations
from khabar.text.arabic import token_spans

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

SPANS = "sc"


def read(path: Path, work: Conversion) -> list[Annotations]:
    """Read a .spacy file. Problems go to `work`."""
    data = work.bytes_of_file(path)
    if data is None or not _is_sound(data, path, work) or not _has_spacy(work):
        return []
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    try:
        docs = DocBin().from_bytes(data).get_docs(Vocab())
        documents = [_marked(doc, path, number, work) for number, doc in enumerate(docs, start=1)]
    except Exception as error:  # a file made to break spaCy may break it in any way
        work.incidents.report("format-broken", f"spaCy cannot read it: {said_by(error)}", file=path)
        return []
    return annotations_of(documents, work)


def _has_spacy(work: Conversion) -> bool:
    try:
        import spacy.tokens  # noqa: F401
    except ImportError:
        work.incidents.report("extra-missing", "spaCy is not installed", fix='run `pip install "khabar[spacy]"`')
        return False
    return True


def _is_sound(data: bytes, path: Path, work: Conversion) -> bool:
    """Unpack with a bound, so that neither a cut-off nor a monstrous file gets further."""
    stream, size = io.BytesIO(data), 0
    inflate = zlib.decompressobj()
    try:
        while not inflate.eof:
            piece = inflate.unconsumed_tail or stream.read(1 << 16)
            if not piece:
                work.incidents.report("format-broken", "the file ends too soon", file=path)
                return False
            size += len(inflate.decompress(piece, 1 << 22))
            if size > LARGEST_FILE:
                fix = "split it, and convert the parts"
                work.incidents.report("file-too-large", f"it unpacks to over {LARGEST_FILE} bytes", file=path, fix=fix)
                return False
    except zlib.error:
        work.incidents.report("format-broken", "it is no DocBin", file=path)
        return False
    return True


def _marked(doc: Doc, path: Path, number: int, work: Conversion) -> MarkedDocument:
    text = doc.text
    marks: list[Mark] = []
    nested = list(doc.spans[SPANS]) if SPANS in doc.spans else []
    known = {(span.start_char, span.end_char, span.label_) for span in nested}
    flat = [span for span in doc.ents if (span.start_char, span.end_char, span.label_) not in known]
    for span in (*nested, *flat):
        start, end = span.start_char, span.end_char
        if not 0 <= start < end <= len(text):
            raise ValueError(f"document {number}: a span reaches beyond the text")
        marks.append(Mark(str(len(marks)), span.label_, ((start, end),), _ids(span)))
    for key in doc.spans:
        if key != SPANS:
            work.lose(f"spans of the group {key!r}", len(doc.spans[key]))
    doc_id = doc.user_data.get("doc_id")
    return MarkedDocument(doc_id if isinstance(doc_id, str) else None, text, tuple(marks), file=str(path))


def _ids(span: Any) -> dict[str, str]:
    return {key: value for key, value in (("entity_id", span.id_), ("wikidata", span.kb_id_)) if value}


def write(records: Sequence[GroundedText], path: Path, work: Conversion) -> dict[Path, bytes]:
    """Write a .spacy file, tokens cut where entities begin and end, so that every span has its very offsets."""
    if not _has_spacy(work):
        return {}
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    entities_only(records, work, keeps=("entity_id", "wikidata"))
    vocab = Vocab()
    bin_ = DocBin(attrs=["ENT_IOB", "ENT_TYPE", "ENT_ID", "ENT_KB_ID"], store_user_data=True)
    for record in records:
        bin_.add(_doc(record, vocab))
    return {path: bin_.to_bytes()}


def _doc(record: GroundedText, vocab: Vocab) -> Doc:
    from spacy.tokens import Doc, Span
    from spacy.util import filter_spans

    mentions = record.predicted.entities
    words, spaces = _words(record.text, {row.start or 0 for row in mentions}, {row.end or 0 for row in mentions})
    doc = Doc(vocab, words=words, spaces=spaces, user_data={"doc_id": record.doc_id})
    assert doc.text == record.text, "words and spaces make up the text"
    starts = {token.idx: token.i for token in doc}
    ends = {token.idx + len(token): token.i + 1 for token in doc}
    spans = [
        Span(
            doc, starts[row.start or 0], ends[row.end or 0], row.label,
            kb_id=row.wikidata or "", span_id=row.entity_id or "",
        )
        for row in record.predicted.entities
    ]  # fmt: skip
    doc.spans[SPANS] = spans
    doc.ents = filter_spans(spans)
    return doc


def _words(text: str, first: set[int], last: set[int]) -> tuple[list[str], list[bool]]:
    """Cut a text into words: tokens, cut again where spans begin (`first`) and end (`last`), and the space between.

    One blank after a word goes with it, unless a span begins with it or ends with it.
    """
    inner = {edge for place in token_spans(text) for edge in place}
    cuts = sorted(inner | first | last | {0, len(text)})
    words: list[str] = []
    spaces: list[bool] = []
    for start, end in pairwise(cuts):
        piece = text[start:end]
        if words and not spaces[-1] and piece[0] == " " and start not in first and not (piece == " " and end in last):
            spaces[-1], piece = True, piece[1:]
        if piece:
            words.append(piece)
            spaces.append(False)
    return words, spaces
