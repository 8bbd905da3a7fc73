"""Where people came from and went to adds up to who came and went."""

from tests.workspace.segment_shop import shop

from segmentary.workspace.segment_activity import transitions


def test_movement_adds_up():
    found = transitions(shop(), "fresh_buyers")
    step = shop().segment("fresh_buyers").history()[-1]
    assert (found.entered, found.left, found.stayed) == (step.entered, step.left, step.size - step.entered)
    assert found.left > 0
    assert found.left_to_nowhere <= found.left


def test_nobody_moved():
    found = transitions(shop(), "given")
    assert (found.entered, found.left, found.flows) == (0, 0, ())
