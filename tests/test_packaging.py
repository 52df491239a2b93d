"""The wheel, installed in an environment of its own and used in an empty directory, offline."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return next(out.glob("*.whl"))


def test_the_wheel_carries_the_corpus_and_the_schemas(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in [
        *(ROOT / "corpus").rglob("*.parquet"),
        ROOT / "corpus" / "release.json",
        *(ROOT / "schemas").glob("*.json"),
    ]:
        assert f"khabar/_data/{path.relative_to(ROOT)}" in names
    assert "khabar/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "seeds/"))]


def test_scores_from_an_installed_wheel_in_an_empty_directory(wheel: Path, tmp_path: Path) -> None:
    """The dependencies are those of this environment; khabar itself is found in the wheel's alone."""
    home = tmp_path / "venv"
    venv.create(home, with_pip=False, system_site_packages=False)
    site = next((home / "lib").glob("python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (site / "dependencies.pth").write_text("\n".join(ours) + "\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    run = [str(home / "bin" / "python"), "-m", "khabar"]
    environment = {"HF_HUB_OFFLINE": "1", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}

    def khabar(*arguments: str) -> str:
        done = subprocess.run(
            [*run, *arguments], capture_output=True, text=True, cwd=empty, env=environment, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    where = subprocess.run(
        [run[0], "-c", "import khabar; print(khabar.__file__)"], capture_output=True, text=True, check=True
    )
    assert str(home) in where.stdout
    assert json.loads(khabar("run", "oracle", "--json"))["headline"]["overall"] == 1.0
    khabar("run", "rules", "--out", "predictions.jsonl")
    figures = json.loads(khabar("score", "predictions.jsonl", "--json"))["headline"]
    assert all(0 < figures[layer] < 1 for layer in ("entities", "numbers", "quotes"))
    assert sorted(path.name for path in empty.iterdir()) == ["predictions.jsonl"]
