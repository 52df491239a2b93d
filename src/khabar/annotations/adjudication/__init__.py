"""Adjudication: the disagreements of two passes, decided one by one with a reason, and the gold that follows."""
