"""`segmentary tailor` on a terminal: tables, sentences, refusals."""

import json

import pytest
from tests.interfaces.cli.shop import call
from tests.interfaces.cli.tailored import make_tailored


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_tailored(tmp_path_factory.mktemp("tailored"))


def test_uses(shop):
    found = call("-w", str(shop), "tailor", "uses", "pro", "region_east", "--by", "category", "--by", "price")
    assert found.exit_code == 0
    assert "coffee" in found.stdout
    assert "region_east" not in found.stdout
    everything = call("-w", str(shop), "tailor", "uses", "region_east", "--by", "category", "--all")
    assert "region_east" in everything.stdout


def test_trends_and_offers(shop):
    found = call("-w", str(shop), "tailor", "trends", "plus")
    assert "garden is rising" in found.stdout
    offered = call("-w", str(shop), "tailor", "offers", "plus")
    assert "build out garden" in offered.stdout
    assert "points" in offered.stdout


def test_a_budget_and_its_refusal(shop):
    found = call("-w", str(shop), "tailor", "budget", "300")
    assert found.exit_code == 0
    assert "careful, with learning" in found.stdout
    refused = call("-w", str(shop), "tailor", "budget", "300", "--experiment", "loyal_letter")
    assert refused.exit_code == 1
    assert "cannot be said" in refused.stderr
    assert call("-w", str(shop), "tailor", "budget", "0").exit_code == 2


def test_a_report(shop, tmp_path):
    found = call("-w", str(shop), "tailor", "report", "pro", "plus", "--out", str(tmp_path / "out"), "--json")
    document = json.loads(found.stdout)
    page = (tmp_path / "out" / "tailoring.html").read_text(encoding="utf-8")
    assert document["html"].endswith("tailoring.html")
    assert "What they use more and less" in page
    assert "nan" not in page.lower().replace("finance", "")


def test_unknown_names(shop):
    assert call("-w", str(shop), "tailor", "uses", "nobody").exit_code == 1
    assert "dimension" in call("-w", str(shop), "tailor", "trends", "--by", "colour").stderr
