"""Nomination: places where systems outvote gold, put to a second reader who does not know what gold has."""

from khabar.annotations.nomination.questions import Nominated, nominate
from khabar.annotations.nomination.votes import Ballot, Voter, ballots

__all__ = ["Ballot", "Nominated", "Voter", "ballots", "nominate"]
