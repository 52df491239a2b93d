"""Counting a corpus part by part: the same counts as at once, in bounded memory and on any number of processes.

A survey, the first reading of gold and predictions, says which records have to be counted together. Names, clusters and
disputes reach across the articles of a story and never further, so a part holds whole stories. A dispute takes the
documents that it cites with it. Documents without a story are one story where something reaches across them, and else
each stands alone.
"""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zlib import crc32

from khabar.progress import Progress, logged
from khabar.reading.incidents import Incidents
from khabar.reading.reference import GoldFacts, fingerprint
from khabar.reading.sources import bytes_of, sources
from khabar.records.labels import LAYERS, EntityLabel, Layer
from khabar.scale.counting import LISTED, CountingTask, Problems, count_part, joined
from khabar.scale.outlines import InputSide, Keys, Outline, Parts, distribute, outlines, read_lengthy, write_lengthy
from khabar.scale.workers import Workers
from khabar.scoring.assignment import Components
from khabar.scoring.cases import FEW_DOCUMENTS, CorpusFacts, unit_of
from khabar.scoring.tally import LayerTally, Tally

if TYPE_CHECKING:
    from khabar.reading.sources import File


@dataclass(slots=True)
class Survey:
    """What there is, and what belongs together."""

    documents: dict[str, str] = field(default_factory=dict)
    """Gold's documents and the story of each ("" for none)."""
    _stories: dict[str, str] = field(default_factory=dict)
    """All stories that gold's documents, or disputes of either side, speak of; each maps to itself, one string a
    story."""
    _names_stories: bool = False
    _has_texts: bool = True
    _named: bool = False
    _clustered: bool = False
    _quoted: bool = False
    _cited: list[tuple[str, str]] = field(default_factory=list)
    """Stories of disputes, with documents these cite that are not known to be theirs."""
    _together: Components[str] = field(default_factory=Components)
    _crossing: bool = False

    def read_gold(self, outlines: Iterable[Outline]) -> None:
        """Take in gold."""
        for outline in outlines:
            if outline.doc_id is not None:
                story = self._stories.setdefault(outline.story or "", outline.story or "")
                self.documents.setdefault(outline.doc_id, story)
                self._names_stories |= bool(story)
                self._has_texts &= outline.text is not None
                self._clustered |= outline.has_clusters
                self._quoted |= bool(outline.quotes)
            elif outline.story is not None:
                self._names_stories |= bool(outline.story)
                self._cite(outline.story, outline.cited)

    def read_predictions(self, outlines: Iterable[Outline]) -> None:
        """Take in predictions, after gold."""
        for outline in outlines:
            if outline.doc_id is not None:
                self._named |= outline.has_names
                self._quoted |= bool(outline.quotes)
            elif outline.story is not None:
                self._cite(outline.story, outline.cited)

    def _cite(self, story: str, doc_ids: Sequence[str]) -> None:
        story = self._stories.setdefault(story, story)
        self._cited += [(story, doc_id) for doc_id in doc_ids if not story or self.documents.get(doc_id) != story]

    @property
    def gold_facts(self) -> GoldFacts:
        """What each part has to know of gold."""
        return GoldFacts(len(self.documents), self._has_texts, self._names_stories)

    @property
    def facts(self) -> CorpusFacts:
        """What each part has to know of gold and predictions."""
        gold = self.gold_facts
        return CorpusFacts(
            unit_of(gold, len(self._stories)),
            len(self._stories),
            gold.documents > 0 and gold.has_texts,
            self._named and self._clustered,
        )

    def conclude(self, layers: Sequence[Layer]) -> None:
        """Decide what belongs together, once everything is read."""
        self._crossing = ("entities" in layers and self._named and self._clustered) or (
            "quotes" in layers and self._quoted
        )
        for story, doc_id in self._cited:
            if doc_id in self.documents:
                self._together.join(_story(story), self._document(doc_id))
        self._cited.clear()

    def part_of(self, keys: Keys, parts: int) -> int:
        """Which part counts a record; the first, if nothing is known of it."""
        if keys.doc_id is not None:
            return self._part(self._document(keys.doc_id), parts)
        return 0 if keys.story is None else self._part(_story(keys.story), parts)

    def _document(self, doc_id: str) -> str:
        story = self.documents.get(doc_id, "")
        return _story(story) if story or self._crossing else f"document {doc_id}"

    def _part(self, node: str, parts: int) -> int:
        return crc32(self._together.root(node).encode("utf-8", "surrogatepass")) % parts


def _story(story: str) -> str:
    return f"story {story}"


PART_BYTES = 8 << 20
"""What a part holds of both sides, about; a story larger than that is a larger part."""
MOST_PARTS = 4096
MOST_OPEN = 200
"""Files open at a time; systems allow a process some hundreds."""
_SHOWN_AFTER = 4096
"""Records between two reports of progress."""

ItemT = TypeVar("ItemT")


class TooFewError(Exception):
    """The corpus is too small for parts: its units are paragraphs, or it is counted at once in no time."""


def count_in_parts(
    predictions: Path | str,
    gold: Path | str,
    layers: Sequence[Layer],
    workers: Callable[[], AbstractContextManager[Workers]],
    incidents: Incidents,
    *,
    labels: tuple[EntityLabel, ...] | None = None,
    part_bytes: int = PART_BYTES,
    progress: Progress = logged,
) -> Tally:
    """Count predictions against gold in the prediction format, each a file, a folder or a URL.

    Warnings are added to `incidents`. Raises InputError with the first thousand problems, and TooFewError.
    """
    with workers() as work_on, tempfile.TemporaryDirectory(prefix="khabar-") as name:
        folder = Path(name)
        survey = Survey()
        of_gold, of_predictions = Incidents(), Incidents()
        golds = _surveyed(gold, survey.read_gold, of_gold, "reading gold", progress)
        files = _surveyed(predictions, survey.read_predictions, of_predictions, "reading predictions", progress)
        if not of_gold.errors and len(survey.documents) < FEW_DOCUMENTS:
            raise TooFewError
        survey.conclude(layers)
        number = max(1, min(MOST_PARTS, bytes_of([*golds, *files]) // part_bytes))
        parts = Parts(folder)
        part_of = partial(survey.part_of, parts=number)
        sides: dict[InputSide, list[File]] = {"gold": golds, "predictions": files}
        for side, of_side in sides.items():
            sizes = (size for file in of_side for size in distribute(parts, side, file, part_of))
            deque(_shown(sizes, f"sorting {side}", progress), maxlen=0)

        names = tuple(dict.fromkeys(map(str, (*golds, *files))))
        facts = survey.facts
        task = CountingTask(tuple(layers), survey.gold_facts, facts, names, str(files[0]) if files else "", labels)
        problems = Problems.none_in(names)
        problems.gold.extend(of_gold)
        problems.form.extend(of_predictions)
        counted: dict[int, Mapping[str, LayerTally]] = {}
        counts = work_on(count_part, ((part, (parts.take(part), task)) for part in range(number)))
        for done, (part, counts_of_part) in enumerate(counts, start=1):
            problems.extend(counts_of_part.problems)
            counted[part] = counts_of_part.layers
            _write_lines(folder / f"{part:05}.lines", counts_of_part.lines)
            progress("counting", done, number)
        _refuse(problems, names, task.predictions, incidents)
        tallies: dict[str, LayerTally] = {
            layer: joined([counted[part][layer] for part in range(number)]) for layer in LAYERS if layer in layers
        }
        progress("signing", 0, None)
        signed = fingerprint(_merged(sorted(folder.glob("*.lines"))))
    return Tally(tallies, facts.unit, "-", signed, facts.stories if facts.unit == "story" else 0, labels)


def _surveyed(
    source: Path | str,
    read: Callable[[Iterable[Outline]], None],
    incidents: Incidents,
    doing: str,
    progress: Progress,
) -> list[File]:
    """List a source's files and survey them; a file without lines is a problem only if no other has any."""
    problems = Incidents()
    files = sources(source, problems)
    records = (outline for file in files for outline in outlines(file, problems))
    read(_shown(records, doing, progress))
    empty = sum(problem.id == "file-empty" for problem in problems)
    incidents.extend(problem for problem in problems if problem.id != "file-empty" or empty == len(files))
    return files


def _shown(items: Iterable[ItemT], doing: str, progress: Progress) -> Iterator[ItemT]:
    """Go through items, and say now and then how many there were."""
    for done, item in enumerate(items, start=1):
        yield item
        if done % _SHOWN_AFTER == 0:
            progress(doing, done, None)


def _refuse(problems: Problems, files: Sequence[str], first: str, incidents: Incidents) -> None:
    """Refuse what has errors: those of gold alone, or those of predictions. Adds the warnings to `incidents`."""
    problems.gold.refuse()
    listed = Incidents(most=LISTED, files=files)
    listed.extend(problems.gold)
    problems.misplaced_of_gold.report(listed, next(iter(files), None))
    listed.extend(problems.form)
    listed.extend(problems.fit)
    if not problems.form.errors:  # else a document without a line may be one whose line is broken
        listed.extend(problems.missing)
    problems.misplaced.report(listed, first)
    listed.refuse()
    problems.unmatchable.report(listed, first)
    incidents.extend(listed)


def _merged(paths: Sequence[Path]) -> Iterator[bytes]:
    """All lines in order, from files each of which is in order, with few files open at a time."""
    waiting = deque(paths)
    while len(waiting) > MOST_OPEN:
        some = [waiting.popleft() for _ in range(MOST_OPEN)]
        path = some[0].with_suffix(".merged")
        _write_lines(path, merge(*map(_lines_of, some)))
        for merged in some:
            merged.unlink()
        waiting.append(path.replace(some[0]))
    return merge(*map(_lines_of, waiting))


def _write_lines(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("wb") as stream:
        for line in lines:
            write_lengthy(stream, line)


def _lines_of(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=1 << 16) as stream:
        yield from read_lengthy(stream)
