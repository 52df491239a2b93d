"""Finding a system by what a user writes: an embedded name, an entry point, `prefix:what`, or `module:attribute`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from khabar.reading.incidents import InputError, nearest
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
    what: str
    from_gold: bool = False
    needs: str | None = None
    extra: str = ""


_PATTERNS = "khabar.systems.baselines.patterns"
EMBEDDED: dict[str, Embedded] = {
    "rules": Embedded("khabar.systems.rules", "rules", "all layers: word lists, patterns and a gazetteer"),
    "oracle": Embedded("khabar.systems.checkers", "Oracle", "gold itself, to check the scorer", from_gold=True),
    "empty": Embedded("khabar.systems.checkers", "empty", "says nothing: the floor"),
    "digits": Embedded(_PATTERNS, "digits", "numbers: runs of digits"),
    "digits-multipliers": Embedded(_PATTERNS, "digits_multipliers", "numbers: the same with thousands"),
    "dateparser": Embedded(
        _PATTERNS,
        "SearchDates",
        "numbers: dates by the library dateparser",
        needs="dateparser",
        extra="dateparser",
    ),
    "quote-marks": Embedded(_PATTERNS, "quote_marks", "quotes: marks, each with the nearest name"),
    "value-mismatch": Embedded(_PATTERNS, "ValueMismatch", "conflicts: different figures for a noun"),
    "denial-cue": Embedded(_PATTERNS, "DenialCue", "conflicts: a word of denial"),
    "tagger": Embedded(
        "khabar.systems.baselines.tagger",
        "Tagger",
        "entities: a CRF that learned from dev and test",
        needs="pycrfsuite",
        extra="tagger",
    ),
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
    what: str
    needs: tuple[str, ...] = ()


_LIBRARIES = "khabar.systems.models"
ADAPTERS: dict[str, Adapter] = {
    "cmd": Adapter("khabar.systems.command", "Command", "COMMAND", "a program in any language that speaks JSONL"),
    "openai": Adapter(
        "khabar.systems.endpoint", "Endpoint", "MODEL", "a language model behind an endpoint", needs=("openai",)
    ),
    "openai-recording": Adapter("khabar.systems.endpoint", "Recording", "FILE", "what --record kept of one"),
    "transformers": Adapter(
        _LIBRARIES, "TokenClassification", "PATH", "a local token classifier", needs=("transformers", "torch")
    ),
    "spacy": Adapter(_LIBRARIES, "SpacyPipeline", "PATH", "a local spaCy pipeline", needs=("spacy",)),
    "gliner": Adapter(_LIBRARIES, "Gliner", "PATH", "a local GLiNER model", needs=("gliner", "torch")),
}
"""Prefix → adapter."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What `khabar run` takes: how it is written, what it is, and the extra it needs (None: no more)."""

    written: str
    what: str
    extra: str | None = None
    is_installed: bool = True
    """Whether the packages that it needs are there."""


def list_systems() -> list[Listed]:
    """Everything that `find_system` takes: embedded systems, then installed ones, then what is written with a colon."""
    embedded = [
        Listed(name, system.what, system.extra or None, system.needs is None or find_spec(system.needs) is not None)
        for name, system in EMBEDDED.items()
    ]
    installed = [Listed(entry.name, f"installed: {entry.value}") for entry in entry_points(group=GROUP)]
    adapters = [
        Listed(
            f"{prefix}:{adapter.follows}",
            adapter.what,
            next(iter(adapter.needs), None),
            all(find_spec(package) is not None for package in adapter.needs),
        )
        for prefix, adapter in ADAPTERS.items()
    ]
    own = Listed("MODULE:NAME", "a function of yours: mine:extract is extract in mine.py")
    return [*embedded, *installed, *adapters, own]


def find_system(name: str, gold: Reference, options: Options | None = None) -> System | SlowSystem:
    """Load a system. `oracle` is made from the gold it is scored on. Raises InputError if there is none."""
    if name in EMBEDDED:
        return _embedded(name, gold)
    prefix, colon, rest = name.partition(":")
    if colon and prefix in ADAPTERS:
        return _adapted(prefix, rest, options or Options())
    is_command = len(prefix.split()) > 1
    if colon and not is_command:
        return _from_module(name)
    for entry in entry_points(group=GROUP):
        if entry.name == name:
            return _instance(_loaded(entry.load, name), name)
    written = [each.written for each in list_systems()]
    file, attribute = Path(name).with_suffix(".py"), Path(name).suffix[1:]
    if is_command:
        fix = f'write "cmd:{name}"'
    elif file.is_file() and attribute not in ("", "py"):
        fix = _own_name(file, attribute)
    elif file.is_file():
        fix = _own_name(file, "NAME") + ", NAME being your function"
        fix += f', or "cmd:python {name}" if it is a program' if attribute else ""
    elif near := nearest(name, written):
        fix = f"write {near}"
    else:
        fix = "`khabar systems` says what each is"
    raise _unknown(f"no system {name!r}; there is: {', '.join(written)}", fix)


def _embedded(name: str, gold: Reference) -> System:
    embedded = EMBEDDED[name]
    if embedded.needs is not None:
        _require(name, embedded.needs, embedded.extra)
    target = getattr(importlib.import_module(embedded.module), embedded.name)
    return target(gold) if embedded.from_gold else _instance(target, name)


def _require(name: str, package: str, extra: str) -> None:
    if find_spec(package) is None:
        message = f"{name} needs the package {package}"
        raise InputError.of("extra-missing", message, fix=f"pip install 'khabar[{extra}]'")


def _adapted(prefix: str, rest: str, options: Options) -> SlowSystem:
    adapter = ADAPTERS[prefix]
    if not rest.strip():
        raise _unknown(f"{prefix}: without anything behind it", f"write {prefix}:{adapter.follows}")
    for package in adapter.needs:
        _require(f"{prefix}:", package, adapter.needs[0])
    system: SlowSystem = getattr(importlib.import_module(adapter.module), adapter.name)(rest, options)
    return system


def _from_module(name: str) -> System:
    module_name, _, attribute = name.partition(":")
    if module_name.endswith(".py"):
        message = f"{module_name!r} is the name of a file, and a system is named by its module"
        raise _unknown(message, _own_name(Path(module_name), attribute or "NAME"))
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    target = _loaded(lambda: importlib.import_module(module_name), module_name)
    for part in attribute.split("."):
        if not hasattr(target, part):
            callables = [key for key, value in vars(target).items() if callable(value) and not key.startswith("_")]
            near = nearest(attribute, callables) or next(iter(callables), None)
            fix = f"write {module_name}:{near}" if near else "define it there"
            raise _unknown(f"module {module_name!r} has no {attribute!r}", fix)
        target = getattr(target, part)
    return _instance(target, name)


def _loaded(load: Callable[[], object], name: str) -> object:
    try:
        return load()
    except (Exception, SystemExit) as error:  # a user's module may fail in any way while it is imported
        is_missing = isinstance(error, ModuleNotFoundError) and error.name == name
        fix = (
            f"a file {name}.py must be in this folder, or be installed"
            if is_missing
            else "mend what it imports or does"
        )
        raise _unknown(f"{name!r} cannot be imported: {type(error).__name__}: {error}", fix) from error


def _instance(target: object, name: str) -> System:
    """Make a class into its instance; whatever comes of it must be callable."""
    if isinstance(target, type):
        try:
            target = target()
        except (Exception, SystemExit) as error:  # as above
            message = f"{name!r} cannot be made: {type(error).__name__}: {error}"
            raise _unknown(message, "name a class that can be made without arguments, or a function") from error
    if not callable(target):
        raise _unknown(f"{name!r} is not callable", "name a function, or a class whose instances can be called")
    return target


def _own_name(file: Path, attribute: str) -> str:
    """How a system in a file of one's own is written, and from which folder."""
    place = "" if file.parent == Path() else f"in the folder {file.parent}, "
    return f"{place}write {file.stem}:{attribute}"


def _unknown(message: str, fix: str) -> InputError:
    return InputError.of("system-unknown", message, fix=fix)
