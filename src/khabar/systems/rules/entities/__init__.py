"""The entities layer of the rules."""
