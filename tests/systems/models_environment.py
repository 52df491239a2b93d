"""An environment with khabar and the libraries of local models, made once; torch it shares with its neighbour.

    python3 -m tests.systems.models_environment

makes both, with nothing but the standard library: `.ci/run` begins with it, beside its own installation.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
import venv
from pathlib import Path

from tests.systems.torch_environment import HOME as TORCH
from tests.systems.torch_environment import torch_python

ROOT = Path(__file__).parents[2]
HOME = TORCH.with_name("models")
PACKAGES = ("-e", f"{ROOT}[transformers,spacy,gliner]")
SITE = Path("lib", f"python{sys.version_info.major}.{sys.version_info.minor}", "site-packages")


def models_python() -> Path:
    """The environment's Python, which runs khabar as installed with these extras."""
    torch_python()
    with HOME.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = HOME / "installed"
        wanted = "\n".join((sys.version, *PACKAGES))
        if not done.exists() or done.read_text() != wanted:
            venv.create(HOME, with_pip=True, clear=True)
            (HOME / SITE / "torch.pth").write_text(f"{TORCH / SITE}\n")
            subprocess.run([HOME / "bin" / "python", "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
            done.write_text(wanted)
    return HOME / "bin" / "python"


if __name__ == "__main__":
    models_python()
