"""What could be seen is what is seen: by simulation, and against the textbook."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.measurement.experiment.effects import Look, effect
from segmentary.measurement.experiment.power import Asked, power_of, smallest_difference, together
from segmentary.measurement.experiment.sums import Sums

HALVES = (0.5, 0.5)


def shares_of(n, share):
    return Sums.of([1] * round(n * share) + [0] * (n - round(n * share)))


def told(sums, **more):
    return power_of(sums, **{"segment": "champions", "arm": "mail", "metric": "order rate", "kind": "share",
                             "shares": HALVES, "asked": Asked(), **more})  # fmt: skip


def test_the_sentence_says_it_in_plain_words():
    found = told(shares_of(2_000, 0.12))
    assert found.sentence == (
        "with 2,000 people in 'champions' you will see a rise of order rate from 12.0% to 16.4% or more"
        " in four of five cases"
    )


def test_a_mean_needs_what_the_textbook_says():
    # Two groups of 63 see a difference of half a standard deviation in four of five cases (Cohen 1988: 64 by t).
    assert smallest_difference(0.0, 1.0, 63, 63, "mean", Asked()) == pytest.approx(0.5, abs=0.002)


@pytest.mark.parametrize("kind", ["share", "mean", "ratio"])
def test_the_smallest_difference_is_seen_in_four_of_five_cases(kind):
    chance = np.random.default_rng(4)
    n = 800

    def draw(rise):
        if kind == "share":
            return Sums.of((chance.random(n) < 0.2 + rise).astype(float))
        per = 1 + chance.poisson(2, n)
        top = chance.gamma(2, 5, n) + rise if kind == "mean" else per * (20 + rise) + chance.normal(0, 15, n)
        return Sums.of(top, None, per)

    history = sum((draw(0.0) for _ in range(20)), start=Sums())
    people = Sums(**{**{f: getattr(history, f) for f in history.__slots__}, "people": 2 * n})
    smallest = told(people, kind=kind).smallest
    made = [effect(draw(smallest), draw(0.0), kind) for _ in range(400)]
    assert 0.74 <= sum(one.p < 0.05 and one.estimate > 0 for one in made) / 400 <= 0.86


def test_segments_too_small_are_refused_and_read_together():
    history = {"a": shares_of(150, 0.2), "b": shares_of(160, 0.2), "c": shares_of(2_000, 0.2)}
    each = [told(sums, segment=name) for name, sums in history.items()]
    assert [bool(one.refusal) for one in each] == [True, True, False]
    assert "75 people in an arm" in each[0].sentence
    whole = together(each, history, Asked())
    assert whole.segment == "a + b"
    assert whole.people == 310
    assert not whole.refusal
    assert together(each[1:], history, Asked()) is None


def test_a_history_that_says_nothing_is_refused():
    assert "the same for everybody" in told(shares_of(1_000, 0.0)).refusal
    assert "people in an arm" in told(Sums()).refusal
    assert "more than" in told(shares_of(1_000, 0.004)).refusal


def test_the_past_of_a_metric_narrows_and_is_no_promise():
    chance = np.random.default_rng(5)
    past = chance.normal(10, 3, 2_000)
    found = told(Sums.of(past + chance.normal(0, 1, 2_000), past), kind="mean")
    assert found.variance_cut == pytest.approx(0.9, abs=0.02)
    assert found.with_past < 0.4 * found.smallest


def test_people_needed_are_those_who_see_it():
    asked = Asked(detect=0.1)
    needed = told(shares_of(10_000, 0.2), asked=asked).needed
    reached = smallest_difference(0.2, 0.4, needed / 2, needed / 2, "share", asked)
    assert reached == pytest.approx(0.02, rel=0.01)


def test_a_sequence_sees_less_than_one_look():
    one, many = (
        told(shares_of(5_000, 0.2), asked=Asked(look=Look(kind), detect=0.1)) for kind in ("single", "sequence")
    )
    assert 1.2 < many.smallest / one.smallest < 1.6
    assert 1.5 < many.needed / one.needed < 2.5
