"""Adjudication: the disagreements of two passes, decided one by one with a reason, and the gold that follows."""

from khabar.annotations.adjudication.decisions import Adjudication, Decided, read_adjudication
from khabar.annotations.adjudication.disagreements import Disagreement, disagreements
from khabar.annotations.adjudication.gold import conclude, settle
from khabar.records import Decision

__all__ = [
    "Adjudication",
    "Decided",
    "Decision",
    "Disagreement",
    "conclude",
    "disagreements",
    "read_adjudication",
    "settle",
]
