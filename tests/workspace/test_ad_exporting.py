"""Lists for platforms hold opted-in people only, and the next one is what came in and what went."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from hashlib import sha256

import pytest
from tests.workspace.audience_world import START, Hand, members, people

from segmentary.activation.ad_platforms import PLATFORMS
from segmentary.activation.campaign import Campaign, Target
from segmentary.errors import DefinitionError, UsageError
from segmentary.workspace.ad_exporting import AdWish, export_segment, gone, register
from segmentary.workspace.opening import open_workspace


@pytest.fixture
def shop(audience_template, tmp_path):
    shutil.copytree(audience_template, tmp_path / "shop")
    with open_workspace(tmp_path / "shop", clock=Hand(START + dt.timedelta(hours=1))) as workspace:
        yield workspace


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def hashes_of_those_who_agreed():
    table = people()
    return {
        sha256(address.encode()).hexdigest()
        for address, agreed, tier in zip(table["email"], table["accepts_marketing"], table["tier"], strict=True)
        if agreed == "yes" and tier == "gold" and address and "@" in address
    }


def test_only_who_agreed_is_in_it(shop, tmp_path):
    for platform in PLATFORMS:
        only_who_agreed(shop, tmp_path, platform)


def only_who_agreed(shop, tmp_path, platform):
    found = export_segment(shop, "gold", AdWish(tmp_path / "list.csv", platform))
    lines = rows(tmp_path / "list.csv")
    one = PLATFORMS[platform]
    if one.headed:
        assert lines.pop(0) == [field.heading for field in one.fields]
    assert len(lines) == found.people == found.added
    assert {line[0] for line in lines if line[0]} == hashes_of_those_who_agreed()
    assert sum(found.left_out.values()) + found.people == shop.segment("gold").count().people
    told = json.loads((tmp_path / "list.csv.about.json").read_text())
    assert (told["purpose"], told["people"]) == ("marketing", found.people)
    assert any("serves a list" in note for note in found.notes) == (found.people < one.least)


def test_google_gets_country_and_postcode_as_they_are(shop, tmp_path):
    export_segment(shop, "gold", AdWish(tmp_path / "list.csv", "google_customer_match"))
    assert {line[4] for line in rows(tmp_path / "list.csv")[1:]} == {"GB", "DE", ""}


def test_the_next_export_says_what_came_and_what_went(shop, tmp_path):
    first = export_segment(shop, "gold", AdWish(tmp_path / "a.csv", "tiktok"))
    table = people()
    columns = (table[name] for name in ("customer_id", "accepts_marketing", "tier", "email"))
    agreed = [
        who
        for who, yes, tier, mail in zip(*columns, strict=True)
        if yes == "yes" and tier == "gold" and mail == f"{who}@shop.example"
    ]
    shop.consents.decide(agreed[0], "marketing", "email", False, "call")
    delta = export_segment(shop, "gold", AdWish(tmp_path / "a.csv", "tiktok", delta=True, days=30))
    assert (delta.people, delta.added, delta.removed) == (first.people - 1, 0, 1)
    assert rows(tmp_path / "a.added.csv") == [["Email_SHA256", "Phone_SHA256"]]
    removed = rows(tmp_path / "a.removed.csv")[1]
    assert removed[0] == sha256(f"{agreed[0]}@shop.example".encode()).hexdigest()
    held = register(shop)
    assert [(one["subject"], one["people"], one["expired"]) for one in held] == [
        ("gold", delta.people, False), ("gold", first.people, False),
    ]  # fmt: skip
    assert delta.expires_at - delta.exported_at == dt.timedelta(days=30)
    assert shop.campaigns.audiences() == []


def test_of_a_campaign_nobody_held_out_is_in_it(shop, tmp_path):
    shop.campaigns.freeze("autumn")
    held = members(shop, "autumn-1")
    treated = sorted(who for who, one in held.items() if one[1] == "treated")
    shop.consents.decide(treated[0], "marketing", "any", False, "call")
    found = shop.campaigns.export("autumn", tmp_path / "m.csv", "meta", by="eve")
    assert found.people == len(treated) - 1
    assert found.left_out["holdout"] == sum(one[1] == "holdout" for one in held.values())
    plain = shop.campaigns.export("autumn", tmp_path / "p.csv")
    assert [line[0] for line in rows(tmp_path / "p.csv")[1:]] == treated[1:]
    assert plain.left_out["refused"] == found.left_out["refused"]


def test_special_data_makes_no_list(shop, tmp_path):
    with pytest.raises(DefinitionError, match="diagnosis"):
        export_segment(shop, "ill", AdWish(tmp_path / "a.csv", "meta"))
    ill = Campaign("flu", "file", "marketing", "", (Target("gold"),), ("ill",), sensitive_because="asked for")
    shop.campaigns.apply(ill)
    shop.campaigns.freeze("flu")
    with pytest.raises(DefinitionError, match="ill rests on diagnosis"):
        shop.campaigns.export("flu", tmp_path / "a.csv", "meta")
    with pytest.raises(UsageError):
        shop.campaigns.export("flu", tmp_path / "a.pdf")
    assert not list(tmp_path.glob("a.*"))


def test_what_stays_elsewhere_is_not_removed():
    assert gone([], {"a,b"}) == []
    assert gone(["a,b"], set()) == ["a,b"]
    assert gone(["a,b", "c,d"], {"a,b2", "c,d"}) == [",b"]
