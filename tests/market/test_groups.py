"""Who belongs where."""

import numpy as np
import pytest

from segmentary.errors import DataError
from segmentary.market.groups import Groups


def test_names_become_places():
    groups = Groups.of(["b", None, "a", "b"])
    assert groups.names == ("a", "b")
    assert groups.labels.tolist() == [1, -1, 0, 1]
    assert groups.counts.tolist() == [1, 2]
    assert groups.unassigned.tolist() == [0, 1, 0, 0]
    assert Groups.of(["b"], names=["b", "z"]).counts.tolist() == [1, 0]


def test_probabilities_are_parts_of_people():
    groups = Groups(("a", "b"), np.array([0, 1, -1]), np.array([[0.7, 0.2], [0.4, 0.6], [0.5, 0.5]]))
    assert groups.parts.tolist() == [[0.7, 0.2], [0.4, 0.6], [0, 0]]
    assert groups.unassigned == pytest.approx([0.1, 0, 1])
    assert groups.take(np.array([True, False, True])).counts.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("names", "labels", "probabilities"),
    [
        (("a", "a"), [0], None),
        (("a",), [1], None),
        (("a",), [-2], None),
        (("a",), [0.0], None),
        (("a",), [[0]], None),
        (("a", "b"), [0], [[1.0]]),
        (("a", "b"), [0], [[0.8, 0.8]]),
        (("a", "b"), [0], [[-0.1, 0.8]]),
        (("a", "b"), [0], [[np.nan, 0.8]]),
    ],
)
def test_what_does_not_fit_is_refused(names, labels, probabilities):
    with pytest.raises(DataError):
        Groups(names, np.array(labels), None if probabilities is None else np.array(probabilities))


def test_a_strange_name_is_refused():
    with pytest.raises(DataError, match="'c' is not among"):
        Groups.of(["a", "c"], names=["a"])


def test_nobody():
    groups = Groups(("a",), np.zeros(0, dtype=np.intp))
    assert (len(groups), groups.parts.shape, groups.counts.tolist()) == (0, (0, 1), [0])
