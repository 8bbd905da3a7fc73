from __future__ import annotations

import json

import numpy as np
import pytest

from segmentary.models.table.columns import Column
from segmentary.models.table.preparation import Feature, Preparation, Transform, ranked, yeo_johnson
from segmentary.models.table.typed_table import TypedTable


@pytest.mark.parametrize("power", [-1.0, 0.0, 0.5, 1.0, 2.0, 3.0])
def test_yeo_johnson_is_that_of_scipy(power: float) -> None:
    from scipy.stats import yeojohnson

    x = np.array([-3.0, -0.5, 0, 0.5, 7])
    assert yeo_johnson(x, power) == pytest.approx(yeojohnson(x, lmbda=power))
    assert np.isnan(yeo_johnson(np.array([np.nan]), power)).all()


def test_ranks_lie_between_knots_and_repeats_in_their_middle() -> None:
    knots = (0.0, 1.0, 1.0, 1.0, 2.0)
    assert ranked(np.array([-9.0, 0, 1, 1.5, 2, 9]), knots).tolist() == [0, 0, 0.5, 0.75, 1, 1]


def test_features_are_numbers_indicators_and_fills() -> None:
    columns = (Column("x", "numeric"), Column("town", "nominal", ("a", "b")))
    table = TypedTable(columns, np.array([[3.0, 1], [np.nan, np.nan]]))
    preparation = Preparation(
        (
            Feature("x", Transform("standardise", centre=1, scale=2), fill=-5.0),
            Feature("town", Transform(), level=1, fill=0.25),
        )
    )
    assert preparation.apply(table).tolist() == [[1, 1], [-5, 0.25]]
    again = Preparation.from_document(json.loads(json.dumps(preparation.to_document())))
    assert again == preparation
