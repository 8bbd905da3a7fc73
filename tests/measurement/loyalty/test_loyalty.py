"""All of it together, over answers and orders made by hand."""

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp
from tests.measurement.happened import EVENTS, engine_with, event, members

from segmentary.engine.sqlfile import query, text
from segmentary.language.tree import Context
from segmentary.measurement.loyalty import loyalty as module
from segmentary.measurement.loyalty.behaviour import Leaving
from segmentary.measurement.loyalty.loyalty import Plan, loyalty
from segmentary.measurement.loyalty.questions import answers_query, asked, recommendation, satisfaction, spending

CONTEXT = Context(as_of=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
LEFT = Leaving("plan_cancelled", None)


def with_answers(engine, rows):
    """rows: customer, wave, item, value, answered_at."""
    names = ("record_id", "wave", "item", "value", "answered_at")
    columns = {name: [row[k] for row in rows] for k, name in enumerate(names)}
    table = pa.table({
        **{name: pa.array(columns[name], pa.string()) for name in names[:4]},
        "answered_at": pa.array(columns["answered_at"], pa.timestamp("us")),
        "survey": pa.array(["pulse"] * len(rows), pa.string()),
        "missing_code": pa.nulls(len(rows), pa.string()),
        "weight": pa.nulls(len(rows), pa.decimal128(18, 4)),
        "id_space": pa.array(["c"] * len(rows), pa.string()),
        "known_at": pa.array([dt.datetime(2025, 1, 1)] * len(rows), pa.timestamp("us")),
        "row_key": pa.array([str(k) for k in range(len(rows))], pa.string()),
    })  # fmt: skip
    engine.ingest("responses", table, temporary=False)
    ids = sorted({row[0] for row in rows})
    people = pa.table({"id_space": ["c"] * len(ids), "record_id": ids, "customer_id": ids})
    engine.ingest("identity_map", people, temporary=False)
    return answers_query(exp.table_("responses"), exp.table_("identity_map"), CONTEXT)


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(2)
    events, rows = [], []
    for k in range(400):
        happy = k < 200
        events.append(event(f"c{k}", dt.datetime(2024, 3, 1), name="order_completed"))
        if rng.uniform() < (0.1 if happy else 0.5):
            events.append(event(f"c{k}", dt.datetime(2025, 12, 1), name="plan_cancelled"))
        for wave, day in (("w1", dt.datetime(2025, 3, 1)), ("w2", dt.datetime(2025, 9, 1))):
            score = int(rng.choice([10, 8, 2], p=[0.7, 0.2, 0.1] if happy else [0.2, 0.2, 0.6]))
            rows.append((f"c{k}", wave, "recommend", str(score), day))
            rows.append((f"c{k}", wave, "satisfied", str(5 if happy else 2), day))
            rows.append((f"c{k}", wave, "spend_ours", "80" if happy else "20", day))
            rows.append((f"c{k}", wave, "spend_others", "20" if happy else "80", day))
        rows.append((f"c{k}", "w2", "recommend", "not a number", dt.datetime(2025, 9, 2)))
    engine = engine_with(events)
    answers = with_answers(engine, rows)
    ids = [f"c{k}" for k in range(400)]
    known = asked(engine, answers)
    plan = Plan(recommendation(known), satisfaction(known), spending(known), LEFT)
    who = members(engine, [ids[:200], ids[::2], ids[:3]], ids)
    return loyalty(engine, EVENTS, answers, who, ["happy", "even", "few"], CONTEXT, plan)


def test_every_measure_of_every_segment(found):
    assert set(found.measures) == {
        "nps", "csat", "share_of_wallet", "repeat_rate", "retention_3_months", "retention_6_months",
        "retention_12_months",
    }  # fmt: skip
    happy = found.of("happy")
    assert happy["nps"].own.low <= 60 <= happy["nps"].own.high
    assert happy["csat"].own.estimate == 1
    assert happy["share_of_wallet"].own.estimate == pytest.approx(0.8)
    assert {happy[name].verdict for name in ("nps", "csat", "retention_12_months")} <= {"higher", "unclear"}
    assert happy["nps"].verdict == "higher"
    assert {one.verdict for one in found.of("even").values()} == {"unclear"}


def test_too_few_people_are_left_out_and_said(found):
    assert found.of("few") == {}
    assert "too_few_people" in {one.code for one in found.findings}


def test_saying_and_doing(found):
    crossed = {one.segment: one for one in found.said_and_done}
    assert crossed["even"].happy.estimate < crossed["even"].unhappy.estimate
    assert "left all the same" in crossed["happy"].sentence
    assert found.to_document()["said_and_done"][0]["happy"]["n"] > 0


def test_waves(found):
    happy = next(one for one in found.scores if one.segment == "happy")
    assert [one.wave for one in happy.waves] == ["w1", "w2"]
    assert happy.changes[0].both == 200
    assert not happy.changes[0].clear


def test_without_answers_and_without_leaving():
    engine = engine_with([event(f"c{k}", dt.datetime(2024, 3, 1), name="order_completed") for k in range(40)])
    answers = with_answers(engine, [])
    ids = [f"c{k}" for k in range(40)]
    bare = loyalty(
        engine, EVENTS, answers, members(engine, [ids[:20]], ids), ["half"], CONTEXT, Plan(None, None, None, None)
    )
    assert set(bare.measures) >= {"repeat_rate", "still_buying_3_months"}
    assert {one.code for one in bare.findings} >= {"no_nps", "no_csat", "no_wallet", "no_leaving"}
    assert bare.scores == bare.said_and_done == ()


def test_silence_stands_for_leaving_where_nothing_says_so():
    engine = engine_with(
        [event(f"c{k}", dt.datetime(2026, 2, 1) if k < 30 else dt.datetime(2024, 5, 1), name="order_completed")
         for k in range(60)]
    )  # fmt: skip
    rows = [(f"c{k}", "w", "nps", "10" if k % 2 else "0", dt.datetime(2025, 3, 1)) for k in range(60)]
    answers = with_answers(engine, rows)
    ids = [f"c{k}" for k in range(60)]
    plan = Plan(recommendation(asked(engine, answers)), None, None, None)
    made = loyalty(engine, EVENTS, answers, members(engine, [ids[:44]], ids), ["most"], CONTEXT, plan)
    (crossed,) = made.said_and_done
    assert crossed.happy.n + crossed.unhappy.n == 44
    assert crossed.lost_happy == 7
    assert "no order for 180 days" in crossed.sentence


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect):
    folder = Path(module.__file__).parent
    answers = answers_query(exp.table_("responses"), exp.table_("identity_map"), CONTEXT)
    assert text(answers, dialect)
    given = {"answers": answers, "members": EVENTS, "survey": "s"}
    for name, more in (
        ("counts", {"item": "i"}),
        ("pairs", {"item": "i", "promoter": 9, "detractor": 6}),
        ("wallet", {"ours": "a", "items": ("a", "b")}),
    ):
        assert text(query(folder / f"{name}.sql", **given, **more), dialect)
    assert text(query(folder / "questions.sql", answers=answers), dialect)
