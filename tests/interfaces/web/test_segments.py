"""Pages of segments and people in states that are easily forgotten: nothing there, accounts, a new definition."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from tests.interfaces.site import served

from segmentary.language.yaml import parse_yaml
from segmentary.workspace.opening import init_workspace

ACCOUNTS = """segment: large_accounts
title: Large accounts
where: {trait: seats, gte: 10}
base: firmographic
entity: account
---
segment: everybody
where: {trait: tier, is: gold}
"""
LISTS = ("/segments", "/people", "/people?search=x", "/overlap", "/runs")


def test_every_page_says_what_to_do_where_nothing_is(tmp_path):
    with init_workspace(tmp_path / "shop") as workspace, served(workspace) as site, site.client() as client:
        for address in LISTS:
            told = client.get(address)
            assert told.status_code == 200, address
            assert 'href="/data"' in told.text or address == "/overlap" or "search" in address
        for address in ("", "/history", "/profile", "/people", "/activity"):
            assert client.get(f"/segments/none{address}").status_code == 404
        assert client.get("/api/v1/segments").json() == {"segments": [], "next": None, "total": 0}
        assert client.get("/api/v1/overlaps").json()["pairs"] == []
        assert client.get("/api/v1/runs").json()["runs"] == []
        assert client.get("/api/v1/people/x/segments").status_code == 422


def test_segments_of_accounts_and_before_the_first_run(tmp_path):
    with init_workspace(tmp_path / "shop") as workspace:
        people = {"customer_id": ["a", "b", "c"], "account_id": ["x", "x", "y"], "tier": ["gold", "gold", "plain"]}
        workspace.add(pa.table({**people, "email": [None] * 3}), kind="customers", name="crm")
        workspace.add(pa.table({"account_id": ["x", "y"], "seats": [12, 3]}), kind="accounts", name="erp")
        workspace.define(*(one.definition for one in parse_yaml(ACCOUNTS)))
        with served(workspace) as site, site.client() as client:
            parts = ("", "/history", "/profile", "/people", "/activity")
            for name in ("large_accounts", "everybody"):
                for part in parts:
                    told = client.get(f"/segments/{name}{part}")
                    assert told.status_code == 200
                    assert "Run now" in told.text
            assert client.get("/people/a").status_code == 200
            with site.serving.changing() as changing:
                changing.run(dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
            for name in ("large_accounts", "everybody"):
                for part in parts:
                    told = client.get(f"/segments/{name}{part}")
                    assert told.status_code == 200, (name, part)
            members = client.get("/api/v1/segments/large_accounts/members").json()["members"]
            assert [one["customer_id"] for one in members] == ["x"]
            assert client.get("/people/x/why/large_accounts").status_code == 200
            assert client.get("/overlap?segment=large_accounts&segment=everybody").status_code == 200
            assert client.get("/people/why?person=a&segment=everybody").status_code == 303


def test_an_export_is_written_and_fetched_by_hand(site, browser):
    page = site.page(browser)
    page.goto("/segments/base_value/people")
    page.get_by_role("button", name="Write the file").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    assert waiting.value.suggested_filename == "base_value.csv"
    page.goto("/segments?search=regulars")
    assert page.get_by_role("link", name="Regulars", exact=True).count() == 1
    page.context.close()


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_pages_offer_what_one_may_do(site, role):
    with site.client(role) as client:
        told = client.get("/segments/base_value").text
        assert ("/people" in told.split("</nav>")[-1]) == (role == "analyst")
        assert "Write the file" not in client.get("/segments/base_value/people").text
        assert ("Archive this segment" in client.get("/segments/base_value/activity").text) == (role == "analyst")
