"""Orders after clicks: any click, the newest click, the window, and programs that click."""

from decimal import Decimal

import pytest
from sqlglot import exp
from tests.measurement.campaign.happening import AS_OF, NAMES, made

from segmentary.engine.dialects.rewriting import rewritten
from segmentary.measurement.campaign.attribution import attribution, attribution_query, in_all


@pytest.fixture(scope="module")
def business():
    found = made()
    yield found
    found[0].close()


def test_any_click_and_the_newest_one(business):
    engine, people, messages = business
    gold, plain = attribution(engine, people, "spring", NAMES, AS_OF, messages=messages)
    assert (gold.segment, gold.orders_any, gold.revenue_any, gold.orders_last) == ("gold", 1, Decimal(30), 1)
    # Eve clicked on another campaign after ours: any click of ours came before, the newest was not ours.
    assert (plain.orders_any, plain.revenue_any, plain.orders_last, plain.revenue_last) == (1, Decimal(50), 0, 0)
    whole = in_all([gold, plain])
    assert (whole.orders_any, whole.orders_last, whole.people) == (2, 1, 2)
    assert whole.to_document()["sentence"].endswith("not what the campaign caused")


def test_the_window_is_days(business):
    engine, people, messages = business
    found = attribution(engine, people, "spring", NAMES, AS_OF, window_days=1, messages=messages)
    assert [(one.segment, one.orders_any) for one in found] == [("gold", 1), ("plain", 1)]
    assert attribution(engine, people, "autumn", NAMES, AS_OF, messages=None) == []
    assert attribution(engine, people, "spring", ("email_sent",), AS_OF) == []
    assert in_all([]) is None


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect):
    query = attribution_query(exp.table_("people"), "spring", NAMES, AS_OF, 7, exp.table_("messages"))
    assert rewritten(query, dialect).sql(dialect)
