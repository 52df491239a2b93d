"""What tells one row of the dataset from another, across releases."""

from __future__ import annotations

from khabar.records import Conflict, Document, Registered, Row, TokenRow


def row_key(row: Row) -> str:
    """Key of a row, unique within its config and the same in every release that has it."""
    if isinstance(row, Document):
        return row.doc_id
    if isinstance(row, TokenRow):
        return f"{row.doc_id}/{row.paragraph}"
    if isinstance(row, Conflict):
        return row.issue_id
    if isinstance(row, Registered):
        return f"{row.story}/{row.entity_id}"
    return str(row.id)  # type: ignore[attr-defined]
