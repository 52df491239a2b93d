"""Text as khabar measures it: spans, passages, grounding, values, tokens and Arabic letters."""
