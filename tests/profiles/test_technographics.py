from __future__ import annotations

import gzip

import pytest
from profiles_warehouse import at

from segmentary.profiles.technographics import derive, read_agent

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2"
    " Mobile/15E148 Safari/604.1"
)
IPAD = IPHONE.replace("iPhone; CPU iPhone OS", "iPad; CPU OS")
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
)
PIXEL = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile"
    " Safari/537.36"
)
ANDROID_TABLET = PIXEL.replace(" Mobile", "").replace("Pixel 8", "SM-X900")
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.mark.parametrize(
    ("text", "device", "system", "browser"),
    [
        (IPHONE, "mobile", "iOS", "Mobile Safari"),
        (IPAD, "tablet", "iOS", "Mobile Safari"),
        (WINDOWS, "desktop", "Windows", "Chrome"),
        (PIXEL, "mobile", "Android", "Chrome Mobile"),
        (ANDROID_TABLET, "tablet", "Android", "Chrome"),
        (GOOGLEBOT, "bot", None, "Googlebot"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0", "desktop", "Linux", "Firefox"),
        ("curl/8.4.0", "bot", None, "curl"),
    ],
)
def test_what_an_agent_says(text, device, system, browser):
    agent = read_agent(text)
    assert (agent.device_type, agent.os, agent.browser) == (device, system, browser)
    assert agent.is_bot == (device == "bot")


@pytest.mark.parametrize("text", ["", "-", "Mozilla/4.0 (compatible;)", "\x00", "(" * 500])
def test_an_agent_that_says_nothing(text):
    agent = read_agent(text)
    assert (agent.device_type, agent.os, agent.is_bot) == (None, None, False)


def test_versions():
    assert read_agent(IPHONE).os_version == "17.2"
    assert read_agent(WINDOWS).os_version == "10"
    assert read_agent(WINDOWS).browser_version == "120.0"


def test_the_latest_agent_counts(warehouse):
    warehouse.customers("c", "nobody")
    warehouse.event("c", "page_viewed", "2026-01-01T10:00:00", {"user_agent": WINDOWS})
    warehouse.event("c", "page_viewed", "2026-01-02T10:00:00", {"user_agent": WINDOWS})
    warehouse.event("c", "page_viewed", "2026-01-03T10:00:00", {"user_agent": IPHONE})
    warehouse.event("nobody", "page_viewed", "2026-01-03T10:00:00", {"page": "user_agent"})
    assert derive(warehouse.engine, frozenset()) == 12
    assert warehouse.derived("c", "2026-01-03")["device_type"] == "desktop"
    assert warehouse.derived("c", "2026-01-04")["device_type"] == "mobile"
    assert warehouse.derived("c", "2026-01-04")["is_bot"] == "false"
    assert warehouse.derived("c", "2026-01-01T10:00:00") == {}
    assert warehouse.derived("nobody") == {}


def test_of_two_agents_at_one_instant_the_parts_are_not_mixed(warehouse):
    warehouse.customers("c")
    for sequence, agent in enumerate((WINDOWS, IPHONE)):
        warehouse.event("c", "page_viewed", "2026-01-01", {"user_agent": agent}, sequence=sequence)
    derive(warehouse.engine, frozenset())
    found = warehouse.derived("c")
    assert (found["device_type"], found["os"], found["os_version"]) == ("mobile", "iOS", "17.2")


def test_an_unknown_agent_ends_what_was_known(warehouse):
    warehouse.customers("c")
    warehouse.event("c", "page_viewed", "2026-01-01", {"user_agent": IPHONE})
    warehouse.event("c", "page_viewed", "2026-01-02", {"user_agent": "?"})
    derive(warehouse.engine, frozenset())
    assert warehouse.derived("c", "2026-01-02")["os"] == "iOS"
    assert "os" not in warehouse.derived("c", "2026-01-03")


def test_an_agent_in_an_attribute_counts_and_what_a_source_says_itself_stays(warehouse):
    warehouse.customers("c")
    warehouse.attribute("c", "user_agent", PIXEL, valid_from=at("2025-01-01"))
    derive(warehouse.engine, frozenset({"os"}))
    found = warehouse.derived("c")
    assert found["device_type"] == "mobile"
    assert "os" not in found


@pytest.mark.real_data
@pytest.mark.parametrize(("part", "attribute", "cases"), [("os", "os", 483), ("ua", "browser", 1601)])
def test_families_as_the_ua_parser_project_expects(real_data, part, attribute, cases):
    import yaml

    text = gzip.decompress((real_data / "web" / f"uap_core_test_{part}.yaml.gz").read_bytes())
    expected = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["test_cases"]
    found = [getattr(read_agent(case["user_agent_string"]), attribute) or "Other" for case in expected]
    assert len(found) == cases
    assert found == [case["family"] for case in expected]


@pytest.mark.real_data
def test_the_machines_of_a_real_log(real_data):
    """At least the 1,397 lines that a list of words finds are bots; most of the others are people on desktops."""
    lines = gzip.decompress((real_data / "web" / "apache_combined_10k.log.gz").read_bytes()).decode().splitlines()
    agents = [read_agent(line.rsplit('"', 2)[1]) for line in lines if line.endswith('"')]
    devices = [agent.device_type for agent in agents]
    assert 1_397 <= devices.count("bot") <= 3_000
    assert devices.count("desktop") > 6_000
    assert devices.count("mobile") > 200
