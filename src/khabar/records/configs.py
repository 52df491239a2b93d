"""The configs of the dataset: what each is called, and the record of its rows."""

from khabar.records.layers import Claim, Conflict, Entity, Number, Quote
from khabar.records.rows import Document, Registered, Row, TokenRow, Zones

ANNOTATED: tuple[type[Row], ...] = (Zones, Entity, Number, Quote, Claim, Conflict, Registered)
"""The rows annotators make; the others follow from the seeds."""

CONFIGS: dict[str, type[Row]] = {
    "documents": Document,
    "entities": Entity,
    "numbers": Number,
    "quotes": Quote,
    "claims": Claim,
    "conflicts": Conflict,
    "registry": Registered,
    "tokens": TokenRow,
}
"""Dataset config → the record of its rows."""
