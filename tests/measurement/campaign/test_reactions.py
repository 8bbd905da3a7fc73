"""Reactions count people, tell programs apart, and find their campaign by its name or by the message."""

import pytest
from sqlglot import exp
from tests.measurement.campaign.happening import AS_OF, NAMES, made

from segmentary.engine.dialects.rewriting import rewritten
from segmentary.measurement.campaign.plan import metrics_of, place_of
from segmentary.measurement.campaign.reactions import (
    Funnel,
    counts_query,
    funnel,
    people_query,
    reactions_query,
    together,
)
from segmentary.measurement.experiment.outcomes import outcomes


@pytest.fixture(scope="module")
def rows():
    engine, people, messages = made()
    engine.create_as("told", reactions_query("spring", NAMES, AS_OF, messages), temporary=True)
    metrics = metrics_of("", "")
    table = outcomes(engine, people, metrics, {}, as_of=AS_OF, into="outcomes")
    found = funnel(
        engine, people, exp.table_("told"), NAMES, outcomes=table, conversion=0, orders=place_of(metrics, "count"),
        revenue=place_of(metrics, "sum", "amount"),
    )  # fmt: skip
    yield {(one.segment, one.arm): one for one in found}
    engine.close()


def test_people_count_once_and_programs_apart(rows):
    gold = rows["gold", "treated"]
    assert (gold.people, gold.sent, gold.delivered, gold.opened, gold.clicked) == (2, 2, 2, 1, 1)
    assert (gold.opened_by_machine, gold.clicked_by_machine) == (1, 1)
    assert (gold.converted, gold.orders, gold.revenue) == (1, 1, 30)


def test_a_message_finds_its_campaign_and_its_own_person_only(rows):
    plain = rows["plain", "treated"]
    assert (plain.bounced, plain.delivered, plain.clicked, plain.unsubscribed) == (1, 1, 1, 1)
    assert rows["plain", "holdout"].delivered == 0
    assert rows["gold", "holdout"].opened == 0
    assert rows["gold", "holdout"].converted == 1


def test_shares_are_of_those_it_got_to(rows):
    whole = together(row for (_, arm), row in rows.items() if arm == "treated")
    assert whole.segment == ""
    assert whole.share("delivered").n == 4
    assert whole.share("clicked").n == 3
    assert whole.share("converted").estimate == 0.5
    assert whole.revenue_each.estimate == 20
    assert whole.to_document()["shares"]["bounced"]["estimate"] == 0.25


def test_nobody_is_a_share_of_nothing():
    nobody = together([])
    assert nobody.share("clicked") is None
    assert nobody.revenue_each is None
    assert Funnel("a", "b", "c", people=3, sent=3).share("opened") is None
    assert Funnel("a", "b", "c", people=3, sent=3, bounced=1).reachable == 2
    assert nobody.to_document()["shares"]["converted"] is None


def test_what_no_tool_told_is_not_nought():
    engine, people, _ = made()
    engine.create_as("told", reactions_query("spring", ("email_clicked",), AS_OF), temporary=True)
    found = together(funnel(engine, people, exp.table_("told"), ("email_clicked",)))
    assert (found.delivered, found.opened, found.clicked) == (None, None, 1)
    engine.create_as("told", reactions_query("spring", (), AS_OF), temporary=True)
    assert together(funnel(engine, people, exp.table_("told"), ())).sent == 0
    engine.close()


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect):
    people, told, messages = (exp.table_(name) for name in ("people", "told", "messages"))
    for query in (
        reactions_query("spring", NAMES, AS_OF, messages),
        people_query(people, told, NAMES),
        counts_query(exp.table_("flags"), exp.table_("outcomes"), 0, 1, 2),
    ):
        assert rewritten(query, dialect).sql(dialect)
