"""Files of other formats as bytes and text, of bounded size and in UTF-8."""

from __future__ import annotations

from pathlib import Path

from khabar.formats.conversion import LARGEST_FILE, Conversion
from khabar.reading.lines import check_file


def bytes_of(path: Path, work: Conversion) -> bytes | None:
    """Read a file whole, or report why not."""
    problems = check_file(path)
    if problems:
        work.incidents += problems
        return None
    with path.open("rb") as stream:
        data = stream.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        fix = "split it, and convert the parts"
        work.report("file-too-large", f"over {LARGEST_FILE} bytes", path, fix=fix)
        return None
    return data


def text_of(path: Path, work: Conversion, *, may_be_empty: bool = False, as_it_is: bool = False) -> str | None:
    """Read a UTF-8 file whole (line ends stay; a byte order mark only `as_it_is`), or report why not."""
    data = bytes_of(path, work)
    if data is None:
        return None
    try:
        text = data.decode("utf-8" if as_it_is else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        work.report("file-not-text", f"byte {error.start + 1} is not UTF-8", path, line)
        return None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        work.report("file-not-text", "this is binary data", path, line)
        return None
    if not text.strip() and not may_be_empty:
        work.report("file-empty", "there is nothing in it", path, fix="export it again")
        return None
    return text
