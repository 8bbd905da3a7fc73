"""The section on whom an arm helps: the curve with its band, tenths, policies."""

from __future__ import annotations

from segmentary.measurement.uplift.curves import Curve
from segmentary.measurement.uplift.policies import RESPONSE, RULE, Economics, Policy
from segmentary.measurement.uplift.uplift import Uplift
from segmentary.report.charts import dots, gains
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Value, series_of
from segmentary.report.experiment.parts import plain, sentence
from segmentary.report.experiment.words import change, scaled

MEASURED, PREDICTED = "measured", "predicted"
TERMS = (
    ("Learner (T, X, DR)", "A way to learn the effect on each person from people whose arm was drawn by lot."),
    ("Held out", "What is said of a person comes of models that never saw the person."),
    (
        "Qini",
        (
            "What an order of people adds to the average effect, averaged over every share one might treat, in units"
            " of the outcome per person (Radcliffe 2007). scikit-uplift divides it by that of a perfect order."
        ),
    ),
    ("Worth", "What a policy brings per person of everybody, against treating nobody."),
)


def helps(found: Uplift, below: int) -> Part:
    """Return whom one arm helps. below : tenths of fewer people are hidden."""
    lead = tuple(sentence(one) for one in (found.said.sentence, found.said.difference, *found.said.beside))
    notes = tuple(f"{one.message}{': ' + one.hint if one.hint else ''}." for one in found.findings)
    figures = (curve_figure(found), *((tenths_figure(found),) if shown(found, below) else ()))
    return Part(
        f"helps_{plain(found.arm)}", f"Whom does {found.arm} help?", lead, (), figures,
        (policies_grid(found), orders_grid(found), tenths_grid(found, below)), notes,
    )  # fmt: skip


def shown(found: Uplift, below: int) -> bool:
    return all(one.people >= below for one in found.heterogeneity.tenths)


def curve_figure(found: Uplift) -> Figure:
    """Return the Qini curve of the deciding learner with its band, the response model and the rule beside it."""
    wanted = [found.curve, *(one for one in found.curves if one.name in (RESPONSE, RULE))]
    drawn = [gain_of(one, found, band=place == 0) for place, one in enumerate(wanted)]
    title = f"What does {found.arm} gain if only the first are treated?"
    note = (
        f"Gain in {found.outcome} per person of everybody, by the share treated; band: 95% interval of the learner."
        " Dashed: an order that knows nothing."
    )
    categories = tuple(f"{share:.0%}" for share in found.curve.shares)
    series = tuple(series_of(gain.name, one.gains) for gain, one in zip(drawn, wanted, strict=True))
    native = Native("lines", title, categories, series, "0.0%" if found.binary else "0.00")
    expression = scaled("share" if found.binary else "mean")
    return Figure(
        f"helps_{plain(found.arm)}", title, note,
        lambda width: gains.chart(drawn, title, note, expression=expression, width=width), (native,),
    )  # fmt: skip


def gain_of(curve: Curve, found: Uplift, *, band: bool) -> gains.Gain:
    name = f"{curve.name}: {found.rule}" if curve.name == RULE and found.rule else curve.name
    values = tuple(one.estimate for one in curve.gains)
    if not band:
        return gains.Gain(name, curve.shares, values)
    return gains.Gain(
        name, curve.shares, values, tuple(one.low for one in curve.gains), tuple(one.high for one in curve.gains)
    )


def tenths_figure(found: Uplift) -> Figure:
    """Return the effect predicted and measured of each tenth."""
    kind = "share" if found.binary else "mean"
    drawn = []
    for one in found.heterogeneity.tenths:
        name = f"tenth {one.place}"
        actual = one.actual
        said = change(actual.estimate, "share" if found.binary else "mean")
        drawn.append(dots.Dot(name, actual.estimate, actual.low, actual.high, said, True, MEASURED))
        drawn.append(dots.Dot(name, one.predicted, one.predicted, one.predicted, "", False, PREDICTED))
    title = f"Does {found.arm} help whom it is expected to help?"
    note = f"Effect on {found.outcome} by tenths of people, those helped most first; 95% intervals. Dashed: no effect,"
    note += " and the average." + (" pp: percentage points." if found.binary else "")
    names = tuple(f"tenth {one.place}" for one in found.heterogeneity.tenths)
    series = (series_of(MEASURED, [one.actual for one in found.heterogeneity.tenths]),)
    native = Native("bars", title, names, series, "0.0%" if kind == "share" else "0.00")
    lines = (0.0, found.average.estimate)
    expression = scaled("share" if found.binary else "mean")
    return Figure(
        f"tenths_{plain(found.arm)}", title, note,
        lambda width: dots.chart(drawn, title, note, lines=lines, expression=expression, width=width), (native,),
    )  # fmt: skip


def policies_grid(found: Uplift) -> Grid:
    """Return every policy with its worth."""
    fields = (
        Field("Policy"), Field("Treats", "share"), Field("Worth per person", "number"),
        Field("Beyond treating everyone", "number"), Field("Effect on those treated", "number"),
    )  # fmt: skip
    plainly = found.economics == Economics()
    unit = f"in {found.outcome}" if plainly else f"at {found.economics.cost:g} each, one {found.outcome} worth "
    unit += "" if plainly else f"{found.economics.value:g}"
    rows = tuple(policy_row(one) for one in found.policies)
    caption = f"What each policy is worth per person of everybody, against treating nobody; {unit}; held out"
    return Grid(f"Policies {found.arm}"[:31], caption, fields, rows)


def policy_row(one: Policy) -> tuple[Value, ...]:
    name = f"{one.name}: {one.text}" if one.text else one.name
    return (name, one.share, one.worth, one.against_all, one.effect)


def orders_grid(found: Uplift) -> Grid:
    """Return how well each order finds whom the arm helps."""
    fields = (
        Field("Order"), Field("Qini per person", "number"), Field("Qini (scikit-uplift)", "number"),
        Field("Uplift at 10%", "number"), Field("Uplift at 20%", "number"), Field("Uplift at 30%", "number"),
    )  # fmt: skip
    rows = tuple(
        (one.name, one.qini, one.qini_sklift, one.uplift["0.1"], one.uplift["0.2"], one.uplift["0.3"])
        for one in found.curves
    )
    return Grid(f"Orders {found.arm}"[:31], "How well each order finds whom it helps; held out", fields, rows)


def tenths_grid(found: Uplift, below: int) -> Grid:
    """Return the tenths."""
    fields = (Field("Tenth"), Field("People", "count"), Field("Predicted", "number"), Field("Measured", "number"))
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (f"{one.place}", one.people, one.predicted, one.actual)
        if one.people >= below
        else (f"{one.place}", HIDDEN, HIDDEN, HIDDEN)
        for one in found.heterogeneity.tenths
    )
    return Grid(f"Tenths {found.arm}"[:31], "The effect predicted and measured by tenths; held out", fields, rows)
