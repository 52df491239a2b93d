"""The rules baseline: a small rule-based extractor for Arabic news, with no model and no download."""

from khabar.systems.rules.entities.kinds import known_names
from khabar.systems.rules.system import Rules, rules

__all__ = ["Rules", "known_names", "rules"]
