"""User agents as browsers send them, one template per kind of device."""

from __future__ import annotations

import random

from segmentary.samples.business import Device

APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
BOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
)


def device(chance: random.Random, weights: tuple[int, int, int, int, int]) -> Device:
    """Draw a device: mobile iOS, mobile Android, tablet, Windows or macOS, by these weights."""
    kind = chance.choices(range(5), weights)[0]
    chrome = chance.randint(128, 144)
    ios = chance.choice(("17_6", "18_1", "18_3"))
    dotted = ios.replace("_", ".")
    if kind == 0:
        agent = f"Mozilla/5.0 (iPhone; CPU iPhone OS {ios} like Mac OS X) {APPLE} Version/{dotted} Mobile/15E148 Safari/604.1"
        return Device("mobile", "iOS", agent)
    if kind == 1:
        model = chance.choice(("Pixel 8", "SM-S921B", "SM-A546B"))
        agent = f"Mozilla/5.0 (Linux; Android 14; {model}) {BLINK} Chrome/{chrome}.0.0.0 Mobile Safari/537.36"
        return Device("mobile", "Android", agent)
    if kind == 2:
        agent = f"Mozilla/5.0 (iPad; CPU OS {ios} like Mac OS X) {APPLE} Version/{dotted} Mobile/15E148 Safari/604.1"
        return Device("tablet", "iOS", agent)
    if kind == 3:
        edge = f" Edg/{chrome}.0.0.0" if chance.random() < 0.3 else ""
        agent = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Chrome/{chrome}.0.0.0 Safari/537.36{edge}"
        return Device("desktop", "Windows", agent)
    agent = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/{dotted} Safari/605.1.15"
    return Device("desktop", "macOS", agent)


def bot(chance: random.Random) -> Device:
    """Draw a crawler: it says so itself."""
    return Device("desktop", "Linux", chance.choice(BOTS))
