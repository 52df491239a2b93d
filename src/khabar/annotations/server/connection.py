"""Where the Label Studio server is and how to be let in: from the environment, else from a data folder being served."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from khabar.annotations.server.folder import DATA, Access, access_file, is_served, read_secret
from khabar.reading.incidents import Incident, InputError

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

URL = "LABEL_STUDIO_URL"
TOKEN = "LABEL_STUDIO_API_KEY"
"""Environment variables, the same two that label-studio-sdk reads."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A server (`url`, without a slash at its end) and the token that opens it, which is never shown."""

    url: str
    token: str = field(repr=False)

    def client(self) -> LabelStudio:
        """Label Studio's own client. What its calls raise becomes an InputError inside `asking`."""
        import httpx
        from label_studio_sdk import LabelStudio

        loopback = urlsplit(self.url).hostname in ("127.0.0.1", "localhost", "::1")
        http = httpx.Client(timeout=60, follow_redirects=True, trust_env=not loopback)  # a proxy is no way to oneself
        return LabelStudio(base_url=self.url, api_key=self.token, httpx_client=http)


def connection(data: Path | None = None) -> Connection:
    """Find the server: LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY if set, else the one that serves `data`.

    Raises InputError if only one of the two is set, if the URL is none, or if nothing serves the folder.
    """
    url, token = os.environ.get(URL, "").strip(), os.environ.get(TOKEN, "").strip()
    if url and token:
        return Connection(_checked(url), token)
    if url or token:
        have, lack = (URL, TOKEN) if url else (TOKEN, URL)
        raise InputError([Incident("server-unknown", f"{have} is set and {lack} is not", fix="set both, or neither")])
    folder = DATA if data is None else data
    if not is_served(folder):
        fix = f"run `khabar annotate serve --data {folder}` in another terminal, or set {URL} and {TOKEN}"
        raise InputError([Incident("server-unknown", f"no Label Studio serves {folder} now", fix=fix)])
    access = read_secret(access_file(folder), Access)
    if access is None or access.url is None:
        fix = "wait until it says where it is"
        raise InputError([Incident("server-unknown", f"the Label Studio of {folder} is still starting", fix=fix)])
    return Connection(access.url, access.token)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        fix = "give it as https://host or http://host:port"
        raise InputError([Incident("server-unknown", f"{URL} {url!r} is not the address of a server", fix=fix)])
    return url.rstrip("/")


@contextmanager
def asking(server: Connection) -> Iterator[None]:
    """Turn what goes wrong between us and the server into an incident. Raises InputError."""
    import httpx
    from label_studio_sdk.core.api_error import ApiError

    try:
        yield
    except ApiError as error:
        raise InputError([_refusal(server, error.status_code, error.body)]) from None
    except httpx.HTTPError as error:
        message = f"{server.url} does not answer: {str(error) or type(error).__name__}"
        raise InputError([Incident("server-failed", message)]) from None


def _refusal(server: Connection, status: int | None, body: object) -> Incident:
    detail = (body.get("validation_errors") or body.get("detail") or body) if isinstance(body, dict) else body
    if status in (401, 403):
        fix = f"give {TOKEN} a personal access token of that server (Account & Settings), as one who may do this"
        return Incident("server-failed", f"{server.url} does not let us in ({status}): {_short(detail)}", fix=fix)
    return Incident("server-failed", f"{server.url} answers {status}: {_short(detail)}")


def _short(detail: object, most: int = 300) -> str:
    text = str(detail)
    return text if len(text) <= most else text[:most] + "…"
