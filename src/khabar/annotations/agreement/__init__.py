"""Agreement between the two passes of a round: figures, what differs, and the table for the card."""
