"""Hugging Face token-classification datasets: rows of `tokens` and `ner_tags`, as Parquet or as a saved folder.

Tags are strings or ClassLabel integers, whose names are in the file. Nested spans take further columns, `ner_tags_2`
and so on. A column `doc_id` says which document a row is of; without it the text does.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khabar.formats.context import LARGEST_FILE, Conversion
from khabar.formats.predictions import GroundedText, entities_only
from khabar.formats.projection import annotations_of
from khabar.formats.sentences import (
    Chunk,
    Sentence,
    TagError,
    TaggedSection,
    columns_of,
    decode_columns,
    marked_of,
    sentences_of,
)
from khabar.reading.incidents import said_by
from khabar.reading.sources import check_file
from khabar.records import Annotations, groups_of

if TYPE_CHECKING:
    import pyarrow as pa

_TAGS = re.compile(r"(ner_tags|tags|labels)(_\d+)?")


def read(path: Path, work: Conversion) -> list[Annotations]:
    """Read a Parquet file, or a folder of Parquet or Arrow files (those of the split, if any names one)."""
    sentences: list[tuple[str | None, Sentence]] = []
    for file in _files(path, work):
        try:
            sentences += _sentences(file, work)
        except Exception as error:  # pyarrow and datasets raise all kinds of errors for broken files
            work.incidents.report("file-not-parquet", said_by(error), file=file)
    by_document = groups_of(sentences).items()
    sections = [TaggedSection(doc_id, tuple(its), whole=doc_id is not None) for doc_id, its in by_document]
    return annotations_of(marked_of(sections, work, str(path)), work)


def _files(path: Path, work: Conversion) -> list[Path]:
    if not path.is_dir():
        problems = check_file(path)
        work.incidents.extend(problems)
        return [] if problems else [path]
    files = sorted(file for kind in ("parquet", "arrow") for file in path.rglob(f"*.{kind}"))
    of_split = [file for file in files if work.split in file.relative_to(path).as_posix().split(".")[0]]
    if not files:
        work.incidents.report("format-broken", "the folder holds no .parquet or .arrow file", file=path)
    return of_split or files


def _sentences(file: Path, work: Conversion) -> Iterator[tuple[str | None, Sentence]]:
    number = 0
    names: dict[str, list[str] | None] | None = None
    for batch in _batches(file, work):
        if names is None:
            names = _tag_names(batch.schema, file, work)
            if names is None:
                return
        for row in batch.to_pylist():
            number += 1
            sentence = _sentence(row, names, file, number, work)
            if sentence is not None:
                doc_id = row.get("doc_id")
                yield (doc_id if isinstance(doc_id, str) else None), sentence


def _batches(file: Path, work: Conversion) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if file.suffix == ".arrow":
        with pa.memory_map(str(file)) as stream:
            yield from pa.ipc.open_stream(stream)
        return
    with pq.ParquetFile(file) as parquet:
        groups = (parquet.metadata.row_group(number) for number in range(parquet.metadata.num_row_groups))
        if sum(group.total_byte_size for group in groups) > LARGEST_FILE:
            fix = "split it, and convert the parts"
            work.incidents.report("file-too-large", f"it unpacks to over {LARGEST_FILE} bytes", file=file, fix=fix)
            return
        yield from parquet.iter_batches(batch_size=1024)


def _tag_names(schema: pa.Schema, file: Path, work: Conversion) -> dict[str, list[str] | None] | None:
    """Tag columns and, where their tags are integers, what these stand for. None and a report if there are none."""
    import pyarrow as pa
    from datasets import ClassLabel, Features

    columns = [name for name in schema.names if _TAGS.fullmatch(name)]
    if "tokens" not in schema.names or not columns:
        message = f"there is no column tokens with ner_tags; there is: {', '.join(schema.names)}"
        work.incidents.report("format-broken", message, file=file, fix="rename the columns to tokens and ner_tags")
        return None
    features = Features.from_arrow_schema(schema)
    names: dict[str, list[str] | None] = {}
    for column in columns:
        kind = schema.field(column).type
        inner = getattr(features[column], "feature", None)
        if isinstance(inner, ClassLabel):
            names[column] = list(inner.names)
        elif pa.types.is_integer(getattr(kind, "value_type", kind)):
            fix = "save the dataset with a ClassLabel feature, or with tags as strings"
            message = f"column {column!r} holds numbers that have no names"
            work.incidents.report("format-broken", message, file=file, fix=fix)
            return None
        else:
            names[column] = None
    return names


def _sentence(
    row: dict[str, Any], names: dict[str, list[str] | None], file: Path, number: int, work: Conversion
) -> Sentence | None:
    tokens = row["tokens"]
    report = partial(work.incidents.report, file=file, line=number)
    columns: list[list[str]] = []
    for column, named in names.items():
        tags = row[column]
        if not isinstance(tokens, list) or not isinstance(tags, list) or len(tags) != len(tokens):
            report("format-broken", f"row {number} does not have as many {column} as tokens")
            return None
        if named is None:
            columns.append([str(tag) for tag in tags])
        elif all(isinstance(tag, int) and 0 <= tag < len(named) for tag in tags):
            columns.append([named[tag] for tag in tags])
        else:
            report("format-broken", f"row {number}: {column} has a number without a name")
            return None
    words = tuple(str(token) for token in tokens)
    try:
        return Sentence(words, tuple(decode_columns(columns, work.repair)), (number,) * len(words))
    except TagError as error:
        for fault in error.faults:
            report("tags-broken", f"token {fault.at + 1}: {fault.message}", fix=fault.fix)
        return None


def write(records: Sequence[GroundedText], path: Path, work: Conversion) -> dict[Path, bytes]:
    """Write a Parquet file whose features (ClassLabel names) `datasets` reads back."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from datasets import ClassLabel, Features, List, Value

    entities_only(records, work)
    rows = [
        (each.doc_id, sentence.tokens, columns_of([Chunk(*c) for c in sentence.chunks], len(sentence.tokens)))
        for each in records
        for sentence in sentences_of(each.text, each.predicted.entities, work)
    ]
    layers = max((len(columns) for _, _, columns in rows), default=1)
    labels = sorted({row.label for each in records for row in each.predicted.entities})
    tags = ClassLabel(names=["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")])
    names = ["ner_tags", *(f"ner_tags_{number}" for number in range(2, layers + 1))]
    features = Features(
        {"doc_id": Value("string"), "tokens": List(Value("string")), **{name: List(tags) for name in names}}
    )
    table: dict[str, list[Any]] = {name: [] for name in features}
    for doc_id, tokens, columns in rows:
        table["doc_id"].append(doc_id)
        table["tokens"].append(list(tokens))
        for number, name in enumerate(names):
            table[name].append(tags.str2int(columns[number]) if number < len(columns) else [0] * len(tokens))
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pydict(table, schema=features.arrow_schema), out)
    return {path: out.getvalue()}
