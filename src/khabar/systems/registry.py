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
from khabar.systems.protocol import SlowSystem, System
from khabar.systems.terms import Terms

GROUP = "khabar.systems"


@dataclass(frozen=True, slots=True)
class Embedded:
    """A system that comes with khabar: `name` in `module`, a class being made with the gold if it is `from_gold`.

    `needs` is the package it imports (None: nothing more), which `extra` brings.
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
    "digits": Embedded("khabar.systems.baselines.digits", "digits"),
    "digits-multipliers": Embedded("khabar.systems.baselines.digits", "digits_multipliers"),
    "dateparser": Embedded("khabar.systems.baselines.dates", "SearchDates", needs="dateparser", extra="dateparser"),
    "quote-marks": Embedded("khabar.systems.baselines.quote_marks", "quote_marks"),
    "value-mismatch": Embedded("khabar.systems.baselines.value_mismatch", "ValueMismatch"),
    "denial-cue": Embedded("khabar.systems.baselines.denial_cue", "DenialCue"),
    "in-story-tagger": Embedded(
        "khabar.systems.baselines.tagger", "InStoryTagger", from_gold=True, needs="pycrfsuite", extra="tagger"
    ),
}
"""Name → system."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """What runs systems of one kind: a class made from what follows the prefix and from `Terms`.

    It stands in `module`, and needs the packages `needs`, which the extra named like the first of them brings.
    """

    module: str
    name: str
    follows: str
    needs: tuple[str, ...] = ()


ADAPTERS: dict[str, Adapter] = {
    "cmd": Adapter("khabar.systems.command", "Command", "COMMAND"),
    "openai": Adapter("khabar.systems.endpoint", "Endpoint", "MODEL", needs=("openai",)),
    "transformers": Adapter(
        "khabar.systems.models.token_classification", "TokenClassification", "PATH", needs=("transformers", "torch")
    ),
    "spacy": Adapter("khabar.systems.models.spacy_pipeline", "SpacyPipeline", "PATH", needs=("spacy",)),
    "gliner": Adapter("khabar.systems.models.prompted", "Gliner", "PATH", needs=("gliner", "torch")),
}
"""Prefix → adapter."""


def find_system(name: str, gold: Reference, terms: Terms | None = None) -> System | SlowSystem:
    """Load a system. `oracle` is made from the gold it is scored on. Raises InputError if there is none."""
    if name in EMBEDDED:
        return _embedded(name, gold)
    prefix, colon, rest = name.partition(":")
    if colon and prefix in ADAPTERS:
        return _adapted(prefix, rest, terms or Terms())
    if colon:
        return _from_module(name)
    for entry in entry_points(group=GROUP):
        if entry.name == name:
            return _made(_loaded(entry.load, name), name)
    known = ", ".join((*EMBEDDED, *(entry.name for entry in entry_points(group=GROUP))))
    kinds = ", ".join(f"{prefix}:{adapter.follows}" for prefix, adapter in ADAPTERS.items())
    raise _unknown(f"no system {name!r}; there is: {known}, or write {kinds} or module:attribute")


def _embedded(name: str, gold: Reference) -> System:
    embedded = EMBEDDED[name]
    if embedded.needs is not None:
        _require(name, embedded.needs, embedded.extra)
    found = getattr(importlib.import_module(embedded.module), embedded.name)
    return found(gold) if embedded.from_gold else _made(found, name)


def _require(name: str, package: str, extra: str) -> None:
    if find_spec(package) is None:
        message = f"{name} needs the package {package}"
        raise InputError([Incident("extra-missing", message, fix=f"pip install 'khabar[{extra}]'")])


def _adapted(prefix: str, rest: str, terms: Terms) -> SlowSystem:
    adapter = ADAPTERS[prefix]
    if not rest.strip():
        raise _unknown(f"{prefix}: without anything behind it; write {prefix}:{adapter.follows}")
    for package in adapter.needs:
        _require(f"{prefix}:", package, adapter.needs[0])
    made: SlowSystem = getattr(importlib.import_module(adapter.module), adapter.name)(rest, terms)
    return made


def _from_module(name: str) -> System:
    module_name, _, attribute = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    found = _loaded(lambda: importlib.import_module(module_name), module_name)
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise _unknown(f"module {module_name!r} has no {attribute!r}")
        found = getattr(found, part)
    return _made(found, name)


def _loaded(load: Callable[[], object], name: str) -> object:
    try:
        return load()
    except (Exception, SystemExit) as error:  # a user's module may fail in any way while it is imported
        raise _unknown(f"{name!r} cannot be imported: {type(error).__name__}: {error}") from error


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
