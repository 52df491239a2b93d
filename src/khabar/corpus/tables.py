"""The rows of the dataset as Parquet: the Arrow schema of each config, with the features that `datasets` restores."""

from __future__ import annotations

from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from khabar.corpus.release import RELEASE, read_release
from khabar.reading.files import cache_folder, sha256
from khabar.reading.incidents import Incidents, InputError, fix_of, said_by
from khabar.records import CONFIGS, Document, Row, only
from khabar.records.labels import ENTITY_LABELS
from khabar.records.repository import CANARY
from khabar.records.rows import offsets_alone

if TYPE_CHECKING:
    import pyarrow as pa

Tables = dict[str, dict[str, list[Row]]]
"""Split → config → rows, sorted."""
_WITHHELD = ("text", "tokens")
"""Columns that are null where the text is withheld."""
CLASS_LABELS: dict[str, dict[str, tuple[str, ...]]] = {"entities": {"label": ENTITY_LABELS}}
"""Config → columns stored as `ClassLabel`: integers whose names are in the features, and in the card."""


def is_corpus(folder: Path) -> bool:
    """Tell whether a folder holds a built dataset."""
    return (folder / RELEASE).is_file()


def splits(folder: Path) -> list[str]:
    """Name the splits a dataset folder holds."""
    return sorted({path.stem for path in folder.glob("documents/*.parquet")})


def read_split(folder: Path, split: str) -> dict[str, list[Row]]:
    """Read all configs of a split. Raises InputError if one is missing, cannot be read, or has no text.

    The text of a split that is without it is taken from the copy that `khabar corpus fetch` has made, if there is one.
    """
    release = read_release(folder) if is_corpus(folder) else None
    if release is None or split not in release.withheld_splits:
        return _read_split(folder, split)
    if is_corpus(copy := filled_copy(folder)):
        return _read_split(copy, split)
    if release.fetchable:
        message, fix = f"split {split} of {folder} is without text", "run `khabar corpus fetch`"
    else:
        message, fix = f"{folder} is a release without text", None
    raise InputError.of("text-missing", message, str(folder), fix=fix)


def filled_copy(folder: Path) -> Path:
    """Where the release of a folder stands with all its texts, once they are fetched: in the user's cache."""
    return cache_folder() / f"corpus-{sha256((folder / RELEASE).read_bytes())[:16]}"


def require_split(folder: Path, split: str) -> None:
    """Raise InputError if a folder is no corpus, or has no such split."""
    if not is_corpus(folder):
        message = f"{folder} is not a khabar corpus (no release.json)"
        raise InputError.of("file-missing", message, str(folder), fix="run `khabar corpus build`")
    if split not in splits(folder):
        names = splits(folder)
        message, fix = f"no split {split!r}; there is: {', '.join(names)}", fix_of(split, names, before="--split ")
        raise InputError.of("option-wrong", message, str(folder), fix=fix)


def folder_of(folder: Path, config: str, split: str) -> Path:
    """Where a reader finds a config of a split: the folder, or its filled copy if the split's text is there only.

    Raises InputError if there is no such corpus, config or split.
    """
    require_split(folder, split)
    if config not in CONFIGS:
        message = f"no config {config!r}; there is: {', '.join(CONFIGS)}"
        raise InputError.of("option-wrong", message, str(folder), fix=fix_of(config, CONFIGS))
    copy = filled_copy(folder)
    return copy if split in read_release(folder).withheld_splits and is_corpus(copy) else folder


def document_rows(folder: Path, split: str) -> list[Document]:
    """The documents of a split, which may be without text. Raises InputError."""
    incidents = Incidents()
    rows = _read(folder / "documents" / f"{split}.parquet", "documents", incidents)
    incidents.refuse()
    return only(rows, Document)


def document_ids(folder: Path, split: str) -> list[str]:
    """The ids of a split's documents. Raises InputError."""
    return [row.doc_id for row in document_rows(folder, split)]


def read_all(folder: Path) -> Tables:
    """Read all splits, of a release without text too. Raises InputError if a file is missing or cannot be read."""
    return {split: _read_split(folder, split) for split in splits(folder)}


def _read_split(folder: Path, split: str) -> dict[str, list[Row]]:
    incidents = Incidents()
    configs = {config: _read(folder / config / f"{split}.parquet", config, incidents) for config in CONFIGS}
    incidents.refuse()
    return configs


def _read(path: Path, config: str, incidents: Incidents) -> list[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        incidents.report("file-missing", f"no file {path.name} for config {config}", file=path)
        return []
    try:
        with pq.ParquetFile(path) as file:  # `pq.read_table` would load pandas
            return from_table(config, file.read())
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        incidents.report("file-not-parquet", said_by(error), file=path)
    except (msgspec.ValidationError, KeyError, IndexError, TypeError) as error:
        incidents.report("value-wrong", f"config {config}: {error}", file=path)
    return []


def parquet_bytes(config: str, rows: list[Row], *, withheld: bool = False) -> bytes:
    """Serialise the rows of a config; texts, surfaces and tokens that are withheld are null.

    The same rows give the same bytes on the same pyarrow.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    plain = [offsets_alone(row.columns) if withheld else row.columns for row in rows]
    columns: dict[str, list[Any]] = {
        name: [None if withheld and name in _WITHHELD else row[name] for row in plain]
        for name in CONFIGS[config].__struct_fields__
    }
    for column, labels in CLASS_LABELS.get(config, {}).items():
        columns[column] = [labels.index(value) for value in columns[column]]
    sink = pa.BufferOutputStream()
    options: dict[str, Any] = {"compression": "zstd", "use_dictionary": False, "store_schema": True, "version": "2.6"}
    schema = arrow_schema(config)
    with pq.ParquetWriter(sink, schema, **options) as writer:
        if rows:  # `datasets` cannot load a row group that is empty
            writer.write_table(pa.table(columns, schema=schema))
    return bytes(sink.getvalue())


def from_table(config: str, table: pa.Table) -> list[Row]:
    """Rows of a config from its Arrow table. Raises msgspec.ValidationError where one does not fit the record."""
    kind = CONFIGS[config]
    rows = table.to_pylist()
    for column, labels in CLASS_LABELS.get(config, {}).items():
        for row in rows:
            row[column] = labels[row[column]]
    columns = set(kind.__struct_fields__)
    rows = [{key: row[key] for key in row if key in columns} for row in rows]
    return [msgspec.convert(_with_empty(row), kind, strict=True) for row in rows]


def arrow_schema(config: str) -> pa.Schema:
    """Arrow schema of a config, Hugging Face features in its metadata."""
    import pyarrow as pa
    from datasets import ClassLabel, Features

    features = Features.from_arrow_schema(pa.schema(_arrow_fields(CONFIGS[config])))
    for column, names in CLASS_LABELS.get(config, {}).items():
        features[column] = ClassLabel(names=list(names))
    schema = features.arrow_schema
    return schema.with_metadata({**(schema.metadata or {}), b"canary": CANARY.encode()})


def _arrow_fields(kind: Any) -> list[pa.Field]:
    import pyarrow as pa

    hints = get_type_hints(kind)
    return [pa.field(name, _arrow_type(hints[name])) for name in kind.__struct_fields__]


def _arrow_type(kind: Any) -> pa.DataType:
    import pyarrow as pa

    if get_origin(kind) in (UnionType, Union):
        kind = next(member for member in get_args(kind) if member is not type(None))
    if get_origin(kind) is tuple:
        return pa.list_(_arrow_type(get_args(kind)[0]))
    if get_origin(kind) is Literal or kind is str:
        return pa.string()
    if kind is bool:
        return pa.bool_()
    if kind is int:
        return pa.int32()
    return pa.struct(_arrow_fields(kind))


def _with_empty(value: Any) -> Any:
    """Values of a row with empty strings for texts, surfaces and tokens that are withheld."""
    if isinstance(value, list):
        return [_with_empty(item) for item in value]
    if not isinstance(value, dict):
        return value
    filled = {key: _with_empty(item) for key, item in value.items()}
    if filled.get("text", "") is None:
        filled["text"] = ""
    if filled.get("tokens", ()) is None:
        filled["tokens"] = [""] * len(filled["starts"])
    return filled
