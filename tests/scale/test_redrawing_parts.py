"""Redrawn in parts, figures beyond column sums have the intervals that they have at once, and nothing holds all mentions."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar import score
from khabar.corpus.gold import load_gold
from khabar.reading import sources
from khabar.reading.predictions import read_predictions, split
from khabar.records.labels import LAYERS
from khabar.scale import scoring, workers
from khabar.scale.redrawing import Draws, Redrawn
from khabar.scoring import alignment, clusters
from khabar.scoring.counting import Frame
from khabar.scoring.redrawing import times_drawn
from khabar.scoring.scorer import Counted, count, measure
from tests.scale.corpora import corpus, write

DRAWN = {f"identity.{name}.f1" for name in ("lea", "b_cubed", "muc", "ceaf_e", "conll")}
RESAMPLES = 20


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    gold, said = corpus(0, texts=False)
    return write(tmp_path / "said.jsonl", said), write(tmp_path / "gold.jsonl", gold)


def in_parts(files: tuple[Path, Path], processes: int = 1, seed: int = 0) -> Counted:
    place = lambda: workers.cores(processes)  # noqa: E731
    options = {"part_bytes": 3000, "seed": seed, "resamples": RESAMPLES}
    return scoring.count_in_parts(*files, LAYERS, place, **options)[0]  # type: ignore[arg-type]


def test_what_is_joined_holds_sums_and_no_mentions(files: tuple[Path, Path]) -> None:
    counted = in_parts(files)
    for layer in ("entities", "quotes"):
        beyond = counted.layers[layer].beyond
        assert isinstance(beyond, Redrawn)
        assert {values.shape for values in beyond.draws.values()} == {(RESAMPLES,)}


def test_more_than_a_thousand_documents(tmp_path: Path) -> None:
    """From there on documents are drawn in another way."""
    gold, said = corpus(0, documents=1050, texts=False)
    files = write(tmp_path / "said.jsonl", said), write(tmp_path / "gold.jsonl", gold)
    found = measure(in_parts(files, processes=2), resamples=RESAMPLES)
    assert found.to_json() == score(files[0], gold=files[1], resamples=RESAMPLES).to_json()
    assert all(found.layers["entities"][name].interval for name in DRAWN)


def test_any_seed(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    small = score(files[0], gold=files[1], seed=7, resamples=RESAMPLES).to_json()
    monkeypatch.setattr(sources, "AT_ONCE", 0)
    assert score(files[0], gold=files[1], seed=7, resamples=RESAMPLES).to_json() == small
    assert score(files[0], gold=files[1], seed=8, resamples=RESAMPLES).to_json() != small


def test_no_other_seed_than_was_drawn(files: tuple[Path, Path]) -> None:
    counted = in_parts(files, seed=7)
    with pytest.raises(ValueError, match="20 resamples from seed 7, not 20 from seed 0"):
        measure(counted, resamples=RESAMPLES)


@pytest.mark.parametrize("at_once", [True, False])
def test_ceaf_where_tangles_are_many_and_wide(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    """Beyond some effort it has a value and no interval; up to it, it has the one that narrow ones have."""

    def intervals() -> dict[str, object]:
        counted = count(load_gold(files[1])[0], *split(read_predictions(files[0], []))) if at_once else in_parts(files)
        figures = measure(counted, resamples=RESAMPLES).layers["entities"]
        assert all(figures[name].value is not None for name in DRAWN)
        return {name: figures[name].interval for name in DRAWN}

    narrow = intervals()
    assert all(narrow.values())
    monkeypatch.setattr(alignment, "_NARROW", 0)
    assert intervals() == narrow
    monkeypatch.setattr(clusters, "MOST_EFFORT", 2000)
    assert {name for name, found in intervals().items() if found is None} == {"identity.ceaf_e.f1", "identity.conll.f1"}


@settings(deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.integers(1, 30))
def test_each_part_is_told_its_own_draws(parts: list[int], resamples: int) -> None:
    frame = Frame({"": range(len(parts))})
    where = [np.flatnonzero(np.array(parts) == part) for part in range(5)]
    times = np.concatenate(list(times_drawn(frame, 3, resamples)))
    with tempfile.TemporaryDirectory() as folder:
        draws = Draws(Path(folder) / "draws", where, resamples)
        draws.write(frame, 3, scoring.quiet)
        for part, units in enumerate(where):
            assert draws.of(part).tolist() == times[:, units].tolist()
