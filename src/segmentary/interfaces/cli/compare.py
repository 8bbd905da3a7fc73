"""`segmentary compare`: where a measure is high and where it is low."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.interfaces.cli.output import percent, plural, progress, say, show_json, show_table
from segmentary.interfaces.cli.session import AsJson, command, opened

if TYPE_CHECKING:
    from segmentary.measurement.comparison import Comparison, Group

app = command("Compare a trait or segment between groups.")


@app.command()
def compare(
    ctx: typer.Context,
    measure: Annotated[str, typer.Argument(metavar="NAME", help="A number, a yes/no, or a segment.")],
    by: Annotated[str, typer.Option(metavar="TRAIT", help="The trait or segment that makes the groups.")],
    within: Annotated[
        str | None, typer.Option(metavar="SEGMENT", help="Only among the members of this segment.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare a trait or segment between groups."""
    with opened(ctx) as workspace, progress("comparing"):
        found = workspace.compare(measure, by=by, within=within)
    if as_json:
        show_json(found)
    else:
        show_comparison(found)


def show_comparison(found: Comparison) -> None:
    """Show one line per group, then everybody."""
    everybody = found.overall
    noted = any(group.note for group in found.groups)
    total = "yes" if found.kind == "share" else "sum"
    rows = [
        [group.value, *figures(group, found.kind), *([group.note or None] if noted else [])] for group in found.groups
    ]
    if rows:
        rows.append(["(everybody)", *figures(everybody, found.kind), *([None] if noted else [])])
    show_table(
        [found.by, "customers", found.kind, "from", "to", total, *(["note"] if noted else [])],
        rows,
        empty="nobody to compare",
    )
    unknown = everybody.people - everybody.estimate.n
    if unknown:
        say(f"{found.measure} is unknown for {plural(unknown, 'customer')}, left out")
    if rows:
        say(f"{found.kind} of {found.measure}, with its 95 % interval")


def figures(group: Group, kind: str) -> list[object]:
    estimate = group.estimate
    known = [None if math.isnan(v) else v for v in (estimate.estimate, estimate.low, estimate.high)]
    shown: list[object] = (
        [percent(v) for v in known] if kind == "share" else [None if v is None else Decimal(f"{v:.2f}") for v in known]
    )
    return [group.people, *shown, int(group.total) if kind == "share" else group.total]
