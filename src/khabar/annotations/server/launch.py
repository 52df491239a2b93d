"""Start Label Studio so that it reaches nothing outside this machine and does not outlive whoever started it.

Run as a script by the Python of Label Studio's environment (khabar is not installed there); the arguments are those of
`label-studio`. Its standard input is a pipe: when that closes, whoever started this has gone, and so does this.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from ipaddress import ip_address
from typing import Any

RESOLVE = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyname_ex"}
SPEAK = {"socket.connect", "socket.sendto", "socket.sendmsg"}


def refuse_outside(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook of Python: let nobody resolve or contact another machine. Raises PermissionError."""
    if event in RESOLVE:
        host = args[0]
    elif event in SPEAK and isinstance(args[1], tuple):
        host = args[1][0]
    else:
        return
    if not is_this_machine(host.decode() if isinstance(host, bytes) else host):
        raise PermissionError(f"khabar keeps Label Studio from calling outside: {host}")


def is_this_machine(host: str | None) -> bool:
    """Whether a host is the loopback; none at all means any address of this machine."""
    if host in (None, "", "localhost"):
        return True
    try:
        return ip_address(str(host)).is_loopback
    except ValueError:
        return False


def end_with_parent() -> None:
    """Wait for the end of standard input and leave."""
    while os.read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    sys.addaudithook(refuse_outside)
    if sys.argv[1] == "start":
        threading.Thread(target=end_with_parent, daemon=True).start()
    importlib.import_module("label_studio.server").main()
