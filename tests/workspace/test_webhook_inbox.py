"""A webhook is on the disk before anything else, counted once, and never thrown away."""

import base64
import datetime as dt
import json

import pytest

from segmentary.errors import AccessDeniedError, BusyError, SourceError, UsageError
from segmentary.workspace import webhook_inbox
from segmentary.workspace.clock import system_clock
from segmentary.workspace.opening import init_workspace
from segmentary.workspace.source_accounts import source_account
from segmentary.workspace.webhook_inbox import Inbox, receive_job

OPENED = json.dumps(
    {"RecordType": "Open", "MessageID": "m1", "Recipient": "a@mail.example", "ReceivedAt": "2026-04-01T10:00:00Z"}
).encode()


def test_a_body_waits_is_loaded_once_and_gone(tmp_path):
    with init_workspace(tmp_path / "shop") as workspace:
        inbox = Inbox(workspace)
        assert inbox.put("postmark", OPENED, {})
        assert not inbox.put("postmark", OPENED, {})
        assert len(list(inbox.waiting())) == 1
        assert receive_job(workspace, {}) == {"loaded": 1, "not_loaded": {}}
        assert list(inbox.waiting()) == []
        inbox.put("postmark", OPENED, {})
        receive_job(workspace, {})
        assert source_account(workspace, "postmark").rows_kept == 1


def test_what_cannot_be_loaded_is_laid_aside_with_its_reason(tmp_path):
    with init_workspace(tmp_path / "shop") as workspace:
        inbox = Inbox(workspace)
        inbox.put("nobody", b'{"x": 1}', {})
        inbox.put("postmark", OPENED, {})
        assert receive_job(workspace, {}) == {"loaded": 1, "not_loaded": {"nobody": 1}}
        assert inbox.not_loaded() == {"nobody": 1}
        (reason,) = (tmp_path / "shop" / "inbox" / "nobody" / "not_loaded").glob("*.reason.json")
        assert json.loads(reason.read_text())["reason"]


def test_a_source_with_a_secret_takes_signed_bodies_only(tmp_path):
    from standardwebhooks import Webhook

    with init_workspace(tmp_path / "shop") as workspace:
        inbox = Inbox(workspace)
        secret = inbox.new_secret("postmark")
        assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
        now = system_clock()
        for at, body in ((now, OPENED + b" "), (now - dt.timedelta(minutes=6), OPENED)):
            headers = signed(Webhook(secret), at, OPENED)
            with pytest.raises(AccessDeniedError):
                inbox.put("postmark", body, headers)
        with pytest.raises(AccessDeniedError):
            inbox.put("postmark", OPENED, {})
        assert inbox.put("postmark", OPENED, signed(Webhook(secret), now, OPENED))
        assert inbox.put("other", OPENED, {})


def signed(signer, at, body):
    sign = signer.sign("id1", at, body.decode())
    return {"webhook-id": "id1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": sign}


def test_what_is_no_source_or_no_webhook_is_refused(tmp_path):
    with init_workspace(tmp_path / "shop") as workspace:
        for source in ("", "../x", "A", "a" * 61, "segmentary:voices", "a/b", "a\0"):
            with pytest.raises(UsageError):
                Inbox(workspace).put(source, OPENED, {})
        for body in (b"", b"[" * 100_000, b'{"a": NaN}', b"\xff\xfe", b"no json"):
            with pytest.raises(SourceError):
                Inbox(workspace).put("postmark", body, {})


def test_a_key_anybody_has_cannot_fill_the_disk(tmp_path, monkeypatch):
    with init_workspace(tmp_path / "shop") as workspace:
        inbox = Inbox(workspace)
        inbox.put("postmark", OPENED, {})
        monkeypatch.setattr(webhook_inbox, "MOST_SOURCES", 1)
        with pytest.raises(BusyError, match="too many sources"):
            inbox.put("another", OPENED, {})
        assert inbox.put("postmark", b'{"x": 1}', {})
        monkeypatch.setattr(webhook_inbox, "ROOM_LEFT", 1 << 62)
        with pytest.raises(BusyError, match="disk"):
            inbox.put("postmark", b'{"x": 2}', {})
