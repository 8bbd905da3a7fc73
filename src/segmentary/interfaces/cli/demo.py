"""`segmentary demo`: from raw files to a report, on a real grocer's data or a generated business."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.interfaces.cli.output import percent, plural, progress, say, show, show_json, show_table, warn
from segmentary.interfaces.cli.session import AsJson, command

if TYPE_CHECKING:
    from segmentary.workspace.demo import DemoResult

app = command("See it work: from raw files to a report.")


@app.command()
def demo(
    generated: Annotated[
        bool, typer.Option("--generated", help="A generated business, whose true segments are known.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to work. [default: segmentary-demo or -generated]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """See it work: from raw files to a report.

    Takes the Complete Journey data of a real grocer where the optional package `segmentary[demo]` is installed, and
    generated data of the same shape otherwise. Everything happens in one new folder; delete it when you like.
    """
    from segmentary.workspace.demo import demo as make_demo

    place = folder or free_folder(Path("segmentary-generated" if generated else "segmentary-demo"))
    with progress("making the demo") as step:
        result = make_demo(place, generate=generated, tell=step)
        agreement = compared(place) if generated else {}
    if as_json:
        show_json({"result": result, "agreement": agreement})
    else:
        show_demo(result, agreement)
    if not all(agreement.values()):
        raise typer.Exit(1)


def free_folder(wanted: Path) -> Path:
    """Return a folder that is not there yet: nothing that somebody made is touched."""
    place, number = wanted, 2
    while place.exists():
        place, number = wanted.with_name(f"{wanted.name}-{number}"), number + 1
    return place


def compared(folder: Path) -> dict[str, bool]:
    """Say for each segment of a generated business whether it holds exactly the people planted in it."""
    from segmentary.samples.generated import TRUTH_FILE, GeneratedTruth
    from segmentary.workspace.opening import open_workspace

    truth = GeneratedTruth.read(folder / "exports" / TRUTH_FILE)
    with open_workspace(folder) as workspace:
        held = workspace.segments_defined()
        return {
            name: name in held and workspace.segment(name).ids() == sorted(ids) for name, ids in truth.segments.items()
        }


def show_demo(result: DemoResult, agreement: dict[str, bool]) -> None:
    if result.terms:
        say(result.terms)
    show_table(
        ["segment", "people", "share", "title"],
        [[one.name, one.people, percent(one.share), one.title] for one in result.segments],
    )
    show()
    show(
        f"{result.data}: {plural(result.rows, 'row')}, {plural(result.customers, 'customer')},"
        f" {plural(len(result.segments), 'segment')} in {sum(result.seconds.values()):.1f} s"
    )
    if agreement:
        wrong = [name for name, equal in agreement.items() if not equal]
        show(f"{len(agreement) - len(wrong)} of {plural(len(agreement), 'segment')} hold exactly the people planted")
        for name in wrong:
            warn(f"{name} does not hold the people planted")
    if result.report:
        show(f"report  {result.report}")
    show(f"next    segmentary -w {result.folder} segment list")
    show(f"page    segmentary -w {result.folder} serve")
