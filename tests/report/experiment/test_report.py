"""The report of an experiment: the verdict first, figures as the analysis has them, small segments hidden."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from segmentary.measurement.experiment.analysis import analyse
from segmentary.measurement.experiment.metrics import parse_metric
from segmentary.measurement.experiment.plan import Arm, Plan, Wave
from segmentary.measurement.experiment.sums import Sums
from segmentary.report.document import HIDDEN
from segmentary.report.experiment.report import experiment_document, render_experiment

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
PLAN = Plan(
    "spring", "mail brings orders",
    (parse_metric("buys = any bought in 28d"), parse_metric("spend = trait spend before past", "secondary"),
     parse_metric("visits = any visited in 28d margin 5%", "guardrail")),
    (Arm("mail", 0.5), Arm("control", 0.5)), "control", "s", segments=("gold",), cost=0.1,
    waves=(Wave(1, NOW, {"gold": {"mail": 800, "control": 800}}),),
)  # fmt: skip


@pytest.fixture(scope="module")
def analysis():
    chance = np.random.default_rng(1)
    made = [{}, {}, {}]
    for segment, n, rise in (("gold", 800, 0.15), ("(others)", 900, 0.0), ("tiny", 4, 0.0)):
        for arm in ("mail", "control"):
            past = chance.gamma(2, 10, n)
            up = rise * (arm == "mail")
            made[0][segment, arm] = Sums.of((chance.random(n) < 0.2 + up).astype(float))
            made[1][segment, arm] = Sums.of(past + chance.normal(0, 3, n) + 10 * up, past)
            made[2][segment, arm] = Sums.of((chance.random(n) < 0.5).astype(float))
    found = analyse(PLAN, made, made, as_of=NOW, cuts={"spend": 80.0})
    looks = [
        {"at": f"2026-0{month}-01T00:00:00+00:00", "arm": "mail", "metric": "buys", "peeking": month == 2,
         "people": 100,
         "estimate": 0.05, "low": -0.01, "high": 0.11, "share": True, "word": "not clear"}
        for month in (2, 3)
    ]  # fmt: skip
    return replace(found, looks=tuple(looks))


def test_the_verdict_stands_first_and_every_question_has_its_part(analysis):
    document = experiment_document(analysis, generated_for="shop")
    assert document.answer.word == "It works"
    assert "The segments differ in what mail does to buys" in document.answer.meaning
    assert [one.id for one in document.parts] == [
        "split", "overall", "segments", "brought", "looks", "making", "glossary",
    ]  # fmt: skip
    names = [one.name for one in document.figures]
    assert names[:4] == ["split", "metric_buys", "metric_spend", "metric_visits"]
    assert "segments_buys_mail" in names
    assert "looks" in names


def test_figures_are_those_of_the_analysis(analysis):
    grids = {one.name: one for one in experiment_document(analysis).grids}
    spend = next(row for row in grids["Overall"].rows if row[0] == "spend")
    one = next(one for one in analysis.overall if one.metric == "spend")
    assert (spend[5].estimate, spend[5].low) == (one.raw.estimate, one.raw.low)
    assert spend[7].estimate == one.cuped.effect.estimate
    assert dict(grids["Making"].rows)["Largest spend cut at"] == "80.00"


def test_small_segments_are_hidden(analysis):
    document = experiment_document(analysis)
    rows = [row for grid in document.grids if grid.name == "Segments" for row in grid.rows if row[2] == "tiny"]
    assert rows
    assert all(row[3] is HIDDEN for row in rows)


def test_a_blocked_experiment_shows_its_split_and_no_figure(analysis):
    cells = {("gold", "mail"): Sums.of([0, 1] * 500), ("gold", "control"): Sums.of([0, 1] * 400)}
    blocked = analyse(replace(PLAN, metrics=PLAN.metrics[:1]), [cells], [cells], as_of=NOW)
    document = experiment_document(blocked)
    assert document.answer.word == "Nothing can be read"
    assert [one.id for one in document.parts] == ["split", "making", "glossary"]
    assert [one.name for one in document.figures] == ["split"]


def test_it_is_written_in_every_form(analysis, tmp_path):
    files = render_experiment(analysis, tmp_path, forms=["html", "xlsx", "charts"])
    text = files.html.read_text(encoding="utf-8")
    assert "It works" in text
    assert len(files.images) == 2 * len(experiment_document(analysis).figures)
