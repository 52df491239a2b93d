"""Completing a release without text: from somebody's own copies of the articles, or from what can be fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from khabar.corpus.build import Built, assemble, check, read_built, write
from khabar.corpus.card import statement_of
from khabar.corpus.contrast import read_released, variant_stories, variant_texts
from khabar.corpus.release import RELEASE, read_release
from khabar.corpus.tables import filled_copy, is_corpus, read_all
from khabar.corpus.withheld import QUOTING, WithheldString, read_places, with_text
from khabar.progress import Progress, logged
from khabar.reading.files import recover, sha256
from khabar.reading.incidents import Incident, InputError
from khabar.reading.sources import check_file
from khabar.records import Document
from khabar.records.repository import PLACES
from khabar.seeds import ntrex

BOM = b"\xef\xbb\xbf"


def fill(folder: Path, copies: Sequence[Path]) -> Built:
    """Complete a release in memory. Raises InputError with every file that is no article, and every article missing.

    The release is checked first, and every article is needed: what is made is the full release. Articles that have been
    fetched need no copy. What an earlier run was stopped in, once all was ready, is finished.
    """
    finished = recover(folder)
    release = read_release(folder)
    if finished and not release.withheld_splits:
        return read_built(folder)
    if not release.withheld_splits:
        message = f"{folder} has its text already"
        raise InputError.of("option-wrong", message, str(folder / RELEASE), fix="name a release without text")
    return _completed(folder, lambda documents: matched(documents, copies))


def fetch(folder: Path, origin: str | None = None, progress: Progress = logged) -> Path | None:
    """Fetch the articles whose text a release leaves out, and complete it in the user's cache.

    Gives the folder of the full release; None if the release leaves nothing out that can be fetched. Raises InputError.
    """
    ntrex.fetch(origin, progress)
    if not read_release(folder).fetchable:
        return None
    copy = filled_copy(folder)
    recover(copy)
    if not is_corpus(copy):
        write(_completed(folder, _all_fetched), copy)
    return copy


def _all_fetched(documents: Sequence[Document]) -> dict[str, str]:
    texts = _fetched(documents)
    if missing := [*_missing(documents, texts, "what was fetched has no article with")]:
        raise InputError(missing)
    return texts


def _missing(documents: Sequence[Document], texts: Mapping[str, str], reason: str) -> Iterator[Incident]:
    for document in documents:
        if document.doc_id not in texts:
            yield Incident("copy-missing", f"{reason} the SHA-256 {document.sha256}", doc_id=document.doc_id)


def _fetched(documents: Sequence[Document]) -> dict[str, str]:
    """Document → text, of those whose article has been fetched."""
    texts = ntrex.articles() if ntrex.is_fetched() else {}
    return {row.doc_id: text for row in documents if sha256((text := texts.get(row.doc_id, "")).encode()) == row.sha256}


def _completed(folder: Path, find: Callable[[Sequence[Document]], dict[str, str]]) -> Built:
    """Complete a sound release with the texts that `find` gives of the documents that lack theirs."""
    if incidents := check(folder, None):
        raise InputError(incidents)
    release, tables = read_release(folder), read_all(folder)
    changes = read_released(folder, release)
    bare = [row for split in release.withheld_splits for row in tables[split]["documents"] if isinstance(row, Document)]
    altered = variant_stories(changes)
    texts = find([document for document in bare if document.story not in altered])
    texts |= variant_texts(texts, [document for document in bare if document.story in altered], changes)
    places = read_places(folder)
    if misplaced := [*_misplaced(places, texts, folder / PLACES)]:
        raise InputError(misplaced)
    full = msgspec.structs.replace(release, withheld=msgspec.UNSET)
    return assemble(full, with_text(tables, places, texts), statement_of(folder), changes)


def _misplaced(places: Sequence[WithheldString], texts: Mapping[str, str], path: Path) -> Iterator[Incident]:
    for line, place in enumerate(places, start=1):
        if place.column not in QUOTING.get(place.config, ()):
            yield Incident("value-wrong", f"nothing is withheld of {place.config}.{place.column}", str(path), line)
        elif place.doc_id not in texts:
            yield Incident("document-unknown", f"there is no document {place.doc_id!r}", str(path), line)


def matched(documents: Sequence[Document], copies: Sequence[Path]) -> dict[str, str]:
    """Document → text, from files matched by the SHA-256 of their bytes, whatever their names, or as fetched.

    Raises InputError.
    """
    by_digest = {document.sha256: document.doc_id for document in documents}
    incidents: list[Incident] = []
    texts = _fetched(documents)
    for path in copies:
        if problems := check_file(path):
            incidents += problems
            continue
        data = path.read_bytes()
        digest = sha256(data)
        if digest in by_digest:
            texts[by_digest[digest]] = data.decode()
        else:
            incidents.append(Incident("copy-unknown", _why(data, path.stem, by_digest), str(path)))
    incidents += _missing(documents, texts, "no file given has")
    if incidents:
        raise InputError(incidents)
    return {document.doc_id: texts[document.doc_id] for document in documents}


def _why(data: bytes, stem: str, by_digest: Mapping[str, str]) -> str:
    """Why a file is no article: the change that was made to one, if undoing it gives one."""
    for cause, undone in _undone(data).items():
        for original in undone:
            if sha256(original) in by_digest:
                return f"this is document {by_digest[sha256(original)]}, but {cause}"
    if stem in by_digest.values():
        return f"its bytes (SHA-256 {sha256(data)[:12]}…) are not those of document {stem}, whose name it has"
    return f"its bytes (SHA-256 {sha256(data)[:12]}…) are those of no document"


def _undone(data: bytes) -> dict[str, list[bytes]]:
    unix = data.replace(b"\r\n", b"\n")
    bare = data.strip(b" \r\n\t")
    ends = (b"\n", b"\n\n", b"\r\n")
    originals = {
        "a byte order mark was added": [data.removeprefix(BOM)],
        "its byte order mark was removed": [BOM + data],
        "its line ends were changed": [unix, unix.replace(b"\n", b"\r\n")],
        "line breaks or blanks at its start or end were changed": [
            bare, *(bare + end for end in ends), *(end + bare for end in ends), *(end + bare + end for end in ends)
        ],
    }  # fmt: skip
    for encoding in ("utf-16", "cp1256"):
        try:
            originals[f"it was saved as {encoding}"] = [data.decode(encoding).encode()]
        except UnicodeError:
            continue
    return originals
