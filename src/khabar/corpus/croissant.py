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
from khabar.records.release import ChangesFile, FileRecord, Release, Withheld

if TYPE_CHECKING:
    import pyarrow as pa

CROISSANT = "croissant.json"
VERSION = "http://mlcommons.org/croissant/1.1"
BY, BY_SA = (f"https://creativecommons.org/licenses/{name}/4.0/" for name in ("by", "by-sa"))
PARQUET, JSON_LINES = "application/x-parquet", "application/jsonlines"
_KEYS = {"documents": ("doc_id",), "conflicts": ("issue_id",), "registry": ("story", "entity_id")}
_KEYS |= {"tokens": ("doc_id", "paragraph")} | dict.fromkeys(("entities", "numbers", "quotes", "claims"), ("id",))
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
_COLUMNS = {
    "doc_id": "Key of the article: the stem of its file's name",
    "story": "Key of the story the articles report",
    "outlet": "Who published the article, as its text says",
    "title": "Headline of the article",
    "sha256": "SHA-256 of the article's UTF-8 bytes, in hex",
    "lang": "Language of the article",
    "published": "When it was published, in EDTF, inferred",
    "published_evidence": "How the date of publication is known",
    "zones": "Stretches of whole lines and what they are: title, heading, body, source or boilerplate",
    "rights": "Whose the text is",
    "id": "Key of the row",
    "start": "First code point of the span, counted from 0",
    "end": "Code point after the span",
    "text": "Surface: the article's text from start to end",
    "name": "Name of the thing",
    "entity_id": "Key of the thing, one for all articles of the story",
    "wikidata": "Wikidata item of the thing",
    "scored": "False: in the gold, and neither rewarded nor punished",
    "zone": "Zone in which the row starts",
    "phenomena": "What makes the row hard",
    "core": "The numeral with its multiplier",
    "modifier": "The words that make the value approximate or a bound",
    "low": "Lower end of the value, a decimal or a fraction; null: unbounded",
    "high": "Upper end of the value, a decimal or a fraction; null: unbounded",
    "low_incl": "Whether the lower end is included",
    "high_incl": "Whether the upper end is included",
    "modality": "How exactly the value is given, such as exact or approx",
    "unit": "UCUM or ISO 4217 code, % or %pt, or the lemma of what is counted",
    "counted": "The head noun of what is counted, as written",
    "edtf_literal": "The date as written, in EDTF",
    "edtf": "The date as meant, in EDTF",
    "calendar": "Calendar of the date",
    "factuality": "asserted, possible, expected or estimate",
    "role": "level, delta (a change) or subset (part of another number in the text)",
    "flags": "source_error, currency_assumed or other",
    "content": "Spans of what was said",
    "cue": "Spans of the words that attribute it",
    "marked": "Spans within quotation marks",
    "speaker_mention": "The mention of the speaker; null: implicit",
    "speaker": "entity_id of who said it",
    "source_chain": "entity_id of each source it came through, the speaker last",
    "addressee": "entity_id of whom it was said to",
    "medium": "Through what it was said, as written",
    "act": "What was done by saying it",
    "polarity": "negative: the attributed act denies or rejects",
    "utterance": "Key that reports of the same utterance share",
    "alternatives": "Other whole readings that count as right",
    "issue_id": "Key of the issue",
    "position": "Key of the answer within its issue",
    "source": "entity_id of who asserts the claim",
    "stance": "asserted, denied or hedged",
    "value": "The answer in short",
    "as_of": "The time the claim is about, in EDTF, or unknown; null for what does not change with time",
    "question": "The issue's question, in English",
    "question_ar": "The issue's question, in Arabic",
    "status": "conflict, contested, apparent or corroborated",
    "subtype": "Why an apparent conflict is none",
    "scope": "within an article, or across articles",
    "positions": "The answers, and the claims that give each",
    "note": "The annotator's reason",
    "aliases": "Its other surfaces in the story",
    "speaks_for": "entity_id of the body a spokesperson speaks for",
    "paragraph": "Line of the text, counted from 0",
    "tokens": "Words, numbers, and other characters alone",
    "starts": "First code point of each token",
    "ends": "Code point after each token",
    "tags": "IOB2 tags of the outermost entities",
}
_OF_CONFIG = {
    ("documents", "text"): "The article as received",
    ("numbers", "kind"): "What kind of number; ident: none, though it looks like one",
    ("numbers", "anchor"): "What a relative date is resolved by",
    ("claims", "anchor"): "The number, date, name or denial inside the claim",
    ("quotes", "type"): "direct, indirect or mixed, by the quotation marks",
    ("conflicts", "type"): "numeric, temporal, polarity or identity; null where nothing conflicts",
    ("entities", "name"): "The mention as it would stand alone",
    ("entities", "label"): "What kind of thing",
    ("registry", "label"): "What kind of thing",
    ("registry", "note"): "A remark on who or what is meant",
}
"""What a column holds, where one line does for all configs, and where it does not."""


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
        "keywords": [
            "Arabic",
            "news",
            "named entities",
            "numerals",
            "quotation attribution",
            "contradiction detection",
        ],
        "citeAs": f"@misc{{{release.name}, title={{{{{release.name}: an annotated corpus of Arabic news and the "
        f"benchmark built on it}}}}, version={{{release.version}}}, year={{{release.date[:4]}}}}}",
        "creator": {"@type": "sc:Organization", "name": f"The {release.name} developers"},
        **_responsible(statement),
        "distribution": [_file(path, kind, digest) for path, kind, digest in _files(release)],
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


def _files(release: Release) -> list[tuple[str, str, str]]:
    """Path, media type and SHA-256 of each file that holds data."""
    found = [(record.path, PARQUET, record.sha256) for record in release.files]
    others = [file for file in (release.withheld, release.changes) if isinstance(file, (Withheld, ChangesFile))]
    return [*found, *((file.path, JSON_LINES, file.sha256) for file in others)]


def _file(path: str, kind: str, digest: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "encodingFormat": kind,
        "sha256": digest,
    }


def _record_set(record: FileRecord) -> dict[str, Any]:
    config = record.path.partition("/")[0]
    name = record_set_name(record.path)
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": " ".join((CONFIGS[config].__doc__ or "").replace("`", "").split()),
        "key": [{"@id": f"{name}/{column}"} for column in _KEYS[config]],
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
    labels = CLASS_LABELS.get((config, column.name))
    index = ": an index, from 0, into " + ", ".join(labels) if labels else ""
    words = f"{description(config, column.name)}{index}."
    made: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": name, "description": words}
    if kinds.is_list(kind):
        made |= {"isArray": True, "arrayShape": "-1"}
        kind = kind.value_type
    if not kinds.is_struct(kind):
        return made | {"dataType": _data_type(kind), "source": source}
    made["subField"] = [
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
    return made


def _data_type(kind: pa.DataType) -> str:
    import pyarrow.types as kinds

    if kinds.is_boolean(kind):
        return "sc:Boolean"
    return "sc:Integer" if kinds.is_integer(kind) else "sc:Text"


def description(config: str, column: str) -> str:
    """Describe a column of a config. Raises KeyError where nobody has."""
    return _OF_CONFIG.get((config, column)) or _COLUMNS[column]
