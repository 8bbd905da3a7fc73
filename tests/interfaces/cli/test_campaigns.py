"""Who answered campaigns, as a person reads it."""

import json

import pytest
from tests.interfaces.cli.shop import call, done, make_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("campaigns")
    found = make_shop(folder)
    (folder / "sent.csv").write_text("customer_id,campaign\nann,spring\nbob,spring\ncyd,autumn\n", encoding="utf-8")
    (folder / "answers.csv").write_text(
        "customer_id,redeemed_at,campaign\nann,2026-01-20T10:00:00,spring\n", encoding="utf-8"
    )
    done("-w", found, "add", folder / "sent.csv", "--as", "exposures")
    done(
        *("-w", found, "add", folder / "answers.csv", "--as", "events", "--event", "coupon_redeemed"),
        *("--map", "happened_at=redeemed_at", "--map", "campaign=campaign"),
    )
    return found


def test_shares_and_what_they_cannot_say(shop):
    found = done("-w", shop, "campaigns")
    assert [line.split()[:3] for line in found.stdout.splitlines()] == [
        ["campaign", "contacts", "answered"],
        ["spring", "2", "1"],
        ["autumn", "1", "0"],
    ]
    assert "no control group" in found.stderr


def test_groups_of_campaigns(shop):
    text = done("-w", shop, "campaigns", "--group", "all year=spring, autumn", "--json").stdout
    (row,) = json.loads(text)["rows"]
    assert (row["campaign"], row["contacted"], row["responded"]) == ("all year", 3, 1)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [(["--response", "coupon_redeemd"], 1, "coupon_redeemed"), (["--group", "spring"], 2, "name=value")],
)
def test_errors_help(shop, arguments, code, says):
    found = call("-w", shop, "campaigns", *arguments)
    assert found.exit_code == code, found.output
    assert says in found.stderr


def test_nobody_was_contacted(tmp_path):
    found = done("-w", make_shop(tmp_path), "campaigns")
    assert found.stdout == ""
    assert "no campaigns" in found.stderr
