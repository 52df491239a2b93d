"""An environment of its own for what needs torch, made once and kept beside the project's."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import venv
from pathlib import Path

HOME = Path(__file__).parents[2] / ".cache" / "torch"
PACKAGES = ("torch<2.14", "transformers[serving]>=5,<6")


def torch_python() -> Path:
    """The environment's Python; the first test to ask installs it, which takes some minutes."""
    HOME.parent.mkdir(parents=True, exist_ok=True)
    with HOME.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = HOME / "installed"
        wanted = "\n".join((sys.version, *PACKAGES))
        if not done.exists() or done.read_text() != wanted:
            venv.create(HOME, with_pip=True, clear=True)
            subprocess.run([HOME / "bin" / "python", "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
            done.write_text(wanted)
    return HOME / "bin" / "python"
