"""What mail that comes back says, as servers really write it, and as nobody should."""

import mailbox
from email.message import EmailMessage

import pytest

from segmentary.activation.channels.returned import LARGEST, Returned, read_mailbox, understood
from segmentary.errors import UsageError

BOUNCE = b"""\
Return-Path: <>
From: MAILER-DAEMON@mx.shop.example (Mail Delivery System)
To: bounces+autumn-1.c7@shop.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I'm sorry.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.shop.example
Original-Envelope-Id: autumn-1.c7

Final-Recipient: rfc822; ann@away.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <ann@away.example>: no such user

--B
Content-Type: message/rfc822

From: news@shop.example
To: ann@away.example
Message-ID: <autumn-1.c7@shop.example>
Subject: Hello

Hi
--B--
"""
REPORT = b"""\
From: feedback@provider.example
To: abuse@shop.example
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

An e-mail abuse report.
--B
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1

--B
Content-Type: text/rfc822-headers

From: news@shop.example
Message-ID: <autumn-1.c8@shop.example>

--B--
"""


def changed(content, *pairs):
    for before, after in pairs:
        assert before in content
        content = content.replace(before, after)
    return content


def test_a_bounce_names_our_message_and_no_address():
    found = understood(BOUNCE)
    assert found == Returned("bounced", "autumn-1.c7", True, "5.1.1 550 5.1.1 <address> no such user")


@pytest.mark.parametrize(
    ("pairs", "kind", "permanent"),
    [
        ([(b"Action: failed", b"Action: delayed")], "deferred", False),
        ([(b"Action: failed", b"Action: delivered")], "delivered", False),
        ([(b"Status: 5.1.1", b"Status: 5.2.2")], "bounced", False),
        ([(b"Action: failed", b"Action: dancing")], "other", False),
    ],
)
def test_what_notes_of_delivery_say(pairs, kind, permanent):
    found = understood(changed(BOUNCE, *pairs))
    assert (found.kind, found.permanent) == (kind, permanent)


def test_without_the_original_the_envelope_or_the_address_names_the_message():
    headless = changed(BOUNCE, (b"Message-ID: <autumn-1.c7@shop.example>\n", b""))
    assert understood(headless).message == "autumn-1.c7"
    assert understood(changed(headless, (b"Original-Envelope-Id: autumn-1.c7\n", b""))).message == "autumn-1.c7"
    nowhere = changed(headless, (b"Original-Envelope-Id: autumn-1.c7\n", b""), (b"bounces+autumn-1.c7@", b"bounces@"))
    assert understood(nowhere).message == ""


def test_a_report_of_spam():
    assert understood(REPORT) == Returned("complained", "autumn-1.c8", reason="abuse")
    assert understood(changed(REPORT, (b"Feedback-Type: abuse", b"Feedback-Type: not-spam"))).kind == "other"


def test_a_mail_that_asks_to_be_left_alone():
    token = "WzEsImMxIiwiZW1haWwiLCJtYXJrZXRpbmciLCJtMSJd.abc_DEF-123"
    assert understood(f"Subject: unsubscribe {token}\n\n".encode()) == Returned("unsubscribed", token=token)
    assert understood(f"Subject: Re: Unsubscribe\n {token}\n\n".encode()).token == token
    assert understood(b"Subject: unsubscribe\n\nplease").kind == "other"


HOSTILE = (
    b"", b"\0" * 100, b"\xff\xfe" * 1000, b"Subject: " + b"x" * 100_000,
    b"Content-Type: multipart/report; boundary=\n\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n" + b"--B\n" * 5_000,
    b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3_000)),
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\n"
    b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: " + b"5" * 100_000 + b"\n--B--",
    b"Content-Type: multipart/report; report-type*=utf-8''%ff%fe; boundary=B\n\n--B\nx",
    b"Subject: =?utf-8?b?" + b"A" * 10_001 + b"?=\n\n", b"Subject: unsubscribe " + b"a" * 5_000 + b"\n\n",
    b"Content-Type: message/rfc822\n\n" * 2_000, b"To: " + b"<a+b@c>," * 20_000 + b"\n\n",
)  # fmt: skip


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_what_strangers_write_breaks_nothing(content):
    found = understood(content[:LARGEST])
    assert not found.message
    assert not found.permanent
    assert found.kind in ("other", "unreadable", "bounced")


def test_a_maildir_and_an_mbox_are_read_and_left_as_they_are(tmp_path):
    folder = tmp_path / "Maildir"
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    (folder / "new" / "1").write_bytes(BOUNCE)
    (folder / "cur" / "2:2,S").write_bytes(REPORT)
    (folder / "tmp" / "3").write_bytes(BOUNCE)
    (folder / "new" / "4").symlink_to("/etc/passwd")
    assert {one.message for one in read_mailbox(folder)} == {"autumn-1.c7", "autumn-1.c8"}
    box = mailbox.mbox(tmp_path / "box")
    for content in (BOUNCE, REPORT):
        box.add(content)
    plain = EmailMessage()
    plain["Subject"] = "Hello"
    plain.set_content("x")
    box.add(plain)
    box.close()
    before = (tmp_path / "box").read_bytes()
    assert [one.kind for one in read_mailbox(tmp_path / "box")] == ["bounced", "complained", "other"]
    assert (tmp_path / "box").read_bytes() == before
    assert [one.name for one in (folder / "new").iterdir() if one.is_file()]


def test_a_mailbox_has_to_be_one(tmp_path):
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError):
            list(read_mailbox(place))
