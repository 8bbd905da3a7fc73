"""What leaves as mail, read back by the standard library's parser: the right headers, and never one more."""

from email import message_from_bytes
from email.policy import default

import pytest
from tests.activation.channels.messages import NOON, outgoing

from segmentary.activation.channels.mime import (
    composed,
    deliverable,
    envelope_sender,
    message_id,
    only_these_headers,
    our_id,
    returned_id,
    sender_of,
)
from segmentary.errors import DataError, SettingsError, UsageError

SENDER = sender_of(
    "Café Ünïque <news@shop.example>",
    reply_to="help@shop.example",
    bounces="bounces@shop.example",
    leave="leave@shop.example",
)
LINK = "https://shop.example/u?t=abc.def"
OURS = [
    "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Id",
    "Feedback-ID", "MIME-Version", "Content-Type",
]  # fmt: skip
BREAKS = (
    "\r\n", "\n", "\r", "\r\r\n", "\n\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\0\r\n",
    "\r\n ", "\r\n\t", "%0d%0a", "=0D=0A", "\ud800\r\n", "\u560d\u560a", "\x00", "?=\r\n",
)  # fmt: skip
PAYLOADS = (
    "Bcc: all@evil.example", "\r\n\r\n<script>alert(1)</script>", "Content-Type: text/html\r\n\r\nx",
    "From: boss@evil.example", "=?utf-8?q?x=0D=0ABcc:_all=40evil.example?=", "Subject: other",
)  # fmt: skip
STRINGS = [f"Hello{mark}{payload}" for mark in BREAKS for payload in PAYLOADS]


def read_back(mail):
    return message_from_bytes(mail.content, policy=default)


def test_text_and_html_side_by_side_with_every_header_providers_ask_for():
    mail = composed(
        outgoing(text="Grüße\r\n.\nFrom here", html="<p>Grüße</p>", unsubscribe_url=LINK, subject="Für Ännchen ❤"),
        SENDER,
        NOON,
    )
    read = read_back(mail)
    assert list(read.keys()) == OURS
    assert read["From"] == "Café Ünïque <news@shop.example>"
    assert read["Subject"] == "Für Ännchen ❤"
    assert read["Date"].datetime == NOON
    assert read["Message-ID"] == "<autumn-1.c1@shop.example>"
    assert read["List-Unsubscribe"] == f"<{LINK}>, <mailto:leave@shop.example?subject=unsubscribe%20abc.def>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["List-Id"] == "<marketing.shop.example>"
    assert read["Feedback-ID"] == "autumn:first:marketing:shop"
    assert read.get_content_type() == "multipart/alternative"
    assert read.get_body(("plain",)).get_content().splitlines() == ["Grüße", ".", "From here"]
    assert read.get_body(("html",)).get_content().strip() == "<p>Grüße</p>"
    assert mail.content.isascii(), "no server on the way has to know 8BITMIME"
    assert max(map(len, mail.content.split(b"\r\n"))) <= 998
    assert (mail.envelope_from, mail.envelope_to) == ("bounces+autumn-1.c1@shop.example", "ann@shop.example")


def test_a_service_message_says_that_a_program_sent_it_and_is_no_list():
    read = read_back(composed(outgoing(purpose="service"), SENDER, NOON))
    assert read["Auto-Submitted"] == "auto-generated"
    assert "List-Id" not in read
    assert read.get_content_type() == "text/plain"


def test_the_same_message_again_is_the_same_mail():
    one = outgoing(html="<p>x</p>")
    assert composed(one, SENDER, NOON) == composed(one, SENDER, NOON)


@pytest.mark.parametrize(
    "field", ["subject", "text", "html", "campaign", "variant", "purpose", "message", "unsubscribe_url"]
)
def test_nothing_said_becomes_a_header(field):
    assert len(STRINGS) >= 100
    for said in STRINGS if field == "subject" else STRINGS[:: 3 if field == "text" else 5]:
        given = {"html": "<p>x</p>", "unsubscribe_url": LINK, field: said}
        if field == "unsubscribe_url":
            given[field] = LINK + said
        try:
            mail = composed(outgoing(**given), SENDER, NOON)
        except (DataError, UsageError):
            continue
        only_ours(mail, said)


@pytest.mark.parametrize("where", ["name", "address", "sender", "bounces"])
def test_nothing_in_an_address_or_name_becomes_a_header(where):
    for said in STRINGS if where == "address" else STRINGS[::3]:
        address, settings = "ann@shop.example", {"sender": "Shop <news@shop.example>"}
        if where == "address":
            address = f"ann{said}@shop.example"
        elif where == "name":
            settings["sender"] = f"{said} <news@shop.example>"
        elif where == "sender":
            settings["sender"] = f"Shop <news{said}@shop.example>"
        else:
            settings["bounces"] = f"b{said}@shop.example"
        try:
            sender = sender_of(settings["sender"], bounces=settings.get("bounces", ""))
            mail = composed(outgoing(address=address), sender, NOON)
        except (DataError, SettingsError):
            continue
        only_ours(mail, said)
        assert not any(c in mail.envelope_to + mail.envelope_from for c in "\r\n\0 <>")


def only_ours(mail, said):
    read = read_back(mail)
    assert set(read.keys()) <= {*OURS, "Auto-Submitted", "Content-Transfer-Encoding"}, repr(said)
    assert len(read.keys()) == len(set(read.keys())), repr(said)
    assert "Bcc" not in read
    assert len(read["To"].addresses) == 1
    assert "evil" not in str(read["To"]) + str(read["From"].addresses[0].addr_spec)


@pytest.mark.parametrize(
    "address",
    [
        "", "ann", "@shop.example", "ann@", "ann@@shop.example", "ann lee@shop.example", "ann@shop example",
        "a,b@shop.example", "<ann@shop.example>", "ann@shop.example>", "ann@-shop.example", "ann@shop..example",
        ".ann@shop.example", "ann.@shop.example", "a..b@shop.example", "x" * 65 + "@shop.example",
        "ann@" + "x" * 64 + ".example", "ann\u2028@shop.example", "ann@shop.example\u00a0", "ann;b@shop.example",
        "ann@shop.example\r\nRCPT TO:<b@x.example>", "\ud800@shop.example", "ann@\ud800.example",
        "ann@xn--\u00e4.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_not_written_to(address):
    if address.endswith("\u00a0"):
        assert deliverable(address) == "ann@shop.example"
        return
    with pytest.raises(DataError) as caught:
        deliverable(address)
    assert not address or address not in caught.value.message


def test_domains_in_any_alphabet_and_names_that_need_smtputf8():
    assert deliverable("ann@Bücher.example") == "ann@xn--bcher-kva.example"
    mail = composed(outgoing(address="änn@bücher.example"), SENDER, NOON)
    assert mail.utf8
    assert mail.envelope_to == "änn@xn--bcher-kva.example"
    assert "änn@xn--bcher-kva.example" in mail.content.decode()
    assert not composed(outgoing(address="ann@bücher.example"), SENDER, NOON).utf8


@pytest.mark.parametrize("message", ["autumn-1.c1", "a b", "x@y", "ü", "50%", "a=b+c", "<>", "j:welcome/2"])
def test_ids_come_back(message):
    assert our_id(message_id(message, "shop.example")) == message
    assert returned_id(envelope_sender(message, SENDER)) == message


def test_a_long_id_does_not_fit_into_an_address():
    assert envelope_sender("x" * 80, SENDER) == "bounces@shop.example"
    assert envelope_sender("x", sender_of("news@shop.example")) == "news@shop.example"


@pytest.mark.parametrize(
    "said", ["", "Shop", "a@b@c", "Shop <news@shop.example", "<>", "news@shop.example, b@x.example"]
)
def test_a_sender_has_to_be_one(said):
    with pytest.raises(SettingsError):
        sender_of(said)


def test_a_long_link_to_unsubscribe_stays_a_link():
    link = "https://shop.example/unsubscribe?t=" + "WzEsIm0wMDAwMiIsImVtYWlsIiwibWFya2V0aW5nIl0" * 5
    mail = composed(outgoing(unsubscribe_url=link), SENDER, NOON)
    # Providers read the header as it stands; folded as an encoded word it is no link to them.
    assert f"List-Unsubscribe: <{link}>".encode() in mail.content
    assert read_back(mail)["List-Unsubscribe"].startswith(f"<{link}>")


@pytest.mark.parametrize(
    "head", ["From: a\r\nTo: b\r\nBcc: c", "From: a\r\nTo: b\r\nTo: c", "From: a", "From: a\r\nTo: b\nBcc: c"]
)
def test_a_header_more_or_less_is_not_sent(head):
    only_these_headers(b"From: a\r\nTo: b\r\nMIME-Version: 1.0\r\n\r\nBcc: in the text", {"From", "To"})
    with pytest.raises(DataError, match="not sent"):
        only_these_headers(f"{head}\r\n\r\ntext".encode(), {"From", "To"})


@pytest.mark.parametrize("setting", ["reply_to", "bounces"])
def test_any_name_that_is_not_ascii_needs_smtputf8(setting):
    sender = sender_of("Shop <news@shop.example>", **{setting: "grüße@shop.example"})
    mail = composed(outgoing(), sender, NOON)
    assert mail.utf8
    assert ("grüße@shop.example".encode() in mail.content) == (setting == "reply_to")
