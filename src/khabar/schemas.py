"""JSON Schemas of every record that crosses a border, made from the records; `python -m khabar.schemas` writes them."""

from __future__ import annotations

import json
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec

from khabar.reading.files import write_whole
from khabar.records import ANNOTATED, CONFIGS, Annotations, Change, Decision, Decoy, Dispute, Flip, Seed
from khabar.records.errata import Answer, Erratum, Nomination, NominationKey

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """File name → schema: a row of each dataset config, an annotation row, a prediction line, a decision, a seed."""
    made = {f"{config}.schema.json": _schema(kind, f"A row of config {config}") for config, kind in CONFIGS.items()}
    made |= {
        f"annotation-{kind.__struct_config__.tag}.schema.json": _schema(kind, "A row of an annotation file")
        for kind in ANNOTATED
        if kind not in CONFIGS.values()
    }
    made["prediction-document.schema.json"] = _schema(Annotations, "What a system says of one document")
    made["prediction-dispute.schema.json"] = _schema(Dispute, "One predicted conflict of a story")
    made["decision.schema.json"] = _schema(Decision, "A line of a round's decisions")
    made["change.schema.json"] = _schema(Change, "A change of a story: edits, and the rows that follow from them")
    made["decoy.schema.json"] = _schema(Decoy, "A change of one variant that leaves every issue as it is")
    made["flip.schema.json"] = _schema(Flip, "A change of one variant that turns an issue into or out of a dispute")
    made["nomination.schema.json"] = _schema(Nomination, "A question to a second reader of gold")
    made["nomination-key.schema.json"] = _schema(NominationKey, "What a question does not say")
    made["answer.schema.json"] = _schema(Answer, "An answer of a second reader")
    made["erratum.schema.json"] = _schema(Erratum, "A line of annotations/errata.jsonl")
    made["seed.schema.json"] = _schema(Seed, "A line of the seed manifest")
    return made


def text(schema: dict[str, Any]) -> str:
    """How a schema stands in its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write(folder: Path) -> None:
    """Write all schemas and remove those that no record has any more."""
    made = schemas()
    for name, schema in made.items():
        write_whole(folder / name, text(schema).encode())
    for path in folder.glob("*.schema.json"):
        if path.name not in made:
            path.unlink()


def _schema(kind: type[msgspec.Struct], title: str) -> dict[str, Any]:
    (_,), definitions = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    for definition in definitions.values():
        if "description" in definition:  # Python 3.13 strips what a docstring is indented by, earlier ones do not
            definition["description"] = cleandoc(definition["description"])
    own = definitions.pop(kind.__name__)
    own.pop("title", None)
    # A dataset row does not say its layer; a line of an annotation file does.
    own["required"] = [key for key in own.get("required", ()) if key != kind.__struct_config__.tag_field]
    found = {"$schema": DRAFT, "title": title, **own}
    if definitions:
        found["$defs"] = definitions
    return found


if __name__ == "__main__":
    write(Path("schemas"))
