"""The generators behind the published error rates."""

import numpy as np
import pytest

from segmentary.errors import UnknownNameError
from segmentary.samples.planted import MAKERS, MORE_NULLS, NULLS, PLANTED, make


@pytest.mark.parametrize("name", MAKERS)
def test_the_seed_decides_and_labels_are_there_where_segments_are(name):
    table, labels = make(name, 120, 5)
    again, _ = make(name, 120, 5)
    assert np.array_equal(table.values, again.values)
    assert not np.array_equal(table.values, make(name, 120, 6)[0].values)
    assert (labels is None) == (name in NULLS or name in MORE_NULLS)
    if labels is not None:
        assert labels.shape == (120,)
        assert len(np.unique(labels)) > 1
    for place, column in enumerate(table.columns):
        if column.coded:
            assert set(np.unique(table.values[:, place])) <= set(range(len(column.levels)))
        if column.kind == "count":
            assert np.all(table.values[:, place] == np.floor(table.values[:, place]))


def test_the_published_nine_and_eight():
    assert list(NULLS) == [
        "uniform",
        "normal",
        "rfm_raw",
        "rfm_log",
        "t4",
        "banana",
        "likert",
        "bin_indep",
        "bin_trait",
    ]
    expected = ["g3_sep", "g4_overlap", "skew3", "ellip3", "rfm_planted", "lca4", "likert3", "axis2"]
    assert list(PLANTED) == expected


def test_nulls_have_the_correlations_they_say():
    x = make("normal", 20_000, 1)[0].values
    assert np.corrcoef(x.T)[0, 1] == pytest.approx(0.6, abs=0.02)
    banana = make("banana", 20_000, 1)[0].values
    assert abs(np.corrcoef(banana[:, 0], banana[:, 1])[0, 1]) < 0.05
    assert np.corrcoef(banana[:, 0] ** 2, banana[:, 1])[0, 1] > 0.5


def test_nobody_without_rows_and_no_unknown_names():
    assert len(make("uniform", 0, 1)[0]) == 0
    with pytest.raises(UnknownNameError):
        make("nothing", 10, 1)
