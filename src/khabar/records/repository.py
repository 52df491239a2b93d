"""Lines of the repository's own files: the manifest of the seeds, and the decisions of an adjudication."""

from typing import Any, Literal, get_args

import msgspec

Ruling = Literal["a", "b", "both", "neither", "other"]
RULINGS: tuple[Ruling, ...] = get_args(Ruling)


class Seed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One article as received. `published` is EDTF and never in the file: `published_evidence` says how it is known.

    The text of an article with a `source` is not in the folder: `khabar corpus fetch` brings it.
    """

    file: str
    """Name of the article's file in the folder."""
    sha256: str
    """SHA-256 of its bytes."""
    story: str
    """The story it reports."""
    split: str = "test"
    """The split it belongs to."""
    outlet: str | None = None
    """Who published it."""
    title: str | None = None
    """Its title."""
    lang: str = "ar"
    """Its language."""
    published: str | None = None
    """When it was published (EDTF)."""
    published_evidence: str | None = None
    """How that day is known."""
    rights: str
    """Whose the text is, and what may be done with it."""
    source: Literal["ntrex"] | msgspec.UnsetType = msgspec.UNSET
    """Where `khabar corpus fetch` finds the text, if it is not in the folder."""

    @property
    def doc_id(self) -> str:
        """The file's name without its ending."""
        return self.file.rsplit(".", 1)[0]


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line of a round's decisions.jsonl. `id` is that of the disagreement it decides; `doc_id` is null where that is
    about a story. `a` and `b` are the readings decided between, for whoever reads the file later; a line written by
    hand may leave them out. `rows`, annotation rows, are what stands if neither reading does as it is (`other`)."""

    id: str
    layer: str
    doc_id: str | None = None
    decision: Ruling
    reason: str
    by: str
    rows: tuple[dict[str, Any], ...] = ()
    a: tuple[dict[str, Any], ...] = ()
    b: tuple[dict[str, Any], ...] = ()
