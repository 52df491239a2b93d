"""The personal access token of a data folder's first user: kept while it works, else obtained by logging in."""

from __future__ import annotations

import httpx

from khabar.annotations.server.folder import Login
from khabar.reading.incidents import Incident, InputError


def working_token(url: str, login: Login, known: str | None, fix: str) -> str:
    """Return `known` if the server at `url` takes it, else a new token of the user. Raises InputError with `fix`."""
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
        if known is not None:
            tried = http.post("/api/token/refresh/", json={"refresh": known})
            if tried.is_success:
                return known
            if tried.is_server_error:  # a token is not given up because the server stumbles
                tried.raise_for_status()
        _log_in(http, login, fix)
        answer = http.post("/api/token/")
        if answer.status_code == 409:  # one token a user: the earlier one, whose secret half nobody has, makes way
            for earlier in http.get("/api/token/").json():
                http.post("/api/token/blacklist/", json={"refresh": earlier["token"]})
            answer = http.post("/api/token/")
        if answer.status_code != 201:
            message = f"Label Studio gives no token ({answer.status_code})"
            raise InputError([Incident("server-failed", message, fix=fix)])
        return str(answer.json()["token"])


def _log_in(http: httpx.Client, login: Login, fix: str) -> None:
    """Log in as the page does. Raises InputError."""
    http.get("/user/login/")
    form = {"email": login.email, "password": login.password, "csrfmiddlewaretoken": http.cookies["csrftoken"]}
    if http.post("/user/login/", data=form).status_code != 302:
        raise InputError([Incident("server-failed", f"Label Studio does not let {login.email} in", fix=fix)])
    http.headers["X-CSRFToken"] = http.cookies["csrftoken"]
