"""Seeds: articles exactly as received, and one manifest that notices a changed byte."""

from khabar.seeds.store import (
    MANIFEST,
    add,
    at_hand,
    document,
    keys_for,
    read_manifest,
    read_text,
    read_texts,
    verify,
    write_manifest,
)

__all__ = [
    "MANIFEST",
    "add",
    "at_hand",
    "document",
    "keys_for",
    "read_manifest",
    "read_text",
    "read_texts",
    "verify",
    "write_manifest",
]
