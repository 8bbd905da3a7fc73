import numpy as np

from segmentary.samples.planted_answers import answers, chats, mails
from segmentary.samples.planted_lives import day_of, lives
from segmentary.samples.planted_plans import TOPICS, WAVES


def test_answers_come_from_subscribers_and_stay_on_their_scales():
    people = lives(400, np.random.default_rng(2))
    scale = {"recommend": range(11), "satisfaction": range(1, 6)}
    for who, wave, item, value, day, _ in answers(people, np.random.default_rng(3)):
        assert people.alive(day_of(WAVES[wave]))[who]
        assert day == day_of(WAVES[wave])
        assert value in scale[item] if item in scale else value >= 0


def test_chats_and_mails():
    people = lives(400, np.random.default_rng(2))
    talked = list(chats(people, np.random.default_rng(4)))
    assert {topic for _, topic, _, _ in talked} == set(TOPICS)
    got = list(mails([0, 1], 10, "letter", np.random.default_rng(5)))
    assert [row[1] for row in got].count("email_delivered") == 2
