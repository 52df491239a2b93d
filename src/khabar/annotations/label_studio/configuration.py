"""The labelling configurations and instructions that projects are made with, and whether a project still has them.

A document is annotated in steps, a project each. Their configurations are cut from one, documents.xml: the labels of
the step, and the fields that show for them. Zones are seen in every step, and have a palette in their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from khabar.corpus.release import repository
from khabar.formats.label_studio.document_page import STEPS
from khabar.reading.incidents import Incident, InputError
from khabar.records.labels import LAYERS, Layer

FOLDER = Path("annotations") / "label_studio"
_INNER = ("Label", "Choice", "Bucket")
"""Tags of what can be picked in a control."""
INSTRUCTIONS = "instructions.html"
ADJUDICATION = "adjudication"
QUESTIONS = "questions"
"""The kind of project that has a task a question; the others are the steps, which have a task a document."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a project of one kind shows: Label Studio's XML, and the instructions as HTML, the step's sheet first."""

    label_config: str
    instructions: str


def kinds_of(layers: Sequence[Layer] = LAYERS) -> list[str]:
    """The kinds of projects that layers are annotated in: claims, then questions, where disputes are among them."""
    steps = [step for step in STEPS if step in layers or (step == "claims" and "conflicts" in layers)]
    return [*steps, *([QUESTIONS] if "conflicts" in layers else [])]


def read_configuration(kind: str) -> Configuration:
    """Read the configuration of a step, of "questions" or of "adjudication". Raises InputError if there is none."""
    packaged = Path(str(files("khabar"))) / "_data" / "label_studio"
    root = repository()
    folder = packaged if root is None or packaged.is_dir() else root / FOLDER
    try:
        config = (folder / f"{'documents' if kind in STEPS else kind}.xml").read_text("utf-8")
        instructions = (folder / INSTRUCTIONS).read_text("utf-8")
        if kind != ADJUDICATION:
            instructions = (folder / f"sheet-{kind}.html").read_text("utf-8") + instructions
    except OSError as error:
        raise InputError.of("file-missing", f"no {kind} configuration", str(error.filename)) from None
    if kind in STEPS:
        tree = ElementTree.fromstring(config)
        _prune(tree, set(STEPS[kind]))
        config = ElementTree.tostring(tree, encoding="unicode")
    return Configuration(config, instructions)


def _prune(element: Element, labels: AbstractSet[str]) -> None:
    """Leave these labels alone, and the fields that show for them."""
    for child in list(element):
        classes = child.get("className", "").split()
        if child.get("whenLabelValue") is not None:
            shown_for = [label for label in child.get("whenLabelValue", "").split(",") if label in labels]
            child.set("whenLabelValue", ",".join(shown_for))
            gone = not shown_for
        elif "khabar-group" in classes:
            names = [label.get("value") for label in child.iter("Label")]
            gone = labels.isdisjoint(names)
            if gone and "khabar-zones" in classes:
                gone = False
                child.set("className", "khabar-hidden")
                for label in child.iter("Label"):
                    del label.attrib["hotkey"]
        else:
            gone = False
            _prune(child, labels)
        if gone:
            element.remove(child)


def controls_of(label_config: str) -> Mapping[str, tuple[str, ...]]:
    """What can be said in a configuration, whatever its looks: control name → tag, then what can be picked, sorted.

    Raises ElementTree.ParseError.
    """
    controls: dict[str, tuple[str, ...]] = {}
    for element in ElementTree.fromstring(label_config).iter():
        name = element.get("name")
        if name is not None and element.tag not in _INNER:
            inner = [child.get("value", child.get("name", "")) for child in element.iter() if child.tag in _INNER]
            extra = [element.get("granularity", "")] if element.tag == "Text" else []
            controls[name] = (element.tag, *extra, *sorted(inner))
    return controls


def fields_by_label(label_config: str) -> Mapping[str, frozenset[str]]:
    """Which controls show for a region of each label."""
    shown: dict[str, set[str]] = {}
    for view in ElementTree.fromstring(label_config).iter("View"):
        if view.get("visibleWhen") == "region-selected":
            names = {element.get("name", "") for element in view.iter() if element.get("perRegion") == "true"}
            for label in view.get("whenLabelValue", "").split(","):
                shown.setdefault(label, set()).update(names)
    return {label: frozenset(names) for label, names in shown.items()}


def differences(label_config: str, needed: str) -> list[str]:
    """Say what a project's configuration can say that it should not, or cannot and should."""
    try:
        have, want = controls_of(label_config), controls_of(needed)
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
