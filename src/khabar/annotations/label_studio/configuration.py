"""The labelling configurations and instructions that projects are made with, and whether a project still has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

from khabar.corpus.release import repository
from khabar.reading.incidents import Incident, InputError

FOLDER = Path("annotations") / "label_studio"
INSTRUCTIONS = "instructions.html"
DOCUMENTS, STORIES = "documents", "stories"
"""Kinds of projects: a pass has one of each."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a project of one kind shows: Label Studio's XML, and the instructions as HTML."""

    label_config: str
    instructions: str


def read_configuration(kind: str) -> Configuration:
    """Read the configuration of `kind` ("documents" or "stories"). Raises InputError if the installation lacks it."""
    packaged = Path(str(files("khabar"))) / "_data" / "label_studio"
    root = repository()
    folder = packaged if root is None or packaged.is_dir() else root / FOLDER
    try:
        config = (folder / f"{kind}.xml").read_text("utf-8")
        return Configuration(config, (folder / INSTRUCTIONS).read_text("utf-8"))
    except OSError as error:
        raise InputError([Incident("file-missing", f"no {kind} configuration", str(error.filename))]) from None


def read_round_configurations() -> dict[str, Configuration]:
    """The configurations of the projects of a pass, by kind. Raises InputError."""
    return {kind: read_configuration(kind) for kind in (DOCUMENTS, STORIES)}


def controls_of(label_config: str) -> Mapping[str, tuple[str, ...]]:
    """What can be said in a configuration, whatever its looks: control name → tag, then its labels or choices, sorted.

    Raises ElementTree.ParseError.
    """
    controls: dict[str, tuple[str, ...]] = {}
    for element in ElementTree.fromstring(label_config).iter():
        name = element.get("name")
        if name is not None:
            inner = [child.get("value", "") for child in element.iter() if child.tag in ("Label", "Choice")]
            extra = [element.get("granularity", "")] if element.tag == "Text" else []
            controls[name] = (element.tag, *extra, *sorted(inner))
    return controls


def differences(label_config: str, wanted: str) -> list[str]:
    """Say what a project's configuration can say that it should not, or cannot and should."""
    try:
        have, want = controls_of(label_config), controls_of(wanted)
    except ElementTree.ParseError as error:
        return [f"its configuration is not XML ({error})"]
    changed = [name for name in want if name in have and have[name] != want[name]]
    return [
        *(f"control {name!r} is gone" for name in want if name not in have),
        *(f"control {name!r} is new" for name in have if name not in want),
        *(f"control {name!r} was changed: {', '.join(_changes(have[name], want[name]))}" for name in changed),
    ]


def _changes(have: tuple[str, ...], want: tuple[str, ...]) -> list[str]:
    gone, new = [word for word in want if word not in have], [word for word in have if word not in want]
    return [*(f"without {word!r}" for word in gone), *(f"with {word!r}" for word in new)]


def edited(label_config: str, address: str, configuration: Configuration) -> list[Incident]:
    """Whether a project can still say what its pages need."""
    problems = differences(label_config, configuration.label_config)
    return [Incident("project-wrong", problem, address) for problem in problems]
