"""Plans survive the ledger, and those without sense are refused."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from segmentary.errors import UsageError
from segmentary.measurement.experiment.effects import Look
from segmentary.measurement.experiment.metrics import parse_metric
from segmentary.measurement.experiment.plan import Arm, Plan, Wave, checked

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
PLAN = Plan(
    name="spring",
    hypothesis="mail brings orders",
    metrics=(parse_metric("buys = any order_completed in 28d"), parse_metric("spend = trait spend", "guardrail")),
    arms=(Arm("mail", 0.9), Arm("control", 0.1)),
    control="control",
    salt="spring",
    segments=("gold",),
    look=Look("sequence"),
    look_at=NOW,
    waves=(Wave(3, NOW, {"gold": {"mail": 9, "control": 1}}),),
)


def test_a_document_is_the_plan():
    document = json.loads(json.dumps(PLAN.to_document()))
    assert Plan.from_document(document) == PLAN
    assert Plan.from_document({**document, "looks": []}) == PLAN


def test_what_follows_from_it():
    assert checked(PLAN).treatments == ("mail",)
    assert PLAN.longest == 28
    assert PLAN.primary.name == "buys"
    assert PLAN.exposed_as == "spring"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Spring mail"},
        {"metrics": ()},
        {"metrics": (*PLAN.metrics, *PLAN.metrics)},
        {"arms": (Arm("mail", 1.0),)},
        {"arms": (Arm("mail", 0.5), Arm("mail", 0.5))},
        {"arms": (Arm("mail", 0.5), Arm("global_holdout", 0.5))},
        {"arms": (Arm("mail", 0.6), Arm("control", 0.6))},
        {"control": "nobody"},
        {"global_holdout": 0.5},
        {"by": "tier"},
        {"segments": ("gold", "gold")},
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(UsageError):
        checked(replace(PLAN, **wrong))
