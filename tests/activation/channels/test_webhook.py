"""Signed calls: what the receiver can verify, and what its answers mean."""

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from tests.activation.channels.messages import NOON, outgoing

from segmentary.activation.channels.guarded import Answer, Guard, GuardedClient
from segmentary.activation.channels.webhook import (
    WebhookChannel,
    checked_secret,
    document,
    meaning,
    secret_text,
    signed,
    wait_of,
)
from segmentary.errors import SettingsError
from segmentary.workspace.clock import system_clock

SECRET = secret_text(b"k" * 32)


@pytest.fixture
def receiver():
    """A web server on this machine; ``answers`` are given one after the other, then 200."""
    calls, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            calls.append((dict(self.headers), body))
            code = answers.pop(0) if answers else 200
            self.send_response(code)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_address[1], calls, answers
    server.shutdown()
    thread.join()
    server.server_close()


def channel(port, secret=SECRET, clock=lambda: NOON):
    client = GuardedClient(Guard(allow_private=True))
    return WebhookChannel("sms", f"http://127.0.0.1:{port}/hooks", secret, client, clock=clock)


def test_a_call_is_signed_and_again_it_has_the_same_id(receiver):
    port, calls, answers = receiver
    answers.append(503)
    ch = channel(port)
    message = outgoing(channel="sms", address="+44 20 7946 0018", data={"nonce": 1}, text="Grüße")
    assert ch.deliver(message).outcome == "retry"
    assert ch.deliver(message).outcome == "sent"
    ch.close()
    assert [headers["webhook-id"] for headers, _ in calls] == ["autumn-1.c1"] * 2
    headers, body = calls[1]
    said = json.loads(body)
    assert said["type"] == "message.send"
    assert said["data"]["address"] == "+44 20 7946 0018"
    assert said["data"]["text"] == "Grüße"
    assert said["data"]["data"] == {"nonce": 1}
    lower = {name.lower(): value for name, value in headers.items()}
    assert lower["webhook-timestamp"] == str(int(NOON.timestamp()))
    expected = Webhook(SECRET).sign("autumn-1.c1", NOON, body.decode())
    assert lower["webhook-signature"] == expected


def test_the_receiver_verifies_with_its_library_and_refuses_what_was_changed():
    now = system_clock()
    body = json.dumps(document(outgoing(), now)).encode()
    headers = signed(SECRET, "autumn-1.c1", now, body)
    assert Webhook(SECRET).verify(body, headers)["data"]["message"] == "autumn-1.c1"
    for wrong in (
        (body.replace(b"Something", b"Nothing"), headers),
        (body, {**headers, "webhook-id": "autumn-1.c2"}),
        (body, signed(SECRET, "autumn-1.c1", now - dt.timedelta(minutes=6), body)),
        (body, signed(secret_text(b"x" * 32), "autumn-1.c1", now, body)),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(*wrong)


@pytest.mark.parametrize(
    ("code", "headers", "outcome", "everybody"),
    [
        (200, {}, "sent", False),
        (202, {}, "sent", False),
        (301, {}, "retry", True),
        (400, {}, "failed", False),
        (401, {}, "retry", True),
        (404, {}, "retry", True),
        (408, {}, "retry", False),
        (410, {}, "retry", True),
        (422, {}, "failed", False),
        (429, {"retry-after": "30"}, "retry", True),
        (500, {}, "retry", False),
        (503, {"retry-after": "Mon, 02 Mar 2026 12:00:30 GMT"}, "retry", True),
        (529, {}, "retry", False),
    ],
)
def test_what_answers_mean(code, headers, outcome, everybody):
    receipt = meaning(Answer(code, headers, b"x"), NOON)
    assert (receipt.outcome, receipt.everybody) == (outcome, everybody)
    assert receipt.wait_seconds == (30.0 if headers else 3_600.0 if everybody else 0.0)
    assert not receipt.permanent


@pytest.mark.parametrize("said", ["", "soon", "-5", "nan", "1e400", "Mon, 99 Foo", "inf"])
def test_a_wait_that_is_none(said):
    assert wait_of(said, NOON) == 0.0


def test_a_wait_has_an_end():
    assert wait_of("99999999", NOON) == 3_600.0


def test_checking_sends_a_call_of_its_own_kind(receiver):
    port, calls, answers = receiver
    assert channel(port).check()[0].startswith("a signed call")
    assert json.loads(calls[0][1])["type"] == "message.test"
    answers.append(500)
    with pytest.raises(SettingsError, match="500"):
        channel(port).check()


def test_nobody_listens():
    receipt = channel(1).deliver(outgoing())
    assert receipt.outcome == "retry"


@pytest.mark.parametrize("secret", ["", "abc", "whsec_", "whsec_!!!", "whsec_c2hvcnQ="])
def test_a_secret_has_to_be_long(secret):
    with pytest.raises(SettingsError) as caught:
        checked_secret(secret, "sms")
    assert not secret or secret not in caught.value.message
