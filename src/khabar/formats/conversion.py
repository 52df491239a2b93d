"""Conversion from any format to any other, through predictions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from khabar.formats import predictions
from khabar.formats.context import Conversion
from khabar.reading.incidents import Incident, InputError, said_by
from khabar.records import Annotations, Prediction

FORMATS: dict[str, str] = {
    "predictions": "predictions",
    "conll": "conll",
    "brat": "brat",
    "spacy": "docbin",
    "labelstudio": "label_studio.export",
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
    """Convert `source` to what is to stand at `out`; nothing is written here. Formats not named are detected.

    Raises InputError with every problem found.
    """
    source_format = given or _source_format(source)
    target_format = wanted or _target_format(out)
    read: Callable[[Path, Conversion], Sequence[Prediction]] = _module(source_format).read
    records = read(source, work)
    work.incidents.refuse()
    if source_format != "predictions":
        predictions.check(records, work)
        work.incidents.refuse()
    if not records:
        raise InputError.of("file-empty", "no document was found in it", str(source), fix="check --from")
    if target_format == "predictions":
        files = predictions.write(records, out)
    else:
        files = _module(target_format).write(predictions.grounded(records, work), out, work)
    work.incidents.refuse()
    documents = [record for record in records if isinstance(record, Annotations)]
    rows = {layer: sum(len(getattr(each, layer)) for each in documents) for layer in ("entities", "numbers", "quotes")}
    rows["disputes"] = len(records) - len(documents)
    return Converted(source_format, target_format, files, len(documents), rows, dict(work.lost), list(work.incidents))


def _module(name: str) -> Any:
    return import_module(f"khabar.formats.{FORMATS[name]}")


def _source_format(path: Path) -> str:
    """The format of what is there, by its ending or its content. Raises InputError if that is not clear."""
    if path.is_dir():
        if any(path.glob("*.ann")):
            return "brat"
        if any(each.suffix in (".parquet", ".arrow") for each in path.rglob("*")):
            return "hf"
    elif path.is_file():
        ending = path.suffix.lower()
        name = _of_parquet(path) if ending in (".parquet", ".pq") else ENDINGS.get(ending) or _of_content(path)
        if name is not None:
            return name
    else:
        raise InputError.of("file-missing", f"no such file or folder: {path}", str(path))
    raise _unclear(path, "--from")


def _of_parquet(path: Path) -> str | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = set(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise InputError.of("file-not-parquet", said_by(error), str(path)) from None
    if "tokens" in names:
        return "hf"
    return "predictions" if names & {"doc_id", "sides"} else None


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


def _target_format(path: Path) -> str:
    """The format to write, by the ending. Raises InputError if that is not clear."""
    name = ENDINGS.get(path.suffix.lower()) or ("hf" if path.suffix == ".parquet" else None)
    if name is None:
        raise _unclear(path, "--to")
    return name


def _unclear(path: Path, option: str) -> InputError:
    fix = f"name it: {option} {'|'.join(FORMATS)}"
    message = "its name and content fit no format, or several"
    return InputError.of("format-unknown", message, str(path), fix=fix)
