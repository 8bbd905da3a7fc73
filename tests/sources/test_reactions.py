from typing import get_args

from segmentary.profiles.consent import OPT_OUT_EVENTS
from segmentary.sources.reactions import MEANINGS, SUPPRESSING, Reaction, event_name


def test_every_reaction_has_a_meaning():
    assert set(MEANINGS) == set(get_args(Reaction))


def test_what_suppresses_is_a_refusal_of_that_channel():
    assert {OPT_OUT_EVENTS[event_name(one)] for one in SUPPRESSING} == {"email"}
    assert event_name("clicked", "sms") == "sms_clicked"
