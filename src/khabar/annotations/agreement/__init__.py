"""Agreement between the two passes of a round: figures, what differs, and the table for the card."""

from khabar.annotations.agreement.agreement import Agreement, agreement
from khabar.annotations.agreement.differences import Difference, differences
from khabar.annotations.agreement.passes import Pass, Round, read_round
from khabar.annotations.agreement.table import agreement_table

__all__ = ["Agreement", "Difference", "Pass", "Round", "agreement", "agreement_table", "differences", "read_round"]
