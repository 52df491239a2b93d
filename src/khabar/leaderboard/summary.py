"""What a change does to the board, as Markdown for a pull request: the table, what changed, and by how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from khabar.leaderboard.build import CheckedBoards
from khabar.leaderboard.markdown import in_markdown, main_table, sections, table, what_it_shows
from khabar.leaderboard.submission import Submission
from khabar.leaderboard.view import BoardView, views_of
from khabar.reading.incidents import Incident
from khabar.scoring.compare import Difference, compare
from khabar.scoring.result import decimal, interval_words

_MOST = 50
"""Problems that are listed; the log has all."""


def summary(checked: CheckedBoards, before: Sequence[Submission]) -> str:
    """Summarise a check of a proposed eval folder against the submissions that stand now, scored on the same gold."""
    failed = checked.incidents.errors
    parts = [f"# Leaderboard, khabar {in_markdown(checked.version)}"]
    parts.append("**Refused.** " + _refusal(failed) if failed else "**Accepted**: every figure is what was re-scored.")
    parts += [not_scored(split, count) for split, count in checked.stated.items() if count]
    parts += list(_problems(sorted(checked.incidents, key=lambda each: each.level)))  # errors first
    for split, view in views_of(checked.boards).items():
        old = {each.system: each for each in before if each.split == split}
        new = {each.system: each for each in checked.submissions if each.split == split}
        if old or new:
            parts += _of_a_split(view, new, old)
    if not checked.submissions:
        parts.append("No submission.")
    return "\n\n".join(parts) + "\n"


def not_scored(split: str, count: int) -> str:
    """What a check leaves out where the articles of a split are not here."""
    return (
        f"split {split}: the format of {count} submission(s) was checked; their figures were not scored again, since "
        "the articles are not here (khabar corpus fetch)"
    )


def _of_a_split(view: BoardView, new: Mapping[str, Submission], old: Mapping[str, Submission]) -> Iterator[str]:
    split = view.corpus.split
    changed = [key for key, each in new.items() if key not in old or _differs(each, old[key])]
    yield f"## What changed ({split})\n\n" + "\n".join(_changes(new, old, changed))
    if new:
        yield f"## Board ({split})\n\nNew or changed in bold.\n\n{main_table(view, changed)}"
    for key in changed:
        if old:
            yield f"## {in_markdown(new[key].card.name)} and the present board ({split})\n\n{_against(new[key], old)}"
    if len(new) > 1:
        yield from sections(view, split, "##")
    yield what_it_shows(view)


def _refusal(failed: Sequence[Incident]) -> str:
    return f"{len(failed)} problem{'s' * (len(failed) > 1)}, each with its fix below."


def _problems(incidents: Sequence[Incident]) -> Iterator[str]:
    if not incidents:
        return
    yield "\n".join(f"- {in_markdown(str(incident))}" for incident in incidents[:_MOST])
    if len(incidents) > _MOST:
        yield f"… and {len(incidents) - _MOST} more; the log has all."


def _changes(new: Mapping[str, Submission], old: Mapping[str, Submission], changed: Sequence[str]) -> Iterator[str]:
    for key in changed:
        if key not in old:
            yield f"- new: {in_markdown(key)}"
            continue
        what = [
            words
            for words, differs in (
                ("card", new[key].card != old[key].card),
                ("predictions", new[key].predictions != old[key].predictions),
            )
            if differs
        ]
        yield f"- changed: {in_markdown(key)}, {' and '.join(what)}"
    gone = sorted(set(old) - set(new))
    yield from (f"- gone, or not to be scored: {in_markdown(key)}" for key in gone)
    if not changed and not gone:
        yield "No submission."


def _against(new: Submission, old: Mapping[str, Submission]) -> str:
    """A system's difference to the best of the present board on each column, and to its own earlier submission."""
    rows = []
    own = old.get(new.system)
    others = {key: each for key, each in old.items() if key != new.system}
    if own is not None and own.predictions != new.predictions:
        rows += [_row(column, "itself before", each) for column, each in compare(own.counted, new.counted).items()]
    compared = {key: compare(each.counted, new.counted) for key, each in others.items()}
    for column in new.score.headline:
        figures = {key: value for key, each in others.items() if (value := each.score.headline[column]) is not None}
        if figures:
            best = max(sorted(figures), key=lambda key: figures[key])
            if column in compared[best]:
                rows.append(_row(column, f"{in_markdown(best)} (best)", compared[best][column]))
    return table(["column", "compared with", "that", "this", "difference", "95% interval", "p"], rows)


def _row(column: str, name: str, delta: Difference) -> list[str]:
    change = (decimal(delta.difference, "+.3f"), interval_words(delta.interval, "+.3f"), decimal(delta.p, ".4f"))
    return [column, name, decimal(delta.a), decimal(delta.b), *change]


def _differs(a: Submission, b: Submission) -> bool:
    return (a.card, a.predictions) != (b.card, b.predictions)
