"""docs/keys.md, made from the schemas: `python -m tests.keys` writes it again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from khabar.schemas import RECORDS, schema

PAGE = Path(__file__).parents[1] / "docs" / "keys.md"
HEAD = """\
<!-- Written by `python -m tests.keys` from the records. -->
# Keys

Look up what a key of a prediction, of a dataset row or of another file means, what it holds, and its default.
`khabar schema NAME` prints the JSON Schema behind each table. For whole records, see
[systems.md](systems.md#a-dense-record-of-each-layer) (predictions) and the [guidelines](../annotations/guidelines.md) (rows).

Offsets count Unicode code points of the whole text from 0; `end` is the code point behind the last one. *Not scored* means that no figure
reads the key.
"""
CHAPTERS: Mapping[str, tuple[str, ...]] = {
    "Predictions": ("prediction-document", "prediction-dispute"),
    "Rows of the dataset": tuple(name for name in RECORDS if RECORDS[name][1].startswith("A row of config")),
    "Other files": ("annotation-zones", "seed", "release", "erratum", "reader-answer"),
}
SPAN, OF_A_SPAN = "PredictedSpan", ("start", "end", "text", "line", "occurrence")
"""What every predicted span is, and its keys."""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for chapter, names in CHAPTERS.items():
        parts.append(f"## {chapter}\n")
        seen: set[str] = set()
        for name in names:
            whole = schema(name)
            parts.append(f"### {name}\n\n{whole['title']} (`khabar schema {name}`).\n")
            parts.append(table(whole))
            for kind, record in sorted(whole.get("$defs", {}).items(), key=lambda item: item[0] != SPAN):
                if kind not in seen and "properties" in record:
                    seen.add(kind)
                    parts.append(f"#### {kind}\n\n{first_sentence(record)}\n")
                    parts.append(table(record, whole=kind == SPAN))
    return "\n".join(parts)


def table(record: Mapping[str, Any], *, whole: bool = False) -> str:
    """The keys of a record, a line each; those that every predicted span has are one line unless `whole`."""
    lines = ["| key | holds | default | meaning |", "|---|---|---|---|"]
    keys = record["properties"]
    is_span = not whole and keys.keys() >= set(OF_A_SPAN)
    if is_span:
        lines.append(f"| {', '.join(f'`{key}`' for key in OF_A_SPAN)} | | | its place, as in {SPAN} |")
    for key, value in keys.items():
        if is_span and key in OF_A_SPAN:
            continue
        if key == "layer" and "enum" in value and len(value["enum"]) == 1:
            continue
        required = key in record.get("required", ())
        default = "required" if required else f"`{shown(value.get('default'))}`"
        lines.append(f"| `{key}` | {holds(value)} | {default} | {value.get('description', '')} |".replace("\n", " "))
    return "\n".join(lines) + "\n"


def holds(value: Mapping[str, Any]) -> str:
    """What a value may be, in words."""
    return " or ".join(dict.fromkeys(_kinds(value)))


def _kinds(value: Mapping[str, Any]) -> Iterator[str]:
    names = {"boolean": "true, false", "object": "object", "null": "null", "integer": "integer", "number": "number"}
    if "anyOf" in value:
        for each in value["anyOf"]:
            yield from _kinds(each)
    elif "$ref" in value:
        yield value["$ref"].rsplit("/", 1)[1]
    elif "enum" in value:
        choices = value["enum"]
        yield ", ".join(f"`{choice}`" for choice in choices)
    elif value.get("type") == "array":
        yield f"list of {holds(value['items'])}"
    else:
        yield names.get(str(value.get("type")), str(value.get("type", "anything")))


def shown(default: object) -> str:
    """A default as JSON."""
    return json.dumps(default, ensure_ascii=False)


def first_sentence(record: Mapping[str, Any]) -> str:
    """What the record is, in its docstring's first line."""
    return str(record["description"]).split("\n\n")[0].replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
