"""Phrases tried on a bot."""

from tests.activation.chat.bots import ADA

from segmentary.activation.chat.trial import tried
from segmentary.activation.chat.understanding import Listener


def test_phrases_are_counted_and_judged():
    lines = ["plan\tshow me my plan", "opening\tany tips for me", "blue moon", "when are you open"]
    found = tried(ADA, Listener(ADA), lines)
    assert (found.phrases, found.told, found.unsure, found.judged, found.right) == (4, 3, 1, 2, 1)
    assert found.confusions == (("opening", "tips", 1, "any tips for me"),)
    assert found.unplaced == ("blue moon",)
