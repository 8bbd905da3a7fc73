# ruff: noqa: E501 - texts stand whole, as they are typed
from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.language.strategies import TEXTS, VOCABULARY, rules, values

from segmentary.errors import DefinitionError
from segmentary.language.text import TextError, format_text, parse_text, parse_text_value, read_where
from segmentary.language.tree import (
    All,
    AnyOf,
    Arithmetic,
    Band,
    Binding,
    Calendar,
    Case,
    Compare,
    Consent,
    Constant,
    DatePart,
    Duration,
    Elapsed,
    EventFilter,
    EventMeasure,
    FirstKnown,
    Had,
    HasBeen,
    Last,
    ModelValue,
    Near,
    Not,
    PeriodsWith,
    PropertyValue,
    Rank,
    ReferenceValue,
    Related,
    Sample,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Sequence,
    SequenceCount,
    Session,
    SessionMeasure,
    SinceEntry,
    SinceEvent,
    Sliding,
    StaticList,
    Step,
    TraitAtEvent,
    TraitValue,
)
from segmentary.language.vocabulary import Vocabulary

CANONICAL = [
    "segment vip during any previous_quarter and events order_completed in last 60d count <= 0 and not segment support_case_open",
    'trait plan = "trial" for at least 10d',
    'trait plan = "trial" for at least 10d less than 30d',
    'trait plan = "trial" for less than 30d',
    'trait plan = "trial" at any time in last 90d',
    'trait country in ("US", "CA") and trait age between 25 and 34 and trait income exists',
    'trait country not in ("US", "CA") ignore_case',
    'trait address."zip code" starts_with "10" ignore_case',
    "trait signed_up before 2026-03-01 or trait signed_up >= 2026-03-01T12:00:00Z",
    "trait birth_date anniversary_within_next 7d and trait trial_end between_from_now (3d, 5d)",
    "trait signed_up weekday_in (monday, sunday) and trait signed_up in_period previous_2_fiscal_quarters",
    'trait tags has_all ("a", "b") and trait app version_gte "2.10"',
    'events order_completed where (category = "cosmetics" and amount > 10) in last 90d count >= 3',
    'events (a, b) where (not (x = 1 or y = true) and properties.deep."very deep" missing) between 60d and 30d ago sum of amount > 12.5',
    'events order where (trait city = "Paris" and fact kind of stores by store_id = "flagship") from 2026-01-01 until 2026-02-01 count >= 1',
    "events any from 2026-01-01 active_days > 2",
    "events any until 2026-01-01T00:00:00Z distinct of product_id > 2",
    "events a since first event signed_up where (plan = 1) count > 2",
    "events a since last entry into at_risk count > 2",
    "events a in any 30d in last 365d count >= 3",
    "events a in session 30min of (a, b) in this_month count >= 3",
    "events a in session by id count >= 3",
    "events order nth 3 of happened_at within_last 7d",
    "events plays in last 30d count > events favourites in last 30d count",
    "(events plays count / events favourites count) > 2",
    "days since (events order last of happened_at) > (2 * events order median_gap_days)",
    'sessions 30min of page_viewed in last 30d containing (page_viewed where (path = "/")) longest_minutes > 30',
    "sessions by id count > 3",
    "periods (events used count >= 3 per week of last 5) >= 3",
    "sequence (signed_up then project_created then invited without ticket) within 7d",
    "sequence (cart_added then no order_completed within 24h same product_id) in last 30d anchor last",
    'sequence (page_viewed where (path = "/p") then directly checkout) session 30min',
    "sequence (a then (b, c) after 1h within 7d without d without (e, f) where (x = 1) same p same q as r step 1) session (by id of a in last 3d)",
    "times (sequence (mail_sent then mail_opened same mail_id) latest 5) >= 2",
    "top 10% by (events order in last 12mo sum of amount) within trait country over (segment vip or list a) ties included at least 50 keep 15%",
    "bottom 5 by trait age keep 10",
    "segment vip@v3",
    "segment vip at 30d ago",
    "segment vip@v3 at end of previous_quarter evaluated",
    "segment vip at 2026-01-01",
    "segment vip during all last 30d",
    "segment vip during end of previous_month",
    "segment vip during at least 7d of between 60d and 30d ago",
    "segment at_risk entered in last 7d nth 2 stayed at least 3d",
    "segment at_risk exited",
    'related account any (trait plan = "business")',
    "related household count >= 2 of (did_not_exist)".replace("did_not_exist", "segment vip"),
    "within 25km of places stores",
    "within 0.5km of point (52.52, -13.405) from (trait home.latitude, trait home.longitude)",
    "consent marketing via email and not consent profiling denied",
    'model churn.probability > 0.7 and model typing.label = "2" and model typing.probability."2" > 0.8',
    'list "key accounts" and ids ("a b", c) and sample 5% salt global_holdout',
    "all () or any (trait a exists)",
    "not not trait a exists",
    "(trait a exists and trait b exists) and trait c exists",
    "trait a exists and trait b exists or trait c exists",
    'band (trait age, (18, 25.5, -3), (young, "in", old)) = "in"',
    "first_known (trait a, 0) > -3",
    'case (when trait a > 1 then "x" when segment vip then trait y otherwise "z") = "x"',
    "month of trait birth_date = 2",
    '"events" = "\\n\\t\\\\\\"\\u0000"',
]


@pytest.mark.parametrize("text", CANONICAL)
def test_canonical_texts_come_back(text):
    assert format_text(parse_text(text)) == text


SAME = [
    ("country is DE", 'trait country = "DE"'),
    ("country is not DE", 'trait country != "DE"'),
    ("income is missing", "trait income missing"),
    ("income is not missing", "trait income exists"),
    ("income is known", "trait income exists"),
    ("did order_completed in last 30d", "events order_completed in last 30d count >= 1"),
    ("did not order_completed", "events order_completed count <= 0"),
    ("segment vip during previous_quarter", "segment vip during any previous_quarter"),
    ("a * 2 + b / 3 - 1 > 4", "(((trait a * 2) + (trait b / 3)) - 1) > 4"),
    ("((a > 1))", "trait a > 1"),
    ("(a) > (3)", "trait a > 3"),
    ("a > b2 ", 'trait a > "b2"'),
    ("a > (b2)", "trait a > trait b2"),
    ("top 50 by money within country", "top 50 by trait money within trait country"),
    ("a = 'it\\'s'", 'trait a = "it\'s"'),
    ("a\n =\t1", "trait a = 1"),
    ("true = true", "true = true"),
]


@pytest.mark.parametrize(("typed", "canonical"), SAME)
def test_what_people_type_has_one_form(typed, canonical):
    assert format_text(parse_text(typed)) == canonical


def test_example_of_the_language():
    rule = parse_text(CANONICAL[0])
    assert rule == All(
        (
            SegmentDuring("vip", Calendar("quarter", "previous")),
            Compare(
                EventMeasure(EventFilter(("order_completed",)), "count", during=Last(Duration(60, "day"))),
                "lte",
                Decimal(0),
            ),
            Not(SegmentReference("support_case_open")),
        )
    )


@settings(max_examples=150, deadline=None)
@given(rule=rules(segments=("gold", "at risk")))
def test_every_rule_comes_back_unchanged(rule):
    text = format_text(rule)
    assert parse_text(text) == rule
    assert format_text(parse_text(text)) == text


@settings(max_examples=60, deadline=None)
@given(value=st.sampled_from(("number", "text", "date", "time", "boolean")).flatmap(values))
def test_every_value_comes_back_unchanged(value):
    assert parse_text_value(format_text(value)) == value


HOSTILE = st.one_of(
    st.sampled_from(
        ("", " ", '"', "'", "\\", "and", "last", "this_week", "a.b", "1", "\x00", "\ud800", "\u2028", "x y", "true")
    ),
    st.text(max_size=8),
)


@settings(max_examples=150, deadline=None)
@given(a=HOSTILE, b=HOSTILE)
@example(a="\U0001f642", b="é")
def test_hostile_names_and_texts_come_back(a, b):
    rule = All(
        (
            Compare(TraitValue(a, (b,)), "is", b),
            Compare(
                EventMeasure(EventFilter((a, b), Compare(PropertyValue((b, a)), "in", (a, b))), "count"),
                "gte",
                Decimal(1),
            ),
            StaticList(ids=(a, b)),
            SegmentMoved(a, "entered"),
            Consent(a, b, granted=False),
            Sample(Decimal("0.5"), b),
        )
    )
    assert parse_text(format_text(rule)) == rule


EVERY_NODE = [
    HasBeen(Compare(TraitValue("plan"), "is", "trial"), Duration(3, "month")),
    Had(Compare(TraitValue("plan"), "is", "trial"), Last(Duration(3, "day"))),
    SegmentAt("vip", Duration(3, "day"), evaluated=True, version="v3"),
    Related("account", "none", SegmentReference("vip")),
    Near(Decimal(3), places="stores"),
    Rank(TraitValue("age"), number=3),
    AnyOf((Sequence((Step(EventFilter(("a",))), Step(EventFilter(()), same=(Binding(("b",)),)))),)),
    *[
        Compare(value, "gt", Decimal(1))
        for value in (
            ModelValue("churn", "decile"),
            Constant(Decimal(2)),
            SessionMeasure(Session(), "count"),
            PeriodsWith(EventMeasure(EventFilter(("a",)), "count"), "gte", Decimal(3), "week", 5),
            SequenceCount(Sequence((Step(EventFilter(("a",))),)), 3),
            Elapsed(TraitValue("birth_date"), "years"),
            DatePart(TraitValue("birth_date"), "year"),
            FirstKnown((TraitValue("a"),)),
            Case(((SegmentReference("a"), Constant(Decimal(1))),)),
            Band(TraitValue("a"), (Decimal(1),), ("x", "y")),
            Arithmetic("add", TraitValue("a"), TraitValue("b")),
            EventMeasure(EventFilter(("a",)), "count", during=Sliding(Duration(3, "day"))),
            EventMeasure(EventFilter(("a",)), "count", during=SinceEntry("vip", "first")),
            EventMeasure(EventFilter(("a",)), "count", during=SinceEvent(EventFilter(("b",)), "last")),
            EventMeasure(EventFilter(("a",), Compare(TraitAtEvent("city"), "exists")), "count"),
            EventMeasure(
                EventFilter(("a",), Compare(ReferenceValue("t", PropertyValue(("k",)), "n"), "exists")), "count"
            ),
        )
    ],
]


@pytest.mark.parametrize("rule", EVERY_NODE, ids=lambda rule: type(getattr(rule, "value", rule)).__name__)
def test_every_node_has_a_text(rule):
    assert parse_text(format_text(rule)) == rule


# ---------------------------------------------------------------- complaints

COMPLAINTS = [
    (
        "events order_completed in last 60d cuont <= 0",
        "<text>:1:36: 'cuont' is no measure of events",
        "              ^^^^^",
        "did you mean `count`?",
    ),
    ("age >= 3 adn b = 2", "<text>:1:10: 'adn' cannot stand here: expected", "^^^", "did you mean `and`?"),
    ("age >=", "<text>:1:7: the text ends too early: expected a name", "        ^", ""),
    ("a = 1\nand b = ,", "<text>:2:9: ',' cannot stand here", "          ^", ""),
    ('a = "abc', "the quotation mark is never closed", "      ^", 'close it with "'),
    ("step = 3", "'step' cannot stand here", "^^^^", 'as a name it stands in quotes, trait "step"'),
    ("a containss 'x'", "'containss' is no operator", "    ^^^^^^^^^", "did you mean `contains`?"),
    ("a contains", "contains lacks what to compare with", "^^^^^^^^", 'for example: contains "Paris"'),
    ("a exists 3", "exists takes nothing", "         ^", ""),
    ("a is 30d", "'30d' is no fixed value here", "     ^^^", 'as a text it stands in quotes: "30d"'),
    ("a weekday_in (mondy)", "'mondy' is no weekday", "^^^^^", "did you mean `monday`?"),
    ("events a sum > 3", "sum needs property", "^^^", "write sum of amount"),
    ("weeks since a > 3", "'weeks' is no unit of the time since", "^^^^^", ""),
    ("sequence (a then b within 1d within 2d)", "within stands here twice", "", "keep one of the two"),
    ("top 0 by a", "a whole number from 1 up belongs here", "    ^", ""),
    ("a before 2026-02-30", "there is no day '2026-02-30'", "^^^^^^^^^^", ""),
    ('a = "\\q"', "has no meaning in a text", "", "write two"),
    ("a = 1; drop table x", "';' has no meaning here", "     ^", "in quotes"),
    ("", "there is nothing to read", "^", "age >= 18"),
]


@pytest.mark.parametrize(("text", "message", "mark", "hint"), COMPLAINTS, ids=[text for text, *_ in COMPLAINTS])
def test_a_complaint_shows_the_place_and_a_way_out(text, message, mark, hint):
    with pytest.raises(TextError) as caught:
        parse_text(text)
    said = str(caught.value)
    assert message in said
    assert mark in said
    assert hint in (caught.value.hint or "")


def test_names_that_do_not_exist_are_marked_where_they_stand():
    known = Vocabulary(traits={"age": "number"}, events={"order_completed": {}}, segments=frozenset({"vip"}))
    assert read_where("age >= 18 and segment vip", known) == parse_text("age >= 18 and segment vip")
    with pytest.raises(TextError) as caught:
        read_where("segment vip and (agee >= 18)", known)
    assert str(caught.value) == (
        "<text>:1:18: unknown trait 'agee'\n  segment vip and (agee >= 18)\n                   ^^^^\n  hint: did you mean 'age'?"
    )
    with pytest.raises(TextError, match="unknown event 'order_complete'"):
        read_where("did order_complete", known)
    with pytest.raises(TextError, match="compared with a text"):
        read_where("age = old", known)


@given(rule=rules(depth=1))
@settings(max_examples=25, deadline=None)
def test_what_is_valid_as_a_tree_is_valid_as_a_text(rule):
    from segmentary.language.tree import SegmentDefinition
    from segmentary.language.validate import validate

    validate(SegmentDefinition("s", rule), VOCABULARY)
    assert read_where(format_text(rule), VOCABULARY) == rule


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000,
        "all (" * 500 + "a > 1" + ")" * 500,
        "not " * 20_000 + "a > 1",
        "a + " * 20_000 + "a > 1",
        '"' + "\\" * 50_001,
        "'" * 40_001,
        "a" * 99_999,
        "1" * 99_999,
        "a in (" + "1, " * 30_000 + "2",
        "a.b" * 30_000,
        " " * 99_999,
        "x" * 200_000,
        "events a where (" * 3_000,
        "\x00" * 1000,
    ],
    ids=range(14),
)
def test_hostile_texts_are_refused_soon(text):
    began = time.process_time()
    with pytest.raises(DefinitionError) as caught:
        parse_text(text)
    assert time.process_time() - began < 5
    assert len(str(caught.value)) < 2_000


@settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                (
                    *TEXTS,
                    "and",
                    "(",
                    ")",
                    "events",
                    "trait",
                    "a",
                    "3",
                    ">",
                    "in",
                    "last",
                    "30d",
                    "sequence",
                    "then",
                    ",",
                )
            ),
            max_size=12,
        ).map(" ".join),
    )
)
def test_anything_typed_is_read_or_refused_with_a_reason(text):
    try:
        rule = parse_text(text)
    except TextError as refused:
        error: TextError | None = refused
    else:
        error = None
        assert parse_text(format_text(rule)) == rule
    assert error is None or "^" in str(error)


def test_python_takes_texts_where_it_takes_rules():
    from segmentary.language.python import define_segment, events, trait

    assert define_segment("s", "age >= 18").where == (trait("age") >= 18).rule
    assert events("a").did().rule == parse_text("did a")
