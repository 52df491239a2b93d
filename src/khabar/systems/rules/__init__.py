"""The rules baseline: a readable rule-based extractor for Arabic news, with no model and no download.

`rules(document)` gives entities, numbers and quotes of one document, `rules.disputes(…)` where the documents of a
story contradict each other. `known_names()` lists the names the gazetteer holds, for an honest card.
"""

from khabar.systems.rules.gazetteer import known_names
from khabar.systems.rules.system import Rules, rules

__all__ = ["Rules", "known_names", "rules"]
