"""The seed manifest: what is known of each article besides its text."""

import msgspec


class Seed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One article as received. `published` is EDTF and never in the file: `published_evidence` says how it is known."""

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

    @property
    def doc_id(self) -> str:
        """The file's name without its ending."""
        return self.file.rsplit(".", 1)[0]
