"""Exports in a workspace: loaded as parts, once, made again exactly; webhook bodies one at a time."""

import gzip
import json
from urllib.parse import urlencode

import pytest
from tests.sources.exports.bodies import MAIL, SEGMENT
from typer.testing import CliRunner

import segmentary as sg
from segmentary.engine.sqlfile import parse_query
from segmentary.errors import MappingError, SourceError
from segmentary.interfaces.cli.main import app
from segmentary.workspace.webhooks import as_json, receive_webhook

UNSUBSCRIBED = {"RecordType": "SubscriptionChange", "MessageID": "m3", "Recipient": "Ann@example.org",
                "Origin": "Recipient", "ChangedAt": "2026-03-01T10:00:00Z", "SuppressSending": True,
                "SuppressionReason": "ManualSuppression"}  # fmt: skip


def asked(workspace, text):
    return workspace.engine.rows(parse_query(text))


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    text = "".join(json.dumps(row) + "\n" for row in SEGMENT)
    (folder / "calls.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    (folder / "people.csv").write_text("customer_id,email\nu1,ann@example.org\nu7,bob@example.org\n")
    with sg.init(folder / "shop", environment={}) as workspace:
        workspace.add(folder / "people.csv")
        reports = workspace.add(folder / "calls.jsonl.gz", name="site")
        yield workspace, folder, reports


def test_a_file_is_loaded_as_its_parts_and_every_row_is_told(shop):
    workspace, _, reports = shop
    assert [(each.source, each.kind, each.rows_kept) for each in reports] == [
        ("site", "events", 2), ("site_profiles", "customers", 3), ("site_attributes", "attributes", 10),
        ("site_accounts", "attributes", 2), ("site_memberships", "relations", 2),
        ("site_order_lines", "order_lines", 2),
    ]  # fmt: skip
    assert reports[0].rows_read == reports[0].rows_kept + reports[0].rows_refused == 3
    (account,) = [each for each in workspace.quality().sources if each.source == "site"]
    assert [why.partition(":")[0] for why in account.refused_reasons] == ["set aside"]


def test_the_same_file_again_adds_nothing(shop):
    workspace, folder, reports = shop
    again = workspace.add(folder / "calls.jsonl.gz", name="site")
    assert len(again) == len(reports)
    assert all(each.already_loaded for each in again)


def test_webhook_bodies_become_refusals_reactions_and_messages_of_the_customer(shop):
    workspace, _, _ = shop
    for body in (UNSUBSCRIBED, MAIL[5]):
        reports = receive_webhook(workspace, json.dumps(body).encode(), source="postmark")
        assert sum(each.rows_kept for each in reports) >= 1
    repeated = receive_webhook(workspace, json.dumps(UNSUBSCRIBED).encode(), source="postmark")
    assert all(each.already_loaded for each in repeated)
    workspace.run("2026-04-01")
    assert asked(workspace, "select customer_id from events where name = 'email_unsubscribed'") == [("u1",)]
    refused = "select value from customer_attributes where customer_id = 'u1' and name = 'may_contact_email'"
    assert {value for (value,) in asked(workspace, refused)} == {"false"}
    assert asked(workspace, "select record_id, text from messages") == [("ann@example.org", "I want the red one.")]


def test_what_the_export_joined_is_one_customer(shop):
    workspace, _, _ = shop
    workspace.run("2026-04-01")
    names = "select distinct customer_id from identity_map where record_id in ('u1', 'old', 'a1', 'ann@example.org')"
    assert asked(workspace, names) == [("u1",)]
    orders = "select name, amount from events where name = 'order_completed'"
    assert [(name, str(amount)) for name, amount in asked(workspace, orders)] == [("order_completed", "20.0000")]


def test_everything_can_be_made_again_from_the_archive(shop):
    """A file of seven parts and bodies without a time: the rows, their numbers and their moments are the same."""
    workspace, _, _ = shop
    assert workspace.verify().problems == ()


def test_a_person_may_say_that_it_is_no_export(shop):
    workspace, folder, _ = shop
    (plain,) = workspace.propose(folder / "calls.jsonl.gz", kind="events", name="plain", columns={"name": "type"})
    assert plain.proposal.mapping.export == ""


def test_a_body_on_standard_input(tmp_path):
    runner = CliRunner()
    place = ["-w", str(tmp_path / "shop")]
    assert runner.invoke(app, ["init", str(tmp_path / "shop")]).exit_code == 0
    body = json.dumps(UNSUBSCRIBED).encode()
    nameless = runner.invoke(app, [*place, "add", "-"], input=body)
    assert nameless.exit_code == 2
    assert "--name" in nameless.output
    named = runner.invoke(app, [*place, "add", "-", "--name", "postmark", "--json"], input=body)
    assert named.exit_code == 0
    assert [(each["source"], each["rows_kept"]) for each in json.loads(named.stdout)["loads"]] == [("postmark", 1)]


def test_forms_become_objects():
    fields = {"mandrill_events": json.dumps([{"event": "open"}]), "empty": ""}
    assert json.loads(as_json(urlencode(fields).encode())) == fields
    whole = (
        b'--xx\r\nContent-Disposition: form-data; name="from"\r\n\r\nAnn <ann@example.org>\r\n'
        b'--xx\r\nContent-Disposition: form-data; name="a"; filename="a.txt"\r\n\r\nfile\r\n--xx--\r\n'
    )
    assert json.loads(as_json(whole)) == {"from": "Ann <ann@example.org>"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"hello world",
        b"<xml/>",
        b"--",
        b"\xff\xfe\x00",
        b"=&=&=",
        b"{}",
        b"[]",
        b'{"a":',
        b'{"a":' * 100_000,
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
    ],
)
def test_what_is_no_body_is_refused_in_words(body):
    with pytest.raises(SourceError):
        as_json(body)


def test_a_body_nobody_knows_is_a_question(shop):
    workspace, _, _ = shop
    with pytest.raises((MappingError, SourceError)):
        receive_webhook(workspace, b'{"ok": true}', source="unknown")
