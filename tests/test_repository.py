"""The repository keeps what it promises: versions in step, generated files current, valid metadata, no stray state."""

from __future__ import annotations

import ast
import json
import pydoc
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import khabar
from khabar import schemas
from khabar.records import CONFIGS
from tests import keys
from tests.conftest import IMPORTED

ROOT = Path(__file__).parents[1]

SLOW = {
    "in a browser": (
        "annotations/browser/test_gold_by_hand.py",
        "annotations/browser/test_in_the_page.py",
        "annotations/browser/test_motion.py",
        "annotations/browser/test_notes.py",
        "annotations/browser/test_questions.py",
        "annotations/browser/test_slips.py",
        "site/test_report.py",
        "site/test_seen.py",
    ),
    "against Label Studio": (
        "annotations/adjudication/test_label_studio.py",
        "annotations/label_studio/test_configuration.py",
        "annotations/label_studio/test_rounds.py",
        "annotations/test_server.py",
        "incidents/test_incidents.py",
    ),
    "with spaCy, torch and lm-eval": (
        "corpus/test_dataset.py",
        "formats/test_convert_command.py",
        "formats/test_reading.py",
        "formats/test_round_trips.py",
        "harnesses/test_harnesses.py",
        "systems/test_endpoint_served.py",
        "systems/test_models_torch.py",
    ),
    "on a cluster": ("scale/test_cluster.py",),
    "of the built wheel": ("test_packaging.py",),
    "every command of the docs but the README": (
        "systems/test_baselines_board.py",
        "systems/test_endpoint.py",
        "test_docs.py",
    ),
    "audits of the released data": (
        "annotations/agreement/test_figures.py",
        "corpus/test_build.py",
        "corpus/test_released_contrast.py",
        "corpus/test_statement.py",
        "test_pictures.py",
    ),
    "some of runs that are killed": ("corpus/test_textless.py",),
}
"""What a short run of `.ci/run` leaves out, as it says itself → the files that have tests marked `slow` for that."""


def _check_jsonschema(*arguments: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_citation_is_valid_and_of_this_version() -> None:
    _check_jsonschema("--builtin-schema", "vendor.citation-file-format", "CITATION.cff")
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"version: {khabar.__version__}\n" in text


def test_changelog_knows_this_version() -> None:
    assert f"## {khabar.__version__} " in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_workflows_are_valid() -> None:
    files = sorted(str(path) for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    assert files
    _check_jsonschema("--builtin-schema", "vendor.github-workflows", *files)


def test_issue_forms_are_valid() -> None:
    """And the one for errata asks for what an erratum needs."""
    folder = Path(".github") / "ISSUE_TEMPLATE"
    _check_jsonschema("--builtin-schema", "vendor.github-issue-forms", str(folder / "erratum.yml"))
    _check_jsonschema("--builtin-schema", "vendor.github-issue-config", str(folder / "config.yml"))
    form = yaml.safe_load((ROOT / folder / "erratum.yml").read_text("utf-8"))
    fields = {field["id"]: field["validations"]["required"] for field in form["body"] if "id" in field}
    assert fields.keys() >= {"layer", "where", "version", "reading", "rule"}
    assert all(fields.values())


def test_committed_schemas_are_current() -> None:
    """If this fails: `python -m khabar.schemas`, then look at the difference."""
    made = {schemas.file_name(name): schemas.text(schemas.schema(name)) for name in schemas.RECORDS}
    there = {path.name: path.read_text("utf-8") for path in (ROOT / "schemas").glob("*.schema.json")}
    assert there == made


def test_every_key_of_a_row_and_of_a_prediction_says_what_it_means() -> None:
    files = [*CONFIGS, "annotation-zones", "prediction-document", "prediction-dispute", "release", "seed"]
    for name in files:
        schema = schemas.schema(name)
        for record in (schema, *schema.get("$defs", {}).values()):
            for key, value in record.get("properties", {}).items():
                assert key == "layer" or value.get("description", "").endswith("."), f"{name}: {key}"


def test_the_table_of_keys_is_current() -> None:
    """If this fails: `python -m tests.keys`, then look at the difference."""
    assert keys.PAGE.read_text("utf-8") == keys.page()


@pytest.mark.parametrize("path", sorted((ROOT / "schemas").glob("*.json")), ids=lambda path: path.stem)
def test_schemas_are_schemas(path: Path) -> None:
    import jsonschema

    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))


def test_gold_seeds_and_decisions_fit_their_schemas() -> None:
    import jsonschema

    validators = {
        layer: jsonschema.Draft202012Validator(
            json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text("utf-8"))
        )
        for layer, name in {
            **{layer: layer for layer in ("entities", "numbers", "quotes", "claims", "conflicts", "registry")},
            "zones": "annotation-zones",
            "seed": "seed",
            "decision": "decision",
            "erratum": "erratum",
        }.items()
    }
    for path in sorted((ROOT / "annotations" / "gold").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            validators[row["layer"]].validate(row)
    for line in (ROOT / "seeds" / "manifest.jsonl").read_text("utf-8").splitlines():
        validators["seed"].validate(json.loads(line))
    for folder in ("corpus", "annotations/gold"):
        release = json.loads((ROOT / folder / "release.json").read_text("utf-8"))
        jsonschema.validate(release, json.loads((ROOT / "schemas" / "release.schema.json").read_text("utf-8")))
    for line in (ROOT / "annotations" / "errata.jsonl").read_text("utf-8").splitlines():
        validators["erratum"].validate(json.loads(line))
    rounds = sorted((ROOT / "annotations" / "rounds").glob("*/decisions.jsonl"))
    assert rounds
    for path in rounds:
        for line in path.read_text("utf-8").splitlines():
            validators["decision"].validate(json.loads(line))


def test_top_level_is_what_was_asked_for() -> None:
    for name in ("pyproject.toml", "corpus", "annotations", "schemas", "seeds", "eval", "tests", "CITATION.cff"):
        assert (ROOT / name).exists(), name
    assert (ROOT / "src" / "khabar" / "py.typed").is_file()


def test_markdown_links_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "annotations").glob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} → {target}"


def _imported(path: Path) -> set[str]:
    """What a test file imports as it is read, by the modules of `tests` that it imports too: names of packages."""
    packages: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            module = ROOT.joinpath(*name.split(".")).with_suffix(".py")
            packages |= _imported(module) if module.is_file() else {name.split(".")[0]}
    return packages


def test_a_short_run_says_what_it_leaves_out() -> None:
    """Every file with a test marked `slow` is under a heading, and the headings are in what is printed and in the docs."""
    there = (ROOT / "tests").rglob("test_*.py")
    marked = {path.relative_to(ROOT / "tests").as_posix() for path in there if _marks_slow(path)}
    assert marked == {file for files in SLOW.values() for file in files}
    printed, page = ((ROOT / name).read_text("utf-8") for name in (".ci/run", "docs/maintainers.md"))
    last = " ".join(re.findall(r"^  echo '(.*)'$", printed, re.MULTILINE)).partition("Left out: ")[2]
    section = page.partition("## Tests\n")[2].partition("\n## ")[0]
    for heading in SLOW:
        assert heading in last, heading
        assert f"- {heading}" in section, heading


def _marks_slow(path: Path) -> bool:
    names = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
    return "slow" in names


def test_a_short_run_leaves_out_what_imports_more_than_it_installs() -> None:
    more = {"axe_playwright_python", "label_studio_sdk", "playwright", "spacy", "torch"}
    needing = {
        path.relative_to(ROOT / "tests").as_posix()
        for path in (ROOT / "tests").rglob("test_*.py")
        if _imported(path) & more
    }
    assert needing == set(IMPORTED)


def test_modules_of_the_map_exist() -> None:
    packages = {path.name for path in (ROOT / "src/khabar").iterdir()}
    for dotted in re.findall(r"`([a-z_]+(?:\.\w+)+)`", (ROOT / "docs/maintainers.md").read_text("utf-8")):
        if dotted.partition(".")[0] in packages:
            assert pydoc.locate(f"khabar.{dotted}") is not None, dotted
