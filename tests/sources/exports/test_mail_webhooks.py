"""Reports of mail providers are reactions of the named address; mails that came in are messages without quotes."""

from collections import Counter

import pytest
from tests.sources.exports.bodies import MAIL
from tests.sources.exports.made import made, made_of

from segmentary.sources.exports.mail_events import PROVIDERS
from segmentary.sources.exports.mail_inbound import address, mail_moment
from segmentary.sources.exports.mail_words import WORDS
from segmentary.sources.reactions import MEANINGS


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    return made(tmp_path_factory.mktemp("mail"), MAIL)


def test_each_provider_reports_in_the_same_words(rows):
    assert [(each["name"], each["email"]) for each in rows[""]] == [
        ("email_bounced", "bad@example.org"), ("email_opened", "ann@example.org"),
        ("email_subscribed", "ann@example.org"), ("email_complained", "bob@example.org"),
        ("email_replied", "ann@example.org"), ("email_bounced", "bad@example.org"),
        ("email_complained", "bob@example.org"), ("email_clicked", "ann@example.org"),
        ("email_unsubscribed", "cy@example.org"),
    ]  # fmt: skip
    assert {each["happened_at"][:10] for each in rows[""] if "happened_at" in each} == {"2026-03-01", "2026-03-02"}


def test_hard_bounces_machines_and_reasons_are_told(rows):
    bounced, opened = rows[""][:2]
    assert bounced["properties"] == {"provider": "brevo", "message": "m1@shop", "reason": "no such user",
                                     "permanent": True}  # fmt: skip
    assert opened["properties"]["machine"] is True
    assert rows[""][5]["properties"]["permanent"] is True


def test_who_subscribes_again_consents(rows):
    assert [(each["email"], each["granted"]) for each in rows["consents"]] == [("ann@example.org", "true")]


def test_a_mail_is_a_message_without_the_mail_it_answers(rows):
    (mail,) = rows["messages"]
    assert (mail["text"], mail["direction"], mail["channel"]) == ("I want the red one.", "in", "mail")
    assert mail["conversation_id"] == "m2@shop"
    assert mail["happened_at"] == "2026-03-01T11:00:00Z"
    assert next(each for each in rows[""] if each["name"] == "email_replied")["properties"]["subject"] == "Re: Spring"


def test_a_ping_is_set_aside_in_words(rows):
    assert rows["rejected"] == [{"row_number": 5, "reason": "set aside: a test ping"}]


def test_the_same_report_sent_twice_has_the_same_id(tmp_path):
    twice = made(tmp_path, [*MAIL, *MAIL])[""]
    assert len({each["message_id"] for each in twice}) == len(twice) / 2


def test_every_word_of_every_provider_is_a_reaction():
    assert {reaction for words in WORDS.values() for reaction, _ in words.values()} <= MEANINGS.keys()


def test_addresses_and_dates_as_mails_write_them():
    assert address("Ann <ANN@x.org>") == "ann@x.org"
    assert address("nobody") is None
    assert address(None) is None
    assert mail_moment("20171012T013104") == "2017-10-12T01:31:04Z"
    assert mail_moment("Wed, 11 Oct 2017 18:31:04 -0700") == "2017-10-12T01:31:04Z"
    assert mail_moment("Wed, 99 Oct 2017 18:31:04 -0700") is None
    assert mail_moment("") is None


@pytest.mark.real_data
def test_the_samples_of_eleven_providers(real_data):
    rows = made_of(real_data / "payloads" / "email_provider_webhooks.jsonl.gz")
    known = {name for name, _, _ in PROVIDERS} - {"mailgun", "amazon_ses"}
    assert {each["properties"]["provider"] for each in rows[""]} == known
    assert len(known) == 11
    assert Counter(each["name"] for each in rows[""]) == {
        "email_sent": 11, "email_delivered": 13, "email_deferred": 6, "email_bounced": 19, "email_rejected": 10,
        "email_failed": 3, "email_opened": 17, "email_clicked": 10, "email_complained": 8, "email_unsubscribed": 8,
        "email_subscribed": 1, "email_received": 3,
    }  # fmt: skip
    assert [each["reason"].removeprefix("set aside: ") for each in rows["rejected"]] == [
        "headers of a mail, without sender or text", "a delivery of incoming mail", "a test ping"]  # fmt: skip
    assert {each["text"] for each in rows["messages"]} == {"This is a test message.", "Test body plain",
                                                          "stripped plaintext body"}  # fmt: skip
    assert sum(1 for each in rows[""] if each["properties"].get("permanent")) == 13
