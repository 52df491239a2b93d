"""khabar: an annotated corpus of Arabic news and the benchmark built on it.

`khabar.load()`, `khabar.score(predictions)`, `khabar.compare(a, b)` (`compare_several`) and
`khabar.run(system)` are the interface.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khabar.version import __version__

__all__ = ["__version__", "compare", "compare_several", "load", "run", "score"]

if TYPE_CHECKING:
    from khabar.api import compare, compare_several, load, run, score


def __getattr__(name: str) -> Any:
    """Import the interface when it is first used, so that `import khabar` costs nothing."""
    if name in __all__:
        from khabar import api

        return getattr(api, name)
    raise AttributeError(f"module 'khabar' has no attribute {name!r}")
