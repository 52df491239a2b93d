"""What pytest-xdist's workers share out: units of tests, those that take minutes first.

A unit goes to one worker as a whole. It is a file, whose tests share what its fixtures make; several files that share
something dear; or one test, in files whose tests share nothing and take long.

The mark `xdist_group` is meant for this, but under pytest 9.2 pytest-xdist 3.8 ignores it without a word
(pytest-dev/pytest-xdist#1386).
"""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "Label Studio's pages": ("tests/annotations/browser/",),
    "the site": ("tests/site/",),
    "Label Studio's server": (
        "tests/annotations/adjudication/test_label_studio.py",
        "tests/annotations/label_studio/test_rounds.py",
        "tests/annotations/test_server.py",
    ),
    "torch": ("tests/systems/test_models_torch.py",),
    "a model that is served": ("tests/systems/test_endpoint_served.py",),
    "harnesses": ("tests/harnesses/",),
}
"""Unit → the files and folders that share a server, an environment or a site. These begin, in this order."""
APART = (
    "tests/systems/test_baselines_board.py",
    "tests/test_docs.py",
    "tests/test_packaging.py",
    "tests/corpus/test_released_contrast.py",
    "tests/corpus/test_build.py",
    "tests/corpus/test_textless.py",
    "tests/annotations/agreement/test_figures.py",
    "tests/cli/test_hostile_names.py",
    "tests/incidents/test_incidents.py",
)
"""Files whose tests are units of their own. They follow."""


def unit_of(nodeid: str) -> str:
    """The unit a test belongs to."""
    file = nodeid.partition("::")[0]
    shared = next((unit for unit, places in TOGETHER.items() if file.startswith(places)), file)
    return nodeid if file in APART else shared


def rank_of(nodeid: str) -> int:
    """When a test's unit begins: 0 is first."""
    order, names = [*TOGETHER, *APART], {unit_of(nodeid), nodeid.partition("::")[0]}
    return next((rank for rank, name in enumerate(order) if name in names), len(order))


class ByUnit(LoadScopeScheduling):
    """Gives each worker the next unit, in the order in which tests were collected."""

    def __init__(self, config: Any, log: Any) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)
