"""Scoring: one match, four layers; integer counts per unit, and every figure as arithmetic on them."""
