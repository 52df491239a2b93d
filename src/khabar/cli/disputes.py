"""disputes: the questions to which the articles of a split give answers that contradict each other."""

from __future__ import annotations

from typing import Any

import typer

from khabar.cli.console import console, note, paged, print_json
from khabar.cli.options import AsJson, CorpusFolder, Split
from khabar.cli.questions import Question, dispute_lines, questions_of
from khabar.records import Document


def add_to(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(epilog="Example: khabar disputes --json")(disputes)


def disputes(gold: CorpusFolder = None, split: Split = "test", as_json: AsJson = False) -> None:
    """List the disputes of a split: each question, its answers, and who gives them in which words."""
    from rich.padding import Padding
    from rich.text import Text

    from khabar.corpus.gold import read_rows
    from khabar.corpus.release import released_corpus

    tables = read_rows(released_corpus() if gold is None else gold, split)
    asked = questions_of(tables["conflicts"], tables["claims"]).values()
    listed = [question for question in asked if question.issue.status == "conflict"]
    if as_json:
        print_json({"disputes": [_plain(question) for question in listed]})
        return
    outlets = {row.doc_id: row.outlet for row in tables["documents"] if isinstance(row, Document)}
    with paged(console()) as terminal:
        for question in listed:
            for number, (indent, line) in enumerate(dispute_lines(question, outlets)):
                terminal.print(Padding(Text(line, style="" if number else "bold magenta"), (0, 0, 0, indent)))
            terminal.print()
        others = {
            status: sum(question.issue.status == status for question in asked)
            for status in ("contested", "apparent", "corroborated")
        }
        counted = ", ".join(f"{number} {status}" for status, number in others.items())
        note(terminal, f"{len(listed)} dispute(s); other questions: {counted} (khabar show DOC --layers conflicts)")


def _plain(question: Question) -> dict[str, Any]:
    """Plain JSON form: the issue, and its claims by answer."""
    import msgspec

    answers = [
        {"position": answer.position, "claims": msgspec.to_builtins(answer.claims)} for answer in question.answers
    ]
    issue = msgspec.to_builtins(question.issue)
    return {**{key: value for key, value in issue.items() if key not in ("layer", "positions")}, "answers": answers}
