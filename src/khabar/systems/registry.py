"""Finding a system by what a user writes: an embedded name, an entry point, `prefix:what`, or `module:attribute`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from khabar.reading.incidents import InputError, nearest
from khabar.reading.reference import Reference
from khabar.systems.protocol import Options, SlowSystem, System

GROUP = "khabar.systems"


@dataclass(frozen=True, slots=True)
class KnownSystem:
    """A system that comes with khabar, or a kind of systems that it can run: `name` in `module`.

    One with an `argument` is written PREFIX:ARGUMENT, and made from what follows the colon and from `Options`. One that
    is `from_gold` is made from gold. The extra `extra` installs the packages that it imports (`needs`).
    """

    module: str
    name: str
    what: str
    argument: str | None = None
    from_gold: bool = False
    needs: tuple[str, ...] = ()
    extra: str | None = None


_PATTERNS, _MODELS = "khabar.systems.baselines.patterns", "khabar.systems.models"
_ENDPOINT = "khabar.systems.endpoint"
EMBEDDED: dict[str, KnownSystem] = {
    "rules": KnownSystem("khabar.systems.rules", "rules", "all layers: word lists, patterns and a gazetteer"),
    "oracle": KnownSystem("khabar.systems.checkers", "Oracle", "gold itself, to check the scorer", from_gold=True),
    "empty": KnownSystem("khabar.systems.checkers", "empty", "says nothing: the floor"),
    "digits": KnownSystem(_PATTERNS, "digits", "numbers: runs of digits"),
    "digits-multipliers": KnownSystem(_PATTERNS, "digits_multipliers", "numbers: the same with thousands"),
    "dateparser": KnownSystem(
        _PATTERNS, "SearchDates", "numbers: dates by the library dateparser", needs=("dateparser",), extra="dateparser"
    ),
    "quote-marks": KnownSystem(_PATTERNS, "quote_marks", "quotes: marks, each with the nearest name"),
    "value-mismatch": KnownSystem(_PATTERNS, "ValueMismatch", "conflicts: different figures for a noun"),
    "denial-cue": KnownSystem(_PATTERNS, "DenialCue", "conflicts: a word of denial"),
    "tagger": KnownSystem(
        "khabar.systems.baselines.tagger",
        "Tagger",
        "entities: a CRF that learned from dev and test",
        needs=("pycrfsuite",),
        extra="tagger",
    ),
}
"""Name → system."""
ADAPTERS: dict[str, KnownSystem] = {
    "cmd": KnownSystem("khabar.systems.command", "Command", "a program in any language that speaks JSONL", "COMMAND"),
    "openai": KnownSystem(
        _ENDPOINT, "Endpoint", "a language model behind an endpoint", "MODEL", needs=("openai",), extra="openai"
    ),
    "openai-recording": KnownSystem(_ENDPOINT, "Recording", "what --record kept of one", "FILE"),
    "transformers": KnownSystem(
        _MODELS,
        "TokenClassification",
        "a local token classifier",
        "PATH",
        needs=("transformers", "torch"),
        extra="transformers",
    ),
    "spacy": KnownSystem(_MODELS, "SpacyPipeline", "a local spaCy pipeline", "PATH", needs=("spacy",), extra="spacy"),
    "gliner": KnownSystem(_MODELS, "Gliner", "a local GLiNER model", "PATH", needs=("gliner", "torch"), extra="gliner"),
}
"""Prefix → the kind of systems it runs."""


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

    def listed(written: str, system: KnownSystem) -> Listed:
        return Listed(written, system.what, system.extra, all(map(find_spec, system.needs)))

    return [
        *(listed(name, system) for name, system in EMBEDDED.items()),
        *(Listed(entry.name, f"installed: {entry.value}") for entry in entry_points(group=GROUP)),
        *(listed(f"{prefix}:{system.argument}", system) for prefix, system in ADAPTERS.items()),
        Listed("MODULE:NAME", "a function of yours: mine:extract is extract in mine.py"),
    ]


def find_system(name: str, gold: Reference, options: Options | None = None) -> System | SlowSystem:
    """Load a system. `oracle` is made from the gold it is scored on. Raises InputError if there is none."""
    if name in EMBEDDED:
        target = _required(name, EMBEDDED[name])
        return target(gold) if EMBEDDED[name].from_gold else _instance(target, name)
    prefix, colon, argument = name.partition(":")
    if colon and prefix in ADAPTERS:
        if not argument.strip():
            raise _unknown(f"{prefix}: without anything behind it", f"write {prefix}:{ADAPTERS[prefix].argument}")
        adapted: SlowSystem = _required(f"{prefix}:", ADAPTERS[prefix])(argument, options or Options())
        return adapted
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


def _required(name: str, system: KnownSystem) -> Any:
    """Import a system, or its class. Raises InputError where a package that it needs is not there."""
    for package in system.needs:
        if find_spec(package) is None:
            message = f"{name} needs the package {package}"
            raise InputError.of("extra-missing", message, fix=f"pip install 'khabar[{system.extra}]'")
    return getattr(importlib.import_module(system.module), system.name)


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
        missing = f"a file {name}.py must be in this folder, or be installed"
        fix = missing if is_missing else "mend what it imports or does"
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
