"""A solution as it is shown: no small group, its tools, one person's answers, its picture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segmentary.errors import UnknownNameError
from segmentary.workspace.discovery_looking import (
    PLANES,
    cards,
    document,
    look,
    placeable,
    plain_document,
    plane,
)


def test_a_look_knows_what_is_around(analysed):
    found = look(analysed, "kinds")
    assert (found.number, found.in_force, found.of, found.tools) == (1, False, "", ("kinds_typing",))
    assert look(analysed, "kinds_typing").of == "kinds"
    assert placeable(analysed, found.solution)
    assert {one.name for one in cards(analysed)} >= {"kinds", "kinds_typing"}
    with pytest.raises(UnknownNameError):
        look(analysed, "nowhere")


def test_small_segments_are_told_nowhere(analysed):
    found = look(analysed, "kinds")
    told = plain_document(found)
    assert [one["n"] for one in told["segments"]] == [one.n for one in found.solution.description.segments]
    least = max(one.n for one in found.solution.description.segments) + 1
    hidden = plain_document(replace(found, below=least))
    assert all(one["n"] is None and one["size"] is None and one["hidden"] for one in hidden["segments"])
    assert hidden["profile"] == []
    assert hidden["rules"] == []
    assert all(row["smallest"] is None for row in hidden["criteria"]["rows"] if row["k"] > 1)


def test_the_document_has_a_picture_of_people_where_there_is_one(analysed):
    found = look(analysed, "kinds")
    cloud = plane(analysed, found)
    assert cloud is plane(analysed, found), "kept until the next run"
    assert len(PLANES) <= 16
    assert "separation" in {one.name for one in document(found, cloud).figures}
    assert "separation" not in {one.name for one in document(found).figures}
