"""A small shop with a campaign, made by the command line, and every command about audiences and consent."""

from __future__ import annotations

from pathlib import Path

from tests.interfaces.cli.shop import done

FILES = """segment: gold
where: {trait: tier, is: gold}
---
segment: staff
where: {trait: staff, is: true}
"""
CAMPAIGN = """campaign: autumn
channel: file
purpose: marketing
targets: [gold]
exclude: [staff]
holdout: 20%
"""
PEOPLE = 40
ADDRESS = "nora@shop.example"
AUDIENCED = {
    "campaign list": ["campaign", "list", "--json"],
    "campaign show": ["campaign", "show", "autumn", "--json"],
    "campaign check": ["campaign", "check", "autumn", "--json"],
    "campaign audience": ["campaign", "audience", "autumn", "--json"],
    "campaign people": ["campaign", "people", "autumn", "--limit", "1", "--json"],
    "campaign why": ["campaign", "why", "autumn", "c01", "--json"],
    "campaign export": ["campaign", "export", "autumn", "{files}/list.csv", "--format", "meta", "--json"],
    "campaign exports": ["campaign", "exports", "--json"],
    "consent refuse": ["consent", "refuse", "c02", "--evidence", "call of 2 May", "--json"],
    "consent grant": ["consent", "grant", "c03", "--evidence", "form of 2 May", "--json"],
    "consent unsubscribe": ["consent", "unsubscribe", "{token}", "--json"],
    "consent show": ["consent", "show", "c02", "--json"],
    "consent suppress": ["consent", "suppress", ADDRESS, "--reason", "asked by letter", "--json"],
    "consent lift": ["consent", "lift", ADDRESS, "--reason", "asked by letter", "--json"],
    "consent list": ["consent", "list", "--limit", "1", "--json"],
    "campaign cancel": ["campaign", "cancel", "autumn", "--yes", "--json"],
}


def make_audienced(folder: Path) -> Path:
    """Make a workspace with a frozen audience, a platform's list and decisions; return its folder."""
    rows = "\n".join(
        f"c{n:02d},c{n:02d}@shop.example,{('yes', 'yes', 'no', '')[n % 4]},gold,{str(n % 10 == 9).lower()}"
        for n in range(PEOPLE)
    )
    (folder / "customers.csv").write_text(f"customer_id,email,accepts_marketing,tier,staff\n{rows}\n")
    orders = "\n".join(f"o{n},c{n:02d},2026-01-05T10:00:00,10.00" for n in range(PEOPLE))
    (folder / "orders.csv").write_text(f"order_id,customer_id,ordered_at,amount\n{orders}\n")
    shop = folder / "shop"
    done("init", shop)
    done("-w", shop, "add", folder / "customers.csv", folder / "orders.csv")
    (shop / "segments" / "all.yaml").write_text(FILES)
    (shop / "segments" / "autumn.yaml").write_text(CAMPAIGN)
    done("-w", shop, "apply")
    done("-w", shop, "run", "--as-of", "2026-02-01")
    done("-w", shop, "campaign", "audience", "autumn")
    done("-w", shop, "campaign", "export", "autumn", folder / "first.csv", "--format", "meta")
    done("-w", shop, "consent", "refuse", "c02", "--evidence", "call of 2 May")
    done("-w", shop, "consent", "suppress", "c02@shop.example", "--channel", "email", "--reason", "bounce")
    return shop


def audienced_arguments(name: str, shop: Path) -> list[str]:
    """Return the whole command line of a command of `AUDIENCED`."""
    from segmentary.activation.unsubscribe import token
    from segmentary.workspace.unsubscribing import unsubscribe_keys

    signed = token(unsubscribe_keys(shop), "c05", "email", "marketing", "autumn-1.c05")
    places = {"files": str(shop.parent), "token": f"https://shop.example/unsubscribe?t={signed}"}
    return ["-w", str(shop), *(part.format(**places) for part in AUDIENCED[name])]
