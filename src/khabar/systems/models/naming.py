"""What a model's labels mean here, and what they cannot say."""

from __future__ import annotations

from collections.abc import Iterable

from khabar.formats.label_maps import LabelMap, guess
from khabar.reading.incidents import Incident, InputError
from khabar.records.labels import ENTITY_LABELS


class Naming:
    """The label scheme that knows most of a model's labels, applied to them. Raises InputError if it knows none."""

    def __init__(self, labels: Iterable[str]) -> None:
        self._labels = sorted(set(labels))
        self.scheme: LabelMap = guess(self._labels)
        if not any(self.scheme.target(label) for label in self._labels):
            given = ", ".join(self._labels) or "none"
            fix = "give them the names of Wojood, OntoNotes, CoNLL or ANERcorp in the model's configuration (id2label)"
            raise InputError(
                [Incident("label-unknown", f"no label of the model means anything here: {given}", fix=fix)]
            )

    def report(self) -> list[str]:
        """Say which scheme was chosen, what is left out or coarse, and which labels the model can never give."""
        scheme = self.scheme
        lines = [] if scheme.name == "khabar" else [f"its labels are read as those of {scheme.name!r}"]
        for label in self._labels:
            target = scheme.target(label)
            if target is None:
                lines.append(f"label {label!r} is left out: {scheme.why_not(label)}")
            elif label.upper() in scheme.coarse:
                lines.append(f"label {label!r} becomes {target.value}: {scheme.coarse[label.upper()]}")
        targets = [target for label in self._labels if (target := scheme.target(label))]
        said = {target.value for target in targets if target.layer == "entities"}
        if missing := [label for label in ENTITY_LABELS if label not in said]:
            lines.append(f"it can never give {', '.join(missing)}")
        return lines
