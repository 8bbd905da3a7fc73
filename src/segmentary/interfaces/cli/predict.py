"""`segmentary predict`: what customers will do and be worth, and how far to trust that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.output import (
    plural,
    progress,
    say,
    show_files,
    show_json,
    show_prose,
    show_table,
    telling,
)
from segmentary.interfaces.cli.predictions import at_home, fitted_document, show_card, show_drift, show_offers
from segmentary.interfaces.cli.session import AsJson, AsOf, command, moment, opened

if TYPE_CHECKING:
    from segmentary.workspace.predictions import Fitted

app = command("Say what customers will do, and how far to trust that.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The prediction; NAME@v2 for an older version.")]
NewName = Annotated[str, typer.Argument(metavar="NAME", help="What to call the prediction.")]
Days = Annotated[int, typer.Option("--days", metavar="N", min=1, max=3_650, help="How far to look ahead.")]
Within = Annotated[str | None, typer.Option("--within", metavar="SEGMENT", help="Only the members of this segment.")]
Seed = Annotated[int, typer.Option(metavar="N", help="The same seed gives the same prediction.")]


@app.command()
def clv(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="What to call it.")] = "clv",
    days: Days = 365,
    model: Annotated[
        str, typer.Option(metavar="MODEL", help="auto, bg_nbd, mbg_nbd or pareto_nbd; auto: what tests best.")
    ] = "auto",
    margin: Annotated[float, typer.Option(metavar="SHARE", min=0, max=1, help="What of the money is earned.")] = 1.0,
    discount: Annotated[
        float, typer.Option(metavar="SHARE", min=0, max=1, help="What money a year later is worth less.")
    ] = 0.0,
    seed: Seed = 0,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Fit lifetime value: money, purchases, and whether somebody is still there, each with its interval."""
    with opened(ctx) as workspace, progress("counting purchases") as step:
        fitted = workspace.predictions.clv(
            name,
            days=days,
            as_of=moment(as_of),
            tell=telling(step),
            model=model,
            margin=margin,
            annual_discount=discount,
            seed=seed,
        )
    tell_fitted(fitted, as_json)


@app.command("next")
def following(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="What to call it.")] = "next",
    days: Days = 91,
    seed: Seed = 0,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Fit what everybody will spend in the next days, and whether they will buy at all."""
    with opened(ctx) as workspace, progress("looking back") as step:
        fitted = workspace.predictions.next(name, days=days, as_of=moment(as_of), tell=telling(step), seed=seed)
    tell_fitted(fitted, as_json)


@app.command()
def churn(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="What to call it.")] = "churn",
    days: Days = 91,
    tenure: Annotated[
        str | None, typer.Option(metavar="TRAIT", help="Of contracts: how long somebody is or was a customer.")
    ] = None,
    left: Annotated[str | None, typer.Option(metavar="TRAIT", help="Of contracts: whether they have left.")] = None,
    left_is: Annotated[
        str | None, typer.Option(metavar="VALUE", help="Of contracts: what --left says of who has left, if not yes.")
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", metavar="TRAIT", help="Of contracts: predict by this. Repeatable.")
    ] = None,
    unit: Annotated[
        str, typer.Option(metavar="UNIT", help="Of contracts: what tenure counts: days, weeks, months, years.")
    ] = "months",
    observed: Annotated[
        str,
        typer.Option(
            metavar="HOW", help="Of contracts: lifetime (everybody since their start), or period (who left of late)."
        ),
    ] = "lifetime",
    seed: Seed = 0,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Fit who will leave: by the end of contracts, or by silence where there are none."""
    options: dict[str, Any] = {"unit": unit, "observed": observed} if tenure is not None else {}
    if left_is is not None:
        if left is None:
            raise UsageError("--left-is says what a trait says", hint="--left TRAIT")
        options["left_is"] = left_is
    with opened(ctx) as workspace, progress("looking back") as step:
        fitted = workspace.predictions.churn(
            name,
            days=days,
            tenure=tenure,
            left=left,
            by=by or (),
            as_of=moment(as_of),
            tell=telling(step),
            seed=seed,
            **options,
        )
    tell_fitted(fitted, as_json)


@app.command()
def propensity(
    ctx: typer.Context,
    name: NewName,
    event: Annotated[
        str,
        typer.Option("--event", metavar="RULE", help="What may happen: 'did order_completed where channel is app'."),
    ],
    days: Days = 91,
    within: Within = None,
    seed: Seed = 0,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Fit how likely everybody is to do something in the next days."""
    with opened(ctx) as workspace, progress("looking back") as step:
        fitted = workspace.predictions.propensity(
            name, event, days=days, within=within, as_of=moment(as_of), tell=telling(step), seed=seed
        )
    tell_fitted(fitted, as_json)


@app.command()
def lookalike(
    ctx: typer.Context,
    name: NewName,
    segment: Annotated[str, typer.Option("--seed-segment", metavar="SEGMENT", help="Whom to look like.")],
    within: Within = None,
    seed: Seed = 0,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Fit who is like the members of a segment: a rank, never a probability."""
    with opened(ctx) as workspace, progress("comparing people") as step:
        fitted = workspace.predictions.lookalike(
            name, segment, within=within, as_of=moment(as_of), tell=telling(step), seed=seed
        )
    tell_fitted(fitted, as_json)


@app.command()
def score(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME ...]", help="The predictions; default: all.")
    ] = None,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Score everybody, and keep the scores as dated traits."""
    with opened(ctx) as workspace, progress("scoring") as step:
        zone = workspace.settings.timezone
        found = workspace.predictions.score(*(names or ()), as_of=moment(as_of), tell=telling(step))
    if as_json:
        show_json({"scored": found})
        return
    show_table(
        ["prediction", "version", "as of", "people", "ended", "traits"],
        [
            [o.name, o.version, at_home(o.as_of, zone), o.people, o.ended, [f"{o.name}.{one}" for one in o.outputs]]
            for o in found
        ],
        empty="no predictions yet: segmentary predict clv",
    )
    if found:
        say("segmentary run brings the scores into segments")


@app.command("list")
def list_predictions(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the predictions kept."""
    with opened(ctx) as workspace:
        zone = workspace.settings.timezone
        found = workspace.predictions.kept()
    if as_json:
        show_json({"predictions": found})
        return
    show_table(
        ["prediction", "version", "kind", "predicts", "people", "scored as of"],
        [[p.name, f"v{p.number}", p.kind, p.target, p.people, at_home(p.scored_as_of, zone)] for p in found],
        empty="no predictions yet: segmentary predict clv",
    )


@app.command("show")
def show_one(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show the card of a prediction: data, features, how well it does, when not to trust it."""
    with opened(ctx) as workspace:
        fitted = workspace.predictions.fitted(name)
    if as_json:
        show_json(fitted_document(fitted))
        return
    show_card(fitted)


@app.command()
def drift(ctx: typer.Context, name: Name, as_of: AsOf = "", as_json: AsJson = False) -> None:
    """Say how far the people of now have moved from those a prediction was fitted on."""
    with opened(ctx) as workspace, progress("comparing people"):
        found = workspace.predictions.drift(name, as_of=moment(as_of))
    if as_json:
        show_json(found.to_document())
        return
    show_drift(found)


@app.command()
def offers(
    ctx: typer.Context,
    level: Annotated[
        str, typer.Option("--of", metavar="LEVEL", help="What is offered: category, brand or product_id.")
    ] = "category",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write everybody's offers: .csv, .parquet.")] = None,
    most: Annotated[int, typer.Option(metavar="N", min=1, max=100, help="Offers a person, in each list.")] = 10,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Say what to offer next: what people will buy again, and what they might discover."""
    if out is not None and out.suffix not in (".csv", ".parquet"):
        raise UsageError(f"{out.name} cannot be written", hint="--out offers.csv, or --out offers.parquet")
    with opened(ctx) as workspace, progress("counting") as step:
        found = workspace.predictions.offers(level=level, as_of=moment(as_of), tell=telling(step), most=most)
    if out is not None:
        write_offers(found.table, out)
    if as_json:
        show_json(found.to_document())
        return
    show_offers(found)
    if out is not None:
        say(f"{plural(found.table.num_rows, 'offer')} written to {out}")


@app.command()
def retire(ctx: typer.Context, name: Name) -> None:
    """Take a prediction out of force: its scores end now."""
    with opened(ctx) as workspace:
        ended = workspace.predictions.retire(name)
    say(f"{name} scores nobody any more; {plural(ended, 'score')} ended")


@app.command()
def report(
    ctx: typer.Context,
    name: Name,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to write it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the report of a prediction: its card, calibration, what it was tested on, pictures."""
    with opened(ctx) as workspace, progress("drawing") as step:
        files = workspace.predictions.report(name, out, tell=telling(step))
    show_files(files, as_json=as_json)


def tell_fitted(fitted: Fitted, as_json: bool) -> None:
    """Print what was fitted."""
    if as_json:
        show_json(fitted_document(fitted))
        return
    show_card(fitted)
    show_prose("")
    say(f"kept as {fitted.name}; next: segmentary predict score {fitted.name}")


def write_offers(table: Any, out: Path) -> None:
    """Write everybody's offers."""
    if out.suffix == ".csv":
        import pyarrow.csv

        pyarrow.csv.write_csv(table, out)
        return
    import pyarrow.parquet

    pyarrow.parquet.write_table(table, out)
