"""Finding a system by what a user writes: an embedded name, an entry point, or `module:attribute`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

from khabar.errors import InputError
from khabar.incidents import Incident
from khabar.scoring.reference import Reference
from khabar.systems.protocol import System

GROUP = "khabar.systems"
EMBEDDED = ("rules", "oracle", "empty")


def find_system(name: str, gold: Reference) -> System:
    """Load a system. `oracle` is made from the gold it is scored on. Raises InputError if there is none."""
    if name == "oracle":
        from khabar.systems.checkers import Oracle

        return Oracle(gold)
    if name == "empty":
        from khabar.systems.checkers import empty

        return empty
    if name == "rules":
        from khabar.systems.rules import rules

        return rules
    if ":" in name:
        return _from_module(name)
    for entry in entry_points(group=GROUP):
        if entry.name == name:
            return _made(entry.load(), name)
    known = ", ".join((*EMBEDDED, *(entry.name for entry in entry_points(group=GROUP))))
    raise _unknown(f"no system {name!r}; there is: {known}, or write module:attribute")


def _from_module(name: str) -> System:
    module_name, _, attribute = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # a user's module may fail in any way while it is imported
        raise _unknown(f"module {module_name!r} cannot be imported: {type(error).__name__}: {error}") from error
    found: object = module
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise _unknown(f"module {module_name!r} has no {attribute!r}")
        found = getattr(found, part)
    return _made(found, name)


def _made(found: object, name: str) -> System:
    """A class is made into its instance; whatever comes of it must be callable."""
    made: Callable[..., object] | object = found
    if isinstance(found, type):
        try:
            made = found()
        except (Exception, SystemExit) as error:  # as above
            raise _unknown(f"{name!r} cannot be made: {type(error).__name__}: {error}") from error
    if not callable(made):
        raise _unknown(f"{name!r} is not callable")
    return made  # type: ignore[return-value]


def _unknown(message: str) -> InputError:
    return InputError([Incident("system-unknown", message)])
