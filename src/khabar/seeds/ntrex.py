"""The articles of splits `news` and `dev`: two files of NTREX-128, which the repository does not hold.

They are fetched into the user's cache, verified by their SHA-256, and read from there. The text of an article is its
lines without carriage returns, joined by line feeds.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from khabar.progress import Progress, logged
from khabar.reading.files import cache_folder, sha256, write_whole
from khabar.reading.incidents import Incident, Incidents, InputError

COMMIT = "8561f6a622db9edad1217683e5c83daefd8bb2bf"
ADDRESS = f"https://raw.githubusercontent.com/MicrosoftTranslator/NTREX/{COMMIT}/"
TRIES = 5
"""Requests for one file, each from where the last one broke off."""
_CHUNK = 1 << 16
_TIMEOUT = 30
"""Seconds to wait for the next bytes."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was when the corpus was made: its path in the repository of NTREX, its bytes and their number."""

    path: str
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """Its name in the cache."""
        return self.path.rpartition("/")[2]


LINES = SourceFile(
    "NTREX-128/newstest2019-ref.arb.txt", "d271c8645933421f760eba8ed8cc1ceaaa052f917d9c2839b8abb27e0ded71e6", 423_901
)
IDS = SourceFile("DOCUMENT_IDS.tsv", "88a8b0ff1eae47e83f60dcde01075b8c87d75ced59ca09e0af1eb539958e05d5", 30_754)
FILES = (LINES, IDS)


def cached() -> Path:
    """The folder in the user's cache that holds the files, or will."""
    return cache_folder() / f"ntrex-{COMMIT[:7]}"


def is_fetched() -> bool:
    """Tell whether both files are there."""
    return all((cached() / file.name).is_file() for file in FILES)


def articles() -> dict[str, str]:
    """Document → text, of all that the files hold. Raises InputError if they are not there, or not what they were."""
    contents: list[list[str]] = []
    for file in FILES:
        path = cached() / file.name
        if not path.is_file():
            message = "the articles of splits news and dev are not on this machine"
            raise InputError.of("text-missing", message, fix="run `khabar corpus fetch`")
        data = path.read_bytes()
        if sha256(data) != file.sha256:
            raise InputError([_changed(file, str(path), data)])
        contents.append(data.decode().replace("\r", "").removesuffix("\n").split("\n"))
    texts: dict[str, list[str]] = {}
    for line, doc_id in zip(*contents, strict=True):
        texts.setdefault(doc_id, []).append(line)
    return {doc_id: "\n".join(lines) for doc_id, lines in texts.items()}


def fetch(origin: str | None = None, progress: Progress = logged) -> Path:
    """Bring both files into the cache: from their public address, another address, or a folder. Gives the folder.

    What is there is left, and what an earlier run began is gone on with. Raises InputError.
    """
    origin = ADDRESS if origin is None else origin
    missing = [file for file in FILES if not _is_sound(cached() / file.name, file)]
    if "://" in origin:
        for file in missing:
            _download(f"{origin.rstrip('/')}/{file.path}", file, cached() / file.name, progress)
        return cached()
    incidents = Incidents()
    contents: dict[SourceFile, bytes] = {}
    for file in missing:
        paths = (Path(origin) / file.name, Path(origin) / file.path)
        path = next((path for path in paths if path.is_file()), None)
        if path is None:
            incidents.report("file-missing", f"no {file.name} in {origin}", file=paths[0])
        elif sha256(data := path.read_bytes()) == file.sha256:
            contents[file] = data
        else:
            incidents.extend([_changed(file, str(path), data)])
    incidents.refuse()
    for file, data in contents.items():
        write_whole(cached() / file.name, data)
    return cached()


def _is_sound(path: Path, file: SourceFile) -> bool:
    return path.is_file() and sha256(path.read_bytes()) == file.sha256


class _Broken(Exception):  # noqa: N818  # what ends one request, not the fetching
    """A request that failed; `hopeless` if another would fare no better."""

    def __init__(self, reason: str, *, hopeless: bool = False) -> None:
        super().__init__(reason)
        self.hopeless = hopeless


def _download(url: str, file: SourceFile, target: Path, progress: Progress) -> None:
    part = target.with_name(f".{target.name}.fetched")
    part.parent.mkdir(parents=True, exist_ok=True)
    reason = ""
    for attempt in range(TRIES):
        time.sleep(0.25 * 2**attempt if attempt else 0)
        begun = part.stat().st_size if part.is_file() else 0
        try:
            size = _append(url, file, part, begun if begun < file.size else 0, progress)
        except _Broken as broken:
            reason = str(broken)
            if broken.hopeless:
                break
            continue
        if size < file.size:
            reason = f"it broke off after {size:,} of {file.size:,} bytes"
        elif _is_sound(part, file):
            part.replace(target)
            return
        else:
            incident = _changed(file, url, part.read_bytes())
            part.unlink()
            if not begun:  # else it may be this file, on top of what an earlier run got of another
                raise InputError([incident])
    raise InputError.of("fetch-failed", reason or "it is never sent whole", url)


def _append(url: str, file: SourceFile, part: Path, begun: int, progress: Progress) -> int:
    """Ask for a file from byte `begun` on and write what comes. Gives how many bytes there are now."""
    size = begun
    for start, chunk in _received(url, begun):
        with part.open("r+b" if start else "wb") as output:
            output.seek(start)
            output.write(chunk)
            size = output.truncate()
        progress(f"fetching {file.name}", min(size, file.size), file.size)
        if size > file.size:
            break
    return size


def _received(url: str, begun: int) -> Iterator[tuple[int, bytes]]:
    """Give the pieces of a file as they come, each with the byte it starts at: `begun`, or 0 if all is sent."""
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={begun}-"} if begun else {})
    try:
        with urlopen(Request(url, headers=headers), timeout=_TIMEOUT) as response:
            sent = response.headers.get("Content-Range", "") if response.status == 206 else ""
            start = begun if sent.startswith(f"bytes {begun}-") else 0
            while chunk := response.read(_CHUNK):
                yield start, chunk
                start += len(chunk)
    except HTTPError as error:
        if error.code == 416 and begun:  # it has nothing there, so that what we have is not its beginning
            yield from _received(url, 0)
            return
        hopeless = error.code < 500 and error.code not in (408, 429)
        raise _Broken(f"status {error.code}", hopeless=hopeless) from None
    except URLError as error:
        raise _Broken(str(error.reason)) from None
    except (OSError, HTTPException, ValueError) as error:
        raise _Broken(str(error) or type(error).__name__) from None


def _changed(file: SourceFile, where: str, data: bytes) -> Incident:
    message = f"{file.name} has SHA-256 {sha256(data)[:12]}…, where {file.sha256[:12]}… is asked for"
    return Incident("fetch-changed", message, where)
