"""What README, in both its languages, and docs/figures.md show of gold and boards between markers.

`python -m tests.readme` writes it again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from khabar.corpus.gold import read_rows

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
IN_ARABIC = ROOT / "README.ar.md"
FIGURES = ROOT / "docs" / "figures.md"
PAGES = {
    README: ("answers", "samples", "figures", "pairs"),
    IN_ARABIC: ("answers", "samples", "figures", "pairs"),
    FIGURES: ("figures",),
}
"""Page → the parts it shows."""
ISSUE = "treaty_signed"
ANSWERS = {"004_d8d3faf852fe3968": "kursk-c025", "002_3ab0a48c1437315e": "kursk-c027"}
"""Article → its answer to the question, of the two articles that name their outlets."""
SAMPLES = {
    "entities": "003_00ed3343057c9bc2-e029",
    "numbers": "000_4b9530c7bad84f71-n019",
    "quotes": "002_3ab0a48c1437315e-q003",
    "claims": "kursk-c027",
    "conflicts": ISSUE,
}
"""Config → the row shown."""
SPLITS = ("dev", "test", "news")
IN_PAIRS = ("contrast", "contrast_news")
COLUMNS = ("overall", "entities", "numbers", "quotes", "conflicts")
WORDS = {
    "system": "النظام",
    "95% interval on `news`": "فترة الثقة 95% في `news`",
    "pairs right, `contrast`": "أزواج صحيحة في `contrast`",
    "pairs right, `contrast_news`": "أزواج صحيحة في `contrast_news`",
    "by chance": "بالمصادفة",
    "**overall**": "**المتوسط** `overall`",
    "**entities**": "**الكيانات** `entities`",
    "**numbers**": "**الأعداد** `numbers`",
    "**quotes**": "**الأقوال** `quotes`",
    "**conflicts**": "**النزاعات** `conflicts`",
    "A large language model, prompted": "نموذج لغوي كبير، بالتعليمات",
    "Rules": "القواعد",
    "Tagger (CRF)": "موسِّم تسلسل (CRF)",
    "Digits": "الأرقام",
    "Digits with multipliers": "الأرقام مع مضاعِفاتها",
    "Quote marks": "علامات التنصيص",
    "Value mismatch": "اختلاف القيم",
    "Denial cue": "ألفاظ النفي",
}
"""Cells of the tables of figures → the same in the README in Arabic; others are alike in both."""
_WIDTH = 110
"""Characters of a line of JSON, where it can be broken."""


def parts(page: Path = README) -> dict[str, str]:
    """Marker → what a page has between it and its end."""
    tables = {"figures": figures(), "pairs": pairs()}
    if page == IN_ARABIC:
        tables = {name: "\n".join(map(in_arabic, table.splitlines())) for name, table in tables.items()}
    return {"answers": answers(), "samples": samples(), **tables}


def in_arabic(row: str) -> str:
    """A row of a table of figures in Arabic."""
    return line(WORDS.get(cell.strip(), cell.strip()) for cell in row.strip("|").split("|"))


def written(page: Path) -> str:
    """The text of a page with every part as it is now."""
    text, now = page.read_text("utf-8"), parts(page)
    for name in PAGES[page]:
        part = now[name]
        pattern = rf"(<!-- {name}: [^\n]* -->\n).*?(\n<!-- /{name} -->)"
        text, found = re.subn(
            pattern, lambda match, part=part: match[1] + "\n" + part + "\n" + match[2], text, flags=re.DOTALL
        )
        assert found == 1, name
    return text


def answers() -> str:
    """Two outlets' answers to one question, side by side."""
    issue = rows("conflicts")[ISSUE]
    outlets = {document: rows("documents")[document]["outlet"] for document in ANSWERS}
    claims = [rows("claims")[claim] for claim in ANSWERS.values()]
    assert [claim["doc_id"] for claim in claims] == list(ANSWERS)
    assert {claim["issue_id"] for claim in claims} == {ISSUE}
    return "\n".join(
        [
            f"> **{issue['question']}**<br>{issue['question_ar']}",
            "",
            line(outlets.values()),
            line("---" for _ in claims),
            line(f"… {claim['text']} …" for claim in claims),
            line(f"**{claim['value']}**" for claim in claims),
        ]
    )


def samples() -> str:
    """A row of each config as JSON."""
    blocks = (f"`{config}`\n\n```json\n{broken(rows(config)[key])}\n```" for config, key in SAMPLES.items())
    return "\n\n".join(blocks)


def figures() -> str:
    """The headlines of every system on every board of this version, by column, the best on `news` first."""
    boards = {split: systems(split) for split in SPLITS}
    lines = [
        line(("", "system", *(f"`{split}`" for split in SPLITS), "`test` → `news`", "95% interval on `news`")),
        line(("---", "---", *("---:" for _ in SPLITS), "---:", "---")),
    ]
    for column in COLUMNS:
        known = {name: system for board in boards.values() for name, system in board.items()}
        of = {
            name: {split: board[name]["headline"][column] if name in board else None for split, board in boards.items()}
            for name in known
        }
        told = sorted(
            (name for name in of if any(of[name].values())), key=lambda name: (-(of[name]["news"] or 0), name)
        )
        for row, name in enumerate(told):
            test, news = of[name]["test"], of[name]["news"]
            fall = "–" if test is None or news is None else f"{news - test:+.3f}".replace("-", "−")
            interval = boards["news"][name]["intervals"][column] if name in boards["news"] else None
            drawn = "–" if interval is None else f"[{interval[0]:.3f}, {interval[1]:.3f}]"
            cells = (places(of[name][split]) for split in SPLITS)
            lines.append(line(("" if row else f"**{column}**", known[name]["card"]["name"], *cells, fall, drawn)))
    return "\n".join(lines)


def pairs() -> str:
    """Of contrast sets, the share of pairs that each system has right, and what as many calls would have by chance."""
    boards = {split: systems(split) for split in IN_PAIRS}
    known = {name: system for board in reversed(boards.values()) for name, system in board.items()}
    right = {
        name: [board[name]["headline"]["conflicts"] for board in boards.values() if name in board] for name in known
    }
    lines = [
        line(("system", *(cell for split in IN_PAIRS for cell in (f"pairs right, `{split}`", "by chance")))),
        line(("---", *("---:" for _ in (*IN_PAIRS, *IN_PAIRS)))),
    ]
    for name in sorted((name for name in known if any(right[name])), key=lambda name: (-max(right[name]), name)):
        cells = [known[name]["card"]["name"]]
        for board in boards.values():
            if name not in board:
                cells += ["–", "–"]
                continue
            low, high = board[name]["intervals"]["conflicts"]
            cells.append(f"{places(board[name]['headline']['conflicts'])} [{low:.3f}, {high:.3f}]")
            cells.append(places(board[name]["contrast"]["chance"]["value"]))
        lines.append(line(cells))
    return "\n".join(lines)


def systems(split: str) -> dict[str, Any]:
    """The systems of the board of a split by name."""
    version = json.loads((ROOT / "corpus" / "release.json").read_text("utf-8"))["version"]
    board = ROOT / "eval" / "board" / version / split / "board.json"
    return {system["system"]: system for system in json.loads(board.read_text("utf-8"))["systems"]}


@cache
def rows(config: str) -> dict[str, dict[str, Any]]:
    """The released rows of `test` by their keys, as plain JSON without what is empty or its default."""
    names = {"documents": "doc_id", "conflicts": "issue_id"}
    plain = [full(msgspec.to_builtins(row)) for row in read_rows(ROOT / "corpus")[config]]
    return {row[names.get(config, "id")]: row for row in plain}


def full(value: Any) -> Any:
    """A value without keys that hold nothing, without remarks and without the tag of its kind, which is its config."""
    if isinstance(value, dict):
        kept = {key: held for key, held in value.items() if key not in ("layer", "note")}
        return {key: full(held) for key, held in kept.items() if held not in (None, [], (), "")}
    return [full(held) for held in value] if isinstance(value, list | tuple) else value


def broken(row: dict[str, Any]) -> str:
    """An object as JSON, its keys on as few lines as they need."""
    lines = [""]
    for key, value in row.items():
        pair = f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        if lines[-1] and len(lines[-1]) + len(pair) > _WIDTH:
            lines.append("")
        lines[-1] += f", {pair}" if lines[-1] else pair
    return "{" + ",\n ".join(lines) + "}"


def line(cells: Iterable[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def places(value: float | None) -> str:
    """A figure to three places; a dash where there is none."""
    return "–" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(written(page), "utf-8")
