"""Generated people: identifiers nobody shares, phones nobody answers, decisions in order."""

import datetime as dt
import random
from collections import Counter

import pytest

from segmentary.samples.business import Consent
from segmentary.samples.generated import make_business
from segmentary.samples.people import FICTIONAL_PHONES, SECTORS, opted_in, poisson


@pytest.fixture(scope="module")
def business():
    return make_business(customers=600, seed=3)[0]


@pytest.mark.parametrize("what", ["customer_id", "email", "phone"])
def test_identifiers_are_not_shared(business, what):
    """Two people with one address would be one customer."""
    given = [getattr(who, what) for who in business.customers if getattr(who, what)]
    assert len(set(given)) == len(given) > 100


def test_nobody_is_ever_reached(business):
    for who in business.customers:
        assert not who.email or who.email.endswith(("@example.org", "@example.com", "@example.net"))
        assert not who.phone or who.phone.startswith(FICTIONAL_PHONES)
        assert who.email.isascii()


def test_something_is_missing_about_many(business):
    for what in ("birth_date", "income", "children"):
        known = sum(getattr(who, what) is not None for who in business.customers)
        assert 0 < known < len(business.customers)
    assert any(not who.gender for who in business.customers)
    assert any(not who.town.city for who in business.customers)


def test_firms_come_in_all_sizes(business):
    employees = [account.employees for account in business.accounts if account.employees is not None]
    assert min(employees) < 50
    assert max(employees) >= 250
    assert {account.sector for account in business.accounts} <= {*SECTORS}


def test_answers_are_on_the_scale_and_some_are_missing(business):
    values = Counter(answer.value for who in business.customers for answer in who.answers)
    assert set(values) == {None, 1, 2, 3, 4, 5}


def test_the_newest_decision_that_covers_mail_counts(business):
    who = business.customers[0]
    begin = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    day = dt.timedelta(days=1)
    who.consents = [
        Consent("marketing", "email", True, begin),
        Consent("marketing", "any", False, begin + 2 * day),
        Consent("analytics", "email", True, begin + 3 * day),
    ]
    assert not opted_in(who, begin - day)
    assert opted_in(who, begin)
    assert not opted_in(who, begin + 2 * day)
    assert not opted_in(who, begin + 4 * day)


def test_poisson_numbers_have_their_mean():
    chance = random.Random(1)
    assert poisson(chance, 0) == 0
    assert 1.8 < sum(poisson(chance, 2) for _ in range(2_000)) / 2_000 < 2.2
