"""`segmentary experiment`: plan, draw the arms, read what an action really changed; or say that it cannot be said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.experiments import show_analysis, show_kept, show_observed, show_plan, show_planned
from segmentary.interfaces.cli.output import progress, say, show_files, show_json, show_prose, show_table, telling
from segmentary.interfaces.cli.session import AsJson, AsOf, command, moment, opened
from segmentary.interfaces.cli.uplift import uplift

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

app = command("Plan an experiment, draw its arms, read what changed.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The experiment.")]
Secondary = Annotated[
    list[str] | None, typer.Option("--secondary", metavar="METRIC", help="Another metric. Repeatable.")
]
Guardrail = Annotated[
    list[str] | None,
    typer.Option("--guardrail", metavar="METRIC", help="What must not get worse than its margin. Repeatable."),
]
Arms = Annotated[
    list[str] | None, typer.Option("--arm", metavar="NAME=SHARE", help="An arm: mail=90%, or mail=9/10. Repeatable.")
]
Control = Annotated[str, typer.Option("--control", metavar="ARM", help="The arm the others are held against.")]
Segments = Annotated[
    list[str] | None, typer.Option("--segment", metavar="NAME", help="Tell this segment apart. Repeatable.")
]
By = Annotated[str, typer.Option("--by", metavar="TRAIT", help="Tell the values of this trait apart.")]
Within = Annotated[str, typer.Option("--within", metavar="SEGMENT", help="Only its members take part.")]
Adjusted = Annotated[bool, typer.Option("--adjusted", help="Verdicts rest on what CUPED adjusts.")]
Detect = Annotated[str, typer.Option("--detect", metavar="SHARE", help="The rise that would matter: 10%.")]
Cost = Annotated[float | None, typer.Option("--cost", metavar="MONEY", min=0, help="What treating one person costs.")]
Hypothesis = Annotated[str, typer.Option("--hypothesis", metavar="TEXT", help="What is believed.")]
Peek = Annotated[bool, typer.Option("--peek", help="Look before its day: figures, no verdict.")]


@app.command()
def plan(
    ctx: typer.Context,
    name: Name,
    primary: Annotated[
        str, typer.Option("--primary", metavar="METRIC", help="What decides: 'buys = any order_completed in 28d'.")
    ],
    secondary: Secondary = None,
    guardrail: Guardrail = None,
    arm: Arms = None,
    control: Control = "",
    segment: Segments = None,
    by: By = "",
    within: Within = "",
    hypothesis: Hypothesis = "",
    look: Annotated[
        str, typer.Option(metavar="WAY", help="single: read once, on its day; sequence: read whenever you like.")
    ] = "single",
    look_at: Annotated[str, typer.Option(metavar="DATE", help="The day it is read; else when all windows end.")] = "",
    level: Annotated[float, typer.Option(metavar="LEVEL", help="Of intervals.")] = 0.95,
    tuned_for: Annotated[
        int | None, typer.Option(metavar="N", min=10, help="People at whom a sequence is narrowest (5,000).")
    ] = None,
    power: Annotated[float, typer.Option(metavar="CHANCE", min=0.5, max=0.99, help="Of seeing what is there.")] = 0.8,
    detect: Detect = "",
    adjusted: Adjusted = False,
    cost: Cost = None,
    global_holdout: Annotated[
        str, typer.Option(metavar="SHARE", help="Of everybody, in no experiment at all: said once, it stands.")
    ] = "",
    salt: Annotated[str, typer.Option(metavar="TEXT", help="What arms are drawn with; else the name.")] = "",
    as_of: AsOf = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it could see; keep nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Plan an experiment and say what it could see, in each segment; nobody is assigned yet."""
    with opened(ctx) as workspace, progress("reading the history") as step:
        found = workspace.experiments.plan(
            name, primary=primary, secondary=secondary or [], guardrails=guardrail or [], arms=arms_of(arm),
            control=control, segments=segment or [], by=by, within=within, hypothesis=hypothesis, look=look,
            look_at=moment(look_at, "--look-at"), level=level, tuned_for=tuned_for, power=power,
            detect=share_of(detect, "--detect") if detect else None, adjusted=adjusted, cost=cost,
            global_holdout=share_of(global_holdout, "--global-holdout") if global_holdout else None, salt=salt,
            as_of=moment(as_of), save=not dry_run, tell=telling(step),
        )  # fmt: skip
    if as_json:
        show_json(found.to_document())
        return
    show_planned(found)
    if not dry_run:
        say(f"kept as {name}; next: segmentary experiment assign {name}")


@app.command()
def assign(
    ctx: typer.Context,
    name: Name,
    add_new: Annotated[bool, typer.Option("--add-new", help="Also those who came since the first assignment.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw the arms and write them down as exposures; again, nothing changes."""
    with opened(ctx) as workspace, progress("drawing") as step:
        found = workspace.experiments.assign(name, add_new=add_new, tell=telling(step))
    if as_json:
        show_json(found)
        return
    show_prose(found.sentence, style="bold")
    names = list(dict.fromkeys(arm for arms in found.counts.values() for arm in arms))
    show_table(
        ["segment", *names], [[segment, *(arms.get(arm, 0) for arm in names)] for segment, arms in found.counts.items()]
    )


@app.command()
def analyze(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The experiment, or a campaign of the exposures.")],
    randomised: Annotated[
        str, typer.Option("--randomised", metavar="TEXT", help="Arms drawn elsewhere: by whom, and how.")
    ] = "",
    campaign: Annotated[
        str, typer.Option("--campaign", metavar="NAME", help="As the exposures call it, where not NAME.")
    ] = "",
    primary: Annotated[
        str, typer.Option("--primary", metavar="METRIC", help="With --randomised, or of a campaign: what is looked at.")
    ] = "",
    secondary: Secondary = None,
    guardrail: Guardrail = None,
    arm: Arms = None,
    control: Control = "",
    segment: Segments = None,
    by: By = "",
    within: Within = "",
    hypothesis: Hypothesis = "",
    detect: Detect = "",
    adjusted: Adjusted = False,
    cost: Cost = None,
    peek: Peek = False,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Read an experiment: its split, everybody, then the segments; of a campaign that was none, what can be said."""
    given: dict[str, Any] = {
        "secondary": secondary or [], "guardrails": guardrail or [], "arms": arms_of(arm), "control": control,
        "segments": tuple(segment or ()), "by": by, "within": within, "hypothesis": hypothesis, "cost": cost,
        "detect": share_of(detect, "--detect") if detect else None, "adjusted": adjusted,
    }  # fmt: skip
    with opened(ctx) as workspace, progress("reading the outcomes") as step:
        if randomised:
            if not primary:
                raise UsageError("what is it judged by?", hint="--primary 'visits = trait visit'")
            workspace.experiments.declare(name, randomised=randomised, campaign=campaign, primary=primary, **given)
        if randomised or is_kept(workspace, name):
            other = {key: value for key, value in given.items() if key not in ("by", "segments")}
            if not randomised and (primary or any(other.values())):
                raise UsageError(f"{name} is planned: its plan says what it is judged by", hint="leave these out")
            explored = {} if randomised else {"by": by, "segments": given["segments"]}
            found = workspace.experiments.analyze(name, as_of=moment(as_of), peek=peek, tell=telling(step), **explored)
        else:
            seen = workspace.experiments.observe(
                campaign or name, metric=primary, as_of=moment(as_of), tell=telling(step)
            )
            show_json(seen.to_document()) if as_json else show_observed(seen)
            return
    show_json(found.to_document()) if as_json else show_analysis(found)
    if found.blocked:
        raise typer.Exit(1)


app.command()(uplift)


@app.command("list")
def list_experiments(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the experiments kept."""
    with opened(ctx) as workspace:
        found = workspace.experiments.kept()
    if as_json:
        show_json({"experiments": found})
        return
    show_kept(found)


@app.command("show")
def show_one(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show a plan: what is believed, what decides, who gets what, when it is read."""
    with opened(ctx) as workspace:
        found = workspace.experiments.get(name)
    if as_json:
        show_json(found.to_document())
        return
    show_plan(found)


@app.command()
def report(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The experiment, or a campaign of the exposures.")],
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to write it.")] = None,
    helps: Annotated[
        list[str] | None,
        typer.Option("--helps", metavar="TRAIT", help="Also whom it helps, told apart by this trait. Repeatable."),
    ] = None,
    peek: Peek = False,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Write the report: a page, charts, a workbook; PDF and slides where their packages are there."""
    with opened(ctx) as workspace, progress("drawing") as step:
        files = workspace.experiments.report(
            name, out, as_of=moment(as_of), peek=peek, helps=helps or [], tell=telling(step)
        )
    show_files(files, as_json=as_json)


def is_kept(workspace: Workspace, name: str) -> bool:
    return any(one.name == name.partition("@")[0] for one in workspace.experiments.kept())


def arms_of(given: list[str] | None) -> dict[str, float] | None:
    """Return arms and their shares.

    Raises
    ------
    UsageError
        when one says no share.
    """
    if not given:
        return None
    found: dict[str, float] = {}
    for text in given:
        name, equals, share = text.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"--arm: expected NAME=SHARE, got {text!r}", hint="--arm mail=90% --arm control=10%")
        if name.strip() in found:
            raise UsageError(f"--arm: {name.strip()!r} is given twice")
        found[name.strip()] = share_of(share, "--arm")
    return found


def share_of(text: str, option: str) -> float:
    """Return ``10%``, ``0.1`` or ``1/3`` as a share.

    >>> share_of("10%", "--detect"), share_of("1/4", "--arm")
    (0.1, 0.25)
    """
    try:
        if text.strip().endswith("%"):
            return float(text.strip()[:-1]) / 100
        top, slash, bottom = text.partition("/")
        return float(top) / float(bottom) if slash else float(text)
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"{option}: not a share: {text!r}", hint="10%, 0.1 or 1/3") from None
