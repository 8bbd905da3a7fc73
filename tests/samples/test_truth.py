"""The planted truth against the reference interpreter: two independent readings of every library segment."""

from collections import defaultdict
from decimal import Decimal

import pytest

from segmentary.language.history import AttributeVersion, Event, Person
from segmentary.language.oracle import Population
from segmentary.language.tree import Context
from segmentary.language.vocabulary import Vocabulary
from segmentary.profiles.standard import standard_traits, usable
from segmentary.samples.business import TIMEZONE
from segmentary.samples.facts import Facts
from segmentary.samples.generated import make_business
from segmentary.samples.personas import SCALES
from segmentary.samples.ranks import rfm_names
from segmentary.samples.truth import ACTIONS, LEAST_IN_COUNTRY, RFM, WHO, ranked_pairs, true_members
from segmentary.segments.library import library

URBANITY = {"city": "urban", "town": "town", "village": "rural", "unknown": None}
TYPES = {
    "birth_date": "date", "gender": "text", "income": "number", "children": "number", "occupation": "text",
    "urbanity": "text", "country_code": "text", "account_employees": "number", "account_sector": "text",
    "business_sector": "text", "account_founded_on": "date", "device_type": "text", "os": "text",
    "rfm_segment": "text", "created_at": "time", **{f"attitude_{scale}": "number" for scale in SCALES},
}  # fmt: skip


def attributes(facts):
    who, firm = facts.who, facts.who.account
    device = facts.last_device
    known = {
        "birth_date": who.birth_date,
        "gender": who.gender or None,
        "income": who.income,
        "children": who.children,
        "occupation": who.occupation or None,
        "urbanity": URBANITY[who.town.size],
        "country_code": who.town.country_code or None,
        "account_employees": firm and firm.employees,
        "account_sector": firm and firm.sector,
        "business_sector": firm and firm.sector,
        "account_founded_on": firm and firm.founded_on,
        "device_type": device and device.kind,
        "os": device and device.system,
    }
    for scale in SCALES:
        mean = facts.attitude(scale)
        known[f"attitude_{scale}"] = None if mean is None else f"{Decimal(mean.numerator) / mean.denominator:.6f}"
    return tuple(AttributeVersion(k, str(v), TYPES[k]) for k, v in known.items() if v is not None)


def events(who):
    for order in who.orders:
        paid = [line for line in order.lines if line.unit_price > 0]
        yield Event(
            "order_completed", order.placed_at, source="orders", order_id=order.order_id, amount=order.amount,
            channel=order.channel, properties={"discount": str(order.discount)},
        )  # fmt: skip
        for line in paid:
            yield Event(
                "product_purchased", order.placed_at, source="orders", order_id=order.order_id, amount=line.amount,
                category=line.product.category, product_id=line.product.product_id,
            )  # fmt: skip
    for refund in who.refunds:
        yield Event("order_refunded", refund.happened_at, source="orders", amount=-refund.amount)
    for number, event in enumerate(who.web):
        properties = {"user_agent": event.device.user_agent}
        yield Event(
            event.name,
            event.happened_at,
            source="web",
            sequence=number,
            session_id=event.session_id,
            properties=properties,
        )
    for mail in who.mails:
        yield Event(mail.name, mail.happened_at, source="email")
    for chat in who.chats:
        yield Event("support_chat_started", chat.started_at, source="chats")


@pytest.fixture(scope="module")
def made():
    return make_business(customers=250, seed=11)


@pytest.fixture(scope="module")
def members(made):
    return true_members(made[0])


@pytest.fixture(scope="module")
def population(made):
    business, _ = made
    everybody = [Facts(who, business.as_of, business.zone) for who in business.customers]
    people = [
        Person(f.who.customer_id, attributes(f), tuple(events(f.who)), created_at=f.who.created_at) for f in everybody
    ]
    seen = defaultdict(dict)
    for person in people:
        for event in person.events:
            seen[event.name] |= {"discount": "number"} if event.name == "order_completed" else {"user_agent": "text"}
    traits = usable(standard_traits(), Vocabulary(traits=TYPES, events=seen)).definitions
    given = {name: {"rfm_segment": cell} for name, cell in rfm_names([f for f in everybody if f.orders]).items()}
    context = Context(as_of=business.as_of, timezone=TIMEZONE)
    return Population(people, context, segments=dict(library()), traits=dict(traits), given=given, given_types=TYPES)


@pytest.mark.parametrize("name", library())
def test_every_library_segment_means_what_its_sentence_says(name, population, members):
    assert population.members(name) == set(members[name])


def test_the_truth_covers_the_library_exactly(members):
    assert set(members) == set(library())


def test_every_segment_has_members_and_outsiders(made, members):
    everybody = {who.customer_id for who in made[0].customers}
    for name, ids in members.items():
        assert 0 < len(ids) < len(everybody), name
        assert set(ids) < everybody


def test_border_people_stand_on_their_sides(made, members):
    business, planted = made
    pairs = {**planted, **ranked_pairs(business, members)}
    assert set(pairs) == set(library())
    for name, pair in pairs.items():
        assert pair.inside in members[name], name
        assert pair.outside not in members[name], name


@pytest.mark.parametrize("customers", [0, 1])
def test_hardly_anybody(customers):
    business, planted = make_business(customers=customers)
    members = true_members(business)
    assert len(business.customers) == 2 * len(planted) + customers
    assert members["top_ten_percent_in_country"] == ()
    assert all(pair.inside in members[name] for name, pair in planted.items())


def test_predicates_that_look_at_nobody_in_particular():
    """Every predicate answers for a person of whom nothing is known."""
    business, _ = make_business(customers=0)
    blank = business.customers[0]
    blank.birth_date = None
    facts = Facts(blank, business.as_of, business.zone)
    held = {name for name, holds in {**WHO, **ACTIONS}.items() if holds(facts)}
    assert held == {"place_unknown", "never_ordered"}
    assert RFM
    assert LEAST_IN_COUNTRY == 50
