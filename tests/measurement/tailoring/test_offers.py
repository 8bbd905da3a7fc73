import datetime as dt

import numpy as np
import pytest
from tests.measurement.happened import EVENTS, engine_with, event, members

from segmentary.language.tree import Context
from segmentary.measurement.tailoring.facts import Period, dimensions
from segmentary.measurement.tailoring.offers import MOST, offers
from segmentary.measurement.tailoring.trends import trends, whole_months
from segmentary.measurement.tailoring.uses import Uses, uses

CONTEXT = Context(as_of=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
BY = dimensions(["chat"])


@pytest.fixture(scope="module")
def made():
    rng = np.random.default_rng(3)
    rows = []
    for k in range(300):
        first = k < 120
        for month in range(18):
            at = dt.datetime(2024, 9, 2) + dt.timedelta(days=30.4 * month + float(rng.uniform(0, 25)))
            share = 0.3 + 0.03 * month if first else 0.3
            rows.append(event(f"c{k}", at, category="garden" if rng.uniform() < share else "tea"))
            channel = "app" if rng.uniform() < (0.7 if first else 0.3) else "web"
            rows.append(event(f"c{k}", at, name="order_completed", channel=channel))
        topic = "billing" if rng.uniform() < (0.9 if first else 0.2) else "delivery"
        rows.append(event(f"c{k}", dt.datetime(2025, 9, 1), name="chat", properties=f'{{"topic":"{topic}"}}'))
    engine = engine_with(rows)
    ids = [f"c{k}" for k in range(300)]
    who = members(engine, [ids[:120], ids[::3]], ids)
    names = ["first", "third"]
    used = uses(engine, EVENTS, who, names, list(BY.values()), Period(dt.datetime(2025, 3, 1, tzinfo=dt.UTC), CONTEXT))
    moved = trends(engine, EVENTS, who, names, BY["category"], whole_months(CONTEXT, 18))
    return used, moved


def test_what_to_do_is_ranked_and_has_its_figures(made):
    found = offers(*made)
    kinds = {one.kind for one in found.of("first")}
    assert {"offer", "build", "reach", "serve"} <= kinds
    assert [one.rank for one in found.of("first")] == list(range(1, len(found.of("first")) + 1))
    assert len(found.of("first")) <= MOST
    assert all("%" in one.sentence and "points" in one.doubt for one in found.rows)
    build = next(one for one in found.rows if one.kind == "build")
    assert build.item == "garden"
    assert "points off" in build.doubt
    assert all(sentence.startswith("first: ") for sentence in found.sentences)


def test_nothing_is_said_of_a_segment_like_the_others(made):
    found = offers(*made)
    assert found.silent == ("third",)
    assert "control group" in found.caution


def test_without_trends_and_without_anything(made):
    assert "build" not in {one.kind for one in offers(made[0], None).rows}
    assert offers(Uses((), 0), None).rows == ()
    assert offers(*made, most=1).rows[0].rank == 1
    assert offers(*made).to_document()["rows"][0]["segment"] == "first"
