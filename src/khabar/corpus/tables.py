"""The rows of the dataset as Parquet: the Arrow schema of each config, with the features that `datasets` restores."""

from __future__ import annotations

from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from khabar.corpus.release import CANARY, RELEASE, read_release
from khabar.reading.incidents import Incident, Incidents, InputError
from khabar.records import CONFIGS, Row
from khabar.records.labels import ENTITY_LABELS

if TYPE_CHECKING:
    import pyarrow as pa

Tables = dict[str, dict[str, list[Row]]]
"""Split → config → rows, sorted."""
CLASS_LABELS: dict[tuple[str, str], tuple[str, ...]] = {("entities", "label"): ENTITY_LABELS}
"""Columns stored as `ClassLabel`: integers whose names are in the features, and in the card for other readers."""


def is_corpus(folder: Path) -> bool:
    """Tell whether a folder holds a built dataset."""
    return (folder / RELEASE).is_file()


def splits(folder: Path) -> list[str]:
    """Name the splits a dataset folder holds."""
    return sorted({path.stem for path in folder.glob("documents/*.parquet")})


def read_split(folder: Path, split: str) -> dict[str, list[Row]]:
    """Read all configs of a split. Raises InputError if one is missing, cannot be read, or has no text."""
    if is_corpus(folder) and read_release(folder).textless:
        raise InputError([Incident("text-missing", f"{folder} is a release without text", str(folder))])
    return _read_split(folder, split)


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
        return from_table(config, pq.read_table(path, partitioning=None))
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        incidents.report("file-not-parquet", str(error).splitlines()[0][:200], file=path)
    except (msgspec.ValidationError, KeyError, IndexError, TypeError) as error:
        incidents.report("value-wrong", f"config {config}: {error}", file=path)
    return []


def parquet_bytes(config: str, rows: list[Row]) -> bytes:
    """Serialise the rows of a config. The same rows give the same bytes on the same pyarrow."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    table = to_table(config, rows)
    pq.write_table(table, sink, compression="zstd", use_dictionary=False, store_schema=True, version="2.6")
    return bytes(sink.getvalue())


def to_table(config: str, rows: list[Row]) -> pa.Table:
    """Rows of a config as an Arrow table with its features."""
    import pyarrow as pa

    names = [field.name for field in _plain_schema(config)]
    columns: dict[str, list[Any]] = {name: [_plain(getattr(row, name)) for row in rows] for name in names}
    for (owner, column), labels in CLASS_LABELS.items():
        if owner == config:
            columns[column] = [labels.index(value) for value in columns[column]]
    return pa.table(columns, schema=arrow_schema(config))


def from_table(config: str, table: pa.Table) -> list[Row]:
    """Rows of a config from its Arrow table. Raises msgspec.ValidationError where one does not fit the record."""
    kind = CONFIGS[config]
    rows = table.to_pylist()
    for (owner, column), labels in CLASS_LABELS.items():
        if owner == config:
            for row in rows:
                row[column] = labels[row[column]]
    known = set(kind.__struct_fields__)
    return [msgspec.convert({key: row[key] for key in row if key in known}, kind, strict=True) for row in rows]


def arrow_schema(config: str) -> pa.Schema:
    """Arrow schema of a config, Hugging Face features in its metadata."""
    from datasets import ClassLabel, Features

    features = Features.from_arrow_schema(_plain_schema(config))
    for (owner, column), names in CLASS_LABELS.items():
        if owner == config:
            features[column] = ClassLabel(names=list(names))
    schema = features.arrow_schema
    return schema.with_metadata({**(schema.metadata or {}), b"canary": CANARY.encode()})


def _plain_schema(config: str) -> pa.Schema:
    import pyarrow as pa

    kind = CONFIGS[config]
    hints = get_type_hints(kind)
    return pa.schema([pa.field(name, _arrow_type(hints[name])) for name in kind.__struct_fields__])


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
    hints = get_type_hints(kind)
    return pa.struct([pa.field(name, _arrow_type(hints[name])) for name in kind.__struct_fields__])


def _plain(value: Any) -> Any:
    """Builtins of a record, with every key there."""
    if isinstance(value, msgspec.Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
