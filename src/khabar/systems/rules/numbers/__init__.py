"""The numbers layer of the rules."""
