"""JSON Schemas of every record that crosses a border, made from the records; `python -m khabar.schemas` writes them.

What a key means is the docstring under its field.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from functools import cache
from inspect import cleandoc, getsource
from pathlib import Path
from sys import modules
from typing import Any

import msgspec

from khabar.reading.files import write_whole
from khabar.records import (
    BY_LAYER,
    CONFIGS,
    Annotations,
    Change,
    Decision,
    Decoy,
    Dispute,
    Entity,
    Flip,
    Number,
    PredictedEntity,
    PredictedNumber,
    PredictedQuote,
    PredictedReading,
    Quote,
    Reading,
    Seed,
)
from khabar.records.repository import Erratum, Nomination, NominationKey, ReaderAnswer, Release

DRAFT = "https://json-schema.org/draft/2020-12/schema"
RECORDS: Mapping[str, tuple[type[msgspec.Struct], str]] = {
    **{config: (kind, f"A row of config {config}") for config, kind in CONFIGS.items()},
    **{
        f"annotation-{layer}": (kind, "A row of an annotation file")
        for layer, kind in BY_LAYER.items()
        if kind not in CONFIGS.values()
    },
    "prediction-document": (Annotations, "What a system says of one document"),
    "prediction-dispute": (Dispute, "One predicted conflict of a story"),
    "decision": (Decision, "A line of a round's decisions"),
    "change": (Change, "A change of a story: edits, and the rows that follow from them"),
    "decoy": (Decoy, "A change of one variant that leaves every issue as it is"),
    "flip": (Flip, "A change of one variant that turns an issue into or out of a dispute"),
    "nomination": (Nomination, "A question to a second reader of gold"),
    "nomination-key": (NominationKey, "What a question does not say"),
    "reader-answer": (ReaderAnswer, "An answer of a second reader"),
    "erratum": (Erratum, "A line of annotations/errata.jsonl"),
    "release": (Release, "release.json of a corpus, or of a folder of gold"),
    "seed": (Seed, "A line of the seeds' manifest"),
}
"""Name → the record and its title."""
_SAME: Mapping[type[msgspec.Struct], type[msgspec.Struct]] = {
    PredictedEntity: Entity,
    PredictedNumber: Number,
    PredictedReading: Reading,
    PredictedQuote: Quote,
}
"""Where a key of a prediction has no docstring, it means what it means in this row."""


def schema(name: str) -> dict[str, Any]:
    """The schema of that name. Raises KeyError."""
    kind, title = RECORDS[name]
    (_,), definitions = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    by_name = {each.__name__: each for each in _kinds()}
    for defined, definition in definitions.items():
        if "description" in definition:  # Python 3.13 strips what a docstring is indented by, earlier ones do not
            definition["description"] = cleandoc(definition["description"])
        words = meanings(by_name[defined]) if defined in by_name else {}
        for key, value in definition.get("properties", {}).items():
            if key in words:
                value["description"] = words[key]
    own = definitions.pop(kind.__name__)
    own.pop("title", None)
    # A dataset row does not say its layer; a line of an annotation file does.
    own["required"] = [key for key in own.get("required", ()) if key != kind.__struct_config__.tag_field]
    document = {"$schema": DRAFT, "title": title, **own}
    if definitions:
        document["$defs"] = definitions
    return document


def meanings(kind: type[msgspec.Struct]) -> dict[str, str]:
    """Key → the docstring under its field, of the record itself or of what it is derived from."""
    words: dict[str, str] = {}
    for each in (*kind.__mro__, _SAME.get(kind, kind)):
        if isinstance(each, type) and issubclass(each, msgspec.Struct) and each is not msgspec.Struct:
            words = _documented(each.__module__).get(each.__name__, {}) | words
    return words


def file_name(name: str) -> str:
    """What the file of a schema is called."""
    return f"{name}.schema.json"


def text(schema: Mapping[str, Any]) -> str:
    """How a schema stands in its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write(folder: Path) -> None:
    """Write all schemas and remove those that no record has any more."""
    for name in RECORDS:
        write_whole(folder / file_name(name), text(schema(name)).encode())
    for path in folder.glob(file_name("*")):
        if path.name not in map(file_name, RECORDS):
            path.unlink()


def _kinds() -> Iterator[type[msgspec.Struct]]:
    """The records of every module that one of the schemas' records is of."""
    for name in sorted(name for name in modules if name.startswith("khabar.records.")):
        for each in vars(modules[name]).values():
            if isinstance(each, type) and issubclass(each, msgspec.Struct):
                yield each


@cache
def _documented(module: str) -> dict[str, dict[str, str]]:
    """Class → field → the string that stands under the field in the source of a module."""
    classes: dict[str, dict[str, str]] = {}
    for node in ast.parse(getsource(modules[module])).body:
        if isinstance(node, ast.ClassDef):
            fields: dict[str, str] = {}
            for field, below in zip(node.body, node.body[1:], strict=False):
                if (
                    isinstance(field, ast.AnnAssign)
                    and isinstance(field.target, ast.Name)
                    and isinstance(below, ast.Expr)
                    and isinstance(below.value, ast.Constant)
                    and isinstance(below.value.value, str)
                ):
                    fields[field.target.id] = " ".join(below.value.value.split())
            classes[node.name] = fields
    return classes


if __name__ == "__main__":
    write(Path("schemas"))
