"""What pip makes of the repository: the pins, on each Python; the wheel, used in an empty directory, offline."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PYTHONS = tuple(re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"])))


def pins(file: str) -> dict[str, str]:
    """A file of constraints: a requirement by name."""
    lines = [line for line in (ROOT / file).read_text("utf-8").splitlines() if not line.startswith("#")]
    return {canonicalize_name(line.split("==")[0]): line for line in lines}


def core() -> set[str]:
    """What an installation without extras brings."""
    names, todo = set[str](), [Requirement(each) for each in PROJECT["dependencies"]]
    while todo:
        requirement = todo.pop()
        if canonicalize_name(requirement.name) in names:
            continue
        names.add(canonicalize_name(requirement.name))
        for line in distribution(requirement.name).requires or ():
            needed = Requirement(line)
            extras = requirement.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                todo.append(needed)
    return names


def test_each_pin_stands_in_one_file() -> None:
    assert not pins("constraints.txt").keys() & pins("constraints-extras.txt").keys()
    assert pins("constraints.txt").keys() == core()


def test_metadata_readme_and_workflow_name_the_same_pythons() -> None:
    assert PYTHONS == ("3.11", "3.12", "3.13", "3.14")
    assert f"Python {PYTHONS[0]} to {PYTHONS[-1]}" in (ROOT / "README.md").read_text("utf-8")
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    assert set(re.findall(r'"(3\.\d+)"', workflow)) == set(PYTHONS)


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_compiled_has_wheels(python: str, tmp_path: Path) -> None:
    """Asks the index; installs nothing."""
    compiled = [pin for name, pin in pins("constraints.txt").items() if is_compiled(name)]
    assert any(pin.startswith("numpy==") for pin in compiled)
    assert len(compiled) > 5
    asked = ["--dry-run", "--no-deps", "--ignore-installed", "--only-binary=:all:", "--python-version", python]
    command = [sys.executable, "-m", "pip", "install", "--quiet", *asked, "--target", str(tmp_path / "none"), *compiled]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def is_compiled(name: str) -> bool:
    return any(file.suffix in (".so", ".pyd") for file in distribution(name).files or ())


def other_pythons() -> list[str]:
    """Interpreters on this machine, by pyenv or on the path, of each version that is not the one that runs the tests."""
    installed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    chosen = []
    for python in PYTHONS:
        candidates = [
            *(str(path) for path in installed.glob(f"{python}.*/bin/python3")),
            shutil.which(f"python{python}"),
        ]
        runs = [path for path in candidates if path and version(path) == python]
        if runs and python != f"3.{sys.version_info.minor}":
            chosen.append(runs[0])
    return chosen


def version(python: str) -> str:
    """Such as 3.12; empty if it does not start."""
    ask = "import ensurepip, sys; print(*sys.version_info[:2], sep='.')"
    return subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False).stdout.strip()


@pytest.mark.slow
@pytest.mark.parametrize("python", other_pythons(), ids=version)
def test_first_command_of_the_readme(python: str, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".*"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(python)
    command = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)[0]
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        ["bash", "-euc", command], capture_output=True, text=True, cwd=clone, env=environment, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "overall" in done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return next(out.glob("*.whl"))


@pytest.mark.slow
def test_the_wheel_carries_the_corpus_the_schemas_and_the_docs(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in [
        *(ROOT / "corpus").rglob("*.parquet"),
        ROOT / "corpus" / "release.json",
        *(ROOT / "schemas").glob("*.json"),
    ]:
        assert f"khabar/_data/{path.relative_to(ROOT)}" in names
    for page in (*(ROOT / "docs").glob("*.md"), *(ROOT / "annotations").glob("*.md")):
        assert f"khabar/_data/docs/{page.name}" in names
    assert "khabar/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "seeds/"))]


@pytest.mark.slow
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
    assert khabar("docs", "figures") == (ROOT / "docs" / "figures.md").read_text("utf-8")
    assert sorted(path.name for path in empty.iterdir()) == ["predictions.jsonl"]
