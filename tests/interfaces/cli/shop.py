"""A small shop made by the command line itself, and every reading command asked of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from segmentary.interfaces.cli.main import app

RUN = CliRunner()
CUSTOMERS = """customer_id,email,country,birth_date
ann,ann@example.com,France,1990-02-01
bob,bob@example.com,Germany,2001-07-09
cyd,cyd@example.com,,1975-12-31
"""
ORDERS = """order_id,customer_id,ordered_at,amount
o1,ann,2026-01-05T10:00:00,10.00
o2,ann,2026-01-20T10:00:00,20.00
o3,bob,2026-01-25T10:00:00,5.50
"""
FREQUENT = """segment: frequent
title: Frequent
purpose: People who come back.
base: value
where:
  all:
    - {event: order_completed, during: {last: 90d}, count: {gte: 2}}
    - {trait: country, in: [France, Germany]}
"""
FRENCH = """segment: french
title: French
base: geographic
where: {trait: country, is: France}
"""

# Every command that prints a document, as the page docs/cli.md shows it.
DOCUMENTS = {
    "add": ["add", "{files}/orders.csv", "--json"],
    "quality": ["quality", "--json"],
    "run": ["run", "--as-of", "2026-02-01", "--json"],
    "traits": ["traits", "country", "--json"],
    "segment list": ["segment", "list", "--json"],
    "segment show": ["segment", "show", "frequent", "--json"],
    "segment count": ["segment", "count", "frequent", "--json"],
    "segment people": ["segment", "people", "frequent", "--trait", "country", "--json"],
    "segment explain": ["segment", "explain", "frequent", "--customer", "ann", "--json"],
    "segment overlap": ["segment", "overlap", "--json"],
    "segment waterfall": ["segment", "waterfall", "frequent", "--json"],
    "segment history": ["segment", "history", "frequent", "--json"],
    "segment diff": ["segment", "diff", "frequent", "--against", "{files}/frequent.yaml", "--json"],
    "segment export": ["segment", "export", "frequent", "{files}/frequent.csv", "--json"],
    "segment validate": ["segment", "validate", "{files}/frequent.yaml", "--json"],
    "segment suggest": ["segment", "suggest", "--json"],
    "segment adopt": ["segment", "adopt", "millennials", "--json"],
    "compare": ["compare", "frequent", "--by", "country", "--json"],
    "sales": ["sales", "--by", "country", "--json"],
    "retention": ["retention", "--json"],
    "campaigns": ["campaigns", "--json"],
    "apply": ["apply", "{files}/frequent.yaml", "--dry-run", "--json"],
    "dump": ["dump", "{files}/dumped", "--json"],
    "rebuild": ["rebuild", "--json"],
    "verify": ["verify", "--json"],
    "doctor": ["doctor", "--json"],
    "segment versions": ["segment", "versions", "french", "--json"],
    "segment backfill": ["segment", "backfill", "frequent", "--history", "since 2026-01-01", "--json"],
    "segment rollback": ["segment", "rollback", "french", "--to", "v1", "--json"],
}


def call(*arguments: object, **more: Any) -> Any:
    """Run the command line in this process."""
    return RUN.invoke(app, [str(argument) for argument in arguments], prog_name="segmentary", **more)


def done(*arguments: object) -> Any:
    """Run a command that must succeed."""
    found = call(*arguments)
    assert found.exit_code == 0, found.output
    return found


def make_shop(folder: Path) -> Path:
    """Make files and a workspace, run once; return the workspace's folder."""
    for name, text in (
        ("customers.csv", CUSTOMERS),
        ("orders.csv", ORDERS),
        ("frequent.yaml", FREQUENT.replace("gte: 2", "gte: 1")),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    shop = folder / "shop"
    done("init", shop)
    done("-w", shop, "add", folder / "customers.csv", folder / "orders.csv")
    (shop / "segments" / "frequent.yaml").write_text(FREQUENT, encoding="utf-8")
    (shop / "segments" / "french.yaml").write_text(FRENCH.replace("is: France", "is: FR"), encoding="utf-8")
    done("-w", shop, "apply")
    (shop / "segments" / "french.yaml").write_text(FRENCH, encoding="utf-8")
    done("-w", shop, "apply")
    done("-w", shop, "run", "--as-of", "2026-02-01")
    return shop


def document_arguments(name: str, shop: Path) -> list[str]:
    """Return the arguments of a documented command, for one shop."""
    return ["-w", str(shop), *(a.replace("{files}", str(shop.parent)) for a in DOCUMENTS[name])]
