# ruff: noqa: E501 - sentences stand whole
from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from tests.language.strategies import definitions

from segmentary.language.python import (
    all_of,
    any_of,
    bottom,
    case,
    constant,
    define_segment,
    define_trait,
    events,
    first_known,
    ids,
    members_of,
    prop,
    sample,
    segment,
    top,
    trait,
)
from segmentary.language.sentence import sentence
from segmentary.language.text import parse_text
from segmentary.language.tree import Part, SegmentationDefinition

orders = events("order_completed")
shoes = events("product_purchased", prop("category") == "shoes")

SAID = [
    (
        trait("country").is_in("France", "Germany") & (orders.last("90d").count() >= 3),
        "country is France or Germany, and ordered at least 3 times in the last 90 days",
    ),
    (orders.last("60d").did_not(), "no orders in the last 60 days"),
    (orders.did_not(), "no orders ever"),
    (shoes.this("week").did(), "bought a product (category is shoes) in the current week"),
    (orders.count() == 1, "ordered exactly once"),
    (orders.previous("week", 5).count() > 2, "ordered more than 2 times in the previous 5 complete weeks"),
    (
        shoes.previous("quarter").sum("amount") > 100,
        "the total amount of product purchases (category is shoes) in the previous quarter is above 100",
    ),
    (
        shoes.most_frequent("category") == "shoes & co",
        "the most frequent category of product purchases (category is shoes) is “shoes & co”",
    ),
    (orders.nth_of(3, "happened_at").within_last("7d"), "the time of the 3rd order is within the last 7 days"),
    (orders.last_of("happened_at").elapsed() <= 30, "days since the last order is at most 30"),
    (
        orders.between("60d", "30d").active_days() >= 2,
        "the number of days with orders between 60 days and 30 days ago is at least 2",
    ),
    (
        orders.dates(since=dt.date(2026, 1, 1), until=dt.date(2026, 2, 1)).did(),
        "ordered from 2026-01-01 until before 2026-02-01",
    ),
    (events("trial_started").since(orders, which="first").did(), "did “trial started” since the first order"),
    (
        (trait("a") > 1) | ((trait("b") > 1) & ~(trait("c").contains("x"))),
        "a is above 1, or (b is above 1, and not (c contains x))",
    ),
    (~segment("vip") & members_of("key accounts"), "not in segment vip, and in list “key accounts”"),
    (all_of(any_of(trait("a").exists())), "a is known"),
    (trait("city") != "Paris", "city is known but not Paris"),
    (trait("city").is_missing(), "city is missing"),
    (trait("city").equals("PARIS", ignore_case=True), "city is PARIS (ignoring case)"),
    (trait("birth_date").anniversary_within_next("7d"), "birth date has its anniversary within the next 7 days"),
    (trait("trial_end").between_from_now("3d", "5d"), "trial end lies between 3 days and 5 days ahead"),
    (trait("signed_up").weekday_in("monday", "sunday"), "signed up falls on Monday or Sunday"),
    (trait("tags").has_all("a", "b"), "tags has all of a, b"),
    (
        top("10%", by=trait("monetary"), within=trait("country"), over=segment("vip"), at_least=50, ties="include"),
        "among the highest 10% by monetary within the same country (of those with: in segment vip; groups of at least 50; ties included)",
    ),
    (bottom(5, by=trait("age")), "among the lowest 5 by age"),
    (sample("5%", salt="global_holdout"), "in the 5% sample global_holdout"),
    (ids(*"abcdefg"), "in the list (a, b, c, d, e and 2 more)"),
    ((trait("a") / trait("b")) >= 2, "(a / b) is at least 2"),
    (trait("age").band([18, 25], ["young", "mid", "old"]) == "mid", "the band of age (edges 18, 25) is mid"),
    (first_known(trait("a"), constant(0)) > 3, "the first known of [a; 0] is above 3"),
    (case((trait("a") > 1, "x"), otherwise="y") == "x", "[x if a is above 1; otherwise y] is x"),
]


@pytest.mark.parametrize(("condition", "words"), SAID, ids=[words for _, words in SAID])
def test_what_a_rule_says(condition, words):
    assert sentence(condition.rule) == words


TYPED = [
    ("trait plan = trial for at least 10d", "plan is trial, and so for at least 10 days"),
    (
        "trait plan = trial for at least 10d less than 30d",
        "plan is trial, and so for at least 10 days but less than 30 days",
    ),
    ("not (plan = trial at any time in last 90d)", "not (at some time in the last 90 days: plan is trial)"),
    ("a > 1 and plan = trial for less than 1mo", "a is above 1, and (plan is trial, and so for less than 1 month)"),
    ("segment vip at 30d ago", "in segment vip 30 days ago"),
    ("segment vip at end of previous_quarter", "in segment vip at the end of the previous quarter"),
    (
        "segment vip@v3 at 2026-01-01 evaluated",
        "in segment vip (version v3) at the start of 2026-01-01 by its definition now, evaluated for then",
    ),
    ("segment vip at 2026-01-01T12:00:00Z", "in segment vip at 2026-01-01T12:00:00Z"),
    ("segment vip during any previous_quarter", "in segment vip at some time in the previous quarter"),
    ("segment vip during all last 30d", "in segment vip without a break in the last 30 days"),
    ("segment vip during end of previous_month", "in segment vip at the end of the time in the previous month"),
    ("segment vip during at least 7d of last 30d", "in segment vip for at least 7 days in all in the last 30 days"),
    (
        "segment at_risk entered in last 7d nth 2 stayed at least 3d",
        "entered segment at_risk for the 2nd time ever in the last 7 days, staying at least 3 days",
    ),
    ("segment at_risk exited", "left segment at_risk"),
    ("related account any (plan = pro)", "for at least one of the people of the same account: (plan is pro)"),
    ("related household none (segment vip)", "for none of the people of the same household: (in segment vip)"),
    (
        "related account all (a > 1)",
        "for every one of the people of the same account, and there is one: (a is above 1)",
    ),
    ("related account count >= 2 of (a > 1)", "for at least 2 of the people of the same account: (a is above 1)"),
    ("within 25km of places stores", "at most 25 km from any place of stores"),
    (
        "within 0.5km of point (52.5, -1) from (trait lat, trait lon)",
        "at most 0.5 km from (52.5, -1) (by lat and lon)",
    ),
    ("consent marketing via email and consent ads denied", "agreed to marketing by email, and refused ads"),
    (
        "sequence (cart_added then no order_completed within 24h same product_id) in last 30d anchor last",
        "did in this order [added to the cart; then no order with the same product id less than 24 hours later; all in the last 30 days; beginning with the last addition to the cart]",
    ),
    (
        "sequence (page_viewed where (path = p) then directly checkout_started without chat_started after 1h within 2h same a as b step 1) within 7d session 30min",
        "did in this order [viewed a page (path is p); then directly started a checkout with the same a as the b at least 1 hour and less than 2 hours later, without any chat between; all within 7 days; in one session (30 minutes apart)]",
    ),
    (
        "times (sequence (email_sent then email_opened) latest 5) >= 2",
        "how many of the latest 5 e-mails sent begin [was sent an e-mail; then opened an e-mail] is at least 2",
    ),
    (
        "periods (events order_completed count >= 3 per week of last 5) >= 3",
        "of the last 5 complete weeks the number in which the number of orders is at least 3 is at least 3",
    ),
    (
        "events order_completed in any 30d in last 365d count >= 3",
        "the number of orders in any 30 days in the last 365 days (where there are most) is at least 3",
    ),
    (
        "events order_completed in session 30min of (a, b) sum of amount > 3",
        "the total amount of orders in one session (30 minutes apart of a or b) (where it is most) is above 3",
    ),
    ("events any since last entry into vip count >= 1", "did anything since the last entry into segment vip"),
    (
        "sessions by id in last 30d containing (page_viewed where (path = p)) longest_minutes > 3",
        "the minutes of the longest of the sessions (by its id) with page view (path is p) in the last 30 days is above 3",
    ),
    ("sessions 30min count > 3", "the number of sessions (30 minutes apart) is above 3"),
    (
        "did order_completed where (trait city = Paris and fact kind of stores by store_id = flagship)",
        "ordered (city at that time is Paris, and the kind of its store id in stores is flagship)",
    ),
    ("model churn.probability > 0.7", "the probability of model churn is above 0.7"),
    ('model typing.probability."2" > 0.8', "the probability of 2 of model typing is above 0.8"),
    (
        "top 10% by money keep 15%",
        "among the highest 10% by money (members stay while among the highest 15%)",
    ),
]


@pytest.mark.parametrize(("text", "words"), TYPED, ids=[text for text, _ in TYPED])
def test_what_a_text_says(text, words):
    assert sentence(parse_text(text)) == words


def test_no_two_of_these_say_the_same():
    assert len({words for _, words in (*SAID, *TYPED)}) == len(SAID) + len(TYPED)


def test_a_segmentation_says_its_parts_in_order():
    parts = (Part("gold", parse_text("a > 2")), Part("silver", parse_text("a > 1")))
    said = sentence(SegmentationDefinition("level", parts, "none"))
    assert said == "the first that holds of [gold: a is above 2; silver: a is above 1], everybody else none"


def test_a_definition_says_its_rule_or_value():
    assert sentence(define_segment("s", trait("age") >= 18)) == "age is at least 18"
    assert sentence(define_trait("t", orders.count(), "number")) == "the number of orders"


def test_and_within_or_differs_from_or_within_and():
    a, b, c = (trait(name).exists() for name in "abc")
    said = [
        sentence(rule.rule) for rule in ((a & b) | c, a & (b | c), a & b & c, a | b | c, ~(a & b), ~a & b, ~(a | b))
    ]
    assert len(set(said)) == len(said)


@given(definition=definitions(segments=("gold",)))
def test_everything_can_be_said_with_brackets_that_match(definition):
    words = sentence(definition)
    assert words
    assert words.count("“") == words.count("”")
