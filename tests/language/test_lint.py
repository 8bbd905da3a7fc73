from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from tests.language.example_facts import AS_OF, FACTS
from tests.language.strategies import definitions

from segmentary.language.facts import Facts
from segmentary.language.lint import Finding, lint
from segmentary.language.python import any_of, define_segment, define_trait, events, prop, sample, segment, trait
from segmentary.language.tree import Context

orders = events("order_completed")


def findings(condition, facts: Facts = FACTS) -> list[Finding]:
    return lint(define_segment("s", condition), facts)


def messages(condition, facts: Facts = FACTS) -> list[str]:
    return [finding.message for finding in findings(condition, facts)]


def test_a_group_is_judged_as_a_whole():
    assert messages(segment("nobody") & (trait("age") > 20)) == ["nobody can be in it: segment nobody has no members"]
    assert messages(any_of(segment("all_people"), trait("age") > 20)) == [
        "everybody is in it: segment all_people holds everybody"
    ]
    assert messages(~segment("all_people")) == ["nobody can be in it: segment all_people holds everybody"]
    assert messages(sample("100%", salt="x")) == ["everybody is in it: the sample is everybody"]


def test_contradictory_bounds():
    (message,) = messages((trait("x") < 18) & (trait("x") > 30))
    assert message == "never true: “x is below 18, and x is above 30” cannot hold together"


def test_a_condition_and_its_opposite():
    rule = trait("x") > 3
    assert messages(rule & ~rule) == ["never true: it asks for “x is above 3” and for its opposite"]
    assert messages(rule | ~rule) == ["always true: it asks for “x is above 3” and for its opposite"]
    assert messages(rule & rule) == ["“x is above 3” stands here twice"]


def test_a_value_nobody_has():
    (finding,) = findings(trait("country").is_in("France", "Germny"))
    assert finding == Finding("where/in/1", "the value 'Germny' was never seen", "did you mean 'Germany'?")
    assert findings(trait("country").is_in("France", "Atlantis"))[0].hint == "values are: France (700), Germany (290)"
    assert not findings(trait("country").is_in("FRANCE", "germany", ignore_case=True))
    (finding,) = findings(events("product_purchased", prop("category") == "Shoes").did())
    assert finding == Finding("where/where/is", "the value 'Shoes' was never seen", "did you mean 'shoes'?")


def test_missing_values_are_counted():
    (finding,) = findings(~(trait("income") > 30_000))
    assert finding.message == "includes the 220 customers (22 %) whose income is not known"
    assert finding.hint == "to leave them out add {trait: income, exists: true}"
    some = replace(FACTS, members=300, through_missing=220)
    assert [(f.severity, f.message) for f in findings(trait("age") > 20, some)] == [
        ("warning", "220 of 300 members are in only because a value is missing")
    ]
    assert findings(trait("age") > 20, replace(FACTS, members=300, through_missing=20))[0].severity == "note"


def test_mixed_groups_are_read_aloud():
    (finding,) = findings((trait("a") > 1) & (trait("b") > 1) | (trait("c") > 1))
    assert finding.message == "and, or are mixed; it is read as: (a is above 1, and b is above 1), or c is above 1"
    assert finding.severity == "note"
    assert not findings(
        events("product_purchased", (prop("amount") > 1) | (prop("quantity") > 1)).did() & (trait("a") > 1)
    )


def test_overlap_with_another_segment():
    facts = replace(FACTS, overlaps={"champions": Decimal("0.968"), "other": Decimal("0.5"), "s": Decimal(1)})
    assert messages(trait("age") > 20, facts) == ["overlaps 96 % with segment champions"]


def test_traits_are_looked_at_too():
    assert lint(define_trait("t", trait("age") + 1, "number"), FACTS) == []


@given(definition=definitions(segments=("some",)))
def test_any_definition_can_be_looked_at(definition):
    for facts in (Facts(Context(AS_OF)), FACTS):
        for finding in lint(definition, facts):
            assert finding.message
            assert finding.hint
