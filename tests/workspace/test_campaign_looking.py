"""Looking at campaigns writes nothing, and says what freezing gives."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
from tests.workspace.audience_world import START, Hand

from segmentary.errors import UnknownNameError
from segmentary.ledger.ledger import Ledger
from segmentary.workspace import campaign_looking as looking
from segmentary.workspace.opening import open_workspace


@pytest.fixture(scope="module")
def shop(audience_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("looking") / "shop"
    shutil.copytree(audience_template, folder)
    with open_workspace(folder, clock=Hand(START + dt.timedelta(hours=1))) as workspace:
        yield workspace


def written_down(ledger: Ledger) -> int:
    return ledger.rows("select count(*) from audit")[0][0]


def test_what_freezing_would_give_is_what_it_gives_and_looking_writes_nothing(shop):
    campaign = shop.campaigns.get("autumn")
    shop.consents.decide("c0001", "marketing", "any", False, "a call")
    before = written_down(shop.ledger)
    check = looking.check_unsaved(shop, campaign)
    (one,) = looking.standing(shop)
    assert (one.state, one.audience, one.written_to) == ("draft", "", 0)
    assert written_down(shop.ledger) == before
    found = shop.campaigns.freeze("autumn")
    assert {c.segment: c.left_out for c in found.counts} == {c.segment: c.left_out for c in check.counts}
    shown = looking.audience_shown(shop, "autumn")
    assert shown.falls[0].people == found.members == check.falls[0].people
    assert shown.falls[-1].rest == found.written_to
    people = looking.audience_people(shop, found.audience, limit=10_000)
    assert len(people) == found.members
    assert all(bool(person.arm) != bool(person.reason) for person in people)
    held = looking.audience_people(shop, found.audience, arm="holdout", limit=10_000)
    assert len(held) == shown.held_out == looking.standing(shop)[0].held_out
    with pytest.raises(UnknownNameError):
        looking.entry_at(shop, "nobody")


def test_what_is_used_is_not_retired(shop):
    assert looking.names({"targets": [{"message": "hello"}]}, "message", "hello")
    assert looking.names({"steps": [{"a": {"send": "hello"}}]}, "message", "hello")
    assert not looking.names({"campaign": "hello"}, "message", "hello")
