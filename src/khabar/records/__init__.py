"""Records: everything that crosses a border of khabar, typed and frozen."""

from khabar.records.edits import Change, Decoy, Edit, Flip, IssueState, RowKey
from khabar.records.layers import (
    ANNOTATED,
    BY_LAYER,
    CONFIGS,
    Claim,
    Conflict,
    Entity,
    Number,
    Position,
    Quote,
    Reading,
)
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
from khabar.records.rows import Document, Registered, Row, Span, TokenRow, Zones, ZoneSpan, groups_of, only
