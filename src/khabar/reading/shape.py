"""Shape: does a raw object fit a record? Reports every key that does not, and builds the record from the rest."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from khabar.reading.incidents import Report, fix_of
from khabar.text.terminal import shown

Record = TypeVar("Record", bound=msgspec.Struct)
_BAD = object()


def shaped(value: Mapping[str, Any] | msgspec.Struct, kind: type[Record], report: Report) -> Record | None:
    """Build a record of `kind` from an object, or report each misfit and give None.

    An object of Python may hold records, tuples for lists, and NumPy's numbers. Of its own lists, items that do not fit
    are reported and left out, so that the others can be checked too. A null where the record has a default stands for
    the default; unknown keys are reported and dropped.
    """
    clean = _struct(value, kind, "", report)
    return None if clean is _BAD else msgspec.convert(clean, kind)


def read_json(path: Path, kind: type[Record]) -> Record:
    """Read a file of JSON as a record of `kind`.

    Raises OSError, msgspec.ValidationError where it is JSON of another shape, and msgspec.DecodeError where it is none.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error) or "nested too deeply") from None


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, tuple[Any, bool]]:
    """Field name → (type, required)."""
    hints = get_type_hints(kind)
    return {field.name: (hints[field.name], field.required) for field in msgspec.structs.fields(kind)}


def _struct(value: Any, kind: type[msgspec.Struct], path: str, report: Report) -> Any:
    value = _plain(value)
    if not isinstance(value, dict):
        report("value-wrong", f"{path or 'the line'} must be an object, not {_name(value)}")
        return _BAD
    fields = _fields(kind)
    clean: dict[str, Any] = {}
    fits = True
    for key, item in value.items():
        if key is not None and key == kind.__struct_config__.tag_field:
            clean[key] = item
        elif key not in fields:
            free = [name for name in fields if name not in value]
            fix = f"{fix_of(str(key), free)}, or remove it" if free else None
            report("key-unknown", f"unknown key {shown(path + str(key))}", fix=fix)
        elif item is None and not fields[key][1]:
            continue
        else:
            clean[key] = _value(item, fields[key][0], path + str(key), report)
            fits = fits and clean[key] is not _BAD
    for key, (_, required) in fields.items():
        if required and key not in value:
            report("key-missing", f"no key {path + key!r}")
            fits = False
    return clean if fits else _BAD


def _plain(value: Any) -> Any:
    """A value of Python as JSON would have it: records and mappings as objects, exact and NumPy's numbers."""
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (Decimal, Fraction)) or (isinstance(value, str) and type(value) is not str):
        return str(value)
    is_scalar = type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0
    return value.item() if is_scalar else value


def _value(value: Any, kind: Any, path: str, report: Report) -> Any:
    value = _plain(value)
    kinds = get_args(kind) if get_origin(kind) in (UnionType, Union) else (kind,)
    structs = [each for each in kinds if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    if structs and isinstance(value, dict):
        return _struct(value, structs[0], path + ".", report)
    lists = [each for each in kinds if get_origin(each) is tuple]
    if lists and isinstance(value, (list, tuple)):
        inner = get_args(lists[0])[0]
        items = [_value(item, inner, f"{path}[{at}]", report) for at, item in enumerate(value)]
        fitting = [item for item in items if item is not _BAD]
        return fitting if len(fitting) == len(items) or path.isidentifier() else _BAD
    try:
        msgspec.convert(value, kind)
        str(value).encode()
    except (msgspec.ValidationError, ValueError):  # the latter: a lone surrogate, an integer of thousands of digits
        label = path.rsplit(".", 1)[-1] == "label"
        report("label-unknown" if label and isinstance(value, str) else "value-wrong", _misfit(value, kinds, path))
        return _BAD
    return value


def _misfit(value: Any, kinds: tuple[Any, ...], path: str) -> str:
    closed = [choice for each in kinds if get_origin(each) is Literal for choice in get_args(each)]
    if closed and isinstance(value, str):
        return f"{path} is {shown(value)}, not one of {', '.join(closed)}"
    expected = " or ".join(
        dict.fromkeys("null" if each is type(None) else "string" if closed else _wanted(each) for each in kinds)
    )
    return f"{path} is {shown(value)}, where {expected} is asked for"


def _wanted(kind: Any) -> str:
    names = {int: "an integer", str: "a string", float: "a number", bool: "true or false"}
    if get_origin(kind) is tuple:
        return "a list"
    return names.get(kind, "an object")


def _name(value: Any) -> str:
    names = {list: "a list", tuple: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number" if isinstance(value, (int, float)) else f"a {type(value).__name__}")
