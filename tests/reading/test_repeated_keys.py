"""Of a list that stands twice one would be lost, so it is refused; of any other key the last one counts."""

from __future__ import annotations

import pytest

from khabar.reading.lines import repeated_keys


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ('{"doc_id": "d", "entities": [], "numbers": [], "entities": []}', ["entities"]),
        ('{"doc_id": "d", "entities": [], "\\u0065ntities": []}', ["entities"]),
        ('{"story": "s", "sides": [], "sides": [], "story": "t"}', ["sides"]),
        ('{"doc_id": "c", "doc_id": "d", "entities": []}', []),
        ('{"doc_id": "c", "doc_id": "\\u0064", "entities": []}', []),
        ('{"doc_id": "d", "text": "\\"entities\\" \\"entities\\"", "entities": []}', []),
        ('{"doc_id": "d", "x": {"entities": []}, "entities": []}', []),
        ('{"doc_id": "d", "entities": [], "entities": [', []),
    ],
)
def test_only_lists_are_refused_however_a_key_is_written(line: str, names: list[str]) -> None:
    assert repeated_keys(line.encode()) == names
