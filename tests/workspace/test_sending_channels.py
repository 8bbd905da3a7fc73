"""Channels as the settings say them, and what they must not say."""

import pytest

import segmentary as sg
from segmentary.activation.channels.smtp import SmtpChannel
from segmentary.activation.channels.webhook import WebhookChannel
from segmentary.errors import SettingsError
from segmentary.workspace.sending_channels import (
    channel_named,
    described,
    kind_of,
    policy_of,
    variable_of,
    webhook_secret,
)

GOOD = """
[channels.email]
host = "mail.shop.example"
sender = "Shop <news@shop.example>"
per_second = 2.5

[channels.sms]
url = "https://sms.example/hooks"

[channels.rephrase]
base_url = "https://models.example/v1"
model = "small"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("channels") / "shop"
    sg.init(place).close()
    return place


def workspace_with(folder, text):
    (folder / "segmentary.toml").write_text(text)
    return sg.open(folder)


def test_channels_that_are_set_up(folder, monkeypatch):
    with workspace_with(folder, GOOD) as workspace:
        assert isinstance(channel_named(workspace, "email"), SmtpChannel)
        assert isinstance(channel_named(workspace, "sms"), WebhookChannel)
        assert channel_named(workspace, "chat").check()
        assert policy_of(workspace.settings, "email").per_second == 2.5
        assert [(one.name, one.kind, one.leads_to) for one in described(workspace)] == [
            ("email", "smtp", "mail.shop.example"), ("sms", "webhook", "https://sms.example"),
        ]  # fmt: skip
        own = webhook_secret(workspace, "sms")
        assert own == webhook_secret(workspace, "sms")
        given = "whsec_" + "QUFB" * 8
        monkeypatch.setenv(variable_of("sms"), given)
        assert webhook_secret(workspace, "sms") == given
        with pytest.raises(SettingsError, match="no webhook"):
            webhook_secret(workspace, "email")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('host = "x.example"\nsender = "a@x.example"\npassword = "secret"', "does not belong in the file"),
        ('host = "x.example"\nsender = "a@x.example"\nuser = "shop"', "password of the channel email is missing"),
        ('host = "x.example"\nsendr = "a@x.example"', "unknown setting 'sendr'"),
        ('host = "x.example"', "no sender"),
        ('host = "x.example"\nsender = "nobody"', "not an address"),
        ('sender = "a@x.example"', "no host"),
        ('host = "x.example"\nsender = "a@x.example"\nsecurity = "none"', "unencrypted"),
        ('host = "x.example"\nsender = "a@x.example"\nsecurity = "ssl"', "security cannot be"),
        ('host = 7\nsender = "a@x.example"', "host cannot be 7"),
        ('host = "x.example"\nsender = "a@x.example"\nca_file = "/nowhere.pem"', "cannot be read"),
        ('kind = "pigeon"', "no such kind"),
        ('kind = "webhook"\nurl = "http://x.example/"', "https only"),
        ('kind = "webhook"', "not an address to send to"),
        ('kind = "file"', "writes files"),
        ('host = "x.example"\nsender = "a@x.example"\nper_second = "many"', "numbers above 0"),
        ('host = "x.example"\nsender = "a@x.example"\nattempts = 0', "numbers above 0"),
    ],
)
def test_channels_that_are_set_up_wrongly_say_so(folder, table, said):
    with workspace_with(folder, f"[channels.email]\n{table}\n") as workspace:
        tried = policy_of if "numbers" in said else channel_named
        with pytest.raises(SettingsError, match=said) as caught:
            tried(workspace.settings if tried is policy_of else workspace, "email")
        assert "secret" not in caught.value.message


def test_a_channel_that_is_not_there(folder):
    with workspace_with(folder, "") as workspace:
        for name in ("email", "sms"):
            with pytest.raises(SettingsError, match=f"{name} is not set up"):
                kind_of(workspace.settings, name)
        assert kind_of(workspace.settings, "file") == "file"
        assert described(workspace) == []
