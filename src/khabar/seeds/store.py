"""A seeds folder: articles taken in, the manifest that lists them, and whether nobody has touched them since."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from khabar.reading.files import sha256, write_records, write_whole
from khabar.reading.incidents import Incident, Incidents, InputError
from khabar.reading.lines import json_objects
from khabar.reading.shape import shaped
from khabar.reading.sources import check_file
from khabar.records import Document, Seed, ZoneSpan
from khabar.seeds import ntrex
from khabar.text.dates import is_date

MANIFEST = "manifest.jsonl"
_SPLIT = re.compile(r"\w+(\.\w+)*")
_LONGEST_NAME = 200
"""Bytes of a file's name; file systems take 255, and a file half written has a longer one."""


def read_manifest(folder: Path) -> list[Seed]:
    """Read a folder's manifest. Raises InputError with every problem in it."""
    incidents = Incidents()
    seeds: list[Seed] = []
    doc_ids: set[str] = set()
    for _, value, report in json_objects(folder / MANIFEST, incidents):
        seed = shaped(value, Seed, report)
        if seed is None:
            continue
        problems = [*misnamed(seed.file), *miskeyed(seed.story, seed.split)]
        if seed.published is not None and not is_date(seed.published):
            problems.append(f"published is {seed.published!r}, where EDTF is asked for, such as 2030-05-06")
        for problem in problems:
            report("value-wrong", problem)
        if seed.doc_id in doc_ids:
            report("id-repeated", f"document {seed.doc_id!r} has a line already")
        elif not problems:
            doc_ids.add(seed.doc_id)
            seeds.append(seed)
    incidents.refuse()
    return sorted(seeds, key=lambda seed: seed.file)


def misnamed(file: str) -> list[str]:
    """Say why a name cannot be a seed's: it names a file of the folder, and a document."""
    plain = file.isprintable() and len(file.encode()) <= _LONGEST_NAME and not set("/\\") & set(file)
    if plain and file and not file.startswith("."):
        return []
    return [f"file is {file!r}, where the name of a file in this folder is asked for"]


def miskeyed(story: str, split: str) -> list[str]:
    """Say why story and split cannot be a seed's: a split names files, and is what `datasets` takes as one."""
    problems = [] if story.strip() else ["story is empty"]
    if not story.isprintable():
        problems.append(f"story is {story!r}, which does not print")
    if not _SPLIT.fullmatch(split):
        problems.append(f"split is {split!r}, where letters, digits, _ and inner dots are asked for")
    return problems


def write_manifest(folder: Path, seeds: Iterable[Seed]) -> None:
    """Write a folder's manifest, sorted by file name."""
    ordered = sorted(seeds, key=lambda seed: seed.file)
    write_records(folder / MANIFEST, ordered)


RIGHTS = "The text belongs to its publisher; kept here for research on information extraction."
AS_TEXT = "save it as UTF-8"


def verify(folder: Path) -> list[Incident]:
    """Compare every file's bytes with the manifest; list changed, missing and unlisted files.

    Articles with a source are compared where they have been fetched.
    """
    seeds = read_manifest(folder)
    incidents: list[Incident] = []
    fetched = ntrex.articles() if any(seed.source for seed in seeds) and ntrex.is_fetched() else None
    for seed in seeds:
        if seed.source:
            if fetched is not None and sha256(fetched.get(seed.doc_id, "").encode()) != seed.sha256:
                message = f"{seed.source} has no such article" if seed.doc_id not in fetched else "its text is another"
                incidents.append(Incident("seed-changed", message, str(folder / MANIFEST), doc_id=seed.doc_id))
            continue
        incidents += _read(folder, seed)[1]
    listed = {seed.file for seed in seeds}
    for path in sorted(folder.glob("*.txt")):
        if path.name not in listed:
            incidents.append(Incident("seed-unlisted", f"{path.name} is not in {MANIFEST}", str(path)))
    return incidents


def keys_for(known: Sequence[Seed], story: str | None, split: str | None) -> tuple[str, str]:
    """Fill in the one story there is where none is named.

    Raises InputError if no story is named and there is not exactly one, and if no split is named: articles that join a
    split change the benchmark it is.
    """
    stories = {seed.story: seed.split for seed in known}
    if story is None:
        if len(stories) != 1:
            message = f"--story is not given and the manifest has {len(stories)} stories"
            raise InputError.of("option-wrong", message, fix="name the story with --story")
        (story,) = stories
    if split is None:
        known_split = f"name the one of the story, --split {stories[story]}" if story in stories else "name a split"
        fix = f"{known_split}; `test` is the released benchmark's"
        raise InputError.of("option-wrong", "--split is not given", fix=fix)
    return story, split


def add(folder: Path, files: Sequence[Path], *, story: str, split: str) -> list[Seed]:
    """Copy articles byte for byte into a seeds folder and list them. All are taken, or, on any problem, none.

    Adding a file that is there already with the same bytes changes nothing. Raises InputError.
    """
    incidents = Incidents(
        Incident("option-wrong", problem, fix="choose another name") for problem in miskeyed(story, split)
    )
    listed = {seed.file: seed for seed in read_manifest(folder)} if (folder / MANIFEST).exists() else {}
    added: dict[str, bytes] = {}
    for path in files:
        problems = check_file(path)
        incidents.extend(problems)
        if problems:
            continue
        data = path.read_bytes()
        name = f"{path.stem}.txt"
        digest = sha256(data)
        if wrong := misnamed(name):
            incidents.report("value-wrong", wrong[0], file=path, fix="rename it")
            continue
        if (error := _not_text(data)) is not None:
            incidents.report("file-not-text", error, file=path, fix=AS_TEXT)
            continue
        if not data.decode().strip():
            incidents.report("file-empty", "there is no text in it", file=path, fix="give it its text")
            continue
        earlier = listed.get(name)
        unlisted = earlier is None and (folder / name).exists() and (folder / name).read_bytes() != data
        if unlisted or (earlier is not None and earlier.sha256 != digest):
            incidents.report("seed-exists", f"{name} is there with other content", file=path)
        elif earlier is None:
            listed[name] = Seed(file=name, sha256=digest, story=story, split=split, rights=RIGHTS)
            added[name] = data
    incidents.refuse()
    for name, data in added.items():
        write_whole(folder / name, data)
    if added or not (folder / MANIFEST).exists():
        write_manifest(folder, listed.values())
    return [listed[name] for name in added]


def read_texts(folder: Path, seeds: Sequence[Seed]) -> dict[str, str]:
    """Document → text, exactly as received: UTF-8, no newline translation.

    Raises InputError if an article is not fetched, or a file is not there, or not as the manifest has it.
    """
    fetched = ntrex.articles() if any(seed.source for seed in seeds) else {}
    texts: dict[str, str] = {}
    incidents: list[Incident] = []
    for seed in seeds:
        texts[seed.doc_id], problems = (fetched[seed.doc_id], []) if seed.source else _read(folder, seed)
        incidents += problems
    if incidents:
        raise InputError(incidents)
    return texts


def _read(folder: Path, seed: Seed) -> tuple[str, list[Incident]]:
    """The text of a file of the folder, and what is wrong with it."""
    path = folder / seed.file
    if not path.is_file():
        return "", [Incident("seed-missing", f"no file {seed.file}", str(path), doc_id=seed.doc_id)]
    if problems := check_file(path):
        return "", problems
    data = path.read_bytes()
    digest = sha256(data)
    if digest != seed.sha256:
        message = f"sha256 is {digest[:12]}…, the manifest has {seed.sha256[:12]}…"
        return "", [Incident("seed-changed", message, str(path), doc_id=seed.doc_id)]
    if (error := _not_text(data)) is not None:
        return "", [Incident("file-not-text", error, str(path), doc_id=seed.doc_id, fix=AS_TEXT)]
    return data.decode(), []


def at_hand(seeds: Sequence[Seed]) -> list[Seed]:
    """The articles whose text can be read: those of the folder, and those with a source once they are fetched."""
    return [seed for seed in seeds if not seed.source or ntrex.is_fetched()]


def document(seed: Seed, text: str, zones: Sequence[ZoneSpan] | None = None) -> Document:
    """The dataset's row of an article. Without zones all of it is body.

    The manifest quotes nothing of an article that is elsewhere: its title is the first zone that is one.
    """
    columns = {name: getattr(seed, name) for name in seed.__struct_fields__ if name in Document.__struct_fields__}
    if seed.source:
        titles = (text[zone.start : zone.end].strip() for zone in zones or () if zone.zone == "title")
        columns["title"] = next(titles, seed.title)
    body = (ZoneSpan(0, len(text), "body"),)
    return Document(doc_id=seed.doc_id, text=text, zones=tuple(zones) if zones else body, **columns)


def _not_text(data: bytes) -> str | None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return f"byte {error.start + 1} is not UTF-8"
    return None
