"""`transformers:PATH`, `spacy:PATH` and `gliner:PATH`: the libraries that make local models of named entities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from khabar.records.labels import EntityLabel
from khabar.systems.models.base import LabelledSpan, LocalModel, pieces

_LONGEST_LINE = 10_000
"""Tokens beyond which a line is cut; shorter ones that are too long for the model are read in overlapping windows."""
_FACTORIES = ("ner", "beam_ner", "spancat", "spancat_singlelabel", "entity_ruler", "span_ruler")
"""Parts of a spaCy pipeline that find entities."""
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


class TokenClassification(LocalModel):
    """A token classifier with its tokenizer, as `save_pretrained` writes them, run a line at a time.

    A word takes the label of its first piece (`first`).
    """

    library = "transformers"

    def _load(self, folder: Path) -> Iterable[str]:
        from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        if not tokenizer.is_fast:
            raise ValueError("its tokenizer gives no offsets (no tokenizer.json)")
        model, missing = _model(AutoModelForTokenClassification, folder)
        if missing:
            raise ValueError(f"it is no token classifier: it has no weights for {', '.join(sorted(missing))}")
        # Some models count two positions for themselves, and some tokenizers do not know what their model can hold.
        longest = getattr(model.config, "max_position_embeddings", 512) - 2
        tokenizer.model_max_length = min(tokenizer.model_max_length, longest)
        self._pipeline = pipeline(
            "token-classification",
            model=model,
            tokenizer=tokenizer,
            aggregation_strategy="first",
            stride=tokenizer.model_max_length // 4,
        )
        names = {str(name) for name in model.config.id2label.values()}
        return {_bare(name) for name in names} - {"O"}

    def _find(self, text: str) -> Iterable[LabelledSpan]:
        for start, line in pieces(text, _LONGEST_LINE):
            for span in self._pipeline(line):
                label = _bare(span["entity_group"])
                yield LabelledSpan(start + int(span["start"]), start + int(span["end"]), label)


class SpacyPipeline(LocalModel):
    """A pipeline as `nlp.to_disk` writes it: its `doc.ents`, and the overlapping spans in any group of `doc.spans`."""

    library = "spacy"

    def _load(self, folder: Path) -> Iterable[str]:
        import spacy

        self._nlp = spacy.load(folder)
        names = [name for name in self._nlp.pipe_names if self._nlp.get_pipe_meta(name).factory in _FACTORIES]
        if not names:
            parts = ", ".join(self._nlp.pipe_names) or "nothing"
            raise ValueError(f"nothing in this pipeline finds entities; it has {parts}")
        return [label for name in names for label in self._nlp.pipe_labels[name]]

    def _find(self, text: str) -> Iterable[LabelledSpan]:
        doc = self._nlp(text)
        for span in (*doc.ents, *(span for group in doc.spans.values() for span in group)):
            yield LabelledSpan(span.start_char, span.end_char, span.label_)


class Gliner(LocalModel):
    """Finds nested spans for labels given in words, of at least the library's usual confidence (0.5)."""

    library = "gliner"

    def _load(self, folder: Path) -> Iterable[str]:
        from gliner import GLiNER

        self._model = GLiNER.from_pretrained(str(folder), local_files_only=True)
        self._model.eval()
        return PROMPTS.values()

    def _find(self, text: str) -> Iterable[LabelledSpan]:
        for start, line in pieces(text, self._model.config.max_len):
            for span in self._model.predict_entities(line, list(PROMPTS), flat_ner=False):
                yield LabelledSpan(start + span["start"], start + span["end"], PROMPTS[span["label"]])


def _model(kind: Any, folder: Path) -> tuple[Any, set[str]]:
    """The model, and the names of weights that were not in the folder and so are random."""
    model, info = kind.from_pretrained(folder, local_files_only=True, output_loading_info=True)
    return model, set(info["missing_keys"])


def _bare(label: str) -> str:
    """A label without the prefix of its position."""
    return label[2:] if label[:2] in ("B-", "I-", "E-", "S-", "L-", "U-") else label
