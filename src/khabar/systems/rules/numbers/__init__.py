"""The number layer: a grammar over tokens for quantities, dates and what only looks like a number."""
