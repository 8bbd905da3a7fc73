"""`segmentary segment`: look into segments, and take them out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.asking import OptionalName, Where, analysis, analysis_lines, viewed
from segmentary.interfaces.cli.output import (
    lag,
    percent,
    plural,
    progress,
    say,
    share,
    show,
    show_json,
    show_table,
    warn,
)
from segmentary.interfaces.cli.platforms import Days, Delta, give_segment, whoever
from segmentary.interfaces.cli.session import AsJson, AsOf, Evaluated, KnownAt, ServedAt, command, moment, opened
from segmentary.interfaces.cli.versions import backfill, diff, history, rollback, versions

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from typing import Literal, TypedDict

    from segmentary.segments.waterfall import Fall
    from segmentary.workspace.reading import Reading

    class When(TypedDict):
        """The options of time."""

        as_of: dt.date | dt.datetime | None
        served_at: dt.date | dt.datetime | None
        known_at: dt.date | dt.datetime | None
        basis: Literal["served", "evaluated"]


app = command("Look into segments: who, how many, why, since when.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The segment.")]
SHOWN_PAIRS = 30
TYPED = "this rule/typed"


@app.command("list")
def list_segments(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the segments in force with their sizes."""
    with opened(ctx) as workspace:
        found = workspace.segments()
    if as_json:
        show_json({"segments": found})
        return
    found.sort(key=lambda s: (s.people is None, -(s.people or 0), s.name))
    stale = any(s.status != "fresh" for s in found)
    show_table(
        ["segment", "people", "share", "base", "title", *(["state"] if stale else [])],
        [[s.name, s.people, percent(s.share), s.base, s.title, *([state(s.status)] if stale else [])] for s in found],
        empty="no segments yet: segmentary segment suggest shows what these data support",
    )


@app.command("show")
def show_segment(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show one definition: its meaning in words, its YAML, its size."""
    with opened(ctx) as workspace:
        view = workspace.segment(name)
        info = next(one for one in workspace.segments() if one.name == name)
        found, lines = analysis(view), analysis_lines(view)
    if as_json:
        show_json({"info": info, "definition": view.definition, "analysis": found})
        return
    from segmentary.language.yaml import dump_yaml

    show(info.title, style="bold")
    if info.purpose:
        show(info.purpose)
    show()
    show(info.sentence)
    show()
    show(dump_yaml([view.definition]).rstrip(), style="dim")
    show()
    size = "" if info.people is None else f"{plural(info.people, 'customer')} · "
    number = f"v{info.version_number} " if info.version_number else ""
    show(f"{size}{info.base} · version {number}{info.version[:12]} · {info.status}")
    for line in lines:
        show(line)


@app.command()
def count(
    ctx: typer.Context,
    name: OptionalName = "",
    where: Where = "",
    as_of: AsOf = "",
    served_at: ServedAt = "",
    known_at: KnownAt = "",
    evaluated: Evaluated = False,
    as_json: AsJson = False,
) -> None:
    """Count the members."""
    when = asked(as_of, served_at, known_at, evaluated)
    with opened(ctx) as workspace:
        reading = viewed(workspace, name, where).count(**when)
        smallest = workspace.settings.suppress_below
    if as_json:
        show_json(reading)
        return
    show(str(reading.people))
    say_reading(reading, smallest)


@app.command()
def people(
    ctx: typer.Context,
    name: OptionalName = "",
    where: Where = "",
    traits: Annotated[
        list[str] | None, typer.Option("--trait", metavar="NAME", help="Show this trait as well. Repeatable.")
    ] = None,
    highest: Annotated[
        str | None, typer.Option(metavar="TRAIT", help="Sort by falling values of this trait, and show it.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=0, help="At most so many; 0 means all.")] = 0,
    as_of: AsOf = "",
    served_at: ServedAt = "",
    known_at: KnownAt = "",
    evaluated: Evaluated = False,
    as_json: AsJson = False,
) -> None:
    """List the members, sorted by id or by a trait."""
    when = asked(as_of, served_at, known_at, evaluated)
    with opened(ctx) as workspace:
        view = viewed(workspace, name, where)
        table = view.people(limit=limit or None, traits=traits or (), highest=highest, **when)
        reading = view.count(**when)
    if as_json:
        show_json({"reading": reading, "people": table})
        return
    names = table.column_names
    show_table(names, [[row[column] for column in names] for row in table.to_pylist()], empty="nobody")
    if table.num_rows < reading.people:
        say(f"the first {table.num_rows:,} of {plural(reading.people, 'customer')}")


@app.command()
def explain(
    ctx: typer.Context,
    name: Name,
    customer: Annotated[str, typer.Option("--customer", metavar="ID", help="The customer.")],
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Say why a customer is, or is not, in a segment."""
    from segmentary.interfaces.cli.explanation import show_explanation

    with opened(ctx) as workspace:
        explanation = workspace.segment(name).explain(customer, as_of=moment(as_of))
        zone = workspace.settings.timezone
    if as_json:
        show_json(explanation)
    else:
        show_explanation(explanation, zone)


@app.command()
def overlap(
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Segments. [default: all]")] = None,
    as_json: AsJson = False,
) -> None:
    """Count what segments share."""
    with opened(ctx) as workspace:
        found = workspace.overlap(*(names or ()))
    if as_json:
        show_json(found)
        return
    shared = sorted((p for p in found.pairs if p.shared), key=lambda p: (-(p.jaccard or 0), p.first, p.second))
    rows = [
        [p.first, p.second, p.shared, percent(p.share_of_first), percent(p.share_of_second), percent(p.jaccard)]
        for p in shared[:SHOWN_PAIRS]
    ]
    show_table(["segment", "and", "in both", "of first", "of second", "of either"], rows)
    if len(shared) > SHOWN_PAIRS:
        say(f"not shown: {plural(len(shared) - SHOWN_PAIRS, 'pair')} that share less (name segments, or use --json)")
    apart = len(found.pairs) - len(shared)
    if apart:
        say(f"{plural(apart, 'pair')} with nobody in both")


@app.command()
def waterfall(ctx: typer.Context, name: Name, as_of: AsOf = "", as_json: AsJson = False) -> None:
    """Say how many people each condition removes."""
    with opened(ctx) as workspace, progress("counting"):
        found = workspace.segment(name).waterfall(as_of=moment(as_of))
    if as_json:
        show_json(found)
        return
    rows: list[list[object]] = [["everybody", found.universe, None, None, None]]
    rows += fallen(found.steps)
    show_table(["condition", "left", "removed", "alone", "if dropped"], rows)


@app.command()
def export(
    ctx: typer.Context,
    name: Name,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="NAME.csv, NAME.parquet or NAME.xlsx.")],
    file_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="csv, parquet or xlsx; or a platform: google_customer_match, meta, tiktok, linkedin, x.",
        ),
    ] = None,
    traits: Annotated[
        list[str] | None, typer.Option("--trait", metavar="NAME", help="Write this trait as well. Repeatable.")
    ] = None,
    for_contact: Annotated[
        str | None,
        typer.Option("--for-contact", metavar="CHANNEL", help="Leave out who may not be contacted: email, phone, ..."),
    ] = None,
    purpose: Annotated[str, typer.Option(metavar="PURPOSE", help="What they would be contacted for.")] = "marketing",
    delta: Delta = False,
    days: Days = 0,
    as_of: AsOf = "",
    served_at: ServedAt = "",
    as_json: AsJson = False,
) -> None:
    """Write the members to a file, safe to open in a spreadsheet; or as the hashed list a platform takes."""
    from segmentary.activation.ad_platforms import PLATFORMS

    one_moment(as_of, served_at)
    if file_format in PLATFORMS:
        if as_of or served_at or traits:
            raise UsageError("a platform gets who is a member now, and its own columns", hint="leave the option out")
        give_segment(
            ctx, name, path, file_format, purpose=purpose, consent=for_contact or "", delta=delta, days=days,
            as_json=as_json,
        )  # fmt: skip
        return
    with opened(ctx) as workspace, progress("exporting"):
        report = workspace.segment(name).export(
            path,
            file_format=file_format,
            traits=traits or (),
            for_contact=for_contact,
            purpose=purpose,
            exported_by=whoever(),
            as_of=moment(as_of),
            served_at=moment(served_at, "--served-at"),
        )
    if as_json:
        show_json(report)
        return
    for file in report.files:
        show(file)
    say(f"{plural(report.people, 'customer')} of {name}, version {report.version[:12]}")
    for reason, number in report.left_out.items():
        say(f"left out {number:,}: {reason}")


@app.command()
def validate(
    ctx: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(metavar="[PATH]", help="A file or folder. [default: the workspace's segments/]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check definition files without putting them into force, and hold them against the data."""
    with opened(ctx) as workspace, progress("checking"):
        names = workspace.validate(path)
        findings = workspace.lint(path)
    if as_json:
        show_json({"valid": names, "findings": findings})
        return
    for finding in findings:
        show(f"{finding.place}: {finding.severity}: {finding.definition}: {finding.message}")
        if finding.hint:
            show(f"  hint: {finding.hint}")
    say(f"{plural(len(names), 'definition')} valid: {', '.join(names)}" if names else "no definitions found")


@app.command()
def suggest(
    ctx: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="List also those the data cannot support, and why.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List ready-made segments that the data can support."""
    with opened(ctx) as workspace:
        found = workspace.suggest()
    if as_json:
        show_json(
            {
                "suggestions": [
                    {"supported": one.supported, "missing": one.missing, "definition": one.definition} for one in found
                ]
            }
        )
        return
    supported = [one for one in found if one.supported]
    show_table(
        ["segment", "base", "purpose"],
        [[s.definition.name, s.definition.base, s.definition.purpose] for s in supported],
    )
    lacking = [one for one in found if not one.supported]
    if everything:
        show()
        show_table(["not supported", "missing"], [[s.definition.name, s.missing] for s in lacking])
    elif lacking:
        say(f"{plural(len(lacking), 'more segment')} need data that are not here: --all says which")
    if supported:
        say("next: segmentary segment adopt NAME... (or --all)")


@app.command()
def adopt(
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Ready-made segments.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that the data can support.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put ready-made segments into force."""
    from segmentary.interfaces.cli.apply import show_changes

    if bool(names) == everything:
        raise UsageError("name the segments to adopt, or say --all", hint="segmentary segment suggest lists them")
    with opened(ctx) as workspace:
        changes = workspace.adopt(*(names or ()))
    if as_json:
        show_json({"changes": changes})
    else:
        show_changes(changes)


def fallen(steps: Sequence[Fall], depth: int = 0) -> list[list[object]]:
    """Return the rows of conditions, parts of a group further in."""
    rows: list[list[object]] = []
    for fall in steps:
        label = f"{'  ' * depth}{f'{fall.group} of:' if fall.group and depth else fall.condition}"
        rows.append([label, fall.remaining, -fall.removed, fall.alone, fall.without])
        rows += fallen(fall.parts, depth + 1)
    return rows


def asked(as_of: str, served_at: str, known_at: str, evaluated: bool) -> When:
    """Return what the options say of the moment, as the workspace takes it."""
    one_moment(as_of or known_at or evaluated, served_at)
    return {
        "as_of": moment(as_of),
        "served_at": moment(served_at, "--served-at"),
        "known_at": moment(known_at, "--known-at"),
        "basis": "evaluated" if evaluated else "served",
    }


def one_moment(as_of: str | bool, served_at: str) -> None:
    if as_of and served_at:
        raise UsageError("--as-of evaluates, --served-at reads what was served: give one of them")


def state(status: str) -> str | None:
    return None if status == "fresh" else status


def say_reading(reading: Reading, smallest: int) -> None:
    part = share(reading.people, reading.universe)
    of = f" of {plural(reading.universe, 'customer')}" if reading.universe else ""
    rate = f" ({part * 100:.1f} %)" if part is not None else ""
    basis = {"served": "as served", "served_at": "as served then", "evaluated": "evaluated now"}[reading.basis]
    label = f", v{reading.version_number}" if reading.version_number else ""
    what = "the rule as typed" if reading.segment == TYPED else reading.segment
    say(f"in {what}{of}{rate}, as of {reading.as_of:%Y-%m-%d %H:%M} UTC, {basis}{label}")
    say(f"{lag(reading.lag_seconds)} behind now, {plural(reading.loads_since, 'load')} since")
    if reading.status == "fresh":
        say(reading.status)
    else:
        warn(reading.status)
    if 0 < reading.people < smallest:
        warn(f"fewer than {smallest} people: reports and aggregate exports do not show a group this small")


for name, verb in (("history", history), ("versions", versions), ("diff", diff), ("rollback", rollback)):
    app.command(name)(verb)
app.command("backfill")(backfill)
