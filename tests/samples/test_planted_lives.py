import datetime as dt

import numpy as np

from segmentary.samples.planted_lives import PRODUCTS, buying, day_of, instant, letter, lives
from segmentary.samples.planted_plans import DAYS, LETTER_ON


def test_nobody_orders_without_a_subscription():
    rng = np.random.default_rng(1)
    people = lives(300, rng)
    bought = buying(people, rng, experiment=True)
    assert (bought.day >= people.joined[bought.who]).all()
    assert (bought.day < np.minimum(people.left[bought.who], DAYS)).all()
    assert (np.diff(bought.day) >= 0).all()
    got = letter(people, bought)
    assert people.alive(day_of(LETTER_ON))[got].all()


def test_moments_are_local():
    assert instant(0, 9 * 60) == dt.datetime(2023, 9, 1, 7, tzinfo=dt.UTC)
    assert len({number for number, *_ in PRODUCTS}) == len(PRODUCTS) == 24
