"""What language models write: JSON with strings, keyed by document or a list, perhaps fenced in Markdown.

    {"DOC_ID": {"entities": [{"text": "بوتين", "label": "PERS"}], "numbers": [], "quotes": []}, …}
    [{"doc_id": "DOC_ID", "entities": {"PERS": ["بوتين"]}, "quotes": [{"content": "…", "speaker": "بوتين"}]}, …]

Strings stay strings: the scorer grounds them. Offsets that a model counted are not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from khabar.formats.context import Conversion
from khabar.formats.label_maps import LabelMap
from khabar.formats.predictions import GroundedText
from khabar.formats.projection import label_map
from khabar.reading.shape import shaped
from khabar.records import Annotations
from khabar.records.rows import each_span
from khabar.text.arabic import fold
from khabar.text.search import searchable

_FENCED = re.compile(r"^\s*```[\w-]*[ \t]*\n(.*?)^\s*```", re.DOTALL | re.MULTILINE)
_LAYERS = ("entities", "numbers", "quotes")


def read(path: Path, work: Conversion) -> list[Annotations]:
    """Read an answer. Problems go to `work`."""
    text = work.text_of_file(path)
    if text is None:
        return []
    documents: dict[str, dict[str, Any]] = {}
    for line, part in _parts(text):
        try:
            value = msgspec.json.decode(part.encode())
        except (msgspec.DecodeError, RecursionError) as error:
            work.incidents.report("json-broken", str(error) or "nested too deeply", file=path, line=line)
            continue
        for doc_id, answer in _by_document(value, path, line, work):
            if doc_id in documents:
                work.incidents.report("document-repeated", "it was given before", file=path, line=line, doc_id=doc_id)
            documents.setdefault(doc_id, answer)
    given = (item.get("label") for answer in documents.values() for item in answer["entities"])
    scheme = label_map(Counter(str(label) for label in given if label is not None), work)
    annotations = [_annotations(doc_id, answer, scheme, path, work) for doc_id, answer in documents.items()]
    return [record for record in annotations if record is not None]


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The JSON texts of an answer, with the lines they begin on: each fenced block, or the whole."""
    blocks = list(_FENCED.finditer(text))
    for block in blocks:
        yield text.count("\n", 0, block.start(1)) + 1, block[1]
    if not blocks:
        yield 1, text


def _by_document(value: Any, path: Path, line: int, work: Conversion) -> Iterator[tuple[str, dict[str, Any]]]:
    """(doc_id, layers with lists of objects) of every document named."""
    pairs: list[tuple[Any, Any]]
    if isinstance(value, list):
        pairs = [(item.get("doc_id") if isinstance(item, dict) else None, item) for item in value]
    elif isinstance(value, dict) and "doc_id" in value:
        pairs = [(value["doc_id"], value)]
    elif isinstance(value, dict) and not set(_LAYERS) & set(value):
        pairs = list(value.items())
    else:
        pairs = [(None, value)]
    for doc_id, answer in pairs:
        if not isinstance(doc_id, str):
            message = "an answer does not say which document it is of"
            fix = 'key the answers by document: {"DOC_ID": {"entities": [...]}, ...}'
            work.incidents.report("key-missing", message, file=path, line=line, fix=fix)
        elif doc_id not in work.texts:
            work.report_unknown(doc_id, file=path, line=line, doc_id=doc_id)
        else:
            layers = answer if isinstance(answer, dict) else {"entities": answer}
            yield doc_id, {layer: _items(layers.get(layer), layer, work) for layer in _LAYERS}


def _items(given: Any, layer: str, work: Conversion) -> list[dict[str, Any]]:
    """A layer as a list of objects: {"LABEL": [strings]} becomes one object a string."""
    if isinstance(given, dict):
        name = "kind" if layer == "numbers" else "label"
        pairs = ((label, item) for label, items in given.items() for item in _listed(items))
        given = [{name: label, **(item if isinstance(item, dict) else {"text": item})} for label, item in pairs]
    items = _listed(given)
    work.lose(f"{layer} that are no objects", sum(not isinstance(item, dict) for item in items))
    return [_renamed(item) for item in items if isinstance(item, dict)]


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _renamed(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item without counted offsets, and with a label where a model wrote a type."""
    kept = {key: value for key, value in item.items() if key not in ("start", "end")}
    if "label" not in kept and "content" not in kept and "kind" not in kept and isinstance(kept.get("type"), str):
        kept["label"] = kept.pop("type")
    return kept


def _annotations(
    doc_id: str, answer: Mapping[str, list[dict[str, Any]]], scheme: LabelMap, path: Path, work: Conversion
) -> Annotations | None:
    report = partial(work.incidents.report, file=path, doc_id=doc_id)
    rows: dict[str, list[dict[str, Any]]] = {layer: [] for layer in _LAYERS}
    for item in answer["entities"]:
        target = scheme.target(str(item.get("label")))
        if target is not None and target.layer in ("entities", "numbers"):
            name = "label" if target.layer == "entities" else "kind"
            rest = {key: value for key, value in item.items() if key != "label"}
            rows[target.layer].append({**rest, name: target.value})
        elif item.get("label") is None:
            report("key-missing", f"an entity has no label: {str(item)[:60]}")
    rows["numbers"] += answer["numbers"]
    rows["quotes"] += [quote_as_written(item) for item in answer["quotes"]]
    return shaped({"doc_id": doc_id, **rows}, Annotations, report)


def quote_as_written(item: Mapping[str, Any]) -> dict[str, Any]:
    """A quote as a prediction: content, cue and sources may be plain strings, and whoever relays stands apart.

    A speaker that is a string is a name, and the last of the chain, once.
    """
    quote = dict(item)
    if "content" not in quote and "text" in quote:
        quote["content"] = quote.pop("text")
    for name, key in (("content", "text"), ("cue", "text"), ("marked", "text"), ("source_chain", "name")):
        if quote.get(name) is not None:
            quote[name] = [{key: part} if isinstance(part, str) else part for part in _listed(quote[name])]
    for name in ("speaker", "addressee"):
        if isinstance(quote.get(name), str):
            quote[name] = {"name": quote[name]}
    relays, speaker = _listed(quote.pop("relayed_by", None)), item.get("speaker")
    if isinstance(speaker, str) and quote.get("source_chain") is None and all(isinstance(each, str) for each in relays):
        others = [name for name in relays if fold(name).strip() != fold(speaker).strip()]
        quote["source_chain"] = [{"name": name} for name in (*others, speaker)]
    return quote


def write(records: Sequence[GroundedText], path: Path, work: Conversion) -> dict[Path, bytes]:
    """Write {"DOC_ID": {layer: rows}} with strings and occurrences for offsets."""
    answer = {record.doc_id: _strings(record, work) for record in records}
    return {path: msgspec.json.format(msgspec.json.encode(answer), indent=1) + b"\n"}


def _strings(record: GroundedText, work: Conversion) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for layer in _LAYERS:
        given = [_string_row(row, record.text) for row in getattr(record.predicted, layer)]
        rows[layer] = [row for row in given if row is not None]
        work.lose(f"{layer} with a span that no string stands for", len(given) - len(rows[layer]))
    return rows


def _string_row(row: msgspec.Struct, text: str) -> dict[str, Any] | None:
    """A row with strings for offsets; None if a part has no string that leads back to it."""

    def as_string(span: dict[str, Any]) -> dict[str, Any]:
        """The object of a span, with a string for its offsets. Raises LookupError."""
        place = span.pop("start"), span.pop("end")
        surface = text[slice(*place)]
        places = searchable(text).matches(surface)
        if place not in places:
            raise LookupError(surface)
        return {**span, "text": surface, "occurrence": places.index(place) + 1}

    try:
        plain: dict[str, Any] = each_span(msgspec.to_builtins(row), as_string)
    except LookupError:
        return None
    for quote in (plain, *(plain.get("alternatives") or ())):
        for name in ("speaker", "addressee"):
            if name in quote:
                quote[name] = _keyed(quote[name])
        if "source_chain" in quote:
            quote["source_chain"] = [_keyed(source) for source in quote["source_chain"]]
    return plain


def _keyed(source: Any) -> Any:
    """A source that is a plain string is a key in predictions, and would be read as a name here."""
    return {"entity_id": source} if isinstance(source, str) else source
