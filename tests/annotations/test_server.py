"""`khabar annotate serve` as a person leads a round with it: a real Label Studio, quiet, closed, and stopped cleanly."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from khabar.annotations.label_studio.configuration import read_configuration
from khabar.annotations.label_studio.projects import Server, Task
from khabar.annotations.server.connection import (
    Access,
    Connection,
    access_file,
    asking,
    connection,
    is_served,
    lock_of,
    write_secret,
)
from khabar.annotations.server.environment import LAUNCHER, environment, settings
from khabar.annotations.server.serving import reserved
from khabar.reading.incidents import InputError
from tests.annotations.conftest import LabelStudio, serve
from tests.cli.conftest import run


def _log_in(server: LabelStudio, password: str) -> httpx.Client:
    http = httpx.Client(base_url=server.connection.url, trust_env=False, timeout=60)
    http.get("/user/login/")
    form = {"email": server.email, "password": password, "csrfmiddlewaretoken": http.cookies["csrftoken"]}
    http.post("/user/login/", data=form)
    return http


def _listens(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


def _gone(url: str, within: float = 120) -> bool:
    end = time.monotonic() + within
    while _listens(url) and time.monotonic() < end:
        time.sleep(0.2)
    return not _listens(url)


class TestRunning:
    pytestmark = pytest.mark.slow

    def test_many_write_at_once(self, label_studio: LabelStudio) -> None:
        """SQLite has one writer; the others wait. A request that failed would be repeated, and make a second project."""

        def make(worker: int) -> None:
            server = Server(label_studio.connection.client(), label_studio.connection.url)
            for number in range(4):
                project = server.make(f"khabar at once {worker} {number}", read_configuration("entities"))
                server.add_tasks(project, [Task(0, {"key": "d", "text": "خبر"}, "")])

        with ThreadPoolExecutor(6) as workers:
            list(workers.map(make, range(6)))
        server = Server(label_studio.connection.client(), label_studio.connection.url)
        projects = server.projects("khabar at once ")
        assert {*projects} == {f"khabar at once {worker} {number}" for worker in range(6) for number in range(4)}
        assert [len(server.tasks(project)) for project in projects.values()] == [1] * 24

    def test_the_token_opens_it(self, label_studio: LabelStudio) -> None:
        me = label_studio.connection.client().users.whoami()
        assert me.email == label_studio.email == "annotator@localhost"

    def test_a_person_logs_in(self, label_studio: LabelStudio) -> None:
        assert _log_in(label_studio, label_studio.password).get("/api/projects/").status_code == 200
        assert _log_in(label_studio, "not-" + label_studio.password).get("/api/projects/").status_code == 401

    def test_nobody_else_gets_in(self, label_studio: LabelStudio) -> None:
        """It listens on this machine alone, answers to its own name only, and takes no new users."""
        url = label_studio.connection.url
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
        assert httpx.get(url + "/health", headers={"Host": "evil.example"}, trust_env=False).status_code == 400
        other = httpx.get(url + "/health", headers={"Origin": "https://evil.example"}, trust_env=False)
        assert "access-control-allow-origin" not in other.headers
        with httpx.Client(base_url=url, trust_env=False) as http:
            http.get("/user/login/")
            form = {
                "email": "who@localhost",
                "password": "whoever-12",
                "csrfmiddlewaretoken": http.cookies["csrftoken"],
            }
            assert http.post("/user/signup/", data=form).status_code == 403

    def test_what_it_keeps_is_its_owners(self, label_studio: LabelStudio) -> None:
        empty = {"serving.lock", ".gitignore"}
        files = [path for path in label_studio.data.rglob("*") if path.is_file() and path.name not in empty]
        assert {"login.json", "access.json", ".env", "label_studio.sqlite3"} <= {path.name for path in files}
        readable = {path.name for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077}
        assert readable == set()

    def test_secrets_are_never_printed(self, label_studio: LabelStudio) -> None:
        label_studio.connection.client().users.whoami()
        assert label_studio.connection.token not in repr(label_studio.connection)
        for secret in (label_studio.connection.token, label_studio.password):
            assert len(secret) > 10
            assert secret not in label_studio.log

    def test_it_says_that_it_tells_nobody(self, label_studio: LabelStudio) -> None:
        """What the running server hands to its pages: no telemetry, no error reports, no newer version known."""
        page = _log_in(label_studio, label_studio.password).get("/projects/").text
        assert re.search(r"collect_analytics: false", page)
        assert re.search(r"sentry_dsn: null", page)
        assert '"latest_version_from_pypi": null' in page

    def test_its_pages_load_nothing_from_elsewhere(self, label_studio: LabelStudio) -> None:
        http = _log_in(label_studio, label_studio.password)
        for path in ("/projects/", "/user/account/"):
            page = http.get(path, follow_redirects=True).text
            assert not re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=.(?:https?:)?//[^>]+", page), path
        with httpx.Client(base_url=label_studio.connection.url, trust_env=False) as nobody:
            assert "googletagmanager" not in nobody.get("/user/login/").text

    def test_a_folder_is_served_once(self, label_studio: LabelStudio, tmp_path: Path) -> None:
        answer = run("annotate", "serve", "--data", label_studio.data, "--port", "0", cwd=tmp_path)
        assert (answer.code, answer.out) == (2, "")
        assert f"is being served already at {label_studio.connection.url}" in answer.err

    def test_a_taken_port(self, label_studio: LabelStudio, tmp_path: Path) -> None:
        port = label_studio.connection.url.rpartition(":")[2]
        answer = run("annotate", "serve", "--data", "data", "--port", port, cwd=tmp_path)
        assert (answer.code, answer.out) == (2, "")
        assert f"--port {port} of 127.0.0.1" in answer.err
        assert not (tmp_path / "data").exists()

    def test_somebody_elses_server(self, label_studio: LabelStudio, monkeypatch: pytest.MonkeyPatch) -> None:
        """The environment goes first; a wrong token is refused in words that do not repeat it."""
        monkeypatch.setenv("LABEL_STUDIO_URL", label_studio.connection.url + "/")
        monkeypatch.setenv("LABEL_STUDIO_API_KEY", label_studio.connection.token)
        assert connection(Path("nowhere")) == label_studio.connection
        wrong = Connection(label_studio.connection.url, "0123456789abcdef")
        with pytest.raises(InputError, match=r"does not let us in \(401\)") as caught, asking(wrong):
            wrong.client().users.whoami()
        assert wrong.token not in str(caught.value)


@pytest.mark.slow
def test_a_folder_outlives_its_server(tmp_path: Path) -> None:
    """SIGTERM ends all of it with exit code 0; killed without a word, nothing stays either; the next start goes on."""
    data = tmp_path / "data"
    user = {"LABEL_STUDIO_USERNAME": "lead@example.org", "LABEL_STUDIO_PASSWORD": "opensesame-1"}
    with serve(data, **user) as first:
        assert (first.email, first.password) == ("lead@example.org", "opensesame-1")
        project = first.connection.client().projects.create(title="kept")
        assert first.stop() == (0, "", "Stopped.\n")
    assert not _listens(first.connection.url)
    assert not is_served(data)
    with pytest.raises(InputError, match="khabar annotate serve"):
        connection(data)

    key = (data / ".env").read_text("utf-8")
    assert re.fullmatch(r"SECRET_KEY=[\w-]{50,}\n", key), "Label Studio reads no other characters reliably"
    with serve(data) as second:
        assert (second.email, second.connection.token) == (first.email, first.connection.token)
        assert (data / ".env").read_text("utf-8") == key
        assert second.connection.client().projects.get(project.id).title == "kept"
        second.process.kill()
        second.process.communicate()
        assert _gone(second.connection.url)

    (data / "access.json").unlink()  # lost: the next start logs in for another token
    (data / ".env").write_text("SECRET_KEY=$unreadable\n", "utf-8")  # of an earlier khabar
    with serve(data) as third:
        assert "$" not in (data / ".env").read_text("utf-8")
        assert third.connection.token != first.connection.token
        assert third.connection.client().projects.get(project.id).title == "kept"
        with pytest.raises(InputError, match="does not let us in"), asking(first.connection):
            Connection(third.connection.url, first.connection.token).client().users.whoami()
        [child] = Path(f"/proc/{third.process.pid}/task/{third.process.pid}/children").read_text().split()
        os.kill(int(child), signal.SIGKILL)
        said = third.process.communicate(timeout=240)[1]
        assert third.process.returncode == 2
        assert "error[server-failed] Label Studio ended by itself" in said


@pytest.mark.slow
def test_a_database_that_is_none(label_studio: LabelStudio, tmp_path: Path) -> None:
    """What keeps Label Studio from starting is told, with where to read more."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "label_studio.sqlite3").write_text("no database", "utf-8")
    answer = run("annotate", "serve", "--data", "data", "--port", "0", cwd=tmp_path)
    assert (answer.code, answer.out) == (2, "")
    assert "Label Studio does not start" in answer.err
    assert "file is not a database" in answer.err
    assert "server.log" in answer.err


@pytest.mark.slow
def test_the_launcher_calls_nobody(label_studio: LabelStudio, tmp_path: Path) -> None:
    """In Label Studio's own Python, with its own requests: this machine can be spoken to, and no other."""
    code = f"""
import re, runpy, sys, socket, requests
sys.addaudithook(runpy.run_path({str(LAUNCHER)!r})["refuse_outside"])
print(requests.get({label_studio.connection.url + "/health"!r}).status_code)
for call in (
    lambda: socket.create_connection(("192.0.2.1", 80), 1),
    lambda: socket.getaddrinfo("example.org", 80),
    lambda: requests.get("https://raw.githubusercontent.com/"),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ("192.0.2.1", 9)),
):
    try:
        call()
    except OSError as error:  # requests wraps it in one of its own
        print(re.search(r"keeps Label Studio from calling outside: ([a-z0-9.]+)", str(error)).group(1))
"""
    python = environment(lambda words, done, total: None).python
    done = subprocess.run([python, "-I", "-c", code], env=settings(tmp_path), capture_output=True, text=True)
    refused = ["192.0.2.1", "example.org", "raw.githubusercontent.com", "192.0.2.1"]
    assert done.stdout.splitlines() == ["200", *refused], done.stderr


def test_our_environment_does_not_leak_into_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Label Studio reads common names like DEBUG and PORT, and ours may hold secrets."""
    for name in ("DEBUG", "PORT", "USERNAME", "PASSWORD", "SENTRY_DSN", "LABEL_STUDIO_API_KEY", "PYTHONPATH"):
        monkeypatch.setenv(name, "ours")
    assert "ours" not in settings(tmp_path).values()


@pytest.mark.slow
def test_a_half_made_environment_is_made_anew(tmp_path: Path) -> None:
    """Without its last file it counts as interrupted; what then fails is told in pip's words, and it stays unfinished."""
    cache = {"KHABAR_CACHE": str(tmp_path / "cache"), "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}
    no_network = {"PIP_INDEX_URL": "http://127.0.0.1:1/simple", "PIP_FIND_LINKS": "", "PIP_NO_INDEX": ""}

    def attempt() -> Path:
        answer = run("annotate", "serve", "--port", "0", cwd=tmp_path, **cache, **no_network)
        assert (answer.code, answer.out) == (2, "")
        assert "error[environment-failed]" in answer.err
        assert "label-studio==" in answer.err
        [folder] = (path for path in (tmp_path / "cache").iterdir() if path.is_dir())
        assert not (folder / "complete").exists()
        return folder

    left = attempt() / "left-behind"
    left.write_text("half", "utf-8")
    assert attempt() == left.parent
    assert not left.exists()


def test_interrupted_while_it_makes_the_environment(tmp_path: Path) -> None:
    """Ctrl-C at any moment: nothing runs on, and the next attempt finds the folder free."""
    env = {**os.environ, "KHABAR_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "khabar", "annotate", "serve", "--data", str(tmp_path / "data"), "--port", "0"]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not list((tmp_path / "cache").glob("*/making.log")):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=240) == ("", "Stopped.\n")
    assert process.returncode == 0
    assert not is_served(tmp_path / "data")
    assert not list((tmp_path / "cache").glob("*/complete"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a port cannot be held for another process")
def test_a_port_is_held_until_label_studio_has_it() -> None:
    """Nobody is given it meanwhile; a server that may share it, as Label Studio's may, listens there; then it is taken."""
    with reserved(0) as port, socket.socket() as other, socket.socket() as server:
        with pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen()
        with pytest.raises(InputError, match=f"--port {port}"), reserved(port):
            pass


@pytest.mark.parametrize("port", ["65536", "-1"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    answer = run("annotate", "serve", "--port", port, cwd=tmp_path)
    assert answer.code == 2
    assert not (tmp_path / ".label-studio").exists()


@pytest.mark.parametrize("url", ["label-studio.example.org", "ftp://example.org", "http://", "http://host:port"])
def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "secret-token")
    with pytest.raises(InputError, match="is not the address of a server") as caught:
        connection()
    assert "secret-token" not in str(caught.value)


def test_no_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    with pytest.raises(InputError, match="khabar annotate serve --data"):
        connection(tmp_path)
    monkeypatch.setenv("LABEL_STUDIO_URL", "https://example.org")
    with pytest.raises(InputError, match="LABEL_STUDIO_URL is set and LABEL_STUDIO_API_KEY is not"):
        connection(tmp_path)


def test_a_server_that_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Somebody serves the folder, and does not say where yet."""
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    write_secret(access_file(tmp_path), Access("secret-token"))
    with lock_of(tmp_path), pytest.raises(InputError, match="is still starting"):
        connection(tmp_path)


def test_without_the_extra(tmp_path: Path) -> None:
    """Label Studio's client comes with an extra; without it the fix is one line."""
    code = "import sys; sys.modules['httpx'] = None; from khabar.cli import main; main()"
    command = [sys.executable, "-c", code, "annotate", "serve", "--data", str(tmp_path), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "error[extra-missing] httpx" in done.stderr
    assert "pip install 'khabar[annotate]'" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_silent_server() -> None:
    """Nobody listens on port 1; the sentence names the address."""
    nobody = Connection("http://127.0.0.1:1", "secret-token")
    with pytest.raises(InputError, match=r"http://127\.0\.0\.1:1 does not answer") as caught, asking(nobody):
        nobody.client().users.whoami()
    assert "secret-token" not in str(caught.value)
