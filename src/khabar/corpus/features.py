"""From records to Parquet: the Arrow schema of each config, with the features `datasets` restores on loading."""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from khabar.corpus.release import CANARY
from khabar.records import CONFIGS, Row
from khabar.records.labels import ENTITY_LABELS

if TYPE_CHECKING:
    import pyarrow as pa

CLASS_LABELS: dict[tuple[str, str], tuple[str, ...]] = {("entities", "label"): ENTITY_LABELS}
"""Columns stored as `ClassLabel`: integers whose names are in the features, and in the card for other readers."""


def arrow_schema(config: str) -> pa.Schema:
    """Arrow schema of a config, Hugging Face features in its metadata."""
    from datasets import ClassLabel, Features

    plain = _plain_schema(config)
    features = Features.from_arrow_schema(plain)
    for (owner, column), names in CLASS_LABELS.items():
        if owner == config:
            features[column] = ClassLabel(names=list(names))
    schema = features.arrow_schema
    return schema.with_metadata({**(schema.metadata or {}), b"canary": CANARY.encode()})


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


def _plain_schema(config: str) -> pa.Schema:
    import pyarrow as pa

    kind = CONFIGS[config]
    hints = get_type_hints(kind)
    return pa.schema([pa.field(name, _arrow_type(hints[name])) for name in kind.__struct_fields__])


def _arrow_type(kind: Any) -> pa.DataType:
    import pyarrow as pa

    if get_origin(kind) in (UnionType, Union):
        kind = next(each for each in get_args(kind) if each is not type(None))
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
