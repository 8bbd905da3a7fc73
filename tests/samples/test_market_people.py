from __future__ import annotations

import random

from segmentary.samples.market_people import ATTITUDE_GROUPS, LEANINGS, NEEDS, PERSONS, attitudes, brands, likert, needs
from segmentary.samples.personas import SCALES


def test_answers_stay_on_the_scale() -> None:
    chance = random.Random(1)
    assert {likert(chance, 9.0) for _ in range(50)} == {5}
    assert {likert(chance, 3.0, 3.0) for _ in range(500)} == {1, 2, 3, 4, 5}


def test_a_green_person_cares() -> None:
    chance = random.Random(2)
    rows = [attitudes(chance, PERSONS["green"], 0.0) for _ in range(200)]
    answers = [row["eco_1"] for row in rows if row["eco_1"] is not None]
    assert sum(answers) / len(answers) > 4.2
    assert len(rows[0]) == 3 * len(SCALES)


def test_groups_lean_to_their_brands_and_customers_use_us() -> None:
    chance = random.Random(3)
    rows = [brands(chance, "bargain", customer=place % 2 == 0, aware_of_us=0.3) for place in range(400)]
    assert sum(row["uses_billigo"] for row in rows) > 2 * sum(row["uses_atelier"] for row in rows)
    assert [row["uses_ours"] for row in rows] == [place % 2 == 0 for place in range(400)]
    assert set(LEANINGS) <= set(ATTITUDE_GROUPS)


def test_needs_of_every_group() -> None:
    chance = random.Random(4)
    for group in ATTITUDE_GROUPS:
        assert len(needs(chance, group, 0.0, gap=True)) == 2 * len(NEEDS)
