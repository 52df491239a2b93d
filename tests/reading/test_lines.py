"""A file is read many lines at once; what comes out is what reading line by line gives, with the same numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khabar.reading import lines
from khabar.reading.incidents import Incidents
from khabar.reading.lines import chunks, jsonl
from khabar.reading.predictions import Origin, read_predictions, record_of_line, records_of_chunk

PIECES = st.sampled_from([b"{}", b"  ", b"", "خبر".encode(), b'{"a": 1}', b"\r", b"\xef\xbb\xbf", b"x" * 30])
BROKEN = st.sampled_from([b"\xff", b"\xd8", b"a\0b", b"\0\xff", b"\xff\0", b"y" * 80, b"PAR1"])
CONTENT = st.lists(PIECES | BROKEN, max_size=12)


def one_by_one(content: bytes, longest: int) -> tuple[list[tuple[int, bytes]], list[tuple[str, int | None]]]:
    """What should come out, the slow way: lines with their numbers, and what is wrong in which line."""
    found: list[tuple[int, bytes]] = []
    wrong: list[tuple[str, int | None]] = []
    blank = True
    given_lines = content.split(b"\n")
    ends = [len(line) + 1 for line in given_lines[:-1]] + [len(given_lines[-1])]
    for number, (line, length) in enumerate(zip(given_lines, ends, strict=True), start=1):
        if length > longest:
            wrong.append(("line-too-long", number))
            blank = False
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        try:
            line.decode()
        except UnicodeDecodeError:
            return found, [*wrong, ("file-not-text", number)]
        if b"\0" in line or (number == 1 and line.startswith(b"PAR1")):
            return found, [*wrong, ("file-not-text", number)]
        if line and not line.isspace():
            found.append((number, line))
            blank = False
    return found, [*wrong, ("file-empty", None)] if blank else wrong


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=CONTENT, ended=st.booleans(), at_once=st.integers(1, 40))
def test_lines_do_not_depend_on_how_much_is_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: list[bytes], ended: bool, at_once: int
) -> None:
    path = tmp_path / "lines.jsonl"
    content = b"\n".join(parts) + b"\n" * ended
    path.write_bytes(content)
    monkeypatch.setattr(lines, "CHUNK_BYTES", at_once)
    monkeypatch.setattr(lines, "LONGEST_LINE", 64)
    incidents = Incidents()
    found = list(jsonl(path, incidents))
    wanted, wrong = one_by_one(content, 64)
    assert found == wanted
    assert [(each.id, each.line) for each in incidents] == wrong


def test_what_is_no_text_is_told_by_its_byte(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes("{}\nخبر \n".encode() + b"ab\xff\n\0\n")
    incidents = Incidents()
    assert [number for number, _ in jsonl(tmp_path / "a.jsonl", incidents)] == [1, 2]
    assert [(each.line, each.message) for each in incidents] == [(3, "byte 3 is not UTF-8")]


def test_chunks_hold_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_bytes(b"".join(json.dumps({"doc_id": f"d{at:06}"}).encode() + b"\n" for at in range(40_000)))
    found = list(chunks(path, Incidents()))
    assert len(found) > 2
    assert all(chunk.endswith(b"}\n") for _, chunk in found)
    assert b"".join(chunk for _, chunk in found) == path.read_bytes()


ENTITY = st.fixed_dictionaries(
    {"start": st.integers(-1, 9), "end": st.integers(0, 9) | st.none(), "label": st.sampled_from(["PERS", "ORG", "X"])}
)
LINE = st.one_of(
    st.fixed_dictionaries({"doc_id": st.sampled_from(["a", "b]["]), "entities": st.lists(ENTITY, max_size=2)}).map(
        lambda value: json.dumps(value)
    ),
    st.sampled_from(
        [
            '{"doc_id": "c", "numbers": [], "entities": []}',
            '{"doc_id": "c", "entities": [], "entities": []}',
            '{"doc_id": "c", "entities": [{"start": 0, "end": 1, "label": "ORG"}], "entit\\u0069es": []}',
            '{"doc_id": "c"}{"doc_id": "d"}',
            '{"doc_id": "c"} {"doc_id":',
            '"e"}',
            '{"doc_id": "c"}\r',
            '{"story": "s", "sides": []}',
            '{"doc_id": "c", "colour": 1}',
            "[]",
            "",
            " ",
        ]
    ),
)


@settings(max_examples=400)
@given(parts=st.lists(LINE, max_size=6), ended=st.booleans())
def test_many_lines_at_once_are_read_as_each_alone(parts: list[str], ended: bool) -> None:
    chunk = ("\n".join(parts) + "\n" * ended).encode()
    at_once = Incidents()
    each_alone = Incidents()
    found = records_of_chunk(chunk, 5, "f", at_once)
    wanted = []
    for number, line in enumerate(chunk.split(b"\n"), start=5):
        if line.strip():
            wanted += record_of_line(line, Origin("f", number), each_alone)
    assert found == wanted
    assert list(at_once) == list(each_alone)


def test_an_escaped_key_does_not_hide_that_it_stands_twice(tmp_path: Path) -> None:
    path = tmp_path / "twice.jsonl"
    path.write_text('{"doc_id": "d", "entit\\u0069es": [], "entities": [{"start": 0, "end": 1, "label": "ORG"}]}\n')
    incidents = Incidents()
    read_predictions(path, incidents)
    assert [(each.id, each.line) for each in incidents] == [("key-repeated", 1)]
