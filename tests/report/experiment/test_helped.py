"""The section on whom an arm helps: sentences, curves, tables, small groups hidden."""

from __future__ import annotations

import pytest
from tests.measurement.uplift.planted import planted

from segmentary.measurement.uplift.uplift import uplift
from segmentary.report.document import HIDDEN
from segmentary.report.experiment.helped import helps


@pytest.fixture(scope="module", params=[False, True])
def found(request):
    trial, _ = planted("both", 1_500, amounts=request.param)
    return uplift(trial, arm="Autumn mail", outcome="visits", learners=(("dr", "ridge"),), repeats=1, draws=50)


def test_the_section_says_shows_and_lists(found):
    part = helps(found, 11)
    assert part.id == "helps_autumn_mail"
    assert "it helps most" in part.lead[0]
    assert [one.name for one in part.grids] == ["Policies Autumn mail", "Orders Autumn mail", "Tenths Autumn mail"]
    assert len(part.figures) == 2
    for figure in part.figures:
        for width in (360, 760):
            assert figure.draw(width).to_dict()["width"]


def test_tenths_of_few_people_are_hidden(found):
    part = helps(found, 1_000)
    assert len(part.figures) == 1
    assert HIDDEN in part.grids[2].rows[0]
