"""A small shop with a journey, made by the command line, and every reading command about journeys."""

from __future__ import annotations

from pathlib import Path

from tests.interfaces.cli.shop import done

DEFINITIONS = """segment: quiet
where: {trait: order_count, lte: 3}
"""
MESSAGE = """message: hello
variants:
  first:
    subject: "Hello {{ first_name | default: 'there' }}"
    text: Come back.
"""
JOURNEY = """journey: back
enter: {segment: quiet, when: is}
holdout: 10%
goal: {event: order_completed}
steps:
  - hello: {send: hello, variant: first}
  - pause: {wait: 3d}
  - over: {end: done}
"""
JOURNEYING = {
    "journey list": ["journey", "list", "--json"],
    "journey show": ["journey", "show", "back", "--json"],
    "journey why": ["journey", "why", "back", "c1", "--json"],
    "tick": ["tick", "--run", "never", "--no-send", "--json"],
}
PEOPLE = 60


def make_journeying(folder: Path) -> Path:
    """Make a workspace whose journey has begun; return its folder."""
    rows = "\n".join(f"c{n},c{n}@example.com,Ann{n},yes" for n in range(PEOPLE))
    (folder / "customers.csv").write_text(f"customer_id,email,first_name,accepts_marketing\n{rows}\n")
    orders = "\n".join(f"o{n},c{n},2026-01-0{1 + n % 9}T10:00:00,10.00" for n in range(PEOPLE))
    (folder / "orders.csv").write_text(f"order_id,customer_id,ordered_at,amount\n{orders}\n")
    shop = folder / "shop"
    done("init", shop)
    with (shop / "segmentary.toml").open("a") as settings:
        settings.write('\n[channels.email]\nsender = "a@example.com"\nunsubscribe_url = "https://shop.example/u"\n')
    done("-w", shop, "add", folder / "customers.csv", folder / "orders.csv")
    for name, text in (("quiet", DEFINITIONS), ("hello", MESSAGE), ("back", JOURNEY)):
        (shop / "segments" / f"{name}.yaml").write_text(text, encoding="utf-8")
    done("-w", shop, "apply")
    done("-w", shop, "tick", "--no-send")
    return shop


def journeying_arguments(name: str, shop: Path) -> list[str]:
    """Return the arguments of a documented command, for one shop."""
    return ["-w", str(shop), *JOURNEYING[name]]
