"""The command line: one module a folder of commands; errors go to stderr, exit codes are 0, 1 and 2."""

from khabar.cli.app import main

__all__ = ["main"]
