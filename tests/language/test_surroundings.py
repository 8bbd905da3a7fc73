"""Other people of the group, places near by, decisions, and ranks that keep their members."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.language.histories import NOW, Both, attribute, utc

from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.language.oracle import Belonging, Decision, Entry, Person, Place, Population
from segmentary.language.tree import (
    Compare,
    Consent,
    Constant,
    ModelValue,
    Near,
    Not,
    Rank,
    Related,
    SegmentDefinition,
    TraitValue,
)

MOMENT = dt.timedelta(microseconds=1)
ACTIVE = Compare(TraitValue("active"), "is", "yes")


def member(name: str, *groups: str, active: str = "no", **ends: dt.datetime | None) -> Person:
    belongings = tuple(Belonging("account", group, ends.get("since"), ends.get("until")) for group in groups)
    return Person(name, (attribute("active", active),), belongings=belongings)


# ---------------------------------------------------------------- groups


def test_the_others_of_the_group() -> None:
    asked = Both(
        member("ann", "x", active="yes"),
        member("bob", "x"),
        member("cyd", "y", active="yes"),
        member("dan", "x", "y"),
        member("eve"),
    )
    assert asked.members(Related("account", "any", ACTIVE)) == {"bob", "dan"}
    assert asked.members(Related("account", "none", ACTIVE)) == {"ann", "cyd", "eve"}
    assert asked.members(Related("account", "all", ACTIVE)) == set()
    assert asked.members(Related("account", "all", Not(ACTIVE))) == {"ann", "cyd"}
    # Dan meets Ann and Cyd, each once.
    assert asked.members(Related("account", "count", ACTIVE, "gte", 2)) == {"dan"}
    assert asked.members(Related("account", "count", ACTIVE, "is", 0)) == {"ann", "cyd", "eve"}
    assert asked.members(Related("household", "any", ACTIVE)) == set()


def test_belongings_are_half_open() -> None:
    now = NOW.as_of
    asked = Both(
        member("me", "x"),
        member("begins", "x", active="yes", since=now),
        member("ended", "z", active="yes"),
        replace(member("left", active="yes"), belongings=(Belonging("account", "x", None, now),)),
        replace(member("leaves"), belongings=(Belonging("account", "z", None, now + MOMENT),)),
        replace(member("joins"), belongings=(Belonging("account", "z", now + MOMENT),)),
    )
    assert asked.members(Related("account", "any", ACTIVE)) == {"me", "leaves"}


def test_accounts_ask_their_members() -> None:
    accounts = (Person("x", (attribute("tier", "gold"),)), Person("y", (attribute("tier", "gold"),)), Person("empty"))
    asked = Both(
        member("ann", "x", active="yes"),
        member("bob", "x"),
        member("cyd", "y"),
        groups=accounts,
        types={"tier": "text"},
    )
    assert asked.members(Related("account", "any", ACTIVE), entity="account") == {"x"}
    assert asked.members(Related("account", "none", ACTIVE), entity="account") == {"y", "empty"}
    assert asked.members(Related("account", "all", Not(ACTIVE)), entity="account") == {"y"}
    assert asked.members(Related("account", "count", Not(ACTIVE), "lte", 1), entity="account") == {"x", "y", "empty"}
    assert asked.members(Compare(TraitValue("tier"), "is", "gold"), entity="account") == {"x", "y"}


def test_segments_are_over_their_own_entity() -> None:
    customers = Population(
        [member("ann", "x", active="yes")],
        NOW,
        given_types={"active": "text"},
        segments={"active": SegmentDefinition("active", ACTIVE)},
    )
    segments = {
        **customers.segments,
        "big": SegmentDefinition("big", Related("account", "any", ACTIVE), entity="account"),
        "odd": SegmentDefinition("odd", Related("household", "any", ACTIVE), entity="account"),
    }
    accounts = Population([Person("x")], NOW, segments=segments, members=customers, entity="account")
    assert accounts.members("big") == {"x"}
    assert accounts.members("active") == {"ann"}
    with pytest.raises(DefinitionError, match="cannot ask"):
        accounts.members("odd")
    with pytest.raises(DefinitionError, match="about accounts"):
        Population([Person("ann")], NOW, segments=segments).members("big")


def test_a_trace_names_the_others() -> None:
    people = [member("me", "x"), *(member(f"p{i}", "x", active="yes") for i in range(7)), member("alone")]
    oracle = Both(*people).oracle()
    rule = Related("account", "any", ACTIVE)
    assert oracle.trace(rule, "me").note == "7 of 7 others satisfy it: p0, p1, p2, p3, p4 and 2 more"
    assert oracle.trace(rule, "alone").note == "there is nobody to ask"


# ---------------------------------------------------------------- places

BERLIN = (Decimal("52.52"), Decimal("13.405"))


def located(name: str, latitude: str, longitude: str) -> Person:
    return Person(name, (attribute("latitude", latitude, "number"), attribute("longitude", longitude, "number")))


def test_near_a_point_or_any_place() -> None:
    asked = Both(
        located("there", "52.52", "13.405"),
        located("potsdam", "52.3906", "13.0645"),
        located("paris", "48.8566", "2.3522"),
        located("outside", "90.0001", "0"),
        located("nonsense", "north", "0"),
        Person("unknown"),
        places={"stores": (Place("Paris", Decimal("48.86"), Decimal("2.35")),), "none": ()},
        types={"latitude": "number", "longitude": "number"},
    )
    assert asked.members(Near(Decimal(0), BERLIN)) == {"there"}
    assert asked.members(Near(Decimal(30), BERLIN)) == {"there", "potsdam"}
    assert asked.members(Near(Decimal(1), places="stores")) == {"paris"}
    assert asked.members(Near(Decimal(30), BERLIN, "stores")) == {"there", "potsdam", "paris"}
    assert asked.members(Near(Decimal(30000), places="none")) == set()
    assert asked.members(Not(Near(Decimal(30000), BERLIN))) == {"outside", "nonsense", "unknown"}
    fixed = Near(Decimal(1), BERLIN, None, Constant(BERLIN[0]), Constant(BERLIN[1]))
    assert "unknown" in asked.members(fixed)


def test_the_bound_is_included_to_the_metre() -> None:
    asked = Both(located("a", "0", "0")).oracle()
    # One degree along the equator is 111195.08 metres.
    point = (Decimal(0), Decimal(1))
    assert asked.holds(Near(Decimal("111.195"), point), "a")
    assert not asked.holds(Near(Decimal("111.194"), point), "a")
    assert asked.trace(Near(Decimal(100), point), "a").note == "the point is 111.195 km away"


def test_near_needs_a_place_that_is_known() -> None:
    asked = Both(located("a", "0", "0")).oracle()
    with pytest.raises(DefinitionError, match="near what"):
        asked.holds(Near(Decimal(1)), "a")
    with pytest.raises(UnknownNameError):
        asked.holds(Near(Decimal(1), places="nowhere"), "a")


# ---------------------------------------------------------------- consent


def said(
    granted: bool, happened: dt.datetime | None, channel: str = "email", known: dt.datetime | None = None
) -> Decision:
    return Decision("marketing", channel, granted, happened, known or utc(2026, 1, 1))


def test_the_latest_decision_counts_and_of_equals_no() -> None:
    day = utc(2026, 3, 1)
    asked = Both(
        Person("yes", decisions=(said(False, day - MOMENT), said(True, day))),
        Person("no", decisions=(said(True, day - MOMENT), said(False, day))),
        Person("tie", decisions=(said(True, day), said(False, day))),
        Person("known_later", decisions=(said(False, day), said(True, day, known=utc(2026, 2, 1)))),
        Person("undated", decisions=(said(True, None), said(False, None, known=utc(2025, 1, 1)))),
        Person("at_as_of", decisions=(said(True, NOW.as_of),)),
        Person("other", decisions=(Decision("profiling", "email", True, day, day),)),
        Person("none"),
    )
    assert asked.members(Consent("marketing")) == {"yes", "known_later", "undated"}
    assert asked.members(Consent("marketing", granted=False)) == {"no", "tie"}
    assert asked.members(Not(Consent("marketing"))) == {"no", "tie", "at_as_of", "other", "none"}


def test_channels() -> None:
    day = utc(2026, 3, 1)
    asked = Both(
        Person("email", decisions=(said(True, day, "email"),)),
        Person("any", decisions=(said(True, day, "any"),)),
        Person("phone", decisions=(said(True, day, "email"), said(False, day + MOMENT, "phone"))),
        Person("revoked", decisions=(said(True, day, "email"), said(False, day + MOMENT, "any"))),
    )
    assert asked.members(Consent("marketing", "email")) == {"email", "any", "phone"}
    assert asked.members(Consent("marketing", "sms")) == {"any"}
    assert asked.members(Consent("marketing")) == {"email", "any"}
    trace = asked.oracle().trace(Consent("marketing", "sms"), "email")
    assert (trace.note, trace.through_missing) == ("no decision about marketing by sms is known", True)
    assert asked.oracle().trace(Consent("marketing"), "revoked").note == "said no on 2026-03-01 01:00 (any)"


# ---------------------------------------------------------------- ranks that keep, model outputs


def test_members_stay_within_the_wider_rank() -> None:
    people = [Person(name, (attribute("spent", str(10 - n), "number"),)) for n, name in enumerate("abcde")]
    entered = utc(2026, 1, 1)
    log = [Entry("top", name, True, entered, entered) for name in "bcd"]
    log.append(Entry("top", "d", False, utc(2026, 2, 1), utc(2026, 2, 1)))
    rank = Rank(TraitValue("spent"), number=1, keep_number=3)
    asked = Both(*people, entries=log, segments={"top": SegmentDefinition("top", rank)})
    assert asked.members("top") == {"a", "b", "c"}
    # Outside the segment it stands in, it has no effect.
    assert asked.members(rank) == {"a"}
    share = Rank(TraitValue("spent"), share=Decimal("0.2"), keep_share=Decimal("0.4"))
    asked = Both(*people, entries=log, segments={"top": SegmentDefinition("top", share)})
    assert asked.members("top") == {"a", "b"}
    trace = asked.oracle().trace(share, "b", segment="top")
    assert trace.note == "a member so far: the wider rank counts"


def test_what_a_model_says() -> None:
    given = {"a": {"churn.probability": Decimal("0.8"), "churn.label": "leaves"}}
    types = {"churn.probability": "number", "churn.label": "text"}
    asked = Both(Person("a"), Person("b"), given=given, types=types)  # type: ignore[arg-type]
    assert asked.members(Compare(ModelValue("churn", "probability"), "gt", Decimal("0.7"))) == {"a"}
    assert asked.members(Compare(ModelValue("churn", "label"), "is", "leaves")) == {"a"}
    assert asked.members(Compare(ModelValue("churn", "label"), "missing")) == {"b"}
    with pytest.raises(UnknownNameError):
        asked.members(Compare(ModelValue("chrun", "label"), "missing"))
