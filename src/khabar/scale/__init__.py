"""Corpora larger than memory: split into parts that share no story, counted apart, and joined."""
