"""Names that tell: no two public types of the package share one."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "khabar"


def _types(tree: ast.Module) -> Iterator[str]:
    """Public classes and type aliases of a module: capitalised names. A TypeVar is none."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign) and not ast.unparse(node.value).startswith("TypeVar("):
            yield from (
                target.id for target in node.targets if isinstance(target, ast.Name) and not target.id.isupper()
            )
        elif isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.unparse(node.annotation):
            yield ast.unparse(node.target)


def test_no_two_public_types_have_one_name() -> None:
    owners: dict[str, list[str]] = defaultdict(list)
    for path in sorted(SOURCE.rglob("*.py")):
        module = path.relative_to(SOURCE)
        if module.parts[:2] != ("systems", "rules"):
            for name in _types(ast.parse(path.read_text("utf-8"))):
                if name[0].isupper():
                    owners[name].append(str(module))
    assert len(owners) > 300
    assert {name: modules for name, modules in owners.items() if len(modules) > 1} == {}
