"""Offsets that count something else than code points: their spans miss the surfaces they give, or cut words.

The latter alone shows it where spans come without their surface: each is inside the text, and none is right. Of one
span `why_not_there` names the cause, of a whole file `misplaced` does.
"""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, pairwise, takewhile

from khabar.reading.incidents import Incidents
from khabar.records import Annotations, PredictedSpan, Prediction
from khabar.text.arabic import TATWEEL, fold
from khabar.text.search import begins_word, ends_word

_MOST_SPANS = 5000
"""Spans looked at, those of the first documents by name: they count as all others do."""
_FEWEST, _FEWEST_UNEXPLAINED = 3, 20
"""Spans that cut words, or have blanks, below which nothing is concluded; the latter where no counting explains it."""
_FEW = 5
"""In percent: what of right spans may cut words, where a text runs words together."""
_CUT = "spans that give no text begin or end inside a word"
_MOST_MARKS = 8
"""Of a letter: no look goes further."""

_Offsets = tuple[int, int]
_Span = tuple[int, int, str | None]
"""Its offsets, and the surface that it gives."""
_Widths = Callable[[str], Sequence[int]]
"""From a text to how much each of its code points adds to an offset."""


def _each(width: Callable[[str], int]) -> _Widths:
    return lambda text: [width(character) for character in text]


def _normalised(form: str) -> _Widths:
    """Count as in a normalised text: a letter and its marks have the length that they have there together."""

    def widths(text: str) -> list[int]:
        bounds = [at for at, character in enumerate(text) if at == 0 or not unicodedata.combining(character)]
        counts: list[int] = []
        for start, end in pairwise([*bounds, len(text)]):
            width, letters = len(unicodedata.normalize(form, text[start:end])), end - start  # type: ignore[arg-type]
            counts += [max(1, width - letters + 1), *[1] * (min(width, letters) - 1), *[0] * max(0, letters - width)]
        return counts

    return widths


def _without(is_left_out: Callable[[str], bool]) -> _Widths:
    return _each(lambda character: not is_left_out(character))


def _trimmed(text: str) -> list[int]:
    blank = len(text) - len(text.lstrip())
    return [0] * blank + [1] * (len(text) - blank)


_WIDTHS: dict[str, _Widths] = {
    "in UTF-8 bytes": _each(lambda character: len(character.encode("utf-8", "surrogatepass"))),
    "in UTF-16 units": _each(lambda character: 1 + (character > "\uffff")),
    "without carriage returns": _without(lambda character: character == "\r"),
    "with two characters for a line break": _each(lambda character: 1 + (character == "\n")),
    "in the NFC-normalised text": _normalised("NFC"),
    "in the NFD-normalised text": _normalised("NFD"),
    "without tatweel": _without(lambda character: character == TATWEEL),
    "without diacritics": _without(lambda character: unicodedata.category(character) == "Mn"),
    "without format characters": _without(lambda character: unicodedata.category(character) == "Cf"),
    "from the first letter of the text, blanks before it left out": _trimmed,
}
_SHIFTS: dict[str, _Offsets] = {
    "from 1": (-1, -1),
    "from 1, with the last character as the end": (-1, 0),
    "with the last character as the end": (0, 1),
}


@dataclass(slots=True)
class Counted:
    """How many spans are misplaced: as they are given, and as other countings read those that are not right."""

    spans: int = 0
    misplaced: int = 0
    otherwise: Counter[str] = field(default_factory=Counter)

    def add(self, other: Counted) -> None:
        """Add those of another part."""
        self.spans += other.spans
        self.misplaced += other.misplaced
        self.otherwise.update(other.otherwise)

    @property
    def best(self) -> tuple[str, int]:
        """The counting that leaves fewest misplaced, and how many."""
        return min(self.otherwise.items(), key=lambda entry: entry[1], default=("", self.misplaced))

    @property
    def is_explained(self) -> bool:
        """Whether enough are misplaced to tell, and another counting explains most of them."""
        is_much = self.misplaced >= _FEWEST and 100 * self.misplaced >= _FEW * self.spans
        return is_much and 4 * self.best[1] <= self.misplaced


@dataclass(slots=True)
class Misplaced:
    """Spans whose surface is not there, and spans that give none and begin or end inside a word. Sums of parts."""

    surfaces: Counted = field(default_factory=Counted)
    bare: Counted = field(default_factory=Counted)
    entities: int = 0
    blank: int = 0
    """Entities that begin or end with a blank, as the tokens of some models do."""

    def add(self, other: Misplaced) -> None:
        """Add those of another part."""
        self.surfaces.add(other.surfaces)
        self.bare.add(other.bare)
        self.entities += other.entities
        self.blank += other.blank

    def report(self, incidents: Incidents, file: str | None) -> None:
        """Warn if another counting explains many misplaced spans, or if most spans without a surface cut words; else if
        most entities begin or end with a blank.

        Of wrong surfaces that nothing explains, each has an error of its own.
        """
        surfaces, bare = self.surfaces, self.bare
        if surfaces.is_explained:
            (counting, rest), what = surfaces.best, "are not where the text has them"
            message = f"{surfaces.misplaced:,} of {surfaces.spans:,} spans {what}; counted {counting}, "
            message += f"{rest:,} of these are not" if rest else "all of these are"
        elif bare.is_explained:
            counting, rest = bare.best
            message = f"{bare.misplaced:,} of {bare.spans:,} {_CUT}; counted {counting}, {rest:,} do"
        elif bare.misplaced >= _FEWEST_UNEXPLAINED and 2 * bare.misplaced > bare.spans:
            incidents.report("words-cut", f"{bare.misplaced:,} of {bare.spans:,} {_CUT}", file=file)
            return
        else:
            if self.blank >= _FEWEST and 2 * self.blank > self.entities:
                message = f"{self.blank:,} of {self.entities:,} entities begin or end with a blank"
                incidents.report("edges-blank", message, file=file)
            return
        fix = f"the offsets seem to count {counting}: count code points of the text as the corpus has it"
        incidents.report("words-cut", message, file=file, fix=fix)


def misplaced(records: Iterable[Prediction], texts: Mapping[str, str | None]) -> Misplaced:
    """Look how many spans that are offsets miss their surfaces, or cut words, of their texts (None: not known)."""
    tally = Misplaced()
    if not any(texts.values()):
        return tally
    records = list(records)
    _count_blank(records, texts, tally)
    by_document = _by_document(records, texts)
    for counted, has_surface in ((tally.surfaces, True), (tally.bare, False)):
        documents = {
            doc_id: [span for span in by_document[doc_id] if (span[2] is not None) == has_surface]
            for doc_id in sorted(by_document)
        }
        _count(documents, texts, counted)
    return tally


def _count_blank(records: Iterable[Prediction], texts: Mapping[str, str | None], tally: Misplaced) -> None:
    for record in records:
        text = texts.get(record.doc_id) if isinstance(record, Annotations) else None
        if not isinstance(record, Annotations) or text is None:
            continue
        for entity in record.entities:
            if entity.start is not None and entity.end is not None:
                tally.entities += 1
                surface = text[entity.start : entity.end]
                tally.blank += surface != surface.strip()


def _count(documents: Mapping[str, Sequence[_Span]], texts: Mapping[str, str | None], counted: Counted) -> None:
    """Count spans of one kind. A surface that is there is right, however others are counted."""
    looked_at: dict[str, Sequence[_Span]] = {}
    for doc_id, spans in documents.items():
        if counted.spans >= _MOST_SPANS:
            break
        text = texts[doc_id] or ""
        wrong = [span for span in spans if _misplaced(text, [span])]
        looked_at[doc_id] = [span for span in spans if span[2] is None] or wrong
        counted.spans += len(spans)
        counted.misplaced += len(wrong)
    if 100 * counted.misplaced < _FEW * counted.spans:
        counted.otherwise.update(dict.fromkeys((*_WIDTHS, *_SHIFTS), counted.misplaced))
        return
    for doc_id, spans in looked_at.items():
        text = texts[doc_id] or ""
        for name in _WIDTHS:
            counted.otherwise[name] += _misplaced(text, _read(spans, _offsets(name, text)))
        for name, (first, last) in _SHIFTS.items():
            shifted = [(start + first, end + last, surface) for start, end, surface in spans]
            counted.otherwise[name] += _misplaced(text, shifted)


def _by_document(records: Iterable[Prediction], texts: Mapping[str, str | None]) -> dict[str, list[_Span]]:
    """Spans that are offsets, in each document that has a text."""
    by_document: dict[str, list[_Span]] = defaultdict(list)
    for record in records:
        if isinstance(record, Annotations):
            spans: list[tuple[str, PredictedSpan]] = [(record.doc_id, span) for _, _, span in record.spans()]
        else:
            spans = [(span.doc_id, span) for side in record.sides for span in side.spans]
        for doc_id, span in spans:
            if span.start is not None and span.end is not None and texts.get(doc_id):
                by_document[doc_id].append((span.start, span.end, span.text))
    return by_document


@lru_cache(maxsize=256)
def _offsets(counting: str, text: str) -> Sequence[int]:
    """What each place of a text, and its end, is counted as. Boards have many predictions of the same few texts."""
    return array("I", accumulate(_WIDTHS[counting](text), initial=0))


def _read(spans: Sequence[_Span], offsets: Sequence[int]) -> list[_Span]:
    """Read spans by what each place of the text is counted as; -1 for an offset that no place is counted as."""

    def place(offset: int) -> int:
        index = bisect_right(offsets, offset) - 1
        return index if index >= 0 and offsets[index] == offset else -1

    return [(place(start), place(end), surface) for start, end, surface in spans]


def _misplaced(text: str, spans: Iterable[_Span]) -> int:
    """Count spans that are not where their surface is, or that cut a word; a clitic may be cut off."""
    return sum(
        not 0 <= start < end <= len(text)
        or (_cuts_words(text, start, end) if surface is None else text[start:end] != surface)
        for start, end, surface in spans
    )


def _cuts_words(text: str, start: int, end: int) -> bool:
    marks = takewhile(lambda character: unicodedata.category(character) == "Mn", text[end : end + _MOST_MARKS])
    return not (begins_word(text, start) and ends_word(text, end + len(list(marks))))


def why_not_there(text: str, start: int, end: int, surface: str) -> str:
    """Name the likely cause of `text[start:end] != surface` (offsets in code points), or where the surface stands."""
    here = text[start:end]
    # Each wrong span asks, so that the text is encoded, and not counted through as it is for a file.
    for counting, encoding, width in (("UTF-8 bytes", "utf-8", 1), ("UTF-16 units", "utf-16-le", 2)):
        data = text.encode(encoding, "surrogatepass")[width * start : width * end]
        if data.decode(encoding, "replace") == surface:
            return f"the offsets count {counting}"
    if text[start : end + 1] == surface:
        return "the end is inclusive"
    if here.replace("\u00a0", " ") == surface.replace("\u00a0", " "):
        return "a no-break space was replaced by a space"
    if here.replace(TATWEEL, "") == surface.replace(TATWEEL, ""):
        return "tatweel was removed"
    if unicodedata.normalize("NFC", here) == unicodedata.normalize("NFC", surface):
        return "the text was normalised (NFC)"
    if unicodedata.normalize("NFC", text)[start:end] == surface:
        return "the offsets are those of the NFC-normalised text"
    if text.lstrip()[start:end] == surface or text.strip()[start:end] == surface:
        return "the text was trimmed"
    if text.replace("\n", "\r\n")[start:end] == surface:
        return "the line breaks were counted as two characters"
    if fold(here) == fold(surface):
        return "letters or diacritics were normalised"
    place = _nearest(text, surface, start)
    if place is not None:
        return f"it stands at {place}, {abs(place - start)} code points {'later' if place > start else 'earlier'}"
    return "it is not in the document to the letter"


def _nearest(text: str, surface: str, start: int) -> int | None:
    if not surface:
        return None
    before, after = text.rfind(surface, 0, start + len(surface)), text.find(surface, max(0, start))
    places = [place for place in (before, after) if place >= 0]
    return min(places, key=lambda place: abs(place - start)) if places else None
