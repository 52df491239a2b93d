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
    sha256: str
    story: str
    split: str = "test"
    outlet: str | None = None
    title: str | None = None
    lang: str = "ar"
    published: str | None = None
    published_evidence: str | None = None
    rights: str
    source: Literal["ntrex"] | msgspec.UnsetType = msgspec.UNSET

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
