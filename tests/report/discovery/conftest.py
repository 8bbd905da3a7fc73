"""One solution and all that a report can show of it, made once."""

from __future__ import annotations

import pytest
from tests.report.discovery import planted

from segmentary.models.discover.solution import Solution
from segmentary.report.discovery.extras import Extras


@pytest.fixture(scope="package")
def solution() -> Solution:
    return planted.solution(hostile=True)


@pytest.fixture(scope="package")
def extras(solution: Solution) -> Extras:
    return planted.extras(solution)
