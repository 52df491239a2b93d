"""What an import may cost, and what the package exports."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import khabar

ROOT = Path(__file__).parents[1]
HEAVY = {"numpy", "pyarrow", "datasets", "scipy", "seqeval", "sklearn", "pandas", "edtf", "rich", "typer", "msgspec"}


def _modules_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sorted(name for name in sys.modules if '.' not in name))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_loads_nothing_heavy() -> None:
    assert not _modules_after("import khabar") & HEAVY


def test_command_line_starts_without_data_libraries() -> None:
    assert not _modules_after("import khabar.cli") & {"numpy", "pyarrow", "datasets", "scipy", "seqeval", "sklearn"}


def test_exported_names() -> None:
    assert khabar.__all__ == [
        "InputError",
        "__version__",
        "compare",
        "compare_several",
        "dataset",
        "load",
        "run",
        "score",
    ]
    assert dir(khabar) == sorted(khabar.__all__)
    for name in khabar.__all__:
        assert getattr(khabar, name) is not None


def test_entities_are_scored_without_seqeval_and_data_libraries(tmp_path: Path) -> None:
    """Nor is scipy needed where few mentions overlap each other."""
    file = tmp_path / "gold.jsonl"
    file.write_text('{"doc_id": "d", "entities": [{"start": 0, "end": 2, "label": "PERS"}]}\n', encoding="utf-8")
    statement = f"import khabar; khabar.score({str(file)!r}, gold={str(file)!r}, layers=['entities'])"
    assert not _modules_after(statement) & {"seqeval", "sklearn", "scipy", "pandas", "pyarrow", "datasets"}


def test_no_scoring_loads_scikit_learn_or_pandas() -> None:
    """seqeval's scorer would load the one, `pyarrow.parquet.read_table` the other; each takes longer than the scoring."""
    assert "seqeval" in (loaded := _modules_after("import khabar; khabar.run('digits', split='test')"))
    assert not loaded & {"sklearn", "pandas"}


def test_what_functions_import_is_there() -> None:
    """An import inside a function fails only when it is called: each name of `khabar` that one asks for exists."""
    missing, asked = [], 0
    for path in sorted((ROOT / "src").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        for statement in {inner for function in functions for inner in ast.walk(function)}:
            for module, name in _imported(statement):
                asked += 1
                if not _is_there(module, name):
                    missing.append(f"{path.relative_to(ROOT)}:{statement.lineno}: {module} {name or ''}")  # type: ignore[attr-defined]
    assert missing == []
    assert asked > 100


def _imported(statement: ast.AST) -> list[tuple[str, str | None]]:
    """Module and name of each thing that a statement imports from khabar."""
    if isinstance(statement, ast.Import):
        return [(each.name, None) for each in statement.names if each.name.split(".")[0] == "khabar"]
    if isinstance(statement, ast.ImportFrom) and statement.module and statement.module.split(".")[0] == "khabar":
        return [(statement.module, each.name) for each in statement.names]
    return []


def _is_there(module: str, name: str | None) -> bool:
    """Where the library that a module imports is not installed, the module's file is looked for."""
    try:
        found = import_module(module)
    except ImportError as error:
        return error.name is not None and error.name.split(".")[0] != "khabar" and find_spec(module) is not None
    if name is None or hasattr(found, name):
        return True
    return hasattr(found, "__path__") and find_spec(f"{module}.{name}") is not None
