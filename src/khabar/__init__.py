"""khabar: an annotated corpus of Arabic news and the benchmark built on it.

`khabar.load()` gives documents with their gold, `khabar.dataset(config)` the rows of one table.
`khabar.score(predictions)`, `khabar.compare(a, b)` (`compare_several`) and `khabar.run(system)` measure systems. What
they refuse is a `khabar.InputError`, what they warn of a UserWarning. How far they are goes to the logger `khabar`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from khabar.version import __version__

__all__ = ["InputError", "__version__", "compare", "compare_several", "dataset", "load", "run", "score"]

if TYPE_CHECKING:
    from khabar.api import compare, compare_several, dataset, load, run, score
    from khabar.reading.incidents import InputError


def __getattr__(name: str) -> Any:
    """Import the interface when it is first used, so that `import khabar` costs nothing."""
    if name == "InputError":
        from khabar.reading.incidents import InputError

        return InputError
    if name in __all__:
        from khabar import api

        return getattr(api, name)
    raise AttributeError(f"module 'khabar' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The interface, whether it is imported yet or not."""
    return sorted(__all__)
