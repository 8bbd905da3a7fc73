"""The report of dynamics: every section, hostile names harmless, small groups hidden, empty parts left out."""

import pytest
from tests.report.dynamics import planted

from segmentary.report.document import HIDDEN
from segmentary.report.dynamics.data import DynamicsReportData
from segmentary.report.dynamics.report import dynamics_document, render_dynamics


@pytest.fixture(scope="module")
def data():
    return planted.report()


def test_every_section_is_there_and_every_chart_draws(data):
    document = dynamics_document(data)
    assert [part.id for part in document.parts] == [
        "sizes", "forecast", "transitions", "moves", "tenure", "leaving", "drift", "seasons", "unanswered", "glossary",
    ]  # fmt: skip
    for figure in document.figures:
        for width in (390, 760):
            assert figure.draw(width).to_dict()["config"]
    assert {figure.name for figure in document.figures} == {
        "sizes", "transitions", "flow", "tenure", "calibration", "drift",
    }  # fmt: skip
    assert document.answer.doubt.startswith("The data cover 213 days")
    assert len({grid.name for grid in document.grids}) == len(document.grids)


def test_what_the_forecast_says_is_said_first(data):
    document = dynamics_document(data)
    assert document.answer.sentence == data.forecast.sentence
    assert document.answer.sentence not in document.headlines


def test_hostile_names_are_harmless_and_the_forms_are_written(tmp_path):
    files = render_dynamics(planted.report(hostile=True, people=120), tmp_path, forms=["html", "xlsx"])
    page = files.html.read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert files.xlsx.stat().st_size > 5_000


def test_few_people_are_hidden_with_a_neighbour():
    data = planted.report(people=24)
    document = dynamics_document(data)
    sizes = next(grid for grid in document.grids if grid.name == "Sizes")
    by_part = {(row[0], row[1]): row[2] for row in sizes.rows}
    for part, held in data.sizes.by_part.items():
        for one in held:
            assert (by_part[part, one.label] is HIDDEN) == (0 < one.people < 11)
    steps = next(grid for grid in document.grids if grid.name == "Steps")
    assert all(row[3] is HIDDEN or row[3] >= 11 for row in steps.rows)
    said = [*document.headlines, document.answer.sentence, document.answer.meaning]
    said += [one for part in document.parts for one in part.lead]
    assert data.hidden
    assert not any(name in one for one in said for name in data.hidden if part_of(name, data, one))


def part_of(name, data, sentence):
    """The warning about members of one segment speaks of it with the consent of whoever asked for it."""
    return data.leaving is None or sentence != data.leaving.sentence


def test_nothing_handed_in_is_an_honest_page():
    document = dynamics_document(DynamicsReportData("How the segments change"))
    assert document.answer.word == "Nothing to report"
    assert [part.id for part in document.parts] == ["glossary"]
