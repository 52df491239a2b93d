"""`transformers:PATH`: a token classifier with its tokenizer, as `save_pretrained` writes them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from khabar.systems.models.lines import pieces
from khabar.systems.models.system import Found, LocalModel

_LINE = 10_000
"""Tokens beyond which a line is cut; shorter ones that are too long for the model are read in overlapping windows."""


class TokenClassification(LocalModel):
    """The library's own pipeline, a line at a time; a word takes the label of its first piece (`first`)."""

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

    def _find(self, text: str) -> Iterable[Found]:
        for start, line in pieces(text, _LINE):
            for one in self._pipeline(line):
                yield Found(start + int(one["start"]), start + int(one["end"]), _bare(one["entity_group"]))


def _model(kind: Any, folder: Path) -> tuple[Any, set[str]]:
    """The model, and the names of weights that were not in the folder and so are random."""
    model, info = kind.from_pretrained(folder, local_files_only=True, output_loading_info=True)
    return model, set(info["missing_keys"])


def _bare(label: str) -> str:
    """A label without the prefix of its position."""
    return label[2:] if label[:2] in ("B-", "I-", "E-", "S-", "L-", "U-") else label
