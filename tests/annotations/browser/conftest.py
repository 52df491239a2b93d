"""A round for each test that is at work in a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.annotations.browser.one_article import Round
from tests.annotations.conftest import LabelStudio


@pytest.fixture
def opened(label_studio: LabelStudio, tmp_path: Path, request: pytest.FixtureRequest) -> Round:
    return Round(label_studio, tmp_path, re.sub(r"\W", "_", request.node.name)[-20:].strip("_"))
