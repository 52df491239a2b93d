"""What of the tests a short run of `.ci/run` leaves out before it reads them: files that import what it does not install.

And what they share: sources that need no fetching, a cache with the articles that do, and the workers of pytest-xdist.
"""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from khabar.seeds.store import read_manifest, write_manifest
from tests.browsers import OPEN
from tests.workers import ByUnit, rank_of

IMPORTED = {
    "annotations/adjudication/test_label_studio.py": "playwright",
    "annotations/browser/test_gold_by_hand.py": "playwright",
    "annotations/browser/test_in_the_page.py": "label_studio_sdk",
    "annotations/browser/test_motion.py": "playwright",
    "annotations/browser/test_notes.py": "playwright",
    "annotations/browser/test_questions.py": "playwright",
    "annotations/browser/test_slips.py": "playwright",
    "site/test_seen.py": "playwright",
    "systems/test_models.py": "spacy",
}
collect_ignore = [file for file, module in IMPORTED.items() if not os.environ.get("CI") and find_spec(module) is None]
assert all((Path(__file__).parent / file).is_file() for file in IMPORTED), "a file above has another name now"

# Of what tests install in environments of their own, little is ever imported: it is compiled then, once.
os.environ["PIP_COMPILE"] = "0"
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("khabar", deadline=None)  # no test is one of speed
settings.load_profile("khabar")

ROOT = Path(__file__).parents[1]
COPIES = ROOT.parent / "shared" / "ntrex"
"""A copy of the two files of NTREX-128, where `.ci/run` looks for it too."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByUnit | None:
    """With `--dist loadgroup`, units of tests/workers.py go to the workers, in their order."""
    return ByUnit(config, log) if config.getoption("dist") == "loadgroup" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A worker begins with what takes longest; without workers the order is that of the files."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: rank_of(item.nodeid))


def pytest_sessionfinish() -> None:
    OPEN.close()


@pytest.fixture(scope="session")
def own_sources(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Seeds and gold of the stories whose articles are in the repository: what any clone can build."""
    folder = tmp_path_factory.mktemp("own")
    seeds, gold = (Path(shutil.copytree(ROOT / name, folder / name)) for name in ("seeds", "annotations/gold"))
    manifest = [seed for seed in read_manifest(seeds) if not seed.source]
    write_manifest(seeds, manifest)
    for path in gold.glob("*.jsonl"):
        if path.stem not in {seed.story for seed in manifest}:
            path.unlink()
    return seeds, gold


@pytest.fixture(scope="session")
def cache_with_articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the articles of `news` and `dev`, and the released corpus filled."""
    if not COPIES.is_dir():
        pytest.skip("no copy of the articles of news and dev here: what needs them is not checked")
    from khabar.corpus.fill import fetch

    folder = tmp_path_factory.mktemp("articles")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KHABAR_CACHE", str(folder))
        fetch(ROOT / "corpus", str(COPIES))
    return folder


@pytest.fixture
def fetched(cache_with_articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The articles of `news` and `dev` are on this machine, and the released corpus is filled."""
    monkeypatch.setenv("KHABAR_CACHE", str(cache_with_articles))
