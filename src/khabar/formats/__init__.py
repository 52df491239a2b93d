"""Formats other tools write, and how they become predictions and come back."""
