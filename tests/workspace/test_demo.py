"""The demo makes a whole workspace, and the generated business comes out as it was planted."""

import pytest

import segmentary as sg
from segmentary.errors import WorkspaceError
from segmentary.samples.generated import TRUTH_FILE, GeneratedTruth
from segmentary.workspace.demo import demo


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "generated"
    return folder, demo(folder, generate=True, customers=300, report=False)


@pytest.mark.timeout(600)
def test_every_library_segment_holds_exactly_the_people_planted(made):
    folder, result = made
    truth = GeneratedTruth.read(folder / "exports" / TRUTH_FILE)
    assert len(truth.segments) >= 40
    assert result.customers == truth.customers
    with sg.open(folder) as workspace:
        found = {name: workspace.segment(name).ids() for name in truth.segments}
    wrong = {name for name, ids in truth.segments.items() if found[name] != sorted(ids)}
    assert wrong == set()


def test_people_on_a_border_fall_on_their_side(made):
    folder, _ = made
    truth = GeneratedTruth.read(folder / "exports" / TRUTH_FILE)
    with sg.open(folder) as workspace:
        for name, pair in truth.boundary.items():
            ids = set(workspace.segment(name).ids())
            assert pair.inside in ids, f"{name}: {pair.inside} should be in"
            assert pair.outside not in ids, f"{name}: {pair.outside} should be out"


def test_the_result_is_what_the_workspace_serves(made):
    folder, result = made
    assert result.data == "generated business"
    with sg.open(folder) as workspace:
        served = {info.name: info.people for info in workspace.segments()}
    assert {one.name: one.people for one in result.segments} == served
    assert [one.people for one in result.segments] == sorted(served.values(), reverse=True)


def test_a_workspace_is_never_overwritten(made):
    folder, _ = made
    with pytest.raises(WorkspaceError, match="already is a workspace"):
        demo(folder, generate=True)
