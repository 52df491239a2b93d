"""Stress: edits that change how a story is written and nothing of what it says."""

from khabar.edits.stress.consistency import answers, consistency, disputes_of_the_original
from khabar.edits.stress.transformations import TRANSFORMATIONS, StressedStory, edits_of, stressed

__all__ = [
    "TRANSFORMATIONS",
    "StressedStory",
    "answers",
    "consistency",
    "disputes_of_the_original",
    "edits_of",
    "stressed",
]
