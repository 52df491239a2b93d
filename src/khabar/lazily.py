"""Mappings whose values are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Made(Mapping[Key, Value]):
    """A value for each key, made by `make(key)` when it is first asked for, and kept."""

    def __init__(self, keys: Iterable[Key], make: Callable[[Key], Value]) -> None:
        self._made: dict[Key, Value | None] = dict.fromkeys(keys)
        self._make = make

    def __getitem__(self, key: Key) -> Value:
        found = self._made[key]
        if found is None:
            found = self._made[key] = self._make(key)
        return found

    def __iter__(self) -> Iterator[Key]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def __contains__(self, key: object) -> bool:
        return key in self._made
