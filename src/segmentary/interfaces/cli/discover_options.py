"""The options of `segmentary discover run`: what is segmented, by what, and how it is tried."""

from __future__ import annotations

from typing import Annotated

import typer

NewName = Annotated[str, typer.Argument(metavar="NAME", help="What to call the solution.")]
Survey = Annotated[str | None, typer.Option(metavar="SURVEY", help="Segment who answered this survey, by its items.")]
Wave = Annotated[str | None, typer.Option(metavar="WAVE", help="Only this wave of the survey.")]
Within = Annotated[str | None, typer.Option(metavar="SEGMENT", help="Only the members of this segment.")]
DescribeBy = Annotated[
    list[str] | None,
    typer.Option("--describe-by", metavar="TRAIT", help="Compare the segments in this as well. Repeatable."),
]
Value = Annotated[str | None, typer.Option(metavar="TRAIT", help="The trait that is money per person.")]
Methods = Annotated[
    list[str] | None,
    typer.Option("--method", metavar="METHOD", help="Try this method; default: those that suit. Repeatable."),
]
Segments = Annotated[str, typer.Option("--segments", metavar="LOW..HIGH", help="How many to try.")]
Choose = Annotated[str, typer.Option(metavar="METHOD:K", help="Take this solution rather than the recommended one.")]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", metavar="TRAIT=KIND", help="numeric, count, ordinal, nominal or binary. Repeatable."),
]
RowCentre = Annotated[
    bool, typer.Option("--row-centre", help="Take answers relative to the person's own mean (response style).")
]
Outcome = Annotated[
    str | None, typer.Option(metavar="TRAIT", help="What they are to explain later: what gives it away is refused.")
]
Sample = Annotated[int, typer.Option(metavar="N", min=100, help="Fit on at most so many people.")]
Repetitions = Annotated[int, typer.Option(metavar="N", min=2, help="Pairs of bootstrap samples.")]
Seed = Annotated[int, typer.Option(metavar="N", help="The same seed gives the same segments.")]
