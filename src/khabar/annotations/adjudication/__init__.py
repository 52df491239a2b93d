"""Adjudication: the disagreements of two passes, decided one by one with a reason, and the gold that follows."""

from khabar.annotations.adjudication.decisions import Decided, read_decisions, write_decisions
from khabar.annotations.adjudication.disagreements import Disagreement, disagreements
from khabar.annotations.adjudication.gold import settle
from khabar.records import Decision

__all__ = ["Decided", "Decision", "Disagreement", "disagreements", "read_decisions", "settle", "write_decisions"]
