"""Counting a corpus part by part: the same counts as at once, in bounded memory and on any number of processes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING

from khabar.progress import Progress, quiet
from khabar.reading.incidents import Incident, InputError, errors
from khabar.reading.reference import fingerprint
from khabar.reading.sources import bytes_of, sources
from khabar.records.labels import LAYERS, Layer
from khabar.scale.counting import Counted as PartCounted
from khabar.scale.counting import PartLayer, Task, count_part
from khabar.scale.heads import Keys
from khabar.scale.joining import Whole, frame_of, joined_conflicts, positions
from khabar.scale.parts import Parts, distribute
from khabar.scale.problems import Problems
from khabar.scale.survey import Survey, survey_gold, survey_predictions
from khabar.scale.workers import Workers
from khabar.scoring.matching import Layer as Scored
from khabar.scoring.scorer import FEW_DOCUMENTS, Counted

if TYPE_CHECKING:
    from khabar.reading.lines import File

PART_BYTES = 8 << 20
"""What a part holds of both sides, about; a story larger than that is a larger part."""
MOST_PARTS = 4096
_LENGTH = 4


class TooFewError(Exception):
    """The corpus is too small for parts: its units are paragraphs, or it is counted at once in no time."""


def count_in_parts(
    predictions: Path | str,
    gold: Path | str,
    layers: Sequence[Layer],
    workers: Callable[[], AbstractContextManager[Workers]],
    *,
    part_bytes: int = PART_BYTES,
    progress: Progress = quiet,
) -> tuple[Counted, list[Incident]]:
    """Count predictions against gold in the prediction format, each a file, a folder or a URL.

    Also gives the warnings. Raises InputError with the first `khabar.scale.problems.LISTED` problems, and TooFewError.
    """
    with workers() as found, tempfile.TemporaryDirectory(prefix="khabar-") as name:
        folder = Path(name)
        return _count(predictions, gold, layers, found, part_bytes, progress, folder)


def _count(
    predictions: Path | str,
    gold: Path | str,
    layers: Sequence[Layer],
    workers: Workers,
    part_bytes: int,
    progress: Progress,
    folder: Path,
) -> tuple[Counted, list[Incident]]:
    survey = Survey()
    golds, gold_problems = _read(
        gold, lambda files, found: survey_gold(survey, files, found, _step("reading gold", progress))
    )
    said, form_problems = _read(
        predictions,
        lambda files, found: survey_predictions(survey, files, found, _step("reading predictions", progress)),
    )
    if not errors(gold_problems) and len(survey.documents) < FEW_DOCUMENTS:
        raise TooFewError
    survey.settle(layers)
    number = max(1, min(MOST_PARTS, bytes_of([*golds, *said]) // part_bytes))
    parts = Parts(folder, number)

    def part_of(keys: Keys) -> int:
        if keys.doc_id is not None:
            return survey.part_of_document(keys.doc_id, number)
        return 0 if keys.story is None else survey.part_of_story(keys.story, number)

    distribute(parts, "gold", golds, part_of, _step("sorting gold", progress))
    distribute(parts, "predictions", said, part_of, _step("sorting predictions", progress))
    turn = {name: at for at, name in enumerate(dict.fromkeys(map(str, (*golds, *said))))}
    task = Task(tuple(layers), survey.whole(), turn, str(said[0]) if said else "")

    frame = frame_of(survey.documents)
    where = positions(survey.in_order(number), number)
    wholes = {layer: Whole(len(frame)) for layer in LAYERS if layer in layers and layer != "conflicts"}
    conflicts: dict[int, PartLayer] = {}
    problems = {name: Problems() for name in ("gold", "form", "fit", "missing")}
    problems["gold"].add(gold_problems, turn)
    problems["form"].add(form_problems, turn)
    counts = workers.each(count_part, ((part, (parts.read(part), task)) for part in range(number)))
    for done, (part, counted) in enumerate(counts, start=1):
        for name, found in problems.items():
            found.join(getattr(counted, name), turn)
        for layer, whole in wholes.items():
            if layer in counted.layers:
                whole.add(counted.layers[layer], where[part])
        if "conflicts" in counted.layers:
            conflicts[part] = counted.layers["conflicts"]
        _keep_lines(folder, part, counted)
        progress("counting", done, number)
    warnings = _judged(problems, turn)
    scored: dict[str, Scored] = {name: whole.layer(frame) for name, whole in wholes.items()}
    if "conflicts" in layers:
        scored["conflicts"] = joined_conflicts(conflicts)
    progress("signing", 0, None)
    hashed = fingerprint(merge(*(_kept_lines(path) for path in sorted(folder.glob("*.lines")))))
    return Counted(scored, "document", "-", hashed), warnings


def _read(
    source: Path | str, survey: Callable[[Sequence[File], list[Incident]], None]
) -> tuple[list[File], list[Incident]]:
    """List a source's files and survey them; a file without lines is a problem only if no other has any."""
    incidents: list[Incident] = []
    files = sources(source, incidents)
    survey(files, incidents)
    empty = [each for each in incidents if each.id == "file-empty"]
    if len(empty) < len(files):
        incidents = [each for each in incidents if each.id != "file-empty"]
    return files, incidents


def _step(doing: str, progress: Progress) -> Callable[[int], None]:
    done = 0

    def step(more: int) -> None:
        nonlocal done
        before, done = done, done + more
        if before // 4096 != done // 4096:
            progress(doing, done, None)

    return step


def _judged(problems: dict[str, Problems], turn: dict[str, int]) -> list[Incident]:
    """Refuse what has errors: those of gold alone, or those of predictions. Gives the warnings."""
    if problems["gold"].errors:
        raise _refusal(problems["gold"])
    of_predictions = Problems()
    of_predictions.join(problems["form"], turn)
    of_predictions.join(problems["fit"], turn)
    if not problems["form"].errors:  # else a document without a line may be one whose line is broken
        of_predictions.join(problems["missing"], turn)
    if of_predictions.errors:
        raise _refusal(of_predictions)
    return [*problems["gold"].listed, *of_predictions.listed]


def _refusal(problems: Problems) -> InputError:
    return InputError(problems.listed, unlisted=problems.found - len(problems.listed))


def _keep_lines(folder: Path, part: int, counted: PartCounted) -> None:
    with (folder / f"{part:05}.lines").open("wb") as stream:
        stream.writelines(len(line).to_bytes(_LENGTH, "little") + line for line in counted.lines)


def _kept_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=1 << 16) as stream:
        while length := stream.read(_LENGTH):
            yield stream.read(int.from_bytes(length, "little"))
