"""The canonical form of a record: one form for all ways to write the same content, to sort by and to hash."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import msgspec
from msgspec import structs

_ORDERED = ("source_chain",)
"""Lists in which the order says something."""

_Record = TypeVar("_Record", bound=Any)


def canonical(record: msgspec.Struct) -> bytes:
    """Encode a record as canonical JSON: sorted keys, defaults left out."""
    return msgspec.json.encode(record, order="sorted")


def with_sorted_lists(record: _Record) -> _Record:
    """Give a struct or dataclass with its lists in canonical order, empty ones as None, and 1.0 as 1.

    Lists whose order says something remain as they are.
    """
    is_struct = isinstance(record, msgspec.Struct)
    names = record.__struct_fields__ if is_struct else record.__dataclass_fields__
    changes: dict[str, object] = {}
    for name in names:
        value = getattr(record, name)
        if isinstance(value, tuple) and name not in _ORDERED:
            changes[name] = sorted_list(value) or None
        elif isinstance(value, float):
            changes[name] = as_integer(value)
    change: Any = structs.replace if is_struct else replace
    changed: _Record = change(record, **changes) if changes else record
    return changed


def sorted_list(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Sort a list by the JSON of its items, the lists in it first."""

    def inner(item: Any) -> Any:
        if isinstance(item, tuple):
            return sorted_list(item)
        return with_sorted_lists(item) if isinstance(item, msgspec.Struct) else item

    return tuple(sorted(map(inner, items), key=msgspec.json.encode))


def as_integer(value: str | int | float | bool | None) -> str | int | float | bool | None:
    """Give a number without fraction as an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
