"""`gliner:PATH`: a GLiNER model, which finds spans for labels it is given in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from khabar.records.labels import EntityLabel
from khabar.systems.models.lines import pieces
from khabar.systems.models.system import Found, LocalModel

PROMPTS: Mapping[str, EntityLabel] = {
    "person": "PERS",
    "nationality, religious or political group": "NORP",
    "occupation or title": "OCC",
    "organization": "ORG",
    "country, city or state": "GPE",
    "natural location": "LOC",
    "building or facility": "FAC",
    "event": "EVENT",
    "law or treaty": "LAW",
    "product or weapon": "PRODUCT",
    "language": "LANGUAGE",
    "website": "WEBSITE",
}
"""What a model is asked for → our label: the names of the labels, in words."""


class Gliner(LocalModel):
    """Nested spans of at least the library's usual confidence (0.5), a line at a time."""

    library = "gliner"

    def _load(self, folder: Path) -> Iterable[str]:
        from gliner import GLiNER

        self._model = GLiNER.from_pretrained(str(folder), local_files_only=True)
        self._model.eval()
        return PROMPTS.values()

    def _find(self, text: str) -> Iterable[Found]:
        for start, line in pieces(text, self._model.config.max_len):
            for one in self._model.predict_entities(line, list(PROMPTS), flat_ner=False):
                yield Found(start + one["start"], start + one["end"], PROMPTS[one["label"]])
