"""Links of a workspace: signed with keys of its own, obeyed with nothing but the ledger open."""

import datetime as dt
from dataclasses import replace

import pytest

import segmentary as sg
from segmentary.activation.unsubscribe import read, token
from segmentary.errors import UsageError
from segmentary.ledger.ledger import Ledger
from segmentary.workspace.unsubscribing import rotate, unsubscribe_base, unsubscribe_keys, unsubscribed

AT = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "ledger.sqlite")
    yield made
    made.close()


def test_a_link_goes_on_working_when_keys_are_replaced(tmp_path):
    before = token(unsubscribe_keys(tmp_path), "c1", "email", "marketing", "a-1.x")
    assert [rotate(tmp_path), rotate(tmp_path)] == [2, 3]
    keys = unsubscribe_keys(tmp_path)
    assert len(set(keys)) == 3
    assert read(keys, before).customer_id == "c1"
    assert token(keys, "c1", "email", "marketing", "a-1.x") == token(keys[-1], "c1", "email", "marketing", "a-1.x")


def test_a_click_is_a_no_in_the_ledger(tmp_path, ledger):
    signed = token(unsubscribe_keys(tmp_path), "c1", "email", "marketing", "a-1.x")
    said = unsubscribed(tmp_path, ledger, signed, at=AT, body=b"List-Unsubscribe=One-Click")
    assert (said.customer_id, said.message) == ("c1", "a-1.x")
    rows = ledger.rows("select customer_id, purpose, channel, granted, evidence from decisions")
    assert rows == [("c1", "marketing", "email", 0, "unsubscribe link in message a-1.x")]


def test_a_mail_address_stands_in_a_link_without_its_name(tmp_path):
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        settings = replace(workspace.settings, channels={"email": {"sender": "Shop <news@shop.example>"}})
        workspace.settings = settings
        assert unsubscribe_base(workspace, "email") == "mailto:news@shop.example"
        assert unsubscribe_base(workspace, "sms") == ""


def test_others_links_change_nothing(tmp_path, ledger):
    unsubscribe_keys(tmp_path)
    for signed in ("preview", token(b"f" * 32, "c1", "email", "marketing", "x")):
        with pytest.raises(UsageError):
            unsubscribed(tmp_path, ledger, signed, at=AT)
    assert ledger.rows("select * from decisions") == []
