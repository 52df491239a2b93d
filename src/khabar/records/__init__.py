"""Records: everything that crosses a border of khabar, typed and frozen."""

from khabar.records.configs import ANNOTATED, CONFIGS
from khabar.records.edits import Change, Decoy, Edit, Flip, IssueState, RowKey
from khabar.records.layers import Claim, Conflict, Entity, Number, Position, Quote, Reading
from khabar.records.predictions import (
    Annotations,
    Dispute,
    PredictedEntity,
    PredictedNumber,
    PredictedQuote,
    PredictedReading,
    PredictedSource,
    PredictedSpan,
    Prediction,
    Side,
    StorySpan,
)
from khabar.records.repository import Decision, Seed
from khabar.records.rows import Document, Registered, Row, TokenRow, Zones
from khabar.records.spans import Span, ZoneSpan

__all__ = [
    "ANNOTATED",
    "CONFIGS",
    "Annotations",
    "Change",
    "Claim",
    "Conflict",
    "Decision",
    "Decoy",
    "Dispute",
    "Document",
    "Edit",
    "Entity",
    "Flip",
    "IssueState",
    "Number",
    "Position",
    "PredictedEntity",
    "PredictedNumber",
    "PredictedQuote",
    "PredictedReading",
    "PredictedSource",
    "PredictedSpan",
    "Prediction",
    "Quote",
    "Reading",
    "Registered",
    "Row",
    "RowKey",
    "Seed",
    "Side",
    "Span",
    "StorySpan",
    "TokenRow",
    "ZoneSpan",
    "Zones",
]
