"""How many articles a second the system `rules` reads: CPU time of one process over all four layers.

    python benchmarks/rules.py

The articles are those of `test`, and of `news` and `dev` once `khabar corpus fetch` has brought them. First the lists
and patterns are read, once a process. The first pass meets each word form for the first time; later ones find most in
the caches, as in a long stream of news. Each pass adds an empty line to every text, so that no text is met twice.
"""

from __future__ import annotations

import argparse
from itertools import groupby
from statistics import median
from time import process_time

from measuring import machine, table
from msgspec.structs import replace

import khabar
from khabar.records import Document
from khabar.systems.rules import rules

SPLITS = ("test", "news", "dev")
SENTENCE = "قالت مصادر في الحكومة اليوم إن نحو 20 شخصا وصلوا إلى المدينة."
"""It has a quote, an approximate number and a date, so that all patterns are read."""


def seconds(stories: list[list[Document]], turn: int) -> float:
    """CPU seconds of one pass over all stories."""
    passes = [[replace(one, text=one.text + "\n" * turn) for one in story] for story in stories]
    start = process_time()
    for story in passes:
        rules.disputes(story[0].story, story, [rules(document) for document in story])
    return process_time() - start


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=11, help="later passes; the median and the best are printed")
    rounds = parser.parse_args().rounds
    print(machine("khabar"), end="\n\n", flush=True)
    documents = [document for split in SPLITS for document in khabar.load(split=split) if document.text]
    by_story = sorted(documents, key=lambda document: document.story)
    stories = [list(story) for _, story in groupby(by_story, key=lambda document: document.story)]
    reading = seconds([[replace(documents[0], text=SENTENCE)]], 0)
    first, *later = (seconds(stories, turn) for turn in range(rounds + 1))
    length = sum(len(document.text) for document in documents) / len(documents)
    passes = {"first": first, "later, median": median(later), "later, best": min(later)}
    rows = [[name, f"{1000 * cpu / len(documents):.1f}", f"{len(documents) / cpu:.0f}"] for name, cpu in passes.items()]
    print(f"{len(documents)} articles of {length:.0f} code points, {len(stories)} stories")
    print(f"Lists and patterns are read in {1000 * reading:.0f} ms of CPU.\n")
    print(table(["pass", "CPU ms an article", "articles a second"], rows))


if __name__ == "__main__":
    main()
