"""The forecast of sizes: right where a chain made the past, beaten where nothing moves by one, and said in words."""

import numpy as np
import pytest

from segmentary.dynamics.size_forecast import forecast_sizes
from segmentary.errors import NoAnswerError, UsageError

PARTS = ("good", "poor")
SHARES = np.array([[0.85, 0.15], [0.05, 0.95]])


def chain(periods, size=(2000, 500), seed=1, new=(60, 0), noise=0.0):
    """Moves and sizes of people who follow a chain; noise: how unlike each other the periods are."""
    chance = np.random.default_rng(seed)
    now, steps, sizes = np.array(size), [], [(*size, 0)]
    for _ in range(periods):
        shares = SHARES + noise * chance.normal(size=(2, 1)) * np.array([[1, -1]])
        one = np.zeros((5, 5), dtype=np.int64)
        one[:2, :2] = [chance.multinomial(n, np.clip(p, 0.01, 0.99) / np.clip(p, 0.01, 0.99).sum())
                       for n, p in zip(now, shares, strict=True)]  # fmt: skip
        one[3, :2] = chance.poisson(new)
        now = one[:, :2].sum(axis=0)
        steps.append(one)
        sizes.append((*now, 0))
    return np.array(steps), np.array(sizes)


def forecast(steps, sizes, ahead=3, **more):
    labels = tuple(f"in {h}" for h in range(1, ahead + 1))
    return forecast_sizes(steps, sizes, PARTS, labels, period="month", ahead=ahead, **more)


def test_a_chain_is_forecast_by_a_chain():
    steps, sizes = chain(13)
    found = forecast(steps[:10], sizes[:11])
    assert found.shown.startswith("markov")
    assert not found.naive_wins
    chain_score = next(one for one in found.scores if one.method == "markov")
    assert chain_score.relative < 0.3
    assert (chain_score.better_at, chain_score.origins) == (6, 7)
    assert "smaller than that of" in found.sentence
    for at, part in enumerate(PARTS):
        for h, one in enumerate(found.path(part).ahead):
            assert one.low <= sizes[11 + h, at] <= one.high
            assert one.estimate == pytest.approx(sizes[11 + h, at], rel=0.05)


def test_where_people_move_at_random_the_naive_forecast_wins_and_it_is_said():
    chance = np.random.default_rng(2)
    steps = np.zeros((10, 5, 5), dtype=np.int64)
    sizes = [(500, 500, 0)]
    for t in range(10):
        # As many go as come, give or take a few: the past says nothing of the next step.
        move = int(chance.integers(100, 300))
        good, poor = sizes[-1][:2]
        other = move + int(chance.integers(-25, 26))
        steps[t, 0, :2], steps[t, 1, :2] = (good - move, move), (other, poor - other)
        sizes.append((good - move + other, poor - other + move, 0))
    found = forecast(steps, np.array(sizes))
    assert found.naive_wins
    assert "“As large as last time” wins" in found.sentence
    assert [one.estimate for one in found.path("good").ahead] == [sizes[-1][0]] * 3


def test_intervals_hold_what_came():
    inside = total = 0
    for seed in range(12):
        steps, sizes = chain(14, seed=seed, noise=0.03)
        found = forecast(steps[:12], sizes[:13], ahead=2, seed=seed)
        for at, part in enumerate(PARTS):
            for h, one in enumerate(found.path(part).ahead):
                inside += one.low <= sizes[13 + h, at] <= one.high
                total += 1
    assert inside / total >= 0.85


def test_too_short_a_past_is_not_scored_and_a_shorter_one_refused():
    steps, sizes = chain(4)
    found = forecast(steps, sizes)
    assert found.naive_wins
    assert found.origins == 1
    assert [one.code for one in found.findings] == ["few_origins"]
    assert "Too short a past" in found.sentence
    with pytest.raises(NoAnswerError, match="three moments"):
        forecast(steps[:1], sizes[:2])
    with pytest.raises(UsageError):
        forecast(steps, sizes, ahead=0)


def test_the_same_seed_says_the_same_and_the_document_is_plain():
    steps, sizes = chain(8)
    one, other = forecast(steps, sizes, seed=5), forecast(steps, sizes, seed=5)
    assert one == other
    document = one.to_document()
    assert {path["part"] for path in document["paths"]} == {"good", "poor", "(in none)"}
    assert len(document["scores"]) == 4


def test_nobody_at_all():
    found = forecast(np.zeros((6, 5, 5), dtype=np.int64), np.zeros((7, 3), dtype=np.int64))
    assert found.naive_wins
    assert [one.estimate for one in found.path("good").ahead] == [0, 0, 0]
