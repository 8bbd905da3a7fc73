"""The headline: one word, and the segments first where they differ."""

import pytest
from tests.measurement.campaign.counted import read

from segmentary.measurement.campaign.effect import lifts
from segmentary.measurement.campaign.result import headline, limits_of

RATES = {"good": (0.5, 1.0), "null": (0.5, 0.5), "bad": (1.0, 0.5)}


@pytest.fixture(scope="module")
def found():
    return lifts(read(RATES, 5)[0])


def test_the_segments_come_first_where_they_differ(found):
    word, said = headline(found, "buys", differ=True)
    assert word == "it depends"
    assert said.startswith("worked in good; did harm in bad; not clear in null; over everybody")


def test_one_word_where_they_do_not(found):
    assert headline(found, "buys")[0] == next(one.word for one in found if one.metric == "buys")
    assert headline(found, "buys", peeking=True)[0] == "no verdict"
    assert headline(found, "buys", refusal="nobody was held out") == ("no verdict", "nobody was held out")
    assert headline([], "buys")[0] == "no verdict"


def test_limits_name_what_is_there():
    assert len(limits_of(held_out=False, opens=False, clicks=False)) == 1
    every = limits_of(held_out=True, opens=True, clicks=True, late="late")
    assert len(every) == 5
    assert every[-1] == "late"
