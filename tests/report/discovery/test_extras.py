"""What a report shows beyond the solution: a plane of people, a typing tool."""

from __future__ import annotations

import numpy as np
import pytest
from tests.report.discovery import planted

from segmentary.market.typing_tool import typing_tool
from segmentary.models.describe.separation import separation
from segmentary.models.discover.discovery import discover
from segmentary.models.discover.solution import Segmentation
from segmentary.report.discovery.extras import Cloud, Extras, Typing
from segmentary.report.discovery.report import discovery_document


def test_a_separation_becomes_a_cloud() -> None:
    given = planted.solution(n=4000, k=3)
    people, labels = planted.table(4000, 3, 11, seed=7, hostile=False, numbers=True)
    x = np.nan_to_num(people.values)
    found = separation(x, labels, people.weight, 3)
    cloud = Cloud.of(found, Segmentation(given, (), labels, None))
    assert len(cloud.points) == len(cloud.labels) <= 1500
    assert cloud.centres.keys() == {0, 1, 2}
    assert set(cloud.arrows) == {column.label for column in given.columns}
    lengths = [float(np.hypot(*end)) for end in cloud.arrows.values()]
    assert lengths == sorted(lengths, reverse=True)
    # Outlines are closed.
    assert all(np.allclose(ring[0], ring[-1]) for ring in cloud.ellipses.values())
    document = discovery_document(given, extras=Extras(cloud=cloud))
    assert "separation" in [part.id for part in document.parts]


def test_a_typing_tool_becomes_a_section() -> None:
    given = planted.solution(n=400, k=3)
    people, labels = planted.table(400, 3, 11, seed=7, hostile=False, numbers=True)
    tool = typing_tool(people, labels, keys=[s.key for s in given.description.segments], most=3)
    shown = Extras(typing=tool).questions
    assert shown is not None
    assert [step.questions for step in shown.steps] == [point.items for point in tool.curve]
    assert shown.chosen == len(tool.items)
    document = discovery_document(given, extras=Extras(typing=tool))
    part = next(part for part in document.parts if part.id == "typing")
    assert [grid.name for grid in part.grids] == ["Typing tool", "Typing by segment", "Typing by confidence"]
    assert given.description.segments[0].name in str(part.grids[1].rows)


def test_a_discovery_just_made_brings_its_own() -> None:
    people, _ = planted.table(300, 3, 6, seed=5, hostile=False, numbers=False)
    found = discover(people, methods=["k_means"], k=range(2, 5), repetitions=4, seed=1)
    extras = Extras.of(found)
    assert extras.cloud is not None
    assert extras.across is not None
    assert extras.across.ks == (2, 3, 4)
    ids = [part.id for part in discovery_document(found.solution, extras=extras).parts]
    assert {"separation", "stability", "how-many"} <= set(ids)


def test_nothing_is_shown_of_nothing() -> None:
    assert Extras().questions is None
    assert Extras(typing=Typing(())).questions == Typing(())
    with pytest.raises(AttributeError):
        Extras().cloud = None  # type: ignore[misc]
