"""`segmentary traits`: everything known about customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.interfaces.cli.output import Share, cell, percent, plural, progress, say, show, show_json, show_table
from segmentary.interfaces.cli.session import AsJson, command, opened

if TYPE_CHECKING:
    from segmentary.profiles.catalog import Trait

app = command("Describe every trait.")


@app.command()
def traits(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One trait, in detail.")] = None,
    base: Annotated[str, typer.Option(metavar="BASE", help="Only this base: demographic, behavioural, ...")] = "",
    as_json: AsJson = False,
) -> None:
    """Describe every trait: type, unit, base, fill, values."""
    with opened(ctx) as workspace, progress("describing"):
        catalog = workspace.traits()
    found = [catalog.trait(name)] if name is not None else [t for t in catalog if not base or t.base == base]
    if as_json:
        show_json({"traits": found})
    elif name is not None:
        show_trait(found[0])
    else:
        show_table(
            ["trait", "type", "unit", "base", "filled", "values", "source"],
            [[t.name, t.type, t.unit or None, t.base, filled(t), values(t), t.source] for t in found],
            empty="no traits: add customers, orders or events first",
        )
        if found:
            say(plural(len(found), "trait"))


def show_trait(trait: Trait) -> None:
    show(trait.title, style="bold")
    if trait.description:
        show(trait.description)
    show()
    facts: list[list[object]] = [
        ["type", trait.type + (f" ({trait.unit})" if trait.unit else "")],
        ["base", trait.base],
        ["kind", trait.kind],
        ["source", trait.source],
        ["sensitivity", trait.sensitivity],
        ["filled", filled(trait)],
        ["lowest", trait.low],
        ["highest", trait.high],
    ]
    show_table(["", trait.name], [fact for fact in facts if fact[1] is not None])
    if trait.top_values:
        show()
        show_table(["value", "customers"], [list(pair) for pair in trait.top_values])


def filled(trait: Trait) -> Share | None:
    return percent(trait.fill_rate)


def values(trait: Trait) -> str | None:
    if trait.type in ("number", "date", "time") and trait.low is not None:
        return f"{cell(trait.low)} to {cell(trait.high)}"
    return ", ".join(value for value, _ in trait.top_values[:3]) or None
