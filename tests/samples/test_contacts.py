"""Visits, mails and chats: in order, in time, and only with consent."""

import pytest

from segmentary.samples.contacts import MAIL_DAYS, campaigns
from segmentary.samples.generated import make_business
from segmentary.samples.people import opted_in


@pytest.fixture(scope="module")
def business():
    return make_business(customers=600, seed=3)[0]


@pytest.fixture(scope="module")
def drawn(business):
    return [who for who in business.customers if who.persona != "edge"]


def test_newsletters_go_only_to_those_who_agreed(business, drawn):
    sent = dict(campaigns(business.as_of, business.zone))
    delivered = [(who, mail) for who in drawn for mail in who.mails if mail.name == "email_delivered"]
    assert delivered
    assert all(opted_in(who, sent[mail.campaign]) for who, mail in delivered)


def test_a_mail_is_opened_after_it_came_and_clicked_after_it_was_opened(drawn):
    for who in drawn:
        at = {(mail.campaign, mail.name): mail.happened_at for mail in who.mails}
        for (campaign, name), moment in at.items():
            if name == "email_opened":
                assert moment > at[campaign, "email_delivered"]
            if name == "email_clicked":
                assert moment > at[campaign, "email_opened"]


def test_campaigns_are_of_the_last_year_at_nine(business):
    sent = campaigns(business.as_of, business.zone)
    assert len({name for name, _ in sent}) == len(sent)
    assert all(0 < (business.as_of - at).days < MAIL_DAYS for _, at in sent)
    assert {at.astimezone(business.zone).hour for _, at in sent} == {9}


def test_a_session_is_one_visit_with_one_device(drawn):
    for who in drawn:
        devices = {}
        for event in who.web:
            devices.setdefault(event.session_id, set()).add(event.device)
        assert all(len(used) == 1 for used in devices.values())


def test_most_web_orders_begin_with_a_checkout(drawn):
    for who in drawn[:200]:
        checkouts = [event.happened_at for event in who.web if event.name == "checkout_started"]
        recent = [
            order for order in who.orders if order.channel == "web" and checkouts and order.placed_at > checkouts[0]
        ]
        for order in recent:
            assert any(0 <= (order.placed_at - at).total_seconds() < 1_200 for at in checkouts)


def test_chats_and_strangers(business, drawn):
    chats = [chat for who in drawn for chat in who.chats]
    assert len({chat.conversation_id for chat in chats}) == len(chats) > 0
    assert all(chat.started_at < business.as_of for chat in chats)
    assert any("bot" in event.device.user_agent for event in business.anonymous_web)
