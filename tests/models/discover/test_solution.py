"""A solution as a document: everything but the people, and the same again."""

import json

import numpy as np
import pytest

from segmentary.models.discover.discovery import discover
from segmentary.models.discover.solution import Solution
from segmentary.models.table.coding import coded_as


@pytest.fixture(scope="module")
def found():
    chance = np.random.default_rng(4)
    kinds = np.repeat([0, 1, 2], 60)
    frame = {
        "calm": kinds * 5.0 + chance.normal(size=180),
        "price": (kinds == 2) * -6.0 + chance.normal(size=180),
        "town": np.array(["Kiel", "Ulm", "Bonn"])[chance.integers(0, 3, 180)],
    }
    return discover(
        frame, columns=["calm", "price"], descriptors=["town"], ids=[f"somebody-{i}" for i in range(180)],
        methods=["k_means"], k=[2, 3], choose=("k_means", 3), repetitions=5,
    )  # fmt: skip


def test_a_document_is_the_same_solution(found):
    text = json.dumps(found.solution.to_document(), allow_nan=False)
    again = Solution.from_document(json.loads(text))
    assert again.to_document() == found.solution.to_document()
    assert again.k == 3
    assert again.verdict.sentence == found.solution.verdict.sentence


def test_a_document_holds_nobody(found):
    assert "somebody" not in json.dumps(found.solution.to_document())
    assert found.segmentation.ids[0] == "somebody-0"


def test_a_solution_read_again_places_people_alike(found):
    import pyarrow as pa

    again = Solution.from_document(found.solution.to_document())
    values = found.people.table.values
    frame = pa.table({name: values[:, place] for place, name in enumerate(found.people.table.names)})
    assert (again.assigner.assign(coded_as(frame, again.columns)) == found.labels).all()
