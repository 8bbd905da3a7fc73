"""User agents as browsers send them, one template per kind of device."""

from __future__ import annotations

import random
from typing import Literal

from segmentary.samples.business import Device

APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
BOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
)


def apple(hardware: Literal["iPhone", "iPad"], ios: str) -> Device:
    """Return an iPhone or iPad of a system version such as ``18_3``."""
    system = "CPU iPhone OS" if hardware == "iPhone" else "CPU OS"
    safari = f"Version/{ios.replace('_', '.')} Mobile/15E148 Safari/604.1"
    agent = f"Mozilla/5.0 ({hardware}; {system} {ios} like Mac OS X) {APPLE} {safari}"
    return Device("mobile" if hardware == "iPhone" else "tablet", "iOS", agent)


def android(model: str, chrome: int) -> Device:
    """Return an Android phone of a model with a version of Chrome."""
    agent = f"Mozilla/5.0 (Linux; Android 14; {model}) {BLINK} Chrome/{chrome}.0.0.0 Mobile Safari/537.36"
    return Device("mobile", "Android", agent)


def windows(chrome: int, more: str = "") -> Device:
    """Return a Windows computer with a version of Chrome, or of a browser built on it."""
    agent = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Chrome/{chrome}.0.0.0 Safari/537.36{more}"
    return Device("desktop", "Windows", agent)


def device(chance: random.Random, weights: tuple[int, int, int, int, int]) -> Device:
    """Draw a device: mobile iOS, mobile Android, tablet, Windows or macOS, by these weights."""
    kind = chance.choices(range(5), weights)[0]
    chrome = chance.randint(128, 144)
    ios = chance.choice(("17_6", "18_1", "18_3"))
    if kind == 0:
        return apple("iPhone", ios)
    if kind == 1:
        return android(chance.choice(("Pixel 8", "SM-S921B", "SM-A546B")), chrome)
    if kind == 2:
        return apple("iPad", ios)
    if kind == 3:
        return windows(chrome, f" Edg/{chrome}.0.0.0" if chance.random() < 0.3 else "")
    dotted = ios.replace("_", ".")
    agent = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/{dotted} Safari/605.1.15"
    return Device("desktop", "macOS", agent)


def bot(chance: random.Random) -> Device:
    """Draw a crawler: it says so itself."""
    return Device("desktop", "Linux", chance.choice(BOTS))
