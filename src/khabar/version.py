"""The version of the code, alone, so that every floor can import it."""

__version__ = "1.0.0"
