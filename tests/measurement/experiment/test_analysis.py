"""An analysis out of sums: what blocks, what is claimed, and in which order."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from segmentary.measurement.experiment.analysis import analyse
from segmentary.measurement.experiment.metrics import parse_metric
from segmentary.measurement.experiment.plan import Arm, Plan
from segmentary.measurement.experiment.sums import Sums

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
PLAN = Plan(
    "spring", "",
    (parse_metric("buys = any bought in 28d"), parse_metric("spend = trait spend before past", "secondary")),
    (Arm("mail", 0.5), Arm("control", 0.5)), "control", "s",
)  # fmt: skip


def cells(chance, rises, n=2_000, skew=0):
    found = [{}, {}]
    for segment, rise in rises.items():
        for arm in ("mail", "control"):
            people = n + (skew if arm == "mail" else 0)
            past = chance.gamma(2, 10, people)
            found[0][segment, arm] = Sums.of((chance.random(people) < 0.2 + rise * (arm == "mail")).astype(float))
            found[1][segment, arm] = Sums.of(past + chance.normal(0, 3, people) + rise * 10 * (arm == "mail"), past)
    return found


def test_a_split_that_is_wrong_says_nothing_else():
    made = cells(np.random.default_rng(1), {"a": 0.1}, skew=400)
    found = analyse(PLAN, made, made, as_of=NOW)
    assert found.blocked
    assert not found.overall
    assert not found.segments
    assert not found.incremental
    assert found.findings[-1].level == "refusal"
    assert "look for people" in found.findings[-1].hint


def test_segments_that_differ_are_claimed_and_those_that_do_not_are_not():
    made = cells(np.random.default_rng(2), {"a": 0.1, "b": 0.0})
    found = analyse(PLAN, made, made, as_of=NOW)
    assert found.overall[0].verdict.word == "works"
    assert next(one for one in found.differences if one.metric == "buys").interaction.found
    assert {one.segment: one.verdict.word for one in found.segments if one.metric == "buys"} == {
        "a": "works", "b": "not clear",
    }  # fmt: skip
    alike = cells(np.random.default_rng(3), {"a": 0.06, "b": 0.06})
    found = analyse(PLAN, alike, alike, as_of=NOW)
    assert {one.verdict.word for one in found.segments if one.metric == "buys"} == {"as overall"}


def test_the_past_decides_only_where_the_plan_said_so():
    made = cells(np.random.default_rng(4), {"a": 0.03})
    plain = analyse(PLAN, made, made, as_of=NOW).overall[1]
    adjusted = analyse(replace(PLAN, adjusted=True), made, made, as_of=NOW).overall[1]
    assert plain.deciding == plain.raw
    assert adjusted.deciding == adjusted.cuped.effect
    assert adjusted.cuped.effect.error < 0.5 * adjusted.raw.error


def test_a_look_before_its_day_has_no_verdict_anywhere():
    made = cells(np.random.default_rng(5), {"a": 0.1, "b": 0.0})
    found = analyse(PLAN, made, made, as_of=NOW, peeking=True)
    assert {one.verdict.word for one in (*found.overall, *found.segments)} == {"no verdict"}
    assert "peeking: no verdict" in found.sentence
    assert not found.incremental


def test_outcomes_that_are_missing_unevenly_are_named():
    made = cells(np.random.default_rng(6), {"a": 0.1})
    made[0]["a", "mail"] = replace(made[0]["a", "mail"], n=1_800)
    found = analyse(PLAN, made, made, as_of=NOW)
    assert [one.level for one in found.findings if one.code == "missing_outcome"] == ["warning"]


def test_nobody_at_all_is_no_crash():
    found = analyse(PLAN, [{}, {}], [{}, {}], as_of=NOW)
    assert found.overall[0].raw is None
    assert found.to_document()["overall"][0]["raw"] is None
