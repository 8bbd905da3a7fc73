"""The plan as SQL: what is shared, what is read, and what hostile names can do."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pyarrow as pa
import pytest
from sqlglot import exp, parse_one
from tests.language.histories import Both, attribute, shared_engine, utc
from tests.language.strategies import TRAITS
from tests.language.wild import Wild

from segmentary.engine.sqlfile import text
from segmentary.errors import CycleError, DefinitionError, UnknownNameError
from segmentary.language.inputs import Inputs
from segmentary.language.plan import Given, Plan
from segmentary.language.tree import (
    All,
    AnyOf,
    Compare,
    Constant,
    Context,
    Duration,
    EventFilter,
    EventMeasure,
    Last,
    Not,
    PropertyValue,
    Rank,
    Rule,
    SegmentDefinition,
    SegmentReference,
    SinceEvent,
    StaticList,
    TraitDefinition,
    TraitValue,
)

CONTEXT = Context(utc(2026, 3, 1), "Europe/Berlin")
ORDER = EventFilter(("order_completed",))
COUNT = EventMeasure(ORDER, "count")
TABLES = Inputs(**{n: exp.table_(n, quoted=True) for n in ("universe", "profile", "events", "activity", "traits")})


def plan_of(*rules: Rule, **more: object) -> Plan:
    segments = {f"segment {i}": SegmentDefinition(f"segment {i}", rule) for i, rule in enumerate(rules)}
    given = {name: Given(f"p{i}", kind) for i, (name, kind) in enumerate(TRAITS.items())}
    return Plan.build(**{"segments": segments, "traits": {}, "given": given, "context": CONTEXT, **more})  # type: ignore[arg-type]


def sql_of(plan: Plan) -> str:
    return text(plan.memberships(TABLES), "duckdb")


def activity_sql(plan: Plan) -> str:
    return text(plan.activity(TABLES), "duckdb")


def at_least(n: int, measure: EventMeasure = COUNT) -> Compare:
    return Compare(measure, "gte", Decimal(n))


def test_the_same_aggregate_is_computed_once_however_often_it_is_asked_for() -> None:
    last = EventMeasure(ORDER, "count", during=Last(Duration(30, "day")))
    plan = plan_of(at_least(1), at_least(2), Not(at_least(3)), at_least(1, last))
    assert [one.column for one in plan.aggregates] == ["a0", "a1"]
    assert activity_sql(plan).count("COUNT(*)") == 2


def test_definitions_of_different_zones_share_what_does_not_depend_on_them() -> None:
    segments = {
        name: SegmentDefinition(name, at_least(1), timezone=zone)
        for name, zone in (("a", "UTC"), ("b", "America/New_York"))
    }
    assert len(plan_of(segments=segments).aggregates) == 1
    days = EventMeasure(ORDER, "active_days")
    segments = {n: SegmentDefinition(n, at_least(1, days), timezone=s.timezone) for n, s in segments.items()}
    assert len(plan_of(segments=segments).aggregates) == 2


def test_the_pass_reads_only_the_events_that_are_named() -> None:
    plan = plan_of(at_least(1), at_least(1, EventMeasure(EventFilter(("page_viewed",)), "count")))
    sql = activity_sql(plan)
    assert "WHERE (\"events\".\"name\" IN ('order_completed', 'page_viewed'))" in sql
    assert sql.count("FROM") == 1


def test_extra_queries_only_where_a_filter_cannot_do_it() -> None:
    gap = EventMeasure(ORDER, "median_gap_days")
    often = EventMeasure(ORDER, "most_frequent", PropertyValue(("category",)))
    since = EventMeasure(ORDER, "count", during=SinceEvent(EventFilter(("mail_opened",))))
    sql = activity_sql(plan_of(at_least(1, gap), Compare(often, "is", "x"), at_least(1, since), at_least(1)))
    names = [cte.alias for cte in parse_one(sql, read="duckdb").find_all(exp.CTE)]
    assert names == ["anchors", "counted", "of_a0", "of_a1"]


def test_no_definition_at_all_is_an_empty_pass() -> None:
    engine = shared_engine()
    engine.ingest("universe", pa.table({"customer_id": ["a"]}))
    engine.ingest(
        "events",
        pa.table(
            {
                "customer_id": ["a"],
                "name": ["x"],
                "happened_at": pa.array([dt.datetime(2020, 1, 1)], pa.timestamp("us")),
            }
        ),
    )
    plan = plan_of(segments={})
    assert engine.rows(plan.activity(TABLES)) == []
    assert engine.rows(plan.memberships(TABLES)) == [("a",)]


def test_a_reference_is_a_column_and_never_a_repetition() -> None:
    plan = plan_of(at_least(7), Not(SegmentReference("segment 0")), All((SegmentReference("segment 1"),) * 3))
    sql = sql_of(plan)
    assert sql.count(">= 7") == 1
    assert plan.segment_columns == {"segment 0": "s0", "segment 1": "s1", "segment 2": "s2"}


def test_traits_come_from_their_table_when_there_is_one() -> None:
    traits = {"orders": TraitDefinition("orders", COUNT, "number")}
    plan = plan_of(Compare(TraitValue("orders"), "gte", Decimal(2)), traits=traits)
    assert plan.trait_columns == {"orders": "t0"}
    assert '"activity"' not in sql_of(plan).replace('"activity" AS', "")
    assert '"a0"' in text(plan.trait_values(TABLES), "duckdb")


HOSTILE = ("x'; drop table t; --", 'a"b', "s0", "select", "/* */", "$x", "{y}", "%s", "\\", "ß" * 80, "é\n")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_or_value_of_a_user_changes_the_shape_of_the_query(name: str) -> None:
    def build(word: str) -> tuple[Plan, str]:
        rule = All(
            (
                Compare(TraitValue(word), "is", word),
                Compare(TraitValue(word), "in", (word, "b")),
                Compare(TraitValue(word), "contains", word),
                at_least(
                    1, EventMeasure(EventFilter((word,), Compare(PropertyValue((word, word)), "is", word)), "count")
                ),
                StaticList((word,)),
                SegmentReference("other" + word),
            )
        )
        segments = {
            word: SegmentDefinition(word, rule),
            "other" + word: SegmentDefinition("other" + word, Compare(TraitValue("calc" + word), "exists")),
        }
        traits = {"calc" + word: TraitDefinition("calc" + word, Constant(word), "text")}
        plan = Plan.build(segments=segments, traits=traits, given={word: Given("p0", "text")}, context=CONTEXT)
        return plan, ";".join((activity_sql(plan), text(plan.trait_values(TABLES), "duckdb"), sql_of(plan)))

    def shape(sql: str) -> list[str]:
        found = []
        for part in sqlglot_parts(sql):
            for node in part.find_all(exp.Literal):
                if node.is_string:
                    node.set("this", "?")
            found.append(part.sql("duckdb"))
        return found

    def sqlglot_parts(sql: str) -> list[exp.Expr]:
        from sqlglot import parse

        return [part for part in parse(sql, read="duckdb") if part is not None]

    assert shape(build(name)[1]) == shape(build("harmless")[1])


def test_hostile_names_run() -> None:
    for name in HOSTILE:
        from segmentary.language.oracle import Person

        both = Both(Person(name, (attribute("x" + name, name),)))
        both.segments[name] = SegmentDefinition(name, Compare(TraitValue("x" + name), "is", name))
        assert both.members(SegmentReference(name)) == {name}


def test_a_nul_character_is_refused_with_a_sentence() -> None:
    with pytest.raises(DefinitionError, match="NUL"):
        plan_of(Compare(TraitValue("country"), "is", "a\0b"))


def test_errors_name_the_definition() -> None:
    with pytest.raises(DefinitionError, match="segment 'segment 0': not a version"):
        plan_of(Compare(TraitValue("app_version"), "version_lt", "x"))
    with pytest.raises(UnknownNameError, match="unknown trait 'contry'") as caught:
        plan_of(Compare(TraitValue("contry"), "is", "x"))
    assert caught.value.hint == "did you mean 'country'?"
    with pytest.raises(CycleError, match="circle"):
        plan_of(SegmentReference("segment 1"), SegmentReference("segment 0"))
    with pytest.raises(DefinitionError, match="stands inside an event filter"):
        plan_of(at_least(1, EventMeasure(EventFilter(("x",), Compare(TraitValue("age"), "gt", Decimal(1))), "count")))
    with pytest.raises(DefinitionError, match="a rank needs a share or a number"):
        plan_of(Rank(TraitValue("age")))
    with pytest.raises(DefinitionError, match="cannot be compared"):
        plan_of(Compare(EventMeasure(ORDER, "mean", PropertyValue(("amount",))), "gt", Decimal("12345.678901")))


def test_sixty_four_levels_deep() -> None:
    rule: Rule = Compare(TraitValue("country"), "is", "FR")
    for level in range(64):
        rule = Not(rule) if level % 3 == 0 else All((rule,)) if level % 3 == 1 else AnyOf((rule, StaticList(("x",))))
    both = Both(types={"country": "text"})
    assert both.members(rule) == set()


def test_five_hundred_segments_are_one_query() -> None:
    rng = random.Random(500)
    wild = Wild(rng, dict(TRAITS))
    segments: dict[str, SegmentDefinition] = {}
    for i in range(500):
        segments[f"s {i}"] = SegmentDefinition(f"s {i}", wild.rule(2))
        wild.segments.append(f"s {i}")
    plan = plan_of(segments=segments, lists={"key_accounts": ("a",)})
    assert len(plan.segment_columns) == 500
    assert sql_of(plan).count('AS "s') == 500
    # One pass, however many segments: anchors and the measures a filter cannot do are the only other reads.
    reads = len(parse_one(activity_sql(plan), read="duckdb").args["with_"].expressions)
    assert reads <= 2 + sum(one.made.form != "plain" for one in plan.aggregates)


def test_comparing_a_choice_of_constants_that_is_never_made_does_not_break_the_engine() -> None:
    """DuckDB 2.0 fails where a comparison is pushed into a `case` of constant text; see `sql.sealed`."""
    from segmentary.language.oracle import Person
    from segmentary.language.tree import Band, Case, FirstKnown

    both = Both(Person("a", (attribute("d", "3", "number"),)), types={"x": "text", "d": "number"})
    never = Compare(FirstKnown((TraitValue("x"), TraitValue("d"))), "is", "x")
    case = Case(((never, Constant("1")), (Compare(TraitValue("d"), "gt", Decimal(5)), Constant("2"))))
    band = Band(TraitValue("d"), (Decimal(5),), (" ", "b"))
    rule = All((Compare(case, "lte", "1"), Compare(band, "is", " "), Compare(TraitValue("d"), "lt", Decimal(9))))
    assert both.members(AnyOf((rule, Compare(TraitValue("d"), "is", Decimal(3))))) == {"a"}
