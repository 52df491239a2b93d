"""Drift: where a stated result or board departs from what is scored and made now."""

from __future__ import annotations

from typing import Any

import msgspec

from khabar.leaderboard.result import Result, Scores
from khabar.reading.incidents import Incident
from khabar.scoring.signature import Signature

CLOSE = 1e-9
"""Figures this near are the same: the last bits of a percentile depend on the machine. Counts are compared exactly."""
_SHOWN = 5


def drift(stated: Result, scored: Result, file: str) -> list[Incident]:
    """List where a stated result departs from what was scored, the first few figures of many.

    The version of khabar may differ as long as the figures do not.
    """
    if (stated.corpus, stated.hash) != (scored.corpus, scored.hash):
        message = (
            f"it is of corpus {ascii(stated.corpus)[1:-1]}, hash {ascii(stated.hash)[1:-1]}; "
            f"this one is {scored.corpus}, hash {scored.hash}"
        )
        return [Incident("result-other-corpus", message, file)]
    signatures = [_without_version(result.score.signature) for result in (stated, scored)]
    found = [] if signatures[0] == signatures[1] else [("signature", stated.score.signature, scored.score.signature)]
    pairs = [msgspec.to_builtins(msgspec.structs.replace(r, score=_unsigned(r.score))) for r in (stated, scored)]
    found += differing(pairs[0], pairs[1])
    incidents = [
        Incident("result-drift", f"{path}: stated {shown(ours)}, re-scored {shown(theirs)}", file)
        for path, ours, theirs in found[:_SHOWN]
    ]
    if len(found) > _SHOWN:
        incidents.append(Incident("result-drift", f"and {len(found) - _SHOWN} more figures", file))
    return incidents


def differing(a: Any, b: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """Where two JSON values differ, as (path, in a, in b); floats that differ in their last bits do not."""
    if isinstance(a, dict) and isinstance(b, dict):
        return [
            each
            for key in dict.fromkeys((*b, *a))
            for each in differing(a.get(key, _ABSENT), b.get(key, _ABSENT), f"{path} {key}".strip())
        ]
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)) and len(a) == len(b):
        return [each for at, (x, y) in enumerate(zip(a, b, strict=True)) for each in differing(x, y, f"{path} [{at}]")]
    same = abs(a - b) <= CLOSE if _is_float(a) and _is_float(b) else a == b and type(a) is type(b)
    return [] if same else [(path, a, b)]


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


_ABSENT = _Absent()


def _is_float(value: Any) -> bool:
    return isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool))


def _unsigned(score: Scores) -> Scores:
    return msgspec.structs.replace(score, signature="")


def _without_version(line: str) -> tuple[Any, ...] | None:
    try:
        found = Signature.parse(line)
    except ValueError:
        return None
    return tuple(getattr(found, name) for name in found.__slots__ if name != "version")


def shown(value: Any) -> str:
    """A JSON value, cut to what a message can hold."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
