"""Failures: what a slow system did not answer, or answered in part. The run goes on, and they are said at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from khabar.reading.incidents import Incident


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure: `where` is a document or a story, `layer` the part of it that is missing (None: all of it).

    `answered` tells an answer that cannot be used, or only in part, from none.
    """

    where: str
    what: str
    layer: str | None = None
    answered: bool = False

    def as_error(self) -> Incident:
        """As the error it is where nothing else was answered."""
        layer = "" if self.layer is None else f"{self.layer}: "
        return Incident("system-failed", f"{layer}{_printable(self.what)}", doc_id=self.where)


def table(failures: Sequence[Failure], most: int = 20) -> list[str]:
    """Failures as lines of text: how many of each layer, then which (the first `most`), aligned in columns."""
    if not failures:
        return []
    of_layer = Counter(each.layer or "all layers" for each in failures)
    counts = ", ".join(f"{layer} {count}" for layer, count in sorted(of_layer.items()))
    rows = [(each.where, each.layer or "all layers", _printable(each.what)) for each in failures]
    rows = sorted(rows)[:most]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"not answered, or only in part: {len(failures)} ({counts})"]
    lines += [f"  {where:<{widths[0]}}  {layer:<{widths[1]}}  {what}" for where, layer, what in rows]
    if len(failures) > most:
        lines.append(f"  … and {len(failures) - most} more")
    return lines


def _printable(text: str) -> str:
    """What somebody's program wrote, on one line and without what moves a cursor."""
    return "".join(each if each.isprintable() else " " if each.isspace() else repr(each)[1:-1] for each in text)
