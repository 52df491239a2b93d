"""Claims stand in two pages, their document's and the story's: one claim comes of both, or a problem.

The story's page was given the claims as they then were. What differs from that is what somebody has changed since,
in one page or the other; both changing the same claim differently is a conflict that people must settle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from khabar.annotations.label_studio.documents import UNPLACED
from khabar.records import Claim


def merged(
    documents: Iterable[Claim],
    given: Iterable[Claim],
    story: Iterable[Claim],
    problem: Callable[[str, Claim], None],
) -> list[Claim]:
    """Merge the claims of the documents' pages and of the story's, both of which began as `given`. Each claim that
    cannot be merged goes to `problem` with why."""
    mine = {claim.id: unplaced(claim) for claim in documents}
    base = {claim.id: unplaced(claim) for claim in given}
    placed = {claim.id: claim for claim in story}
    claims: list[Claim] = []
    for key in sorted({*mine, *base, *placed}):
        theirs = placed.get(key)
        here, there, was = mine.get(key), None if theirs is None else unplaced(theirs), base.get(key)
        said = here or theirs or was
        assert said is not None
        if here not in (was, there) and there != was:
            problem(f"claim {key!r} was changed in its document's page and in the story's, differently", said)
            continue
        now = there if here == was else here
        if now is None:
            continue
        if theirs is None:
            problem(f"claim {key!r} is in its document's page and not in the story's", said)
            continue
        claims.append(msgspec.structs.replace(now, issue_id=theirs.issue_id, position=theirs.position))
    return claims


def unplaced(claim: Claim) -> Claim:
    """The claim as its document's page shows it."""
    return msgspec.structs.replace(claim, **UNPLACED)
