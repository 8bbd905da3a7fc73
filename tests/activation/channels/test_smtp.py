"""Mail handed to a real server on this machine, which misbehaves as real ones do."""

import ssl
import subprocess

import pytest
from tests.activation.channels.mail_server import Behaviour, MailServer
from tests.activation.channels.messages import NOON, outgoing

from segmentary.activation.channels.guarded import Guard, verified_context
from segmentary.activation.channels.mime import sender_of
from segmentary.activation.channels.smtp import Server, SmtpChannel, checked_server, dotted, is_dead
from segmentary.errors import SegmentaryError, SettingsError

SENDER = sender_of("Shop <news@shop.example>", bounces="bounces@shop.example")


def channel(port, security="none", *, host="127.0.0.1", guard=None, context=None, **given):
    server = Server(host, port, security, timeout=5, **given)
    guard = guard or Guard(allow_private=True)
    return SmtpChannel("email", server, lambda _: SENDER, clock=lambda: NOON, guard=guard, context=context)


@pytest.fixture(scope="module", params=[False, True], ids=["one by one", "pipelined"])
def server(request):
    with MailServer(Behaviour(), pipelining=request.param) as found:
        yield found


@pytest.fixture
def mails(server):
    server.behaviour.plan, server.behaviour.mail_reply = {}, ""
    server.behaviour.attempts.clear()
    server.mails.clear()
    return server.mails


def test_many_mails_over_one_connection(server, mails):
    ch = channel(server.port)
    receipts = [ch.deliver(outgoing(message=f"m{n}", text=".\n..\nx\n.")) for n in range(20)]
    assert {one.outcome for one in receipts} == {"sent"}
    assert ch.carried == 20
    ch.close()
    assert [mail.sender for mail in mails[:2]] == ["bounces+m0@shop.example", "bounces+m1@shop.example"]
    assert mails[0].content.decode().replace("\r\n", "\n").rstrip().endswith("\n.\n..\nx\n.")


@pytest.mark.parametrize(
    ("step", "outcome", "permanent"),
    [
        ("4xx", "retry", False),
        ("5xx", "failed", True),
        ("data 4xx", "retry", False),
        ("data 5xx", "failed", False),
        ("550 5.7.1 not allowed", "failed", False),
        ("552 5.2.2 mailbox full", "failed", False),
        ("550 unknown user", "failed", True),
        ("421 4.7.0 too many", "retry", False),
        ("drop", "retry", False),
        ("cut", "retry", False),
    ],
)
def test_what_each_answer_means_and_the_next_mail_still_leaves(server, mails, step, outcome, permanent):
    server.behaviour.plan = {"ann@shop.example": [step]}
    ch = channel(server.port)
    receipt = ch.deliver(outgoing())
    assert (receipt.outcome, receipt.permanent, receipt.everybody) == (outcome, permanent, False)
    assert "ann@shop.example" not in receipt.reply
    assert ch.deliver(outgoing(message="m2", address="bob@shop.example")).outcome == "sent"
    assert ch.deliver(outgoing()).outcome == "sent"
    ch.close()
    assert [mail.to for mail in mails if mail.to != "ann@shop.example"] == ["bob@shop.example"]
    assert all(mail.content.count(b"Message-ID: ") == 1 for mail in mails)


@pytest.mark.parametrize("reply", ["530 5.7.0 log in first", "550 5.1.8 sender not allowed", "451 4.7.1 slow down"])
def test_a_sender_that_is_refused_is_no_fault_of_the_message(server, mails, reply):
    server.behaviour.mail_reply = reply
    receipt = channel(server.port).deliver(outgoing())
    assert (receipt.outcome, receipt.everybody) == ("retry", True)
    assert not mails


def test_a_connection_that_went_away_meanwhile_is_made_again(server, mails):
    ch = channel(server.port)
    assert ch.deliver(outgoing()).outcome == "sent"
    ch.connection.sock.shutdown(2)
    assert ch.deliver(outgoing(message="m2")).outcome == "sent"
    ch.close()


def test_nobody_listens():
    with MailServer() as found:
        port = found.port
    receipt = channel(port).deliver(outgoing())
    assert (receipt.outcome, receipt.everybody) == ("retry", True)
    with pytest.raises(SegmentaryError, match="no connection"):
        channel(port).check()


def test_a_private_server_only_where_that_is_said(server, mails):
    receipt = channel(server.port, guard=Guard()).deliver(outgoing())
    assert receipt.everybody
    assert "not a public address" in receipt.reply
    assert not mails


def test_an_address_that_cannot_be_written_to_fails_alone(server, mails):
    assert channel(server.port).deliver(outgoing(address="nobody")).outcome == "failed"


def test_checking_says_what_works(server, mails):
    found = channel(server.port).check()
    assert found[1:3] == ["not encrypted", "no login"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost, made by openssl; without it the test cannot say anything."""
    folder = tmp_path_factory.mktemp("tls")
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out",
         folder / "cert.pem"],
        capture_output=True,
        check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("openssl is not there")
    return folder


def server_context(folder):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


class Accepts:
    """Knows one user."""

    def __call__(self, server, session, envelope, mechanism, data):
        from aiosmtpd.smtp import AuthResult

        return AuthResult(success=data.login == b"shop" and data.password == b"secret", handled=False)


def test_starttls_is_verified_and_the_password_travels_encrypted(certificate):
    here = Guard(allow_private=True, resolve=lambda host, port: ["127.0.0.1"])
    trusting = verified_context(str(certificate / "cert.pem"))
    options = {"tls_context": server_context(certificate), "authenticator": Accepts(), "auth_required": True}
    with MailServer(**options) as found:
        login = {"user": "shop", "password": "secret"}
        good = channel(found.port, "starttls", host="localhost", guard=here, context=trusting, **login)
        assert good.check()[1].startswith("encrypted (TLSv1.")
        assert good.deliver(outgoing()).outcome == "sent"
        good.close()
        for broken, said in (
            (channel(found.port, "starttls", host="localhost", guard=here, **login), "certificate"),
            (channel(found.port, "starttls", host="x.example", guard=here, context=trusting, **login), "certificate"),
            (channel(found.port, "starttls", host="localhost", guard=here, context=trusting, user="shop",
                     password="wrong"), "does not take user and password"),
            (channel(found.port, "none", host="localhost", guard=here, **login), "not sent without encryption"),
        ):  # fmt: skip
            receipt = broken.deliver(outgoing())
            assert receipt.everybody
            assert said in receipt.reply.lower() or said in receipt.reply
            assert "wrong" not in receipt.reply
        assert len(found.mails) == 1


def test_a_server_without_encryption_is_refused(server, mails):
    receipt = channel(server.port, "starttls").deliver(outgoing())
    assert receipt.everybody
    assert "no encryption" in receipt.reply
    assert not mails


def test_dots_are_doubled():
    assert dotted(b".a\r\nb.\r\n..") == b"..a\r\nb.\r\n...\r\n.\r\n"


def test_which_codes_are_dead_addresses():
    assert is_dead(550, "5.1.10 null MX")
    assert not is_dead(550, "5.7.1 spam")
    assert not is_dead(450, "4.1.1 maybe")
    assert not is_dead(554, "no thanks")


@pytest.mark.parametrize(
    "server", [Server(""), Server("a b"), Server("x.example", security="ssl"), Server("x.example", security="none")]
)
def test_settings_that_make_no_sense(server):
    with pytest.raises(SettingsError):
        checked_server(server, allow_private=False)
