"""What a plan reads has to be handed in; what no definition asks for may be missing."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlglot import exp

from segmentary.language.inputs import Inputs
from segmentary.language.plan import Plan
from segmentary.language.tree import Consent, Context, Not, Rule, SegmentAt, SegmentDefinition
from segmentary.language.tree import Duration as Length

NOW = Context(dt.datetime(2026, 3, 1, tzinfo=dt.UTC), "UTC")
LEAST = {name: exp.table_(name, quoted=True) for name in ("universe", "profile", "events", "activity", "traits")}


def members(rule: Rule, **more: exp.Table) -> exp.Select:
    plan = Plan.build(segments={"one": SegmentDefinition("one", rule)}, traits={}, given={}, context=NOW, lists={})
    found = plan.memberships(Inputs(**LEAST, **more))  # type: ignore[arg-type]
    assert isinstance(found, exp.Select)
    return found


CONSENT = Consent("marketing", "email")
LOG = SegmentAt("one", Length(30, "day"))


@pytest.mark.parametrize(("rule", "name"), [(CONSENT, "decisions"), (LOG, "entries")])
def test_what_a_rule_asks_for_has_to_be_there(rule: Rule, name: str) -> None:
    with pytest.raises(TypeError, match=f"'{name}', which is not among its inputs"):
        members(rule)
    assert name in {table.name for table in members(rule, **{name: exp.table_(name)}).find_all(exp.Table)}


def test_what_no_rule_asks_for_is_not_read() -> None:
    assert Inputs(**{n: LEAST[n] for n in ("universe", "profile", "events")}).moments == {}
    query = members(Not(CONSENT), decisions=exp.table_("decisions"), entries=exp.table_("entries"))
    assert "entries" not in {table.name for table in query.find_all(exp.Table)}
