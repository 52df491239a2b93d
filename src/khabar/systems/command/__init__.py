"""`cmd:COMMAND`: a program in any language that reads documents and writes annotations, as JSON lines."""

from khabar.systems.command.system import Command

__all__ = ["Command"]
