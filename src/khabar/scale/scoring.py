"""Counting a corpus part by part: the same counts as at once, in bounded memory and on any number of processes.

A survey, the first reading of gold and predictions, says which records have to be counted together. Names, clusters and
disputes reach across the articles of a story and never further, so a part holds whole stories. A dispute takes the
documents that it cites with it. Documents without a story are one story where something reaches across them, and else
each stands alone.
"""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from khabar.scale.counting import LISTED, CountingTask, JoinedLayer, LayerCounts, Problems, count_part, joined_by_name
from khabar.scale.outlines import InputSide, Keys, Outline, Parts, distribute, outlines, read_lengthy, write_lengthy
from khabar.scale.workers import Workers
from khabar.scoring.assignment import Components
from khabar.scoring.cases import FEW_DOCUMENTS, CorpusFacts, unit_of
from khabar.scoring.counts import SamplingFrame
from khabar.scoring.tally import LayerTally, Tally

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
                self._has_texts &= outline.has_text
                self._clustered |= outline.has_clusters
                self._quoted |= outline.has_quotes
            elif outline.story is not None:
                self._names_stories |= bool(outline.story)
                self._cite(outline.story, outline.cited)

    def read_predictions(self, outlines: Iterable[Outline]) -> None:
        """Take in predictions, after gold."""
        for outline in outlines:
            if outline.doc_id is not None:
                self._named |= outline.has_names
                self._quoted |= outline.has_quotes
            elif outline.story is not None:
                self._cite(outline.story, outline.cited)

    def _cite(self, story: str, doc_ids: Sequence[str]) -> None:
        story = self._stories.setdefault(story, story)
        self._cited += [(story, doc_id) for doc_id in doc_ids if not story or self.documents.get(doc_id) != story]

    def gold_facts(self) -> GoldFacts:
        """What each part has to know of gold."""
        return GoldFacts(len(self.documents), self._has_texts, self._names_stories)

    def facts(self, gold: GoldFacts) -> CorpusFacts:
        """What each part has to know of gold and predictions."""
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

    def parts_of_documents(self, parts: int) -> NDArray[np.uint16]:
        """The part of each of gold's documents, in the order of their ids."""
        import numpy as np

        numbers = (self._part(self._document(doc_id), parts) for doc_id in sorted(self.documents))
        return np.fromiter(numbers, np.uint16, len(self.documents))

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
    with workers() as running, tempfile.TemporaryDirectory(prefix="khabar-") as name:
        return _count(predictions, gold, layers, labels, running, incidents, part_bytes, progress, Path(name))


def _count(
    predictions: Path | str,
    gold: Path | str,
    layers: Sequence[Layer],
    labels: tuple[EntityLabel, ...] | None,
    workers: Workers,
    incidents: Incidents,
    part_bytes: int,
    progress: Progress,
    folder: Path,
) -> Tally:
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

    def distribute_all(side: InputSide, files: Sequence[File]) -> None:
        sizes = (size for file in files for size in distribute(parts, side, file, part_of))
        deque(_shown(sizes, f"sorting {side}", progress), maxlen=0)

    distribute_all("gold", golds)
    distribute_all("predictions", files)
    names = tuple(dict.fromkeys(map(str, (*golds, *files))))
    gold_facts = survey.gold_facts()
    facts = survey.facts(gold_facts)
    task = CountingTask(tuple(layers), gold_facts, facts, names, str(files[0]) if files else "", labels)

    by_story = facts.unit == "story"
    by_name = [layer for layer in layers if by_story or layer == "conflicts"]
    frame = SamplingFrame({"": sorted(survey.documents)})
    documents = _indices(survey.parts_of_documents(number), number)
    joined: dict[str, JoinedLayer] = {layer: JoinedLayer(len(frame)) for layer in layers if layer not in by_name}
    named: dict[str, dict[int, LayerCounts]] = {layer: {} for layer in by_name}
    problems = Problems.none_in(names)
    problems.gold.extend(of_gold)
    problems.form.extend(of_predictions)
    counts = workers.run(count_part, ((part, (parts.take(part), task)) for part in range(number)))
    for done, (part, counted) in enumerate(counts, start=1):
        problems.extend(counted.problems)
        for name, layer in counted.layers.items():
            if name in named:
                named[name][part] = layer
            else:
                joined[name].add(layer, documents[part])
        _write_lines(folder / f"{part:05}.lines", counted.lines)
        progress("counting", done, number)
    _refuse(problems, names, task.predictions, incidents)
    tallies: dict[str, LayerTally] = {name: layer.layer(frame) for name, layer in joined.items()}
    tallies |= {
        layer: joined_by_name([counts_of[part] for part in sorted(counts_of)]) for layer, counts_of in named.items()
    }
    progress("signing", 0, None)
    signed = fingerprint(_merged(sorted(folder.glob("*.lines"))))
    ordered: dict[str, LayerTally] = {layer: tallies[layer] for layer in LAYERS if layer in tallies}
    return Tally(ordered, facts.unit, "-", signed, facts.stories if by_story else 0, labels)


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


def _indices(parts: NDArray[np.uint16], number: int) -> list[NDArray[np.intp]]:
    """Where the documents of each part stand among all, from the part of each document in order."""
    import numpy as np

    order = np.argsort(parts, kind="stable")
    return np.split(order, np.cumsum(np.bincount(parts, minlength=number))[:-1])


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
