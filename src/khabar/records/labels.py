"""The closed lists of the label scheme, as types: what a column may hold."""

from typing import Literal, get_args

Layer = Literal["entities", "numbers", "quotes", "conflicts"]
Zone = Literal["title", "heading", "body", "source", "boilerplate"]
EntityLabel = Literal[
    "PERS", "NORP", "OCC", "ORG", "GPE", "LOC", "FAC", "EVENT", "LAW", "PRODUCT", "LANGUAGE", "WEBSITE"
]
NumberKind = Literal["count", "measure", "money", "percent", "ratio", "ordinal", "date", "duration", "set", "ident"]
Modality = Literal["exact", "approx", "more_than", "less_than", "at_least", "at_most", "range", "vague"]
Calendar = Literal["gregorian", "islamic-umalqura"]
Factuality = Literal["asserted", "possible", "expected", "estimate"]
Role = Literal["level", "delta", "subset"]
NumberFlag = Literal["source_error", "currency_assumed", "other"]
QuoteType = Literal["direct", "indirect", "mixed"]
Act = Literal[
    "statement", "denial", "demand", "condemnation", "warning", "pledge", "praise", "forecast", "question", "other"
]
Polarity = Literal["positive", "negative"]
Stance = Literal["asserted", "denied", "hedged"]
Status = Literal["conflict", "contested", "apparent", "corroborated"]
ConflictType = Literal["numeric", "temporal", "polarity", "identity"]
Subtype = Literal[
    "as_of", "overlap", "refinement", "different_event", "part_whole", "different_measure", "forecast", "alias",
    "channel", "scope", "format",
]  # fmt: skip
Scope = Literal["within", "across"]
Phenomenon = Literal[
    "clitic", "nested", "spelling_variant", "shared_multiplier", "implicit_speaker", "broken_marks", "chain",
    "discontinuous", "other",
]  # fmt: skip

LAYERS: tuple[Layer, ...] = get_args(Layer)
ENTITY_LABELS: tuple[EntityLabel, ...] = get_args(EntityLabel)
NUMBER_KINDS: tuple[NumberKind, ...] = get_args(NumberKind)
MODALITIES: tuple[Modality, ...] = get_args(Modality)
CONFLICT_TYPES: tuple[ConflictType, ...] = get_args(ConflictType)
Language = Literal["en", "ar"]
"""The languages in which models are asked and pages are written."""
NARRATOR = "narrator"
"""Source of a claim nobody in the text is said to make."""

COMPUTED_TAGS = frozenset({"clitic", "nested", "implicit_speaker", "chain", "discontinuous"})
"""The phenomena that follow from offsets, and are never annotated."""
