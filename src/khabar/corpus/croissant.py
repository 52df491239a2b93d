"""The dataset described for machines: Croissant 1.1, JSON-LD beside the Parquet files.

A record set is a config of one split. That of split `test` has the config's name, any other `config/split`: splits are
never mixed, and one more renames none.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from khabar.corpus.tables import CLASS_LABELS, arrow_schema
from khabar.records import CONFIGS
from khabar.records.repository import ChangesFile, FileRecord, Release, Withheld
from khabar.schemas import meanings

if TYPE_CHECKING:
    import pyarrow as pa

CROISSANT = "croissant.json"
VERSION = "http://mlcommons.org/croissant/1.1"
BY, BY_SA = (f"https://creativecommons.org/licenses/{name}/4.0/" for name in ("by", "by-sa"))
PARQUET, JSON_LINES = "application/x-parquet", "application/jsonlines"
_KEYWORDS = ["Arabic", "news", "named entities", "numerals", "quotation attribution", "contradiction detection"]
_LANGUAGE = {"@container": "@language"}
_JSON = "@json"
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": _JSON},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": _LANGUAGE,
    "examples": {"@id": "cr:examples", "@type": _JSON},
    "name": _LANGUAGE,
} | {
    term: f"cr:{term}"
    for term in (
        "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject",
        "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5",
        "parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate", "separator",
        "source", "subField", "transform",
    )
}  # fmt: skip
_RESPONSIBLE = {
    "Intended use": "dataUseCases",
    "Data statement": "dataCollection",
    "How the labels were made": "dataAnnotationProtocol",
    "Limits": "dataLimitations",
}
"""Heading of a data statement → the property of Croissant's RAI extension that its section is."""


def croissant(release: Release, statement: str) -> bytes:
    """Describe the files of a release. The same release and data statement give the same bytes."""
    which = "This release has" if release.textless else f"Splits {', '.join(release.withheld_splits)} have"
    text = f" {which} no text: only offsets, labels and hashes." if release.withheld_splits else ""
    licence: str | list[str] = BY
    if release.fetchable:
        licence = [BY, BY_SA]
        text += " Their articles are of NTREX-128, and their annotations CC BY-SA 4.0; all others are CC BY 4.0."
    described = {
        "@context": dict(sorted(_CONTEXT.items())),
        "@type": "sc:Dataset",
        "conformsTo": VERSION,
        "name": release.name,
        "description": "Arabic news in stories, each told by several articles, with entities, numbers and dates, "
        "quotes, and claims grouped into issues where outlets agree or contradict each other. Offsets are "
        "half-open Unicode code points of documents.text. The text of each article belongs to its publisher."
        f"{text} Canary: {release.canary}",
        "version": release.version,
        "datePublished": release.date,
        "license": licence,
        "inLanguage": "ar",
        "isLiveDataset": False,
        "keywords": _KEYWORDS,
        "citeAs": f"@misc{{{release.name}, title={{{{{release.name}: an annotated corpus of Arabic news and the "
        f"benchmark built on it}}}}, version={{{release.version}}}, year={{{release.date[:4]}}}}}",
        "creator": {"@type": "sc:Organization", "name": f"The {release.name} developers"},
        **_responsible(statement),
        "distribution": list(map(_file, release.listed)),
        "recordSet": [_record_set(record) for record in release.files],
    }
    return json.dumps(described, ensure_ascii=False, indent=2).encode() + b"\n"


def _responsible(statement: str) -> dict[str, str]:
    """What the sections of a data statement (Markdown, with headings of the second level) say, without their tables."""
    sections = {}
    for section in re.split(r"^## ", statement, flags=re.MULTILINE)[1:]:
        heading, _, text = section.partition("\n")
        prose = [line for line in text.splitlines() if not line.startswith("|")]
        if heading in _RESPONSIBLE:
            sections[f"rai:{_RESPONSIBLE[heading]}"] = re.sub(r"\n{3,}", "\n\n", "\n".join(prose)).strip()
    return sections


def record_set_name(path: str) -> str:
    """Name of the record set of a Parquet file, given its path in the release."""
    config, _, split = path.removesuffix(".parquet").partition("/")
    return config if split == "test" else f"{config}/{split}"


def _file(file: FileRecord | Withheld | ChangesFile) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "encodingFormat": PARQUET if isinstance(file, FileRecord) else JSON_LINES,
        "sha256": file.sha256,
    }


def _record_set(record: FileRecord) -> dict[str, Any]:
    config = record.path.partition("/")[0]
    name = record_set_name(record.path)
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": " ".join((CONFIGS[config].__doc__ or "").replace("`", "").split()),
        "key": [{"@id": f"{name}/{column}"} for column in CONFIGS[config].key_columns],
        "field": [_field(name, column, record.path) for column in arrow_schema(config)],
    }


def _field(record_set: str, column: pa.Field, path: str) -> dict[str, Any]:
    """Describe a column; the members of its objects are sub-fields, but not lists of objects within them.

    mlcroissant reads one value for each object of a list, so those (`alternatives.content`) are in Parquet alone.
    """
    import pyarrow.types as kinds

    kind = column.type
    name = f"{record_set}/{column.name}"
    source = {"fileObject": {"@id": path}, "extract": {"column": column.name}}
    config = path.partition("/")[0]
    labels = CLASS_LABELS.get(config, {}).get(column.name)
    index = ": an index, from 0, into " + ", ".join(labels) if labels else ""
    meaning = meanings(CONFIGS[config])[column.name].replace("`", "").rstrip(".")
    field: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": name, "description": f"{meaning}{index}."}
    if kinds.is_list(kind):
        field |= {"isArray": True, "arrayShape": "-1"}
        kind = kind.value_type
    if not kinds.is_struct(kind):
        return field | {"dataType": _data_type(kind), "source": source}
    field["subField"] = [
        {
            "@type": "cr:Field",
            "@id": f"{name}/{member.name}",
            "name": f"{name}/{member.name}",
            "dataType": _data_type(member.type.value_type if kinds.is_list(member.type) else member.type),
            "source": source | {"transform": {"jsonPath": member.name}},
        }
        for member in kind
        if not (kinds.is_list(member.type) and kinds.is_struct(member.type.value_type))
    ]
    return field


def _data_type(kind: pa.DataType) -> str:
    import pyarrow.types as kinds

    if kinds.is_boolean(kind):
        return "sc:Boolean"
    return "sc:Integer" if kinds.is_integer(kind) else "sc:Text"
