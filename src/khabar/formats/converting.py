"""Conversion from any format to any other, through predictions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from khabar.formats import jsonl
from khabar.formats.conversion import Conversion
from khabar.formats.grounded import grounded
from khabar.reading.incidents import Incident, InputError, errors
from khabar.records import Annotations, Prediction

FORMATS: dict[str, str] = {
    "predictions": "jsonl",
    "conll": "conll",
    "brat": "brat",
    "spacy": "docbin",
    "labelstudio": "label_studio",
    "hf": "hf",
    "llm": "llm",
}
"""Format → its module in this package."""

ENDINGS = {
    ".jsonl": "predictions", ".conll": "conll", ".iob": "conll", ".iob2": "conll", ".bio": "conll", ".tsv": "conll",
    ".spacy": "spacy", ".md": "llm",
}  # fmt: skip
"""Endings that say which format a file is of."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What a conversion made: the bytes of each file, how much there is of what, and what is lost, how often."""

    source: str
    target: str
    files: dict[Path, bytes]
    documents: int
    rows: dict[str, int]
    lost: dict[str, int]
    warnings: list[Incident]


def convert(
    source: Path, out: Path, work: Conversion, *, given: str | None = None, wanted: str | None = None
) -> Converted:
    """Convert `source` to what is to stand at `out`; nothing is written here. Formats not named are guessed.

    Raises InputError with every problem found.
    """
    read_as = given or guess_source(source)
    write_as = wanted or guess_target(out)
    read: Callable[[Path, Conversion], Sequence[Prediction]] = _module(read_as).read
    records = read(source, work)
    _refuse(work)
    if read_as != "predictions":
        jsonl.check(records, work)
        _refuse(work)
    if not records:
        raise InputError([Incident("file-empty", "no document was found in it", str(source), fix="check --from")])
    if write_as == "predictions":
        files = jsonl.write(records, out)
    else:
        files = _module(write_as).write(grounded(records, work), out, work)
    _refuse(work)
    said = [record for record in records if isinstance(record, Annotations)]
    rows = {layer: sum(len(getattr(each, layer)) for each in said) for layer in ("entities", "numbers", "quotes")}
    rows["disputes"] = len(records) - len(said)
    lost = dict(work.lost)
    return Converted(read_as, write_as, files, len(said), rows, lost, work.incidents)


def _module(name: str) -> Any:
    return import_module(f"khabar.formats.{FORMATS[name]}")


def _refuse(work: Conversion) -> None:
    if errors(work.incidents):
        raise InputError(work.incidents)


def guess_source(path: Path) -> str:
    """The format of what is there, by its ending or its content. Raises InputError if that is not clear."""
    if path.is_dir():
        if any(path.glob("*.ann")):
            return "brat"
        if any(each.suffix in (".parquet", ".arrow") for each in path.rglob("*")):
            return "hf"
    elif path.is_file():
        ending = path.suffix.lower()
        found = _of_parquet(path) if ending in (".parquet", ".pq") else ENDINGS.get(ending) or _of_content(path)
        if found is not None:
            return found
    else:
        raise InputError([Incident("file-missing", f"no such file or folder: {path}", str(path))])
    raise _unclear(path, "--from")


def _of_parquet(path: Path) -> str | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = set(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        message = str(error).splitlines()[0][:200]
        raise InputError([Incident("file-not-parquet", message, str(path))]) from None
    return "hf" if "tokens" in names else "predictions" if names & {"doc_id", "sides"} else None


def _of_content(path: Path) -> str | None:
    with path.open("rb") as stream:
        start = stream.read(1 << 16).decode("utf-8-sig", errors="replace").lstrip()
    if start[:3] == "```":
        return "llm"
    if start[:1] in "[{" and start:
        try:
            value = json.loads(path.read_bytes())
        except (ValueError, RecursionError):
            return None
        tasks = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
        exported = any("data" in task or isinstance(task.get("text"), str) for task in tasks)
        return "labelstudio" if exported else "llm"
    return "conll" if _are_columns(start) else None


def _are_columns(start: str) -> bool:
    lines = [line.split() for line in start.split("\n")[:50]]
    tagged = [cells for cells in lines[:-1] if cells and cells[0] not in ("#", "-DOCSTART-")]
    ends = [cells[-1] for cells in tagged if len(cells) > 1]
    return bool(tagged) and len(ends) == len(tagged) and all(tag == "O" or tag[:2] in ("B-", "I-") for tag in ends)


def guess_target(path: Path) -> str:
    """The format to write, by the ending. Raises InputError if that is not clear."""
    found = ENDINGS.get(path.suffix.lower()) or ("hf" if path.suffix == ".parquet" else None)
    if found is None:
        raise _unclear(path, "--to")
    return found


def _unclear(path: Path, option: str) -> InputError:
    fix = f"name it: {option} {'|'.join(FORMATS)}"
    message = "its name and content fit no format, or several"
    return InputError([Incident("format-unknown", message, str(path), fix=fix)])
