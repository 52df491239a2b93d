"""System cards: who made a system, of what, and what it has seen. A TOML file of plain words."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal
from unicodedata import category

import msgspec

from khabar.corpus.contrast import original_split
from khabar.leaderboard.survey import CARD, LARGEST, SPLIT
from khabar.leaderboard.system_names import disguised, mixed_scripts
from khabar.reading.incidents import Incidents
from khabar.reading.shape import shaped
from khabar.records.labels import LAYERS, Layer

SystemKind = Literal["trivial", "rules", "trained", "prompted", "hybrid", "human"]
"""`trained`: fine-tuned on data of the task; `prompted`: a language model as it is; `hybrid`: several of these."""
Seen = bool | Literal["unknown"]
SeenIn = Seen | tuple[str, ...]
"""Of every split, or the splits of which it is true."""


class Card(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a system is. `parameters` counts learned weights (0 for rules); `date` is that of the system, ISO 8601.

    `test_text_seen` and `test_gold_seen` say of the benchmark's articles and their gold whether the system, its model
    or its makers saw them. `unanswered` counts, by split, what a run asked and got no whole answer to (a `Failure`
    each): nothing said, to the scorer. `tokens` are those read and written, by split; `recordings` the SHA-256 of the
    answers that are kept elsewhere, as they hold words of articles that the repository does not hold.
    """

    name: str
    authors: tuple[str, ...]
    licence: str
    kind: SystemKind
    parameters: int | Literal["unknown"]
    trained_on: str
    test_text_seen: SeenIn
    test_gold_seen: SeenIn
    date: str
    layers: tuple[Layer, ...] | msgspec.UnsetType = msgspec.UNSET
    url: str | None = None
    notes: str | None = None
    unanswered: dict[str, int] = {}
    tokens: dict[str, tuple[int, int]] = {}
    recordings: dict[str, str] = {}
    cost: str | None = None

    @property
    def scored_layers(self) -> tuple[Layer, ...]:
        """The layers it names, all of them if it names none."""
        return LAYERS if self.layers is msgspec.UNSET else self.layers

    def text_seen(self, split: str) -> Seen:
        """Whether the articles of a split were seen; of a contrast set, those it is made of."""
        return _is_seen(self.test_text_seen, split)

    def gold_seen(self, split: str) -> Seen:
        """Whether the gold of a split was seen; of a contrast set, that it is made of."""
        return _is_seen(self.test_gold_seen, split)


def _is_seen(said: SeenIn, split: str) -> Seen:
    return not {split, original_split(split)}.isdisjoint(said) if isinstance(said, tuple) else said


_JOINERS = "\u200c\u200d"
"""Format characters that Arabic and Persian spelling needs."""
_MARKUP: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a tag or an angle bracket", re.compile(r"[<>\uff1c\uff1e\u2039\u203a]")),
    ("a character reference", re.compile(r"&(?:#|[A-Za-z][A-Za-z0-9]*;)")),
    ("a backtick", re.compile("`")),
    ("a link", re.compile(r"\]\s*[(\[:]|!\[|www\.|://|\b(?:javascript|data|vbscript|mailto):", re.IGNORECASE)),
    ("a template", re.compile(r"\{\{|\{%|\$\{")),
    ("a table cell's bar", re.compile(r"\|")),
)
_LONGEST = {"name": 80, "authors": 80, "licence": 80, "trained_on": 400, "url": 300, "cost": 80, "notes": 2000}
"""Characters each text (each author) may have."""
_MOST_AUTHORS = 50
_URL = re.compile(r"https://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[A-Za-z0-9._~/%+=,;-]*)?", re.ASCII)
_EXAMPLES = {
    "name": 'name = "My extractor"',
    "authors": 'authors = ["A. Author"]',
    "licence": 'licence = "Apache-2.0"',
    "kind": 'kind = "trained"',
    "parameters": 'parameters = 110_000_000, or "unknown"',
    "trained_on": 'trained_on = "what data, or nothing"',
    "test_text_seen": 'test_text_seen = false, true, "unknown", or the splits, such as ["test"]',
    "test_gold_seen": 'test_gold_seen = false, true, "unknown", or the splits, such as ["test"]',
    "date": "date = 2026-01-31",
    "unanswered": "unanswered = {news = 3}",
    "tokens": "tokens = {news = [120000, 30000]}",
    "recordings": 'recordings = {news = "SHA-256"}',
}
MEASURED = ("unanswered", "tokens", "recordings")
"""What runs came to, by split; a card need not give it."""


def read_card(path: Path, incidents: Incidents) -> Card | None:
    """Read a card; every problem with it is added to `incidents`, and None given."""
    try:
        if path.exists() and not path.is_file():
            incidents.report("file-unreadable", "this is no file", file=path, fix="name a card, a TOML file")
            return None
        if path.stat().st_size > LARGEST[CARD]:
            message = f"{path.stat().st_size:,} bytes, where {LARGEST[CARD]:,} are the most; it was not read"
            incidents.report("file-too-large", message, file=path)
            return None
        data = path.read_bytes()
    except FileNotFoundError:
        fix = "write one, and give it with --card (`khabar docs leaderboard` has one to copy): " + "; ".join(
            _EXAMPLES[key] for key in _EXAMPLES if key not in MEASURED
        )
        incidents.report("file-missing", f"no system card {path.name}", file=path, fix=fix)
        return None
    except OSError as error:
        incidents.report("file-unreadable", error.strerror or "it cannot be opened", file=path)
        return None
    return parse_card(data, str(path), incidents)


def parse_card(data: bytes, name: str, incidents: Incidents) -> Card | None:
    """Parse a card; `name` stands for it in messages."""
    try:
        text = data.decode()
        value = tomllib.loads(text)
    except UnicodeDecodeError as error:
        incidents.report("file-not-text", f"byte {error.start + 1} is not UTF-8", file=name, fix="save it as UTF-8")
        return None
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:  # ValueError: thousands of digits
        incidents.report("card-broken", str(error) or "it nests too deeply", file=name)
        return None
    if type(value.get("date")) is date:
        value["date"] = value["date"].isoformat()
    before = len(incidents)

    def report(
        incident: str, message: str, offset: int | None = None, *, key: str | None = None, fix: str | None = None
    ) -> None:
        named = key or _key_in(incident, message)
        of_words = incident in ("card-markup", "name-mixed")
        if named in _EXAMPLES and not of_words:
            fix = f"write {_EXAMPLES[named]}"
        # Elsewhere an unknown key is a warning. A card is written by hand: it is a slip, and whatever it says is lost.
        kind = "value-wrong" if incident == "key-unknown" else incident
        incidents.report(kind, message, file=name, line=_line_of(text, named), fix=fix)

    card = shaped(value, Card, report)
    for key, message in _problems(value):
        report("value-wrong", message, key=key)
    for key, words in _texts(value):
        if key != "url" and (found := markup_in(words)):
            report("card-markup", f"{key} holds {found}", key=key)
        if key == "name" and (mixed := mixed_scripts(words)):
            report("name-mixed", f"name mixes letters of {mixed}", key=key)
        if key == "name" and (script := disguised(words)):
            report("name-mixed", f"name is of {script} letters that all look like Latin ones", key=key)
    return card if len(incidents) == before else None


def markup_in(text: str) -> str | None:
    """Say what of a text is not plain words: markup, links, control and invisible characters; None if it all is."""
    for what, pattern in _MARKUP:
        if found := pattern.search(text):
            return f"{what}, {found.group()!a}"
    for character in text:
        if category(character) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") and character != "\n":
            return f"the control or unassigned character {character!a}"
        if category(character) == "Cf" and character not in _JOINERS:
            return f"the invisible character {character!a}"
    return None


def restated(data: bytes, key: str, values: Mapping[str, Any]) -> bytes:
    """The bytes of a sound card that is to say what a run of some splits came to; of other splits it stays.

    A value that is false takes the split out.
    """
    text = data.decode()
    known: dict[str, Any] = tomllib.loads(text).get(key, {})
    # A person wrote the card: its other lines stay byte for byte, comments included.
    text = re.sub(rf"^[ \t]*[\"']?{key}[\"']?[ \t]*=.*\n?", "", text, count=1, flags=re.MULTILINE)
    told = {split: value for split, value in sorted({**known, **values}.items()) if value}
    line = ", ".join(f"{split} = {json.dumps(value)}" for split, value in told.items())
    return (text.rstrip("\n") + f"\n{key} = {{{line}}}\n" if told else text).encode()


def _problems(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What types alone do not say of a card's values."""
    for key, words in _texts(value):
        if not any(map(str.isalnum, words)):
            yield key, f"{key} is blank"
        if len(words) > _LONGEST.get(key, 80):
            yield key, f"{key} has {len(words)} characters, where {_LONGEST.get(key, 80)} are the most"
        if key != "notes" and "\n" in words:
            yield key, f"{key} is longer than a line"
    authors, layers = value.get("authors"), value.get("layers")
    if isinstance(authors, list) and not 0 < len(authors) <= _MOST_AUTHORS:
        yield "authors", f"authors are {len(authors)}, where 1 to {_MOST_AUTHORS} are asked for"
    if isinstance(layers, list) and not layers:
        yield "layers", "layers is empty: name those the system speaks of, or leave the key out"
    measured = {key: value[key] if isinstance(value.get(key), dict) else {} for key in MEASURED}
    counts = [("parameters", value.get("parameters"))]
    counts += [("unanswered", count) for count in measured["unanswered"].values()]
    counts += [("tokens", count) for pair in measured["tokens"].values() if isinstance(pair, list) for count in pair]
    for digest in measured["recordings"].values():
        if isinstance(digest, str) and not re.fullmatch("[0-9a-f]{64}", digest):
            yield "recordings", f"recordings holds {ascii(digest)[:60]}, which is no SHA-256"
    for key, count in counts:
        if isinstance(count, int) and not 0 <= count < 1 << 53:
            yield key, f"{key} is {count:.0e}, where a count is asked for"
    for key in ("test_text_seen", "test_gold_seen", *MEASURED):
        named = value.get(key)
        for split in named if isinstance(named, (list, dict)) else ():
            if not (isinstance(split, str) and SPLIT.fullmatch(split)):
                yield key, f"{key} names {ascii(split)[:60]}, which is no split"
    day = value.get("date")
    if isinstance(day, str) and not _is_day(day):
        yield "date", f"date is {ascii(day)[:60]}, which is no day"
    url = value.get("url")
    if isinstance(url, str) and not _URL.fullmatch(url):
        yield "url", "url is not a plain https:// address"


def _texts(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The free texts of a card, by key."""
    for key in _LONGEST:
        given = value.get(key)
        for words in given if isinstance(given, list) else (given,):
            if isinstance(words, str):
                yield key, words


def _key_in(incident: str, message: str) -> str:
    """The key a message of `shaped` is about."""
    match = re.search(r"'([^']+)'" if incident.startswith("key-") else r"^(\w+)", message)
    return "" if match is None else match.group(1)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _line_of(text: str, key: str) -> int | None:
    """The line a key is set on, from 1."""
    match = re.search(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*=", text, re.MULTILINE) if key else None
    return None if match is None else text.count("\n", 0, match.end()) + 1
