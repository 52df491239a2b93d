"""Annotations: gold and passes as files of rows, one JSON line a row, each naming its layer."""

from khabar.annotations.checks import check
from khabar.annotations.files import Located, read_gold, read_rows, write_rows

__all__ = ["Located", "check", "read_gold", "read_rows", "write_rows"]
