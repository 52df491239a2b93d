"""Runs `khabar` in several folders one after the other; in the environment with torch, which is imported once.

Reads `[[folder, argument, …], …]` from standard input, and prints `[[exit code, standard error], …]`.
"""

import io
import json
import os
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout

from khabar.cli import main


def run(folder: str, *arguments: str) -> tuple[object, str]:
    os.chdir(folder)
    sys.argv = ["khabar", *arguments]
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    code: object = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        except BaseException:
            code = traceback.format_exc()
    err.flush()
    return code, err.buffer.getvalue().decode()  # type: ignore[attr-defined]


if __name__ == "__main__":
    json.dump([run(*command) for command in json.load(sys.stdin)], sys.stdout)
