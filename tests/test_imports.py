"""What an import may cost, and what the package exports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import khabar

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
