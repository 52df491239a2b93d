"""`spacy:PATH`: a spaCy pipeline with named entities, as `nlp.to_disk` writes it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from khabar.systems.models.system import Found, LocalModel

_FACTORIES = ("ner", "beam_ner", "spancat", "spancat_singlelabel", "entity_ruler", "span_ruler")


class SpacyPipeline(LocalModel):
    """What a pipeline finds as `doc.ents`, and as overlapping spans in any group of `doc.spans`."""

    library = "spacy"

    def _load(self, folder: Path) -> Iterable[str]:
        import spacy

        self._nlp = spacy.load(folder)
        names = [name for name in self._nlp.pipe_names if self._nlp.get_pipe_meta(name).factory in _FACTORIES]
        if not names:
            parts = ", ".join(self._nlp.pipe_names) or "nothing"
            raise ValueError(f"nothing in this pipeline finds entities; it has {parts}")
        return [label for name in names for label in self._nlp.pipe_labels[name]]

    def _find(self, text: str) -> Iterable[Found]:
        doc = self._nlp(text)
        for span in (*doc.ents, *(span for group in doc.spans.values() for span in group)):
            yield Found(span.start_char, span.end_char, span.label_)
