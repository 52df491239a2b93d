"""Fetching the articles of news and dev: whatever a server does, the cache holds these very files or none."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from khabar.reading.files import sha256
from khabar.reading.incidents import InputError
from khabar.seeds import ntrex
from khabar.seeds.ntrex import SourceFile
from tests.cli.conftest import run

LINES = "قال بوتين.\r\nنعم.\r\nنفت كييف ذلك.\r\n".encode() * 5000
IDS = b"bbc.1\nbbc.1\ncnn.2\n" * 5000
CONTENT = {"NTREX-128/lines.txt": LINES, "ids.tsv": IDS}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, two small files in place of the real ones, and no waiting between requests."""
    monkeypatch.setenv("KHABAR_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(
        ntrex, "FILES", tuple(SourceFile(path, sha256(data), len(data)) for path, data in CONTENT.items())
    )
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return ntrex.cached()


@dataclass
class Asked:
    """A request: the file's path, the byte asked for, and how many requests for the file were before it."""

    path: str
    begun: int
    before: int


@dataclass
class Reply:
    """What is sent: a status, headers, and a body that may be shorter than they say."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def whole(asked: Asked) -> Reply:
    """What a good server says."""
    data = CONTENT[asked.path]
    if not asked.begun:
        return Reply(data, headers={"Content-Length": str(len(data))})
    body = data[asked.begun :]
    range_sent = f"bytes {asked.begun}-{len(data) - 1}/{len(data)}"
    return Reply(body, 206, {"Content-Range": range_sent, "Content-Length": str(len(body))})


Script = Callable[[Asked], Reply]
Serve = Callable[[Script], tuple[str, list[Asked]]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server that follows a script; gives its address and the list of what it is asked."""
    servers = []

    def start(script: Script) -> tuple[str, list[Asked]]:
        log: list[Asked] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.removeprefix("/mirror/")
                begun = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
                before = sum(asked.path == path for asked in log)
                log.append(Asked(path, int(begun[1]) if begun else 0, before))
                reply = script(log[-1])
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *args: object) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/mirror/", log

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def held(cache: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in cache.iterdir()} if cache.is_dir() else {}


GOOD = {"lines.txt": LINES, "ids.tsv": IDS}


def broken_off(asked: Asked) -> Reply:
    reply = whole(asked)
    return reply if asked.before >= 3 else Reply(reply.body[: len(reply.body) // 3], reply.status, reply.headers)


def length_too_short(asked: Asked) -> Reply:
    reply = whole(asked)
    return reply if asked.before else Reply(reply.body, headers={"Content-Length": "100"})


def length_too_long(asked: Asked) -> Reply:
    return Reply(CONTENT[asked.path], headers={"Content-Length": str(10**12)})


def no_length(asked: Asked) -> Reply:
    return Reply(CONTENT[asked.path])


def no_ranges(asked: Asked) -> Reply:
    data = CONTENT[asked.path]
    return Reply(data[: 10_000 * (asked.before + 1)] if asked.before < 2 else data)


def other_range(asked: Asked) -> Reply:
    reply = whole(asked)
    if not asked.begun:
        return Reply(reply.body[:5000], headers=reply.headers)
    return Reply(CONTENT[asked.path], 206, {"Content-Range": "bytes 7-9/10"})


def busy(asked: Asked) -> Reply:
    return Reply(b"", (503, 429, 200)[asked.before]) if asked.before < 2 else whole(asked)


@pytest.mark.parametrize(
    "script",
    [whole, broken_off, length_too_short, length_too_long, no_length, no_ranges, other_range, busy],
    ids=lambda script: script.__name__,
)
def test_the_files_come_whole(script: Script, serve: Serve, cache: Path) -> None:
    address, log = serve(script)
    steps: list[tuple[str, int, int | None]] = []
    assert ntrex.fetch(address, lambda *step: steps.append(step)) == cache
    assert held(cache) == GOOD
    assert ntrex.is_fetched()
    assert steps[-1] == ("fetching ids.tsv", len(IDS), len(IDS))
    asked = len(log)
    ntrex.fetch(address)
    assert len(log) == asked, "what is there is not asked for"


def test_a_download_goes_on_where_it_broke_off(serve: Serve, cache: Path) -> None:
    """Within a run, and in the next one."""
    address, log = serve(lambda asked: Reply(whole(asked).body[:20_000], whole(asked).status, whole(asked).headers))
    with pytest.raises(InputError) as caught:
        ntrex.fetch(address)
    assert [incident.id for incident in caught.value.incidents] == ["fetch-failed"]
    assert "it broke off after 100,000 of" in str(caught.value)
    assert [asked.begun for asked in log] == [0, 20_000, 40_000, 60_000, 80_000]
    assert not ntrex.is_fetched()
    address, log = serve(whole)
    ntrex.fetch(address)
    assert log[0].begun == 100_000
    assert held(cache) == GOOD


def test_another_file(serve: Serve, cache: Path) -> None:
    """Of the same length, longer without an end in sight, or a page that says something else."""
    for other in (LINES[::-1], LINES * 50, b"<html>Please log in</html>"):
        address, _ = serve(lambda asked, other=other: Reply(other, headers={"Content-Length": str(len(other))}))  # type: ignore[misc]
        with pytest.raises(InputError) as caught:
            ntrex.fetch(address)
        [incident] = caught.value.incidents
        assert incident.id == ("fetch-changed" if len(other) >= len(LINES) else "fetch-failed")
        assert not ntrex.is_fetched()
    ntrex.fetch(serve(whole)[0])
    assert held(cache) == GOOD


def test_the_beginning_of_another_file(serve: Serve, cache: Path) -> None:
    """What an earlier run left and is no beginning of the file is thrown away, also if it is too long."""
    for begun in (b"<html>", LINES + b"!", b"x" * (len(LINES) - 1)):
        cache.mkdir(parents=True, exist_ok=True)
        (cache / "lines.txt").unlink(missing_ok=True)
        (cache / ".lines.txt.fetched").write_bytes(begun)
        ntrex.fetch(serve(whole)[0])
        assert held(cache) == GOOD


@pytest.mark.parametrize("status", [401, 404])
def test_an_address_that_has_nothing(status: int, serve: Serve) -> None:
    address, log = serve(lambda asked: Reply(b"", status))
    with pytest.raises(InputError, match=f"fetch-failed.* status {status}"):
        ntrex.fetch(address)
    assert len(log) == 1


def test_nobody_answers() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(InputError, match=r"fetch-failed.*refused"):
            ntrex.fetch(f"http://127.0.0.1:{closed.getsockname()[1]}/")


@pytest.mark.parametrize("address", ["nosuch://x", "http://", "http://[", "file:///nowhere/at/all"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(InputError, match="fetch-failed"):
        ntrex.fetch(address)


def test_from_a_folder(tmp_path: Path, cache: Path) -> None:
    """Both files beside each other, or where the repository of NTREX has them; nothing is taken unless all is well."""
    flat = tmp_path / "copy"
    flat.mkdir()
    (flat / "lines.txt").write_bytes(LINES)
    (flat / "ids.tsv").write_bytes(IDS + b"\n")
    with pytest.raises(InputError) as caught:
        ntrex.fetch(str(flat))
    assert [(incident.id, incident.file) for incident in caught.value.incidents] == [
        ("fetch-changed", str(flat / "ids.tsv"))
    ]
    assert held(cache) == {}
    (flat / "ids.tsv").unlink()
    with pytest.raises(InputError, match=r"file-missing.*no ids.tsv in"):
        ntrex.fetch(str(flat))
    (flat / "ids.tsv").write_bytes(IDS)
    (flat / "NTREX-128").mkdir()
    (flat / "lines.txt").rename(flat / "NTREX-128" / "lines.txt")
    ntrex.fetch(str(flat))
    assert held(cache) == GOOD


def test_articles(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(InputError, match=r"text-missing.*khabar corpus fetch"):
        ntrex.articles()
    cache.mkdir(parents=True)
    for name, data in GOOD.items():
        (cache / name).write_bytes(data)
    texts = ntrex.articles()
    assert list(texts) == ["bbc.1", "cnn.2"]
    assert texts["cnn.2"].split("\n") == ["نفت كييف ذلك."] * 5000
    assert texts["bbc.1"].startswith("قال بوتين.\nنعم.\nقال")
    (cache / "ids.tsv").write_bytes(IDS[:-1])
    with pytest.raises(InputError, match="fetch-changed"):
        ntrex.articles()


REAL = Path(__file__).parents[3] / "shared" / "ntrex"


@pytest.mark.skipif(not REAL.is_dir(), reason="no copy of the files here: tests of the real ones are left out")
def test_the_real_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    answer = run("corpus", "fetch", "--from", REAL, cwd=tmp_path, KHABAR_CACHE=str(tmp_path / "cache"))
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(str(tmp_path / "cache"))
    monkeypatch.setenv("KHABAR_CACHE", str(tmp_path / "cache"))
    assert len(ntrex.articles()) == 123
