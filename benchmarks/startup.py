"""How long khabar takes to start: `import khabar` and `khabar --help`, medians of several runs.

    python benchmarks/startup.py

`python -c pass` is what the interpreter takes by itself. Each program runs once beforehand, so that bytecode is there.
"""

from __future__ import annotations

import argparse
import sys

from measuring import Run, machine, middle, run, table

PROGRAMS = {
    "python -c pass": ["-c", "pass"],
    "import khabar": ["-c", "import khabar"],
    "khabar --help": ["-m", "khabar", "--help"],
}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=21, help="runs of each program; medians are printed")
    rounds = parser.parse_args().rounds
    print(machine("khabar", "typer"), end="\n\n", flush=True)
    runs: dict[str, list[Run]] = {name: [] for name in PROGRAMS}
    for turn in range(rounds + 1):
        for name, arguments in PROGRAMS.items():
            found = run([sys.executable, *arguments])
            if turn:
                runs[name].append(found)
    medians = {name: middle(found) for name, found in runs.items()}
    rows = [[name, f"{1000 * found.wall:.0f}", f"{1000 * found.cpu:.0f}"] for name, found in medians.items()]
    print(table(["program", "wall ms", "CPU ms"], rows))


if __name__ == "__main__":
    main()
