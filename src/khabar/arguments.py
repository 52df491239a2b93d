"""What is handed over in Python, checked before any work: arguments of a wrong kind, all of them named at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

from khabar.records.labels import ENTITY_LABELS, LAYERS, EntityLabel, Layer
from khabar.text.terminal import shown

NameT = TypeVar("NameT", bound=str)
MOST_RESAMPLES = 100_000
MOST_SEED = 2**64 - 1


def check_arguments(**given: object) -> None:
    """Refuse arguments that are not of their kind, by name. Raises khabar.InputError."""
    from khabar.reading.incidents import Incidents

    incidents = Incidents()
    for name, value in given.items():
        is_right, wanted = _KINDS.get(name, _PREDICTIONS)
        if not is_right(value):
            fix = _predictions_from(value, name) if wanted == _PREDICTIONS[1] else None
            incidents.report("option-wrong", f"{name} is {shown(value)}", fix=fix or f"give {wanted}")
    incidents.refuse()


def chosen_layers(layers: Iterable[Layer] | None) -> tuple[Layer, ...] | None:
    """Give layers in their order; None are those that gold is scored on. Raises khabar.InputError for others."""
    if layers is None:
        return None
    fix = f'write layers=["{layers if isinstance(layers, str) and layers in LAYERS else LAYERS[0]}"]'
    return _chosen("layer", layers, LAYERS, fix)


def chosen_labels(labels: Iterable[str] | None, layers: Sequence[Layer] | None) -> tuple[EntityLabel, ...] | None:
    """Give labels of entities in their order; None are all. Raises khabar.InputError for others, or on other layers."""
    if labels is None:
        return None
    fix = 'give a list of names, such as labels=["PERS", "GPE", "ORG", "LOC"] (--labels PERS,GPE,ORG,LOC)'
    chosen = _chosen("label", labels, ENTITY_LABELS, fix)
    if layers is not None and "entities" not in layers:
        from khabar.reading.incidents import InputError

        message = f"labels are those of entities, and only {', '.join(layers)} are scored"
        raise InputError.of("option-wrong", message, fix=fix)
    return None if len(chosen) == len(ENTITY_LABELS) else chosen


def _chosen(kind: str, names: object, known: Sequence[NameT], fix: str) -> tuple[NameT, ...]:
    """Give the known names among `names`, in their order. Raises khabar.InputError for others, or for none."""
    chosen = _listed(names)
    unknown = [name for name in chosen if not isinstance(name, str) or name not in known]
    if unknown or not chosen:
        from khabar.reading.incidents import InputError

        message = f"no {kind} {', '.join(map(shown, unknown))}"
        if not unknown:
            message = f"{kind}s is {shown(names)}, where a list of names is asked for"
        raise InputError.of("option-wrong", f"{message}; there is: {', '.join(known)}", fix=fix)
    return tuple(name for name in known if name in chosen)


def _listed(names: object) -> list[Any]:
    """The items of a list of names; none where it is no list."""
    if isinstance(names, str) or not isinstance(names, Iterable):
        return []
    try:
        return list(names)
    except TypeError:  # an array without dimensions passes for one
        return []


def _is_name(value: object) -> TypeGuard[str | PathLike[str]]:
    return isinstance(value, (str, PathLike)) and value != ""


def _is_path(value: object) -> bool:
    if not _is_name(value):
        return False
    if "://" not in str(value):
        try:
            Path(value).exists()
        except OSError:  # no file can have the name: it is too long
            return False
    return True


def _is_gold(value: object) -> bool:
    from khabar.reading.reference import Reference

    return value is None or isinstance(value, Reference) or _is_path(value)


def _are_predictions(value: object) -> bool:
    objects = isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping))
    has_items = objects and getattr(value, "ndim", 1) > 0  # NumPy's array without dimensions has none
    return has_items or _is_name(value)  # whoever reads it says which file cannot be read


def _predictions_from(value: object, name: str) -> str | None:
    """How to make predictions of what was given in their place; None where nobody can tell."""
    if callable(value):
        return "run a system: khabar.run(system)"
    if not isinstance(value, Mapping) or not value:
        return None
    if "doc_id" in value or "sides" in value:
        return f"give a list of objects: [{name}, …]"
    layers = "**layers" if isinstance(next(iter(value.values())), Mapping) else '"entities": rows'
    rows = layers.strip('*"').rpartition(" ")[2]
    return f'give a list of objects: [{{"doc_id": doc_id, {layers}}} for doc_id, {rows} in {name}.items()]'


def _are_named_predictions(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    return all(isinstance(key, str) and _are_predictions(given) for key, given in value.items())


def _is_integer(least: int, most: int | None = None) -> Callable[[object], bool]:
    def test(value: object) -> bool:
        counts = isinstance(value, Integral) and not isinstance(value, bool)
        return counts and least <= int(value) and (most is None or int(value) <= most)  # type: ignore[call-overload]

    return test


def _is_system(value: object) -> bool:
    return isinstance(value, str) or callable(value) or hasattr(value, "annotate")


_Kind = tuple[Callable[[object], bool], str]

_PREDICTIONS: _Kind = (_are_predictions, "a file, a folder, a URL, or a list of one object for each document")
_KINDS: dict[str, _Kind] = {
    "source": (
        lambda value: value is None or _is_path(value),
        "a corpus folder or a file, or None for the released corpus",
    ),
    "gold": (_is_gold, "a folder, a file, a URL or gold read before, or None for the released corpus"),
    "split": (lambda value: isinstance(value, str) and value != "", "the name of a split"),
    "seed": (_is_integer(0, MOST_SEED), f"an integer from 0 to {MOST_SEED}"),
    "resamples": (_is_integer(1, MOST_RESAMPLES), f"an integer from 1 to {MOST_RESAMPLES:,}"),
    "cluster": (
        lambda value: value is None or (isinstance(value, str) and value != ""),
        "the address of a scheduler, or None",
    ),
    "others": (_are_named_predictions, "a dictionary of names and predictions"),
    "system": (_is_system, "a function of a document, or the name of a system"),
}
