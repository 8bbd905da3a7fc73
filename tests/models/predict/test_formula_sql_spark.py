"""A formula and a propensity inside Spark: the same figures as in arrays."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from tests.engine.engines import SMALL, need_java
from tests.models.predict.test_formula_sql import agrees, extremes
from tests.models.predict.test_propensity import fitted, scored

from segmentary.engine.spark import Spark

ADDRESS = os.environ.get("SEGMENTARY_SPARK", "local[2]")
pytestmark = [pytest.mark.spark, *([] if ADDRESS.startswith("local") else [pytest.mark.spark_cluster])]


@pytest.fixture(scope="module")
def spark() -> Iterator[Spark]:
    need_java()
    engine = Spark(ADDRESS, SMALL)
    yield engine
    engine.close()


def test_spark_says_what_the_arrays_say(spark: Spark) -> None:
    agrees(spark, 3)
    extremes(spark)


def test_spark_scores_as_arrays_do(spark: Spark) -> None:
    scored(spark, fitted())
