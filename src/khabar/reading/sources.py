"""Sources: the files an input consists of, be it one file, a folder of files, or a URL that fsspec opens."""

from __future__ import annotations

from collections.abc import Sequence
from os.path import isdir, isfile
from pathlib import Path
from typing import IO, Any, TypeAlias

from khabar.reading.incidents import Incident, Incidents, said_by

_PARQUET = (".parquet", ".pq")
_FOREIGN = dict.fromkeys((".conll", ".iob", ".iob2", ".bio", ".tsv"), "CoNLL columns") | {".spacy": "spaCy"}
"""Endings of what `khabar convert` reads, and what it is."""
ENDINGS = (".jsonl", ".ndjson", *_PARQUET)
"""Endings of the files of a folder that hold records."""
AT_ONCE = 64 << 20
"""Bytes of predictions and gold together up to which everything is held in memory."""
RELEASE = "release.json"
"""What makes a folder a corpus, or the gold of one."""
_PACKED = 4


class Remote:
    """A file in some file system of fsspec, as far as readers need a path."""

    def __init__(self, system: Any, path: str) -> None:
        self._system, self._path = system, path

    def __str__(self) -> str:
        return str(self._system.unstrip_protocol(self._path))

    @property
    def suffix(self) -> str:
        """The ending, with its dot."""
        return Path(self._path).suffix

    def open(self, mode: str = "rb") -> IO[bytes]:
        """Open it for reading."""
        stream: IO[bytes] = self._system.open(self._path, mode)
        return stream

    @property
    def size(self) -> int:
        """Bytes; 0 where the file system does not say."""
        return int(self._system.size(self._path) or 0)


File: TypeAlias = Path | Remote


def is_parquet(path: File) -> bool:
    """Tell whether a file is Parquet by its ending."""
    return path.suffix.lower() in _PARQUET


def check_file(path: Path) -> list[Incident]:
    """Look whether a path can be read at all. A pipe cannot: it is read twice, and might never end."""
    try:
        if not path.exists():
            if str(path) == "-":
                message, fix = "standard input is not read", "save it as a file, and name the file"
                return [Incident("file-missing", message, str(path), fix=fix)]
            return [Incident("file-missing", f"no such file: {path}", str(path))]
        if path.is_dir():
            return [Incident("file-unreadable", "this is a folder", str(path), fix="name a .jsonl or .parquet file")]
        if not path.is_file():
            return [Incident("file-unreadable", "this is a pipe or a device", str(path), fix="save it as a file first")]
        with path.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        return [Incident("file-unreadable", error.strerror or "it cannot be opened", str(path))]
    return []


def is_url(source: Path | str) -> bool:
    """Tell a URL (`s3://…`, `file://…`) from a path."""
    return isinstance(source, str) and "://" in source


def sources(source: Path | str, incidents: Incidents) -> list[File]:
    """List the files of an input, in the order of their names. What cannot be read is reported and left out.

    Of a folder these are its `.jsonl` and `.parquet` files at any depth, but none that begins with a dot or underscore.
    """
    if is_url(source):
        return _remote(str(source), incidents)
    path = Path(source)
    names = [path]
    if isfile(path / RELEASE):
        fix = "name a file of predictions, and this folder with --gold"
        incidents.report("file-unreadable", "this is a corpus, which holds gold", file=path, fix=fix)
        return []
    if isdir(path):  # of a name that no file system takes, Path.is_dir raises
        try:
            names = sorted(name for name in path.rglob("*") if _holds_records(name.relative_to(path)))
        except OSError as error:
            incidents.report("file-unreadable", error.strerror or "it cannot be listed", file=path)
            return []
    if not names:
        _report_nothing(path, incidents)
    problems = {name: check_file(name) or _check_kind(name) for name in names}
    incidents.extend(problem for of_file in problems.values() for problem in of_file)
    return [name for name in names if not problems[name]]


def _check_kind(path: Path) -> list[Incident]:
    """Refuse a file whose ending says that another tool's format is in it."""
    kind = _FOREIGN.get(path.suffix.lower())
    if kind is None:
        return []
    message = f"this is a file of {kind}, and JSONL or Parquet is read here"
    fix = f"convert it (khabar convert {path} predictions.jsonl) and name what comes out"
    return [Incident("file-unreadable", message, str(path), fix=fix)]


def holds_records(folder: Path) -> bool:
    """Tell whether a folder holds any file of records."""
    return any(_holds_records(name.relative_to(folder)) for name in folder.rglob("*"))


def bytes_of(files: Sequence[File]) -> int:
    """Bytes of the records of files, about: Parquet is packed."""
    sizes = (file.size if isinstance(file, Remote) else file.stat().st_size for file in files)
    return sum(size * (_PACKED if is_parquet(file) else 1) for file, size in zip(files, sizes, strict=True))


def _holds_records(path: Path) -> bool:
    """Tell by a path below a folder whether its file is one of records."""
    return path.suffix.lower() in ENDINGS and not any(part.startswith((".", "_")) for part in path.parts)


def _report_nothing(folder: object, incidents: Incidents) -> None:
    message = "this is a folder without a .jsonl or .parquet file"
    fix = "name a file, or a folder of .jsonl or .parquet files"
    incidents.report("file-unreadable", message, file=folder, fix=fix)


def _remote(url: str, incidents: Incidents) -> list[File]:
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(url)
        if not system.isdir(path):
            if not system.exists(path):
                incidents.report("file-missing", f"no such file: {url}", file=url)
                return []
            return [Remote(system, path)]
        root = Path(path)
        names = sorted(name for name in system.find(path) if _holds_records(Path(name).relative_to(root)))
    except ImportError as error:
        fix = f"pip install what opens it ({error.name or str(error)[:80]})"
        incidents.report("extra-missing", "nothing installed opens this kind of URL", file=url, fix=fix)
        return []
    except Exception as error:  # each file system fails in its own way, and none of them is a reason to crash
        incidents.report("file-unreadable", said_by(error), file=url)
        return []
    if not names:
        _report_nothing(url, incidents)
    return [Remote(system, name) for name in names]
