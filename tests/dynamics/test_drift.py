"""Drift trait by trait: found where it is planted, not where it is not, and said in plain words."""

import numpy as np
import pytest

from segmentary.dynamics.drift import TraitCounts, bin_labels, compared, drift_from
from segmentary.models.intervals import Moments
from segmentary.models.predict.card import Distribution
from segmentary.models.predict.distributions import distributions
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable


def number(name, then, now, *, must=""):
    """A number counted in fifty bins of its quantiles then."""
    borders = np.unique(np.quantile(then, np.linspace(0, 1, 51)[1:-1], method="inverted_cdf"))
    counts = [np.bincount(np.searchsorted(borders, x), minlength=len(borders) + 1) for x in (then, now)]
    pair = tuple(Moments(len(x), float(x.mean()), float(x.var(ddof=1))) for x in (then, now))
    return TraitCounts(
        name, name, "number", bin_labels(borders.tolist()), tuple(map(float, counts[0])),
        tuple(map(float, counts[1])), 0, 0, pair, must,
    )  # fmt: skip


def text(name, then, now):
    return TraitCounts(name, name, "text", tuple("abc"), then, now, 0, 0)


def test_what_changed_is_found_and_what_did_not_is_not():
    chance = np.random.default_rng(1)
    found = compared(
        [
            number("steady", chance.normal(size=900), chance.normal(size=900)),
            number("moved", chance.normal(size=900), chance.normal(0.6, size=900)),
            number("older", chance.normal(size=900), chance.normal(0.6, size=900), must="time passes"),
            text("town", (300.0, 300.0, 300.0), (150.0, 300.0, 450.0)),
            text("same", (300.0, 300.0, 300.0), (310.0, 290.0, 300.0)),
        ],
        then="May",
        now="June",
    )
    verdicts = {one.name: one.verdict for one in found.traits}
    assert verdicts["moved"] == verdicts["town"] == "drifted"
    assert verdicts["older"] == "must_drift"
    assert verdicts["steady"] == verdicts["same"] == "not_clear"
    assert "2 of 5 traits changed clearly between May and June" in found.sentence
    assert "1 more changed because they must" in found.sentence
    town = next(one for one in found.traits if one.name == "town")
    assert town.sentence == "town changed: c was 33% of those with a value, now 50%."
    assert next(one for one in found.traits if one.name == "older").sentence.startswith(
        "older changed, as it must (time"
    )


def test_among_many_traits_without_change_few_are_called_changed():
    chance = np.random.default_rng(2)
    wrong = 0
    for _ in range(20):
        many = [number(f"t{i}", chance.normal(size=200), chance.normal(size=200)) for i in range(20)]
        wrong += any(one.verdict in ("drifted", "slight") for one in compared(many, then="a", now="b").traits)
    assert wrong <= 3


def test_to_lose_values_is_a_change():
    kept = TraitCounts("age", "age", "number", ("up to 40", "above 40"), (100.0, 100.0), (60.0, 60.0), 0.0, 80.0)
    (found,) = compared([kept], then="May", now="June").traits
    assert found.verdict == "drifted"
    assert found.sentence == "age changed: 0% had no value then, 40% have none now."


def test_few_people_are_said_and_nothing_to_compare_too():
    few = TraitCounts("age", "age", "number", ("up to 40", "above 40"), (5.0, 5.0), (0.0, 9.0), 0.0, 0.0)
    found = compared([few], then="May", now="June")
    assert found.traits[0].verdict == "too_few"
    assert "Too few people" in found.sentence
    assert compared([], then="May", now="June").traits == ()
    constant = TraitCounts("one", "one", "number", ("all",), (50.0,), (60.0,), 0.0, 0.0)
    assert compared([constant], then="May", now="June").traits[0].verdict == "not_clear"


BASE = (
    Distribution("age", (30.0, 50.0), (), (0.3, 0.4, 0.3), 0.1),
    Distribution("town", (), ("Bonn", "Köln"), (0.5, 0.3, 0.2), 0.0),
    Distribution("lost", (1.0,), (), (0.5, 0.5), 0.0),
)


def people(shift, n=1000, seed=3):
    chance = np.random.default_rng(seed)
    age = chance.choice([20.0, 40.0, 60.0], n, p=[0.3 - shift, 0.4, 0.3 + shift])
    age[chance.random(n) < 0.1] = np.nan
    town = chance.choice(3, n, p=[0.5, 0.3, 0.2]).astype(float)
    columns = (Column("age", "numeric"), Column("town", "nominal", ("Bonn", "Köln", "Ulm")))
    return TypedTable(columns, np.column_stack([age, town]))


@pytest.mark.parametrize(("shift", "verdict"), [(0.0, "not_clear"), (0.2, "drifted")])
def test_people_of_today_against_a_card(shift, verdict):
    found = drift_from(BASE, people(shift), people=5000)
    by_name = {one.name: one for one in found.traits}
    assert by_name["age"].verdict == verdict
    assert by_name["town"].verdict == "not_clear"
    assert [one.columns for one in found.findings] == [("lost",)], "what is not known today is named"


def test_a_card_without_a_number_of_people_counts_as_exact():
    (age,) = drift_from(BASE[:1], people(0.0)).traits
    assert age.verdict == "not_clear"
    assert age.stability.chance < 0.02


def test_what_a_card_keeps_of_people_does_not_drift_from_them():
    then = people(0.0, seed=8)
    found = drift_from(distributions(then), people(0.0, seed=9), people=len(then))
    assert {one.verdict for one in found.traits} == {"not_clear"}
    assert found.findings == ()
    moved = drift_from(distributions(then), people(0.25, seed=9), people=len(then))
    assert [one.name for one in moved.drifted] == ["age"]
