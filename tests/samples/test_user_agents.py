"""User agents of the generated people: read back as the devices they are."""

import random

import pytest

from segmentary.profiles.technographics import read_agent
from segmentary.samples.user_agents import android, apple, bot, device, windows

SYSTEMS = {"macOS": "Mac OS X"}


@pytest.mark.parametrize("kind", range(5))
def test_the_parser_reads_what_was_drawn(kind):
    weights = [0] * 5
    weights[kind] = 1
    for seed in range(8):
        drawn = device(random.Random(seed), tuple(weights))
        read = read_agent(drawn.user_agent)
        assert (read.device_type, read.os) == (drawn.kind, SYSTEMS.get(drawn.system, drawn.system))
        assert not read.is_bot


def test_crawlers_are_known_as_such():
    assert read_agent(bot(random.Random(1)).user_agent).is_bot


def test_only_small_screens_ask_for_the_mobile_page():
    assert "Mobi" in apple("iPhone", "18_3").user_agent
    assert "Mobi" in apple("iPad", "18_3").user_agent
    assert "Mobi" in android("Pixel 8", 140).user_agent
    assert "Mobi" not in windows(140).user_agent
