"""Agreement between the two passes of a round: figures, what differs, and the table for the card."""

from khabar.annotations.agreement.differences import FieldDifference, differences
from khabar.annotations.agreement.figures import Agreement, agreement
from khabar.annotations.agreement.table import agreement_table
from khabar.annotations.rounds import Pass, Round, read_round

__all__ = ["Agreement", "FieldDifference", "Pass", "Round", "agreement", "agreement_table", "differences", "read_round"]
