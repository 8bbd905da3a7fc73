"""The meaning of every node, on small histories. Each case is judged by the oracle and by the compiled plan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.language.histories import NOW, Both, attribute, happened, utc

from segmentary.errors import CycleError, DefinitionError, UnknownNameError
from segmentary.language.oracle import AttributeVersion, Person
from segmentary.language.tree import (
    Absolute,
    All,
    AnyOf,
    Arithmetic,
    Band,
    Calendar,
    Case,
    Compare,
    Constant,
    Context,
    DatePart,
    Duration,
    Elapsed,
    EventFilter,
    EventMeasure,
    FirstKnown,
    Last,
    Not,
    PropertyValue,
    Rank,
    Sample,
    SegmentDefinition,
    SegmentReference,
    SinceEvent,
    StaticList,
    TraitDefinition,
    TraitValue,
)

ORDER = EventFilter(("order_completed",))
AMOUNT = PropertyValue(("amount",))
COUNT = EventMeasure(ORDER, "count")


def order(day: dt.datetime, amount: str | None = "10", number: int = 0, **fields: object) -> object:
    return happened("order_completed", day, number, amount=None if amount is None else Decimal(amount), **fields)


def text(value: str | None) -> Person:
    name = value if value is not None else "nobody knows"
    return Person(name, () if value is None else (attribute("x", value),))


def texts(*values: str | None) -> Both:
    return Both(*map(text, values), types={"x": "text"})


def test_two_valued_logic_a_missing_value_is_false_and_not_its_complement() -> None:
    both = texts("Paris", None)
    rule = Compare(TraitValue("x"), "is", "Paris")
    assert both.members(rule) == {"Paris"}
    assert both.members(Not(rule)) == {"nobody knows"}
    assert both.members(Compare(TraitValue("x"), "is_not", "Rome")) == {"Paris"}
    assert both.members(Compare(TraitValue("x"), "not_in", ("Rome",))) == {"Paris"}
    assert both.members(Compare(TraitValue("x"), "missing")) == {"nobody knows"}
    assert both.members(Compare(TraitValue("x"), "exists")) == {"Paris"}


def test_empty_text_is_known() -> None:
    assert texts("", None).members(Compare(TraitValue("x"), "exists")) == {""}


def test_text_is_compared_in_normal_form_and_with_its_case() -> None:
    both = texts("é", "e\u0301x", "PARIS", "paris")
    assert both.members(Compare(TraitValue("x"), "is", "e\u0301")) == {"é"}
    assert both.members(Compare(TraitValue("x"), "starts_with", "é")) == {"é", "e\u0301x"}
    assert both.members(Compare(TraitValue("x"), "is", "Paris")) == set()
    assert both.members(Compare(TraitValue("x"), "is", "Paris", ignore_case=True)) == {"PARIS", "paris"}


def test_ignoring_case_maps_letters_one_by_one() -> None:
    both = texts("İ", "i", "I", "ı", "ß", "ẞ", "ss", "Σ", "ς")
    assert both.members(Compare(TraitValue("x"), "is", "i", ignore_case=True)) == {"İ", "i", "I"}
    assert both.members(Compare(TraitValue("x"), "is", "ẞ", ignore_case=True)) == {"ß", "ẞ"}
    assert both.members(Compare(TraitValue("x"), "is", "σ", ignore_case=True)) == {"Σ"}


def test_nothing_in_text_is_a_wildcard() -> None:
    both = texts("a%b_c", "axbyc", "a\\b", "O'Brien")
    assert both.members(Compare(TraitValue("x"), "contains", "%b_")) == {"a%b_c"}
    assert both.members(Compare(TraitValue("x"), "ends_with", "\\b")) == {"a\\b"}
    assert both.members(Compare(TraitValue("x"), "is", "O'Brien")) == {"O'Brien"}
    assert both.members(Compare(TraitValue("x"), "contains", "")) == {"a%b_c", "axbyc", "a\\b", "O'Brien"}


def test_patterns_are_re2_and_search_anywhere() -> None:
    both = texts("a1\nb", "A1", "")
    assert both.members(Compare(TraitValue("x"), "matches", "[0-9]")) == {"a1\nb", "A1"}
    assert both.members(Compare(TraitValue("x"), "matches", "1.b")) == set()
    assert both.members(Compare(TraitValue("x"), "matches", "^a", ignore_case=True)) == {"a1\nb", "A1"}
    with pytest.raises(DefinitionError, match="not a regular expression"):
        both.members(Compare(TraitValue("x"), "matches", "(?=x)"))


def test_versions_are_ordered_by_their_numbers() -> None:
    both = texts("2.9", "2.10", "v2.10.0", "2.10-beta", "2.10+b1", "11", "nonsense", "")
    assert both.members(Compare(TraitValue("x"), "version_gte", "2.10")) == {"2.10", "v2.10.0", "2.10+b1", "11"}
    assert both.members(Compare(TraitValue("x"), "version_lt", "2.10")) == {"2.9", "2.10-beta"}
    with pytest.raises(DefinitionError, match="not a version"):
        both.members(Compare(TraitValue("x"), "version_lt", "two"))


def test_text_read_as_a_number_must_be_a_plain_one() -> None:
    both = texts("3", "3.0", "-3", "+3", "1e1", " 3", "3,5", "NaN", "12345678901234567890", "3.00000000001", "", None)
    assert both.members(Compare(TraitValue("x"), "is", Decimal(3))) == {"3", "3.0", "3.00000000001"}
    assert both.members(Compare(TraitValue("x"), "lt", Decimal(0))) == {"-3"}


def test_lists() -> None:
    both = Both(
        Person("a", (attribute("x", '["é", "b", null]', "list"),)),
        Person("none", (attribute("x", "[]", "list"),)),
        Person("broken", (attribute("x", "{", "list"),)),
    )
    assert both.members(Compare(TraitValue("x"), "has_any", ("e\u0301", "z"))) == {"a"}
    assert both.members(Compare(TraitValue("x"), "has_all", ("é", "B"))) == set()
    assert both.members(Compare(TraitValue("x"), "has_all", ("é", "B"), ignore_case=True)) == {"a"}
    assert both.members(Compare(TraitValue("x"), "has_none", ("b",))) == {"none"}
    assert both.members(Compare(TraitValue("x"), "missing")) == {"broken"}


def test_a_path_into_json() -> None:
    both = texts('{"plan": {"tier": "gold", "seats": 3}}', '{"plan": null}', "not json")
    found = both.members(Compare(TraitValue("x", ("plan", "tier")), "is", "gold"))
    assert found == {'{"plan": {"tier": "gold", "seats": 3}}'}
    assert both.members(Compare(TraitValue("x", ("plan", "seats")), "gte", Decimal(3))) == found


# ---------------------------------------------------------------- events


def shoppers() -> Both:
    return Both(
        Person("never"),
        Person("once", events=(order(utc(2026, 3, 30)),)),  # type: ignore[arg-type]
        Person(
            "often", events=tuple(order(utc(2026, 3, d), str(d), category="a" if d < 4 else "b") for d in (1, 2, 30))
        ),  # type: ignore[misc]
        Person("long ago", events=(order(utc(2020, 1, 1), None),)),  # type: ignore[arg-type]
    )


def test_nothing_happened_is_a_count_and_a_sum_of_zero_and_a_missing_mean() -> None:
    both = shoppers()
    assert both.values(COUNT, "number") == {"never": 0, "once": 1, "often": 3, "long ago": 1}
    assert both.values(EventMeasure(ORDER, "sum", AMOUNT), "number") == {
        "never": 0,
        "once": 10,
        "often": 33,
        "long ago": 0,
    }
    assert both.values(EventMeasure(ORDER, "mean", AMOUNT), "number") == {
        "never": None,
        "once": 10,
        "often": 11,
        "long ago": None,
    }
    assert both.members(Compare(COUNT, "lte", Decimal(1))) == {"never", "once", "long ago"}


def test_windows_are_half_open() -> None:
    exactly = NOW.as_of - dt.timedelta(days=30)
    both = Both(
        Person("on the edge", events=(order(exactly),)),  # type: ignore[arg-type]
        Person("before", events=(order(exactly - dt.timedelta(microseconds=1)),)),  # type: ignore[arg-type]
        Person("at as-of", events=(order(NOW.as_of),)),  # type: ignore[arg-type]
        Person("just before", (attribute("x", ""),), (order(NOW.as_of - dt.timedelta(microseconds=1)),)),  # type: ignore[arg-type]
    )
    in_window = Compare(EventMeasure(ORDER, "count", during=Last(Duration(30, "day"))), "gte", Decimal(1))
    assert both.members(in_window) == {"on the edge", "just before"}
    assert "at as-of" not in both.oracle().universe()


def test_an_event_delivered_twice_counts_once() -> None:
    twice = order(utc(2026, 3, 1))
    assert Both(Person("a", events=(twice, twice))).values(COUNT, "number") == {"a": 1}  # type: ignore[arg-type]


def test_events_are_ordered_by_time_source_and_sequence_never_by_arrival() -> None:
    moment = utc(2026, 3, 1)
    events = [
        happened("order_completed", moment, 1, source="b", sequence=1, category="third"),
        happened("order_completed", moment, 2, source="a", sequence=2, category="second"),
        happened("order_completed", moment, 3, source="a", sequence=1, category="first"),
    ]
    both = Both(Person("a", events=tuple(events)))
    of = PropertyValue(("category",))
    assert both.values(EventMeasure(ORDER, "first", of), "text") == {"a": "first"}
    assert both.values(EventMeasure(ORDER, "nth", of, nth=2), "text") == {"a": "second"}
    assert both.values(EventMeasure(ORDER, "last", of), "text") == {"a": "third"}
    assert both.values(EventMeasure(ORDER, "nth", of, nth=4), "text") == {"a": None}


def test_first_is_the_value_of_the_first_event_even_where_it_is_missing() -> None:
    events = (order(utc(2026, 3, 1), category=None), order(utc(2026, 3, 2), category="b"))
    both = Both(Person("a", events=events))  # type: ignore[arg-type]
    assert both.values(EventMeasure(ORDER, "first", PropertyValue(("category",))), "text") == {"a": None}


def test_most_frequent_breaks_ties_by_the_smallest_value() -> None:
    both = Both(
        Person("tie", events=tuple(order(utc(2026, 3, d), category=c) for d, c in ((1, "b"), (2, "a"), (3, None)))),  # type: ignore[misc]
        Person("clear", events=tuple(order(utc(2026, 3, d), category=c) for d, c in ((1, "b"), (2, "a"), (3, "b")))),  # type: ignore[misc]
        Person("none", (attribute("x", ""),)),
    )
    value = EventMeasure(ORDER, "most_frequent", PropertyValue(("category",)))
    assert both.values(value, "text") == {"tie": "a", "clear": "b", "none": None}
    assert both.members(Compare(value, "is", "a")) == {"tie"}


def test_the_median_gap_is_in_days_cut_to_six_digits() -> None:
    both = Both(
        Person("odd", events=tuple(order(utc(2026, 3, d)) for d in (1, 2, 4, 10))),  # type: ignore[misc]
        Person("even", events=tuple(order(utc(2026, 3, d)) for d in (1, 2, 5))),  # type: ignore[misc]
        Person("thirds", events=(order(utc(2026, 3, 1)), order(utc(2026, 3, 1, 8)))),  # type: ignore[arg-type]
        Person("same time", events=(order(utc(2026, 3, 1)), order(utc(2026, 3, 1), number=1))),  # type: ignore[arg-type]
        Person("single", events=(order(utc(2026, 3, 1)),)),  # type: ignore[arg-type]
    )
    assert both.values(EventMeasure(ORDER, "median_gap_days"), "number") == {
        "odd": 2,
        "even": 2,
        "thirds": Decimal("0.333333"),
        "same time": 0,
        "single": None,
    }


def test_active_days_are_local() -> None:
    events = (order(utc(2026, 3, 1, 22, 30)), order(utc(2026, 3, 1, 23, 30)), order(utc(2026, 3, 2, 5)))
    both = Both(Person("a", events=events))  # type: ignore[arg-type]
    days = EventMeasure(ORDER, "active_days")
    assert both.values(days, "number") == {"a": 2}
    assert both.values(days, "number", "UTC") == {"a": 2}
    assert both.values(days, "number", "Pacific/Kiritimati") == {"a": 1}
    assert both.values(EventMeasure(ORDER, "active_weeks"), "number", "UTC") == {"a": 2}
    assert both.values(EventMeasure(ORDER, "active_months"), "number") == {"a": 1}


def test_since_an_event_is_strictly_after_it_and_empty_without_it() -> None:
    visit = happened("mail_opened", utc(2026, 3, 10))
    both = Both(
        Person("after", events=(visit, order(utc(2026, 3, 11)))),  # type: ignore[arg-type]
        Person("at once", events=(visit, order(utc(2026, 3, 10)))),  # type: ignore[arg-type]
        Person("no mail", events=(order(utc(2026, 3, 11)),)),  # type: ignore[arg-type]
    )
    since = SinceEvent(EventFilter(("mail_opened",)))
    assert both.values(EventMeasure(ORDER, "count", during=since), "number") == {"after": 1, "at once": 0, "no mail": 0}


def test_a_property_of_no_known_type_is_read_as_what_is_asked() -> None:
    events = tuple(
        happened("page_viewed", utc(2026, 3, d), properties=p)
        for d, p in (
            (1, {"seconds": Decimal("9.5"), "a.b": {'q"': "x"}}),
            (2, {"seconds": "10"}),
            (3, {"seconds": True}),
        )
    )
    both = Both(Person("a", events=events))
    pages = EventFilter(("page_viewed",))
    longest = EventMeasure(pages, "max", PropertyValue(("seconds",)))
    assert both.values(longest, "number") == {"a": 10}
    assert both.values(longest, "text") == {"a": "true"}
    assert both.members(Compare(longest, "gt", Decimal("9.9"))) == {"a"}
    quoted = EventFilter(("page_viewed",), Compare(PropertyValue(("a.b", 'q"')), "is", "x"))
    assert both.values(EventMeasure(quoted, "count"), "number") == {"a": 1}
    flagged = EventFilter(("page_viewed",), Compare(PropertyValue(("seconds",)), "is", True))
    assert both.values(EventMeasure(flagged, "count"), "number") == {"a": 1}


def test_event_conditions_know_the_local_time() -> None:
    evening = EventFilter(("order_completed",), Compare(PropertyValue(("happened_at", "hour")), "gte", Decimal(22)))
    both = Both(Person("a", events=(order(utc(2026, 3, 1, 21)), order(utc(2026, 3, 30, 21)))))  # type: ignore[arg-type]
    assert both.values(EventMeasure(evening, "count"), "number") == {"a": 2}
    assert both.values(EventMeasure(evening, "count"), "number", "UTC") == {"a": 0}


# ---------------------------------------------------------------- numbers


def numbers(**values: str) -> Both:
    return Both(Person("a", tuple(attribute(name, value, "number") for name, value in values.items())))


@pytest.mark.parametrize(
    ("left", "right", "operator", "operand", "holds"),
    [
        ("1", "3", "gt", Decimal("0.3333333333"), True),
        ("1", "3", "lt", Decimal("0.3333333334"), True),
        ("-1", "-4", "is", Decimal("0.25"), True),
        ("1", "-4", "lt", Decimal(0), True),
        ("1", "-4", "between", (Decimal("-0.25"), Decimal(0)), True),
        ("1", "0", "gte", Decimal(0), False),
        ("1", "0", "is_not", Decimal(0), False),
        ("0", "5", "in", (Decimal(0), Decimal(1)), True),
        ("1", "3", "not_in", (Decimal("0.3333333333"),), True),
    ],
)
def test_ratios_are_compared_exactly(left: str, right: str, operator: str, operand: object, holds: bool) -> None:
    both = numbers(left=left, right=right)
    ratio = Arithmetic("divide", TraitValue("left"), TraitValue("right"))
    rule = Compare(ratio, operator, operand)  # type: ignore[arg-type]
    assert both.members(rule) == ({"a"} if holds else set())


def test_a_quotient_kept_as_a_value_is_cut_to_six_digits() -> None:
    third = Arithmetic("divide", Constant(Decimal(-2)), Constant(Decimal(3)))
    assert numbers(x="1").values(third, "number") == {"a": Decimal("-0.666666")}
    assert numbers(x="1").values(Arithmetic("divide", Constant(Decimal(1)), Constant(Decimal(0))), "number") == {
        "a": None
    }


def test_results_beyond_the_bounds_are_missing() -> None:
    large = Constant(Decimal("999999999999999999"))
    both = numbers(x="1")
    assert both.values(Arithmetic("add", large, Constant(Decimal(1))), "number") == {"a": None}
    assert both.values(Arithmetic("multiply", large, large), "number") == {"a": None}
    assert both.values(Arithmetic("multiply", large, Constant(Decimal("-1"))), "number") == {
        "a": Decimal("-999999999999999999")
    }
    tiny = Constant(Decimal("0.0000000001"))
    assert both.values(Arithmetic("divide", large, tiny), "number") == {"a": None}
    assert both.values(Arithmetic("multiply", tiny, Constant(Decimal("0.5"))), "number") == {
        "a": Decimal("0.0000000001")
    }


def test_constants_beyond_the_bounds_are_refused() -> None:
    both = numbers(x="1")
    for number in (Decimal(10) ** 18, Decimal("0.00000000001"), Decimal("NaN")):
        with pytest.raises(DefinitionError, match="too large or too fine"):
            both.members(Compare(Arithmetic("add", TraitValue("x"), Constant(number)), "gt", Decimal(0)))


def test_money_adds_up_exactly() -> None:
    events = tuple(order(utc(2026, 3, 1), "0.1", n) for n in range(3))
    both = Both(Person("a", events=events))  # type: ignore[arg-type]
    assert both.members(Compare(EventMeasure(ORDER, "sum", AMOUNT), "is", Decimal("0.3"))) == {"a"}
    assert both.members(Compare(EventMeasure(ORDER, "mean", AMOUNT), "is", Decimal("0.1"))) == {"a"}


def test_bands_begin_at_their_edges() -> None:
    people = [Person(n, (attribute("age", n, "number"),)) for n in ("17.99", "18", "24", "25")]
    both = Both(*people, Person("unknown"), types={"age": "number"})
    band = Band(TraitValue("age"), (Decimal(18), Decimal(25)), ("under 18", "18-24", "25+"))
    assert both.values(band, "text") == {
        "17.99": "under 18",
        "18": "18-24",
        "24": "18-24",
        "25": "25+",
        "unknown": None,
    }


def test_case_and_first_known() -> None:
    both = texts("a", "b", None)
    case = Case(((Compare(TraitValue("x"), "is", "a"), Constant(Decimal(1))),), None)
    assert both.values(case, "number") == {"a": 1, "b": None, "nobody knows": None}
    known = FirstKnown((TraitValue("x"), Constant("?")))
    assert both.values(known, "text") == {"a": "a", "b": "b", "nobody knows": "?"}


# ---------------------------------------------------------------- dates


def days(*values: str, context: Context = NOW) -> Both:
    return Both(*(Person(v, (attribute("x", v, "date"),)) for v in values), context=context)


def test_elapsed_days_are_differences_of_local_dates() -> None:
    # 30 March 23:30 in Berlin is the day before as-of, ten and a half hours earlier.
    both = Both(Person("a", events=(order(utc(2026, 3, 30, 21, 30)),)))  # type: ignore[arg-type]
    last = EventMeasure(ORDER, "last", PropertyValue(("happened_at",)))
    assert both.values(Elapsed(last), "number") == {"a": 1}
    assert both.values(Elapsed(last), "number", "Asia/Tokyo") == {"a": 0}


@pytest.mark.parametrize(
    ("today", "months", "years"),
    [
        (utc(2025, 2, 27, 12), 11, 0),
        (utc(2025, 2, 28, 12), 12, 1),
        (utc(2025, 3, 1, 12), 12, 1),
        (utc(2028, 2, 28, 12), 47, 3),
        (utc(2028, 2, 29, 12), 48, 4),
        (utc(2024, 2, 1, 12), -1, -1),
    ],
)
def test_completed_months_and_years_from_a_leap_day(today: dt.datetime, months: int, years: int) -> None:
    both = days("2024-02-29", context=Context(today))
    assert both.values(Elapsed(TraitValue("x"), "months"), "number") == {"2024-02-29": months}
    assert both.values(Elapsed(TraitValue("x"), "years"), "number") == {"2024-02-29": years}


def test_date_operators() -> None:
    both = days("2026-03-30", "2026-03-31", "2026-04-01", "2026-04-06")
    x = TraitValue("x")
    assert both.members(Compare(x, "before", dt.date(2026, 3, 31))) == {"2026-03-30"}
    assert both.members(Compare(x, "after", dt.date(2026, 3, 31))) == {"2026-04-01", "2026-04-06"}
    assert both.members(Compare(x, "within_last", Duration(2, "day"))) == {"2026-03-30", "2026-03-31"}
    assert both.members(Compare(x, "within_next", Duration(6, "day"))) == {"2026-04-01", "2026-04-06"}
    assert both.members(Compare(x, "between_from_now", (Duration(1, "day"), Duration(6, "day")))) == {
        "2026-04-01",
        "2026-04-06",
    }
    assert both.members(Compare(x, "weekday_in", (Decimal(1),))) == {"2026-03-30", "2026-04-06"}
    assert both.members(Compare(x, "in_period", Calendar("month", "this"))) == {"2026-03-30", "2026-03-31"}


def test_an_instant_against_a_date_is_compared_by_its_local_date() -> None:
    both = Both(Person("a", (attribute("x", "2026-03-01T23:30:00Z", "time"),)))
    assert both.members(Compare(TraitValue("x"), "after", dt.date(2026, 3, 1))) == {"a"}
    assert both.members(Compare(TraitValue("x"), "after", dt.date(2026, 3, 1)), "UTC") == set()
    assert both.values(DatePart(TraitValue("x"), "hour"), "number") == {"a": 0}
    assert both.values(DatePart(TraitValue("x"), "weekday"), "number") == {"a": 1}


@pytest.mark.parametrize(
    ("born", "length", "holds"),
    [
        ("1990-03-31", 1, True),
        ("1990-04-01", 1, False),
        ("1990-04-06", 7, True),
        ("1990-04-07", 7, False),
        ("2026-03-31", 7, False),
    ],
)
def test_anniversaries_ahead_include_today(born: str, length: int, holds: bool) -> None:
    rule = Compare(TraitValue("x"), "anniversary_within_next", Duration(length, "day"))
    assert days(born).members(rule) == ({born} if holds else set())


def test_a_leap_day_birthday_is_kept_on_28_february() -> None:
    both = days("2000-02-29", "2000-03-01", context=Context(utc(2026, 2, 28, 9)))
    assert both.members(Compare(TraitValue("x"), "anniversary_within_next", Duration(1, "day"))) == {"2000-02-29"}
    both = days("2000-02-29", "2000-02-28", context=Context(utc(2028, 2, 28, 9)))
    assert both.members(Compare(TraitValue("x"), "anniversary_within_next", Duration(1, "day"))) == {"2000-02-28"}


# ---------------------------------------------------------------- populations


def spenders(*amounts: str) -> Both:
    people = [Person(f"p{i}", (attribute("spent", a, "number"), attribute("city", "x"))) for i, a in enumerate(amounts)]
    return Both(*people, Person("unknown", (attribute("city", "y"),)))


def test_a_share_of_a_rank_is_rounded_down_and_leaves_out_the_unknown() -> None:
    both = spenders("5", "4", "3", "2", "1")
    assert both.members(Rank(TraitValue("spent"), share=Decimal("0.5"))) == {"p0", "p1"}
    assert both.members(Rank(TraitValue("spent"), share=Decimal("0.19"))) == set()
    assert both.members(Rank(TraitValue("spent"), share=Decimal(1))) == {"p0", "p1", "p2", "p3", "p4"}
    assert both.members(Rank(TraitValue("spent"), number=2, order="lowest")) == {"p3", "p4"}


def test_ties_are_broken_by_id_or_all_included() -> None:
    both = spenders("5", "3", "3", "3")
    assert both.members(Rank(TraitValue("spent"), number=2)) == {"p0", "p1"}
    assert both.members(Rank(TraitValue("spent"), number=2, ties="include")) == {"p0", "p1", "p2", "p3"}


def test_a_small_partition_yields_nobody_and_nobody_is_in_an_unknown_one() -> None:
    both = Both(
        Person("a", (attribute("spent", "1", "number"), attribute("city", "x"))),
        Person("b", (attribute("spent", "2", "number"), attribute("city", "x"))),
        Person("c", (attribute("spent", "3", "number"), attribute("city", "y"))),
        Person("d", (attribute("spent", "4", "number"),)),
    )
    spent, city = TraitValue("spent"), TraitValue("city")
    assert both.members(Rank(spent, number=1, within=city)) == {"b", "c"}
    assert both.members(Rank(spent, number=1, within=city, at_least=2)) == {"b"}
    over = Compare(spent, "lte", Decimal(2))
    assert both.members(Rank(spent, number=1, over=over)) == {"b"}


def test_references_use_the_same_snapshot_and_circles_are_refused() -> None:
    both = texts("a", "b")
    both.segments["first"] = SegmentDefinition("first", Compare(TraitValue("x"), "is", "a"))
    both.segments["second"] = SegmentDefinition("second", Not(SegmentReference("first")))
    assert both.members(All((SegmentReference("second"), SegmentReference("second")))) == {"b"}
    with pytest.raises(UnknownNameError, match="unknown segment 'frist'"):
        both.members(SegmentReference("frist"))
    with pytest.raises(DefinitionError, match="now at version"):
        both.members(SegmentReference("first", "0000"))
    both.segments["third"] = SegmentDefinition("third", SegmentReference("fourth"))
    both.segments["fourth"] = SegmentDefinition("fourth", AnyOf((SegmentReference("third"),)))
    with pytest.raises(CycleError, match="circle: segment third -> segment fourth -> segment third"):
        both.members(SegmentReference("third"))


def test_a_computed_trait_may_use_segments_and_other_traits() -> None:
    both = texts("a", "b")
    both.segments["first"] = SegmentDefinition("first", Compare(TraitValue("x"), "is", "a"))
    both.traits["points"] = TraitDefinition(
        "points", Case(((SegmentReference("first"), Constant(Decimal(2))),)), "number"
    )
    double = Arithmetic("multiply", TraitValue("points"), Constant(Decimal(2)))
    assert both.values(double, "number") == {"a": 4, "b": None}
    assert both.members(Compare(TraitValue("asked"), "is", Decimal(4))) == {"a"}


def test_lists_of_ids() -> None:
    both = texts("a", "b", "it's")
    both.lists = {"kept": ("it's", "nobody")}
    assert both.members(StaticList(("a",))) == {"a"}
    assert both.members(StaticList(list_name="kept")) == {"it's"}
    assert both.members(StaticList()) == set()
    with pytest.raises(UnknownNameError):
        both.members(StaticList(list_name="lost"))


def test_samples_are_stable_and_nested() -> None:
    both = Both(*(Person(f"c{i}", (attribute("x", ""),)) for i in range(400)))
    small = both.members(Sample(Decimal("0.05"), "holdout"))
    large = both.members(Sample(Decimal("0.2"), "holdout"))
    assert small < large
    assert 5 <= len(small) <= 40
    assert len(both.members(Sample(Decimal(1), "holdout"))) == 400
    assert small != both.members(Sample(Decimal("0.05"), "another"))


def test_model_outputs_are_traits() -> None:
    both = Both(Person("a"), Person("b"), types={"score": "number"}, given={"a": {"score": Decimal("0.7")}})
    assert both.members(Compare(TraitValue("score"), "gte", Decimal("0.7"))) == {"a"}
    with pytest.raises(UnknownNameError, match="unknown trait 'scoer'"):
        both.members(Compare(TraitValue("scoer"), "exists"))


def test_what_was_not_known_then_does_not_count() -> None:
    early, late = utc(2026, 1, 1), utc(2026, 3, 1)
    person = Person(
        "a",
        (AttributeVersion("x", "old", known_at=early), AttributeVersion("x", "new", valid_from=early, known_at=late)),
    )
    asked = Compare(TraitValue("x"), "is", "old")
    assert Both(person, context=Context(utc(2026, 3, 31), known_at=utc(2026, 2, 1))).members(asked) == {"a"}
    assert Both(person, context=Context(utc(2026, 3, 31))).members(asked) == set()


def test_a_property_outside_an_event_filter_is_refused() -> None:
    with pytest.raises(DefinitionError, match="outside an event filter"):
        texts("a").members(Compare(PropertyValue(("amount",)), "gt", Decimal(1)))


def test_an_absolute_window_of_days_is_local() -> None:
    both = Both(Person("a", events=(order(utc(2026, 3, 1, 23, 30)),)))  # type: ignore[arg-type]
    second = EventMeasure(ORDER, "count", during=Absolute(dt.date(2026, 3, 2), dt.date(2026, 3, 3)))
    assert both.values(second, "number") == {"a": 1}
    assert both.values(second, "number", "UTC") == {"a": 0}
