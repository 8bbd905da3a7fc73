"""What comes back about our messages: once each, with campaign and variant, and obeyed."""

import mailbox

import pytest
from tests.activation.channels.mail_server import MailServer
from tests.activation.channels.test_returned import BOUNCE, REPORT
from tests.workspace.sending_business import Clock, made, message

from segmentary.activation.unsubscribe import token
from segmentary.engine.sqlfile import parse_query
from segmentary.errors import UsageError
from segmentary.workspace.reactions import ReadMailbox, ours, read_mailbox
from segmentary.workspace.unsubscribing import unsubscribe_keys


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Ten messages were sent; c7's came back, c8 complained, c9 wrote to be left alone, others rubbish."""
    folder = tmp_path_factory.mktemp("returned")
    with MailServer() as server, made(folder / "shop", 12, port=server.port, clock=Clock()) as workspace:
        workspace.outbox.put(message(n) for n in range(10))
        assert workspace.outbox.send().sent == 10
        assert workspace.outbox.load() == 10
        box = mailbox.mbox(folder / "box")
        leave = token(unsubscribe_keys(workspace.folder.root), "c9", "email", "marketing", "autumn-1.c9")
        for content in (
            BOUNCE,
            BOUNCE,
            REPORT,
            BOUNCE.replace(b"autumn-1.c7", b"autumn-1.c6").replace(b"5.1.1", b"5.2.2"),
            BOUNCE.replace(b"autumn-1.c7", b"somebody-elses"),
            f"Subject: unsubscribe {leave}\n\n".encode(),
            f"Subject: unsubscribe {leave[:-1]}x\n\n".encode(),
            b"\xff\xfe nonsense",
        ):
            box.add(content)
        box.close()
        yield workspace, folder / "box", read_mailbox(workspace, folder / "box")


def test_each_mail_counts_for_what_it_says(shop):
    _, _, found = shop
    assert found.mails == {"bounced": 4, "complained": 1, "unsubscribed": 2, "other": 1}
    assert (found.ours, found.new, found.suppressed, found.unsubscribed) == (4, 3, 2, 1)


def test_they_are_events_of_the_campaign(shop):
    workspace, _, _ = shop
    workspace.derived.ensure()
    rows = workspace.engine.rows(
        parse_query("select customer_id, name, properties from events where source = 'segmentary:mailbox' order by 1")
    )
    assert [(who, name) for who, name, _ in rows] == [
        ("c6", "email_bounced"), ("c7", "email_bounced"), ("c8", "email_complained"),
    ]  # fmt: skip
    assert all('"campaign":"autumn","variant":"first"' in properties for _, _, properties in rows)
    assert '"permanent":"true"' in rows[1][2].replace('"permanent":true', '"permanent":"true"')


def test_they_are_obeyed_and_read_again_change_nothing(shop):
    workspace, box, _ = shop
    again = read_mailbox(workspace, box)
    assert again == ReadMailbox(again.mails, 4, 0, 0, 0)
    workspace.consents.load()
    workspace.outbox.put(message(n, message=f"next-{n}", origin="next") for n in (6, 7, 8, 9))
    found = workspace.outbox.send(origin="next", dry_run=True)
    assert found.channels["email"].withheld == {"suppressed": 2, "refused": 1}
    assert found.sent == 1
    workspace.consents.lift("email", "c7@x.example", "asked by phone", by="Bo")
    read_mailbox(workspace, box)
    workspace.consents.load()
    assert workspace.outbox.send(origin="next", dry_run=True).sent == 2
    assert workspace.verify().equal


def test_our_messages_among_what_a_provider_names(shop):
    workspace, _, _ = shop
    found = ours(workspace, ["<autumn-1.c1@shop.example>", "autumn-1.c2", "sg-123", "", "<x@y>"])
    assert {given: (one.campaign, one.variant, one.customer_id) for given, one in found.items()} == {
        "<autumn-1.c1@shop.example>": ("autumn", "first", "c1"),
        "autumn-1.c2": ("autumn", "first", "c2"),
    }


def test_a_mailbox_that_is_none(shop):
    workspace, box, _ = shop
    with pytest.raises(UsageError):
        read_mailbox(workspace, box.parent / "nowhere")
