"""Label Studio: an environment of its own, a server on this machine, and how to speak to it or to somebody else's."""

from khabar.annotations.server.connection import DATA, Connection, asking, connection

__all__ = ["DATA", "Connection", "asking", "connection"]
