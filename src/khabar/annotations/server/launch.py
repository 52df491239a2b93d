"""Start Label Studio so that it reaches nothing outside this machine and does not outlive whoever started it.

Its pages get scripts of ours: marking.js guards whoever annotates against slips and saves them keys, page.js shows the
notes on their task, cards.js searches and places the cards of a question; shared.js has what they share.

Run as a script by the Python of Label Studio's environment (khabar is not installed there); the arguments are those of
`label-studio`. Its standard input is a pipe: when that closes, whoever started this has gone, and so does this.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

RESOLVE = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyname_ex"}
SPEAK = {"socket.connect", "socket.sendto", "socket.sendmsg"}
NOTES = "KHABAR_NOTES"
"""Environment variable: the address of the notes, which are told of each submission and shown by page.js."""
SUBMISSION = re.compile(r"/api/(tasks/\d+/annotations|annotations/\d+)/?")
SCRIPTS = ("shared.js", "marking.js", "page.js", "cards.js")
OURS = ["__main__.tell_notes", "__main__.with_script"]
"""Our middleware of Django."""
ONE_WRITER = {"transaction_mode": "IMMEDIATE", "timeout": 60}
"""SQLite: a transaction waits for the one before it, up to a minute. One that first reads and then writes would fail at
once ("database is locked") if another wrote in between, and leave half of a project behind."""


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


def with_ours(get_application: Callable[[], Any]) -> Callable[[], Any]:
    """Django's `get_wsgi_application`, with our middleware after all other, and a database that waits."""

    def application() -> Any:
        settings = importlib.import_module("django.conf").settings
        settings.MIDDLEWARE += [ours for ours in OURS if ours not in settings.MIDDLEWARE]
        settings.DATABASES["default"]["OPTIONS"] |= ONE_WRITER
        return get_application()

    return application


def tell_notes(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Middleware: say which task somebody submitted an annotation in, in the page and not with a token.

    Label Studio's webhooks, one a project, refuse addresses of this machine.
    """
    notes = urlsplit(os.environ.get(NOTES, ""))

    def respond(request: Any) -> Any:
        response = get_response(request)
        is_sent = request.method in ("POST", "PUT", "PATCH") and "Authorization" not in request.headers
        is_taken = response.status_code < 300 and SUBMISSION.fullmatch(request.path)
        if is_sent and is_taken and notes.netloc:
            with suppress(OSError, HTTPException):  # nobody waits for notes with a submission
                told = HTTPConnection(notes.netloc, timeout=5)
                told.request("POST", notes.path, json.dumps({"task": response.data["task"]}))
                told.getresponse().read()
        return response

    return respond


def with_script(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Middleware: every page of somebody who is logged in gets our scripts."""
    code = "\n".join(Path(__file__).with_name(name).read_text("utf-8") for name in SCRIPTS)
    code = code.replace(f'"{NOTES}"', json.dumps(os.environ.get(NOTES, "")))
    script = f"<script>{code}</script></body>".encode()

    def respond(request: Any) -> Any:
        response = get_response(request)
        is_page = not response.streaming and response.get("Content-Type", "").startswith("text/html")
        if is_page and request.user.is_authenticated:
            response.content = response.content.replace(b"</body>", script)
        return response

    return respond


if __name__ == "__main__":
    sys.addaudithook(refuse_outside)
    if sys.argv[1] == "start":
        threading.Thread(target=end_with_parent, daemon=True).start()
    wsgi: Any = importlib.import_module("django.core.wsgi")
    wsgi.get_wsgi_application = with_ours(wsgi.get_wsgi_application)  # before Label Studio takes it from there
    importlib.import_module("label_studio.server").main()
