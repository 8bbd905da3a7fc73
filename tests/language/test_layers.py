"""Steps that bring a relation of their own: computed once, and only where they are needed."""

from sqlglot import exp
from tests.language.histories import NOW
from tests.language.warehouse import TABLES

from segmentary.engine.sqlfile import text
from segmentary.language.inputs import Inputs
from segmentary.language.plan import Given, Plan
from segmentary.language.tree import (
    AnyOf,
    Case,
    Compare,
    Consent,
    Constant,
    Duration,
    HasBeen,
    Not,
    SegmentAt,
    SegmentDefinition,
    TraitDefinition,
    TraitValue,
)

INPUTS = Inputs(**{name: exp.table_(name, quoted=True) for name in TABLES})
AGREED = Consent("marketing", "email")


def plan_of(rule, **traits):
    segments = {"asked": SegmentDefinition("asked", rule)}
    found = {name: TraitDefinition(name, value, "text") for name, value in traits.items()}
    return Plan.build(segments=segments, traits=found, given={"plan": Given("p0", "text")}, context=NOW)


def test_equal_questions_are_asked_once():
    state = HasBeen(Compare(TraitValue("plan"), "is", "x"), at_least=Duration(3, "day"))
    sql = text(plan_of(AnyOf((AGREED, Not(AGREED), state, state))).memberships(INPUTS), "duckdb")
    assert sql.count('"decisions" AS "decisions"') == 1
    assert sql.count('"attributes" AS "attributes"') == 1


def test_what_only_a_segment_asks_is_not_read_for_the_traits():
    plan = plan_of(AGREED, label=Constant("x"))
    assert "decisions" in text(plan.memberships(INPUTS), "duckdb")
    assert "decisions" not in text(plan.trait_values(INPUTS), "duckdb")


def test_what_a_trait_asked_is_not_read_again_for_the_segments():
    plan = plan_of(Compare(TraitValue("label"), "is", "x"), label=Case(((AGREED, Constant("x")),)))
    assert "decisions" in text(plan.trait_values(INPUTS), "duckdb")
    assert "decisions" not in text(plan.memberships(INPUTS), "duckdb")


def test_moments_name_the_definition_and_the_instant():
    then = SegmentAt("other", Duration(1, "day"), evaluated=True)
    segments = {name: SegmentDefinition(name, rule) for name, rule in (("asked", then), ("other", AGREED))}
    plan = Plan.build(segments=segments, traits={}, given={}, context=NOW)
    ((place, instant),) = plan.moments.values()
    assert (place, (NOW.as_of - instant).days) == ("other", 1)
