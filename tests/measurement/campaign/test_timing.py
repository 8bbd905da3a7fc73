"""First reactions by day, and those held out beside."""

import datetime as dt

import pytest
from sqlglot import exp
from tests.measurement.campaign.happening import AS_OF, NAMES, START, made

from segmentary.engine.dialects.rewriting import rewritten
from segmentary.measurement.campaign.reactions import reactions_query
from segmentary.measurement.campaign.timing import days, firsts_query


def test_everybody_counts_on_their_first_day_only():
    engine, people, messages = made()
    engine.create_as("told", reactions_query("spring", NAMES, AS_OF, messages), temporary=True)
    told = exp.table_("told")
    found = days(engine, people, told, NAMES, event="order_completed", control="holdout", as_of=AS_OF)
    by = {(one.what, one.held_out, one.day): one.people for one in found if one.people}
    assert by["clicked", False, 1] == 1  # ann, who clicked twice; bob's click is a program's
    assert by["clicked", False, 5] == 1
    assert by["bought", False, 2] == 1
    assert by["bought", True, 3] == 1
    assert ("opened", False, 0) not in by
    assert {one.of for one in found if one.held_out} == {2}
    assert max(one.day for one in found) == 27
    early = (START + dt.timedelta(days=3)).replace(tzinfo=dt.UTC)
    short = days(engine, people, told, NAMES, event="order_completed", control="holdout", as_of=early)
    assert max(one.day for one in short) == 2
    nobody = exp.select("*").from_("people").where("false")
    engine.create_as("nobody", nobody)
    assert days(engine, exp.table_("nobody"), told, NAMES, event="x", control="holdout", as_of=AS_OF) == []
    engine.close()


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect):
    query = firsts_query(exp.table_("people"), exp.table_("told"), NAMES, "order_completed", "holdout")
    assert rewritten(query, dialect).sql(dialect)
