"""The signature: everything a figure depends on besides the predictions, in one line that prints and parses back."""

from __future__ import annotations

from dataclasses import dataclass, fields

from khabar.text.arabic import FOLDING


@dataclass(frozen=True, slots=True)
class Signature:
    """How a result was made. `str()` gives its line, `Signature.parse` reads it back."""

    version: str
    layers: tuple[str, ...]
    corpus: str
    hash: str
    unit: str
    resamples: int
    seed: int
    scheme: str = "exact"
    match: str = "optimal"
    fold: str = FOLDING

    def __str__(self) -> str:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values["layers"] = "+".join(self.layers)
        return "khabar|" + "|".join(f"{name}:{value}" for name, value in values.items())

    @classmethod
    def parse(cls, line: str) -> Signature:
        """Read a signature back. Raises ValueError if the line is not one."""
        head, *parts = line.split("|")
        values = dict(part.split(":", 1) for part in parts if ":" in part)
        if head != "khabar" or set(values) != {field.name for field in fields(cls)}:
            raise ValueError(f"not a khabar signature: {line!r}")
        return cls(
            version=values["version"],
            layers=tuple(values["layers"].split("+")),
            corpus=values["corpus"],
            hash=values["hash"],
            unit=values["unit"],
            resamples=int(values["resamples"]),
            seed=int(values["seed"]),
            scheme=values["scheme"],
            match=values["match"],
            fold=values["fold"],
        )
