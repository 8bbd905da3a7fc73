"""A small shop with a campaign that writes a file, made by the command line, and every command about sending."""

from __future__ import annotations

from pathlib import Path

from tests.interfaces.cli.shop import done

SEGMENT = "segment: regulars\nwhere: {trait: order_count, gte: 1}\n"
MESSAGE = """message: news
variants:
  first:
    subject: "Hello {{ first_name | default: 'there' }}"
    text: Your parcel comes tomorrow.
"""
CAMPAIGN = """campaign: parcels
channel: file
purpose: service
message: news
targets:
  - {segment: regulars, variant: first}
holdout: 10%
"""
SETTINGS = """
[channels.email]
host = "mail.shop.example"
sender = "Shop <news@shop.example>"

[channels.sms]
url = "https://sms.example/messages"
per_second = 10

[channels.file]
folder = "out"
"""
MAIL = "From MAILER-DAEMON Mon Mar  2 12:00:00 2026\nSubject: Hello\n\nNothing for you.\n"
PEOPLE = 20
SENDING = {
    "campaign send": ["campaign", "send", "parcels", "--dry-run", "--json"],
    "outbox show": ["outbox", "show", "--json"],
    "outbox send": ["outbox", "send", "--limit", "3", "--yes", "--json"],
    "outbox retry": ["outbox", "retry", "--json"],
    "outbox read-mailbox": ["outbox", "read-mailbox", "{files}/mbox", "--json"],
    "channel list": ["channel", "list", "--json"],
    "channel test": ["channel", "test", "chat", "--json"],
    "channel secret": ["channel", "secret", "sms", "--json"],
}


def make_sending(folder: Path) -> Path:
    """Make a workspace whose campaign waits in the outbox; return its folder."""
    rows = "\n".join(f"c{n},c{n}@example.com,Ann{n}" for n in range(PEOPLE))
    (folder / "customers.csv").write_text(f"customer_id,email,first_name\n{rows}\n")
    orders = "\n".join(f"o{n},c{n},2026-01-05T10:00:00,10.00" for n in range(PEOPLE))
    (folder / "orders.csv").write_text(f"order_id,customer_id,ordered_at,amount\n{orders}\n")
    (folder / "mbox").write_text(MAIL)
    shop = folder / "shop"
    done("init", shop)
    with (shop / "segmentary.toml").open("a") as settings:
        settings.write(SETTINGS)
    done("-w", shop, "add", folder / "customers.csv", folder / "orders.csv")
    for name, text in (("regulars", SEGMENT), ("news", MESSAGE), ("parcels", CAMPAIGN)):
        (shop / "segments" / f"{name}.yaml").write_text(text, encoding="utf-8")
    done("-w", shop, "apply")
    done("-w", shop, "run")
    done("-w", shop, "campaign", "audience", "parcels")
    return shop


def sending_arguments(name: str, shop: Path) -> list[str]:
    """Return the arguments of a documented command, for one shop."""
    return ["-w", str(shop), *(part.replace("{files}", str(shop.parent)) for part in SENDING[name])]
