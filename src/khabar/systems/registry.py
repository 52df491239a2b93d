"""Finding a system by what a user writes: an embedded name, an entry point, `prefix:what`, or `module:attribute`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from khabar.reading.incidents import Incident, InputError
from khabar.reading.reference import Reference
from khabar.systems.protocol import Options, SlowSystem, System

GROUP = "khabar.systems"


@dataclass(frozen=True, slots=True)
class Embedded:
    """A system that comes with khabar: `name` in `module`. One that is `from_gold` is a class made with the gold.

    `needs` is the package it imports (None: nothing more), which the extra `extra` installs.
    """

    module: str
    name: str
    from_gold: bool = False
    needs: str | None = None
    extra: str = ""


EMBEDDED: dict[str, Embedded] = {
    "rules": Embedded("khabar.systems.rules", "rules"),
    "oracle": Embedded("khabar.systems.checkers", "Oracle", from_gold=True),
    "empty": Embedded("khabar.systems.checkers", "empty"),
    "digits": Embedded("khabar.systems.baselines.numbers", "digits"),
    "digits-multipliers": Embedded("khabar.systems.baselines.numbers", "digits_multipliers"),
    "dateparser": Embedded("khabar.systems.baselines.numbers", "SearchDates", needs="dateparser", extra="dateparser"),
    "quote-marks": Embedded("khabar.systems.baselines.quotes", "quote_marks"),
    "value-mismatch": Embedded("khabar.systems.baselines.disputes", "ValueMismatch"),
    "denial-cue": Embedded("khabar.systems.baselines.disputes", "DenialCue"),
    "tagger": Embedded("khabar.systems.baselines.tagger", "Tagger", needs="pycrfsuite", extra="tagger"),
}
"""Name → system."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """The class `name` in `module`, made from what follows the prefix and from `Options`, which runs systems of a kind.

    It imports the packages `needs`; the extra named like the first of them installs them.
    """

    module: str
    name: str
    follows: str
    needs: tuple[str, ...] = ()


ADAPTERS: dict[str, Adapter] = {
    "cmd": Adapter("khabar.systems.command", "Command", "COMMAND"),
    "openai": Adapter("khabar.systems.endpoint", "Endpoint", "MODEL", needs=("openai",)),
    "openai-recording": Adapter("khabar.systems.endpoint.recording", "Recording", "FILE"),
    "transformers": Adapter(
        "khabar.systems.models.libraries", "TokenClassification", "PATH", needs=("transformers", "torch")
    ),
    "spacy": Adapter("khabar.systems.models.libraries", "SpacyPipeline", "PATH", needs=("spacy",)),
    "gliner": Adapter("khabar.systems.models.libraries", "Gliner", "PATH", needs=("gliner", "torch")),
}
"""Prefix → adapter."""


def find_system(name: str, gold: Reference, options: Options | None = None) -> System | SlowSystem:
    """Load a system. `oracle` is made from the gold it is scored on. Raises InputError if there is none."""
    if name in EMBEDDED:
        return _embedded(name, gold)
    prefix, colon, rest = name.partition(":")
    if colon and prefix in ADAPTERS:
        return _adapted(prefix, rest, options or Options())
    if colon:
        return _from_module(name)
    for entry in entry_points(group=GROUP):
        if entry.name == name:
            return _instance(_loaded(entry.load, name), name)
    known = ", ".join((*EMBEDDED, *(entry.name for entry in entry_points(group=GROUP))))
    kinds = ", ".join(f"{prefix}:{adapter.follows}" for prefix, adapter in ADAPTERS.items())
    raise _unknown(f"no system {name!r}; there is: {known}, or write {kinds} or module:attribute")


def _embedded(name: str, gold: Reference) -> System:
    embedded = EMBEDDED[name]
    if embedded.needs is not None:
        _require(name, embedded.needs, embedded.extra)
    target = getattr(importlib.import_module(embedded.module), embedded.name)
    return target(gold) if embedded.from_gold else _instance(target, name)


def _require(name: str, package: str, extra: str) -> None:
    if find_spec(package) is None:
        message = f"{name} needs the package {package}"
        raise InputError([Incident("extra-missing", message, fix=f"pip install 'khabar[{extra}]'")])


def _adapted(prefix: str, rest: str, options: Options) -> SlowSystem:
    adapter = ADAPTERS[prefix]
    if not rest.strip():
        raise _unknown(f"{prefix}: without anything behind it; write {prefix}:{adapter.follows}")
    for package in adapter.needs:
        _require(f"{prefix}:", package, adapter.needs[0])
    system: SlowSystem = getattr(importlib.import_module(adapter.module), adapter.name)(rest, options)
    return system


def _from_module(name: str) -> System:
    module_name, _, attribute = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    target = _loaded(lambda: importlib.import_module(module_name), module_name)
    for part in attribute.split("."):
        if not hasattr(target, part):
            raise _unknown(f"module {module_name!r} has no {attribute!r}")
        target = getattr(target, part)
    return _instance(target, name)


def _loaded(load: Callable[[], object], name: str) -> object:
    try:
        return load()
    except (Exception, SystemExit) as error:  # a user's module may fail in any way while it is imported
        raise _unknown(f"{name!r} cannot be imported: {type(error).__name__}: {error}") from error


def _instance(target: object, name: str) -> System:
    """Make a class into its instance; whatever comes of it must be callable."""
    if isinstance(target, type):
        try:
            target = target()
        except (Exception, SystemExit) as error:  # as above
            raise _unknown(f"{name!r} cannot be made: {type(error).__name__}: {error}") from error
    if not callable(target):
        raise _unknown(f"{name!r} is not callable")
    return target


def _unknown(message: str) -> InputError:
    return InputError([Incident("system-unknown", message)])
