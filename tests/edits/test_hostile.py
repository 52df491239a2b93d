"""Whatever a file of changes holds, the variants are made or the file is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar.edits import read_changes, variants
from khabar.reading.incidents import InputError
from tests.edits.conftest import read_bridge
from tests.edits.test_contrast import DECOY, FLIP

STORY = read_bridge()
LINES = [msgspec.json.encode(change) for change in (FLIP, DECOY)]
VALUES = st.sampled_from([None, 0, -1, 10**20, 1.5, True, "", "sahil", [], [[]], {}, {"start": 1}, {"start": "a", "end": None}, {"start": 0, "end": 5}])  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value inside of one."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from places(inner, (*path, key))


@settings(max_examples=200)
@given(st.data())
def test_nothing_but_incidents_comes_of_a_bad_file(data: st.DataObject) -> None:
    lines = [json.loads(line) for line in LINES]
    for _ in range(data.draw(st.integers(1, 3))):
        line = data.draw(st.sampled_from(lines))
        *way, last = data.draw(st.sampled_from(list(places(line))))
        for key in way:
            line = line[key]
        if data.draw(st.booleans()):
            line[last] = json.loads(json.dumps(data.draw(VALUES)))
        else:
            del line[last]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "changes.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        with suppress(InputError):
            made = variants(STORY, read_changes(path))
            assert set(made) == {"a", "b"}
