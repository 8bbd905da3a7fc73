"""What people visit with: device, operating system and browser out of user agents, and whether it is a machine.

A user agent stands in an attribute ``user_agent`` or in the property ``user_agent`` of events; the latest one counts,
so what a customer used changes with time like any other attribute. Parsing is that of the ua-parser project.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.profiles.derived import Facts, append_mapped, distinct_raw, keep
from segmentary.schema import CUSTOMER_ATTRIBUTES, EVENTS
from segmentary.sources.web_agents import BOT_WORDS

MODULE = "technographics"
DeviceType = Literal["desktop", "mobile", "tablet", "bot", "other"]

TABLET = re.compile(r"ipad|tablet|kindle|silk/|playbook|nexus (?:7|9|10)\b|sm-t\d", re.IGNORECASE)
OTHER = re.compile(r"smart-?tv|hbbtv|appletv|apple tv|roku|playstation|xbox|nintendo|watch", re.IGNORECASE)
MOBILE_SYSTEMS = frozenset(
    {"iOS", "Android", "Windows Phone", "BlackBerry OS", "Firefox OS", "KaiOS", "Symbian OS", "Bada", "Windows Mobile"}
)
DESKTOP_SYSTEMS = frozenset(
    {"Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Debian", "Chrome OS", "FreeBSD", "OpenBSD", "NetBSD"}
    | {"Mac OS", "SUSE", "Red Hat", "CentOS", "Mint", "Arch Linux", "Solaris", "Gentoo"}
)


@dataclass(frozen=True, slots=True)
class Agent:
    """What one user agent says; missing where it does not say."""

    device_type: DeviceType | None
    os: str | None
    os_version: str | None
    browser: str | None
    browser_version: str | None
    is_bot: bool


def derive(engine: Engine, taken: frozenset[str]) -> int:
    """Add device_type, os, os_version, browser, browser_version and is_bot; return how many rows."""
    raw = query(
        Path(__file__).with_name("user_agents.sql"),
        events=exp.table_(EVENTS.name, quoted=True),
        customer_attributes=exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True),
    )
    found = {agent.string: facts(agent.read) for agent in parsed(distinct_raw(engine, raw))}
    return append_mapped(engine, MODULE, raw, {text: keep(known, taken) for text, known in found.items()})


@dataclass(frozen=True, slots=True)
class Parsed:
    """A user agent and what it says."""

    string: str
    read: Agent


def parsed(strings: Iterable[str]) -> list[Parsed]:
    return [Parsed(text, read_agent(text)) for text in strings]


def read_agent(text: str) -> Agent:
    """Read one user agent."""
    from ua_parser import parse

    result = parse(text)
    family = result.os.family if result.os else None
    browser = result.user_agent.family if result.user_agent else None
    spider = bool(result.device and result.device.family == "Spider")
    is_bot = spider or BOT_WORDS.search(text) is not None
    return Agent(
        device_type="bot" if is_bot else device_type(text, family),
        os=family,
        os_version=version(result.os),
        browser=browser,
        browser_version=version(result.user_agent),
        is_bot=is_bot,
    )


def device_type(text: str, system: str | None) -> DeviceType | None:
    """Tell phones, tablets and desktops apart; an Android that does not say "Mobile" is a tablet."""
    if OTHER.search(text):
        return "other"
    if TABLET.search(text) or (system == "Android" and "mobi" not in text.lower()):
        return "tablet"
    if system in MOBILE_SYSTEMS or "mobi" in text.lower():
        return "mobile"
    return "desktop" if system in DESKTOP_SYSTEMS else None


def version(part: Any) -> str | None:
    """Return "17.2" out of the parts a family has; Windows names such as "10" count as one."""
    if part is None or part.major is None:
        return None
    return ".".join(p for p in (part.major, part.minor) if p is not None)


def facts(agent: Agent) -> Facts:
    return {
        "device_type": (agent.device_type, "text"),
        "os": (agent.os, "text"),
        "os_version": (agent.os_version, "text"),
        "browser": (agent.browser, "text"),
        "browser_version": (agent.browser_version, "text"),
        "is_bot": ("true" if agent.is_bot else "false", "boolean"),
    }
