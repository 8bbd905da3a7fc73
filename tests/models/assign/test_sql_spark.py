"""Who belongs where, inside Spark: by the same figures as in arrays."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from tests.engine.engines import SMALL, need_java
from tests.models.assign.test_sql import agrees

from segmentary.engine.spark import Spark

ADDRESS = os.environ.get("SEGMENTARY_SPARK", "local[2]")
pytestmark = [pytest.mark.spark, *([] if ADDRESS.startswith("local") else [pytest.mark.spark_cluster])]
# Planning a query is what takes time: features and answers, with and without covariances and preparation.
SEEDS = (0, 1, 5, 12)


@pytest.fixture(scope="module")
def spark() -> Iterator[Spark]:
    need_java()
    engine = Spark(ADDRESS, SMALL)
    yield engine
    engine.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_spark_places_people_as_the_arrays_do(spark: Spark, seed: int) -> None:
    agrees(spark, seed)
