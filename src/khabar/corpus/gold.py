"""Gold to score against: a dataset folder, or JSONL or Parquet in the prediction format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from khabar.corpus.contrast import read_released
from khabar.corpus.release import read_release, released_corpus
from khabar.corpus.tables import document_ids, is_corpus, read_split, require_split, splits
from khabar.reading.gold_checks import check_gold
from khabar.reading.incidents import Incident, Incidents, InputError
from khabar.reading.issues import issues_of, pairs_of
from khabar.reading.offset_checks import misplaced
from khabar.reading.predictions import read_predictions
from khabar.reading.reference import Reference
from khabar.reading.sources import holds_records, is_url
from khabar.records import (
    Annotations,
    Claim,
    Conflict,
    Document,
    Entity,
    Flip,
    Number,
    PredictedEntity,
    PredictedNumber,
    PredictedQuote,
    Quote,
    Registered,
    Row,
    TokenRow,
    only,
)
from khabar.scoring.self_check import unmatchable

DEFAULT_SPLIT = "test"
_Said = TypeVar("_Said", bound=msgspec.Struct)


def load_gold(source: Path | str | None = None, split_name: str = DEFAULT_SPLIT) -> tuple[Reference, list[Incident]]:
    """Load gold: a corpus folder; a file, a folder of files or a URL in the prediction format; or the released corpus.

    Returns the reference and any warnings. Raises InputError with every problem found.
    """
    if source is None:
        source = released_corpus()
    incidents = Incidents()
    if is_dataset(source):
        reference = from_corpus(Path(source), split_name)
        incidents.extend(unmatchable(reference, file=str(source)))
    else:
        require_whole(source, split_name)
        records = read_predictions(source, incidents)
        incidents.extend(check_gold(records))
        incidents.refuse()
        reference = Reference.build(records.documents, records.disputes)
        incidents.extend(unmatchable(reference, records))
        misplaced((record for _, record in records), reference.texts).report(incidents, str(source))
    incidents.refuse()
    return reference, list(incidents)


def require_whole(source: Path | str, split_name: str) -> None:
    """Raise InputError if a split is named of gold in the prediction format, which has none."""
    if split_name != DEFAULT_SPLIT:
        message = f"split {split_name!r} of gold in the prediction format, which has no splits"
        fix = "leave out --split, or name a corpus folder as gold"
        raise InputError.of("option-wrong", message, str(source), fix=fix)


def is_dataset(source: Path | str) -> bool:
    """Tell a folder that is, or should have been, a corpus from what is in the prediction format."""
    path = Path(source)
    if is_url(source) or not path.is_dir():
        return False
    return is_corpus(path) or not holds_records(path)


class LoadedSplit(list[Document]):
    """The documents of a split, in the order of their ids, and their `gold`: config → rows.

    Gold in the prediction format has no rows.
    """

    def __init__(self, documents: Iterable[Document], gold: Mapping[str, Sequence[Row]]) -> None:
        super().__init__(documents)
        self.gold = dict(gold)

    def __repr__(self) -> str:
        rows = ", ".join(f"{len(table)} {config}" for config, table in self.gold.items() if config != "documents")
        return f"<LoadedSplit of {len(self)} documents; gold: {rows or 'no rows'}>"


def load_split(source: Path | None = None, split_name: str = DEFAULT_SPLIT) -> LoadedSplit:
    """The documents of a gold, with its rows. Raises InputError, also if a document has no text."""
    source = released_corpus() if source is None else source
    if is_dataset(source):
        tables = read_rows(source, split_name)
        return LoadedSplit(only(tables["documents"], Document), tables)
    return LoadedSplit(_documents_said(source, split_name), {})


def _documents_said(source: Path, split_name: str) -> list[Document]:
    """The documents of gold in the prediction format."""
    documents = load_gold(source, split_name)[0].documents
    incidents = Incidents()
    for doc_id, document in documents.items():
        if document.passage.text is None:
            fix = "give each document of the gold its text, or score a file of predictions"
            incidents.at(source, None, doc_id)("key-missing", "no key 'text' to run a system on", fix=fix)
    incidents.refuse()
    return [document.document for document in documents.values()]


def from_corpus(folder: Path, split_name: str = DEFAULT_SPLIT) -> Reference:
    """Make a reference from one split of a dataset folder. Raises InputError."""
    tables = read_rows(folder, split_name)
    others = {doc_id: name for name in splits(folder) if name != split_name for doc_id in document_ids(folder, name)}
    release = read_release(folder)
    flips = [change for change in read_released(folder, release) if isinstance(change, Flip)]
    return from_tables(tables, release.version, others, flips)


def from_tables(
    tables: Mapping[str, Sequence[Row]],
    version: str = "-",
    other_splits: Mapping[str, str] | None = None,
    flips: Sequence[Flip] = (),
) -> Reference:
    """Make a reference from the rows of each config, as a split of a corpus or a pass has them.

    Of `flips`, those of its stories make it a contrast set.
    """
    conflicts, claims = only(tables["conflicts"], Conflict), only(tables["claims"], Claim)
    entities = _said(tables["entities"], Entity, PredictedEntity)
    numbers = _said(tables["numbers"], Number, PredictedNumber)
    quotes = _said(tables["quotes"], Quote, PredictedQuote)
    annotations = [
        Annotations(
            doc_id=row.doc_id,
            story=row.story,
            text=row.text,
            zones=row.zones,
            entities=tuple(entities.get(row.doc_id, ())),
            numbers=tuple(numbers.get(row.doc_id, ())),
            quotes=tuple(quotes.get(row.doc_id, ())),
        )
        for row in only(tables["documents"], Document)
    ]
    return Reference.build(
        annotations,
        issues=issues_of(conflicts, claims),
        registry=only(tables["registry"], Registered),
        tokens=only(tables["tokens"], TokenRow),
        version=version,
        other_splits=other_splits,
        pairs=pairs_of(flips, conflicts, claims),
    )


def read_rows(folder: Path, split_name: str = DEFAULT_SPLIT) -> dict[str, list[Row]]:
    """Read the rows of a split, by config. Raises InputError if the folder is no corpus or has no such split."""
    require_split(folder, split_name)
    return read_split(folder, split_name)


def _said(rows: Iterable[Row], kind: type[Row], said: type[_Said]) -> dict[str, list[_Said]]:
    """Rows of a layer as what somebody says of each document."""
    by_document: dict[str, list[_Said]] = {}
    for row in only(rows, kind):
        by_document.setdefault(row.doc_id, []).append(msgspec.convert(row, said, from_attributes=True))  # type: ignore[attr-defined]
    return by_document
