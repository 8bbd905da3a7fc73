"""Whether the population is another one, and who is about to leave."""

from __future__ import annotations

import math

from segmentary.dynamics.drift import Drift, TraitDrift
from segmentary.dynamics.leaving import EarlyWarning
from segmentary.report.charts import dots
from segmentary.report.document import Field, Figure, Grid, Kind, Native, Part, Value, series_of
from segmentary.report.dynamics.data import DynamicsReportData
from segmentary.report.numbers import count, money, percent

DRIFT = "Which traits are spread otherwise than before?"
SURE = "How often was the model right?"
VERDICTS = {
    "drifted": "changed",
    "slight": "changed slightly",
    "must_drift": "must change",
    "not_clear": "not clear",
    "too_few": "too few people",
}
LISTED = 25


def drift(data: DynamicsReportData) -> Part | None:
    """Return the section of drift."""
    found = data.drift
    if found is None or not found.traits:
        return None
    lead = [found.sentence]
    grids = [traits(found)]
    if data.together is not None:
        lead.append(data.together.sentence)
        grids.append(tellers(data))
    shown = [one for one in found.traits if one.stability is not None and not one.must][:20]
    notes = [one.sentence for one in found.traits if one.verdict in ("drifted", "slight")]
    notes += [f"{one.message[:1].upper()}{one.message[1:]}." for one in found.findings]
    figures = (figure(shown),) if shown else ()
    return Part("drift", "Is it still the same population?", tuple(lead), (), figures, tuple(grids), tuple(notes))


def figure(shown: list[TraitDrift]) -> Figure:
    note = (
        "Population stability index less what chance makes of it, with 95% intervals. Dashed: 0.1 and 0.25, the usual "
        "limits. Pale: not clear. Traits that change by themselves are only in the table."
    )
    known = [(one, one.stability.index) for one in shown if one.stability is not None]
    rows = [
        dots.Dot(one.title, i.estimate, i.low, i.high, f"{i.estimate:.2f}", one.verdict in ("drifted", "slight"))
        for one, i in known
    ]
    native = Native(
        "bars", DRIFT, tuple(one.title for one, _ in known), (series_of("PSI", [i for _, i in known]),), "0.00"
    )
    return Figure(
        "drift", DRIFT, note,
        lambda width: dots.chart(rows, DRIFT, note, form=".2f", lines=(0.1, 0.25), width=width), (native,),
    )  # fmt: skip


def traits(found: Drift) -> Grid:
    fields = (
        Field("Trait"),
        Field("", note=True),
        Field("Verdict"),
        Field("Distance", "fixed"),
        Field("PSI", "fixed"),
        Field("PSI by chance", "fixed"),
        Field("Then", "number"),
        Field("Now", "number"),
        Field("p (BH)", "p"),
    )
    rows: list[tuple[Value, ...]] = []
    for one in found.traits:
        index = one.stability
        rows.append(
            (
                one.title,
                one.must,
                VERDICTS[one.verdict],
                one.distance if math.isfinite(one.distance) else None,
                None if index is None else index.index,
                None if index is None else index.chance,
                None if one.means is None else one.means[0],
                None if one.means is None else one.means[1],
                one.p_adjusted if math.isfinite(one.p_adjusted) else None,
            )
        )
    caption = f"Traits of {found.then} and {found.now}; then and now are means of those with a value"
    return Grid("Drift", caption, fields, tuple(rows), shown=30)


def tellers(data: DynamicsReportData) -> Grid:
    rows: tuple[tuple[Value, ...], ...] = ()
    if data.together is not None:
        rows = tuple((one.title, one.direction, one.gain) for one in data.together.tellers)
    fields = (Field("Trait"), Field("Direction"), Field("Area lost without it", "fixed"))
    return Grid("Tells now from then", "What a model goes by when it tells now from then", fields, rows)


def leaving(data: DynamicsReportData) -> Part | None:
    """Return the section of those about to leave."""
    found = data.leaving
    if found is None:
        return None
    lead = [found.sentence]
    if found.by_time_alone is not None:
        lead.append(f"If nobody did anything, time alone would put {count(found.by_time_alone)} out by {found.until}.")
    label, people, left = found.tested_on
    notes = [
        f"Learnt from {count(found.trained_on[0])} earlier members, of whom {count(found.trained_on[1])} left.",
        f"Tried on the {count(people)} of {label}, of whom {count(left)} left.",
        "The list is in the order of what is at stake: the chance times the spend of a year.",
        *(f"{one.message[:1].upper()}{one.message[1:]}." for one in found.findings),
    ]
    figures = (calibration(found),) if found.calibration else ()
    return Part(
        "leaving",
        f"Who is about to leave {found.segment}?",
        tuple(lead),
        (),
        figures,
        (people_grid(data, found), figures_grid(found)),
        tuple(notes),
        open_grids=True,
    )


def people_grid(data: DynamicsReportData, found: EarlyWarning) -> Grid:
    kind: Kind = "money" if data.currency else "amount"
    fields = (
        Field("Customer"),
        Field("Chance", "share"),
        Field("Spend of a year", kind),
        Field("At stake", kind),
        Field("Why"),
        Field("Time alone"),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (one.customer_id, one.chance, one.at_stake, one.expected_loss, "; ".join(one.reasons), one.ageing)
        for one in found.leavers
    )
    return Grid("About to leave", f"Members of {found.segment} as of {found.label}", fields, rows, shown=LISTED)


def figures_grid(found: EarlyWarning) -> Grid:
    fields = (Field("Figure"), Field("Model", "fixed"), Field("Plain rival", "fixed"), Field("Rival"))
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (one.title, one.estimate, one.baseline, one.baseline_name) for one in found.holdout
    )
    return Grid("Tried", "The model on a period it had not seen; 95% intervals", fields, rows)


def calibration(found: EarlyWarning) -> Figure:
    note = "Members of the period held out, by the chance that was said: who left, with 95% intervals."
    rows = [
        dots.Dot(
            f"said {percent(one.predicted, digits=0)} (group {place})",
            one.actual.estimate,
            one.actual.low,
            one.actual.high,
            f"{percent(one.actual.estimate, digits=0)} of {count(one.people)} left",
        )
        for place, one in enumerate(found.calibration, 1)
    ]
    names = tuple(row.name for row in rows)
    series = series_of("left", [one.actual for one in found.calibration])
    return Figure(
        "calibration", SURE, note, lambda width: dots.chart(rows, SURE, note, width=width),
        (Native("bars", SURE, names, (series,), "0%"),),
    )  # fmt: skip


def stake(found: EarlyWarning, currency: str) -> str:
    """Return what is at stake in all."""
    return money(found.at_stake, currency) if currency else count(found.at_stake)
