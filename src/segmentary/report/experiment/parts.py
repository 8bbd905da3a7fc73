"""The sections of an experiment's report."""

from __future__ import annotations

from collections.abc import Sequence

from segmentary.measurement.experiment.analysis import Analysis, Comparison
from segmentary.measurement.experiment.effects import Effect, Kind
from segmentary.models.intervals import Interval, wilson
from segmentary.report.charts import dots, looks
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Value, series_of
from segmentary.report.experiment.words import change, scaled
from segmentary.report.numbers import count

SHRUNKEN, MEASURED = "shrunken", "as measured"
RAW, ADJUSTED, CUT = "as measured", "adjusted for the past", "largest values cut"


def interval_of(found: Effect | None) -> Interval | None:
    return None if found is None else Interval(found.estimate, found.low, found.high, found.n_treated + found.n_control)


def kind_of(kind: Kind) -> str:
    return "share" if kind == "share" else "fixed"


def split(found: Analysis) -> Part:
    """Return whether people were split as planned: the first question."""
    ratio = found.sample_ratio
    whole, planned = sum(ratio.counts.values()) or 1, sum(ratio.expected.values()) or 1
    rows: list[tuple[Value, ...]] = [
        (arm, n, n / whole, ratio.expected[arm] / planned) for arm, n in ratio.counts.items()
    ]
    fields: tuple[Field, ...] = (
        Field("Arm"),
        Field("People", "count"),
        Field("Share", "share"),
        Field("Planned", "share"),
    )
    grids = [Grid("Split", "People by arm, beside what was planned", fields, tuple(rows))]
    if found.segment_ratios:
        names = list(ratio.counts)
        more = tuple(
            (one.segment, *(one.counts.get(arm, 0) for arm in names), one.p_holm) for one in found.segment_ratios
        )
        fields = (Field("Segment"), *(Field(arm, "count") for arm in names), Field("p (Holm)", "p"))
        grids.append(Grid("Split by segment", "People by arm in each segment", fields, more))
    notes = tuple(f"{one.message}: {one.hint}." for one in found.findings if one.code.startswith("sample_ratio"))
    lead = (f"{ratio.sentence[0].upper()}{ratio.sentence[1:]}.",)
    return Part(
        "split", "Were people split as planned?", lead, (), (split_figure(found),), tuple(grids), notes, open_grids=True
    )


def split_figure(found: Analysis) -> Figure:
    """Return how far each arm is from its planned share."""
    ratio = found.sample_ratio
    whole, planned = sum(ratio.counts.values()), sum(ratio.expected.values()) or 1
    drawn = []
    for arm, n in ratio.counts.items():
        share, held = wilson(n, whole), ratio.expected[arm] / planned
        off = [value - held for value in (share.estimate if whole else held, share.low, share.high)]
        drawn.append(dots.Dot(arm, off[0], off[1], off[2], f"{count(n)} people", True))
    title = "How far is each arm from its planned share?"
    note = (
        "Share of people minus the planned one, in percentage points (pp), with its 95% interval; dashed: as planned."
    )
    series = (series_of("off", [Interval(d.value, d.low or 0.0, d.high or 0.0, whole) for d in drawn]),)
    native = Native("bars", title, tuple(ratio.counts), series, "0.0%")
    return Figure(
        "split", title, note,
        lambda width: dots.chart(drawn, title, note, lines=(0.0,), expression=scaled("share"), width=width), (native,),
    )  # fmt: skip


def overall(found: Analysis) -> Part | None:
    """Return what changed over everybody: every metric, raw beside adjusted and cut."""
    if found.blocked:
        return None
    figures = tuple(
        metric_figure([one for one in found.overall if one.metric == metric.name and one.raw is not None])
        for metric in found.plan.metrics
        if any(one.metric == metric.name and one.raw is not None for one in found.overall)
    )
    fields = (
        Field("Metric"), Field("Arm"), Field("Role"), Field("Is"), Field("Control arm"), Field("Difference", "number"),
        Field("Relative", "share"), Field("Adjusted", "number"), Field("Variance taken out", "share", page=False),
        Field("Largest cut", "number"), Field("p", "p"), Field("People", "count"), Field("Says"),
    )  # fmt: skip
    rows = tuple(overall_row(one) for one in found.overall)
    lead = tuple(dict.fromkeys(sentence(one.verdict.sentence) for one in found.overall if one.verdict.sentence))
    notes = tuple(
        f"{one.message}{': ' + one.hint if one.hint else ''}."
        for one in found.findings
        if not one.code.startswith("sample_ratio")
    )
    grid = Grid(
        "Overall", "Every arm against the control arm; 95% intervals; shares are differences of shares", fields, rows
    )
    return Part("overall", "What changed?", lead, (), figures, (grid,), notes)


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def overall_row(one: Comparison) -> tuple[Value, ...]:
    raw = one.raw
    if raw is None:
        return (one.metric, one.arm, one.role, None, None, None, None, None, None, None, None, None, one.verdict.word)
    form = ".2%" if one.kind == "share" else ",.2f"
    relative = None
    if raw.relative is not None and raw.relative_low is not None and raw.relative_high is not None:
        relative = Interval(raw.relative, raw.relative_low, raw.relative_high, raw.n_treated)
    return (
        one.metric, one.arm, one.role, format(raw.treated, form), format(raw.control, form), interval_of(raw), relative,
        interval_of(one.cuped.effect) if one.cuped else None, one.cuped.variance_cut if one.cuped else None,
        interval_of(one.winsorised), one.p, raw.n_treated + raw.n_control, one.verdict.word,
    )  # fmt: skip


def metric_figure(rows: Sequence[Comparison]) -> Figure:
    """Return one metric's differences: raw, adjusted and cut, side by side."""
    metric, kind = rows[0].metric, rows[0].kind
    drawn: list[dots.Dot] = []
    for one in rows:
        adjusted = one.cuped.effect if one.cuped else None
        for name, effect in ((RAW, one.raw), (ADJUSTED, adjusted), (CUT, one.winsorised)):
            if effect is not None:
                drawn.append(
                    dots.Dot(
                        one.arm, effect.estimate, effect.low, effect.high, change(effect.estimate, kind), True, name
                    )
                )
    title = f"What changed in {metric}?"
    note = "Difference to the control arm with its 95% interval; the dashed line is no difference."
    note += " pp: percentage points." if kind == "share" else ""
    series = tuple(
        series_of(
            name,
            [
                next(
                    (
                        Interval(d.value, d.low or 0.0, d.high or 0.0, 0)
                        for d in drawn
                        if d.group == name and d.name == one.arm
                    ),
                    None,
                )
                for one in rows
            ],
        )
        for name in dict.fromkeys(d.group for d in drawn)
    )
    native = Native("bars", title, tuple(one.arm for one in rows), series, "0.0%" if kind == "share" else "0.00")
    return Figure(
        f"metric_{metric}", title, note,
        lambda width: dots.chart(drawn, title, note, lines=(0.0,), expression=scaled(kind), width=width), (native,),
    )  # fmt: skip


def segments(found: Analysis, below: int) -> Part | None:
    """Return the segments: whether they differ first, then each, shrunken beside measured."""
    if not found.segments:
        return None
    figures = []
    for metric in found.plan.metrics:
        for arm in found.plan.treatments:
            rows = [one for one in found.segments if (one.metric, one.arm) == (metric.name, arm)]
            shown = [one for one in rows if one.raw is not None and size(one) >= below]
            if shown:
                figures.append(forest(found, metric.name, arm, shown))
    fields = (
        Field("Metric"), Field("Arm"), Field("Segment"), Field("Shrunken", "number"), Field("As measured", "number"),
        Field("Borrowed", "share", page=False), Field("q", "p"), Field("People", "count"), Field("Says"),
    )  # fmt: skip
    grid = Grid(
        "Segments", "Every segment against its own control arm; 95% intervals", fields,
        tuple(segment_row(one, below) for one in found.segments),
    )  # fmt: skip
    asked = Grid(
        "Do segments differ",
        "Whether segments react differently, over all arms and metrics asked about (Cochran's Q)",
        (Field("Metric"), Field("Arm"), Field("Q", "fixed"), Field("p (Holm)", "p"), Field("Segments differ", "yes")),
        tuple(
            (one.metric, one.arm, one.interaction.q, one.interaction.p_holm, one.interaction.found)
            for one in found.differences
        ),
    )
    lead = tuple(sentence(one.sentence) for one in found.differences)
    claimed = [one for one in found.segments if one.verdict.word in ("works", "harms", "no difference")]
    notes = tuple(sentence(one.verdict.sentence) for one in claimed if size(one) >= below)
    return Part("segments", "Does it differ between segments?", lead, (), tuple(figures), (asked, grid), notes)


def size(one: Comparison) -> int:
    return 0 if one.raw is None else one.raw.n_treated + one.raw.n_control


def segment_row(one: Comparison, below: int) -> tuple[Value, ...]:
    raw, shrunk = one.raw, one.shrunken
    if raw is None or shrunk is None:
        return (one.metric, one.arm, one.segment, None, None, None, None, None, one.verdict.word)
    if size(one) < below:
        return (one.metric, one.arm, one.segment, *((HIDDEN,) * 5), "hidden")
    return (
        one.metric, one.arm, one.segment, Interval(shrunk.estimate, shrunk.low, shrunk.high, size(one)),
        interval_of(raw), shrunk.borrowed, one.p, size(one), one.verdict.word,
    )  # fmt: skip


def forest(found: Analysis, metric: str, arm: str, rows: Sequence[Comparison]) -> Figure:
    """Return one arm's difference in every segment, shrunken and as measured, with the overall one as a line."""
    kind = rows[0].kind
    drawn: list[dots.Dot] = []
    for one in rows:
        shrunk, raw = one.shrunken, one.raw
        if shrunk is not None and raw is not None:
            said = change(shrunk.estimate, kind)
            drawn.append(dots.Dot(one.segment, shrunk.estimate, shrunk.low, shrunk.high, said, True, SHRUNKEN))
            drawn.append(
                dots.Dot(one.segment, raw.estimate, raw.low, raw.high, change(raw.estimate, kind), False, MEASURED)
            )
    whole = next((one.raw for one in found.overall if (one.metric, one.arm) == (metric, arm)), None)
    lines = (0.0, whole.estimate) if whole is not None else (0.0,)
    title = f"What did {arm} do to {metric} in each segment?"
    note = "Difference to the control arm with its 95% interval. Dashed lines: no difference, and that of everybody."
    both = tuple(
        series_of(name, [Interval(d.value, d.low or 0.0, d.high or 0.0, 0) for d in drawn if d.group == name])
        for name in (SHRUNKEN, MEASURED)
    )
    native = Native("bars", title, tuple(one.segment for one in rows), both, "0.0%" if kind == "share" else "0.00")
    return Figure(
        f"segments_{metric}_{file_name(arm, found.plan.treatments)}", title, note,
        lambda width: dots.chart(drawn, title, note, lines=lines, expression=scaled(kind), width=width), (native,),
    )  # fmt: skip


def file_name(arm: str, arms: Sequence[str]) -> str:
    """Return an arm as part of a file's name; arms that would be called alike are numbered."""
    alike = [one for one in arms if plain(one) == plain(arm)]
    return plain(arm) if len(alike) == 1 else f"{plain(arm)}_{alike.index(arm) + 1}"


def plain(name: str) -> str:
    """Return a name as part of a file's name.

    >>> plain("Women's E-Mail")
    'women_s_e_mail'
    """
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in name.lower()) or "arm"


def money(found: Analysis) -> Part | None:
    """Return what the arms brought in all, and what one more cost."""
    if not found.incremental:
        return None
    fields = (
        Field("Metric"), Field("Arm"), Field("People", "count"), Field("Brought", "number"),
        Field("Cost", "number"), Field("Cost of one more", "number"), Field("Gain per money spent", "share"),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = []
    for one in found.incremental:
        each: Value = one.why.split(":")[0] or None
        if one.each is not None and one.each_low is not None and one.each_high is not None:
            each = Interval(one.each, one.each_low, one.each_high, one.people)
        gain = None
        if one.gain is not None and one.gain_low is not None and one.gain_high is not None:
            gain = Interval(one.gain, one.gain_low, one.gain_high, one.people)
        total = Interval(one.total, one.low, one.high, one.people)
        rows.append((one.metric, one.arm, one.people, total, one.cost, each, gain))
    lead = ("What each arm brought beyond the control arm, over its own people; 95% intervals.",)
    grid = Grid("Brought", "In all, and what one more cost", fields, tuple(rows))
    return Part("brought", "What did it bring?", lead, (), (), (grid,), open_grids=True)


def looked(found: Analysis) -> Part | None:
    """Return every look at the primary metric so far."""
    if len({one["at"] for one in found.looks}) < 2 or found.blocked:
        return None
    days = len({one["at"][:10] for one in found.looks}) == len({one["at"] for one in found.looks})
    letters = 10 if days else 16
    seen = [
        looks.Seen(
            one["arm"],
            one["at"][:letters].replace("T", " "),
            one["estimate"],
            one["low"],
            one["high"],
            not one["peeking"],
        )
        for one in found.looks
    ]
    title = "What did each look see?"
    note = f"Difference in {found.plan.primary.name} with its interval, look by look; hollow: no verdict was given."
    form = "+.1%" if all(one["share"] for one in found.looks) else "+.2f"
    figure = Figure("looks", title, note, lambda width: looks.chart(seen, title, note, form=form, width=width))
    rows = tuple(
        (one["at"][:16].replace("T", " "), one["arm"], one["people"],
         Interval(one["estimate"], one["low"], one["high"], one["people"]), one["word"])
        for one in found.looks
    )  # fmt: skip
    fields = (Field("Look"), Field("Arm"), Field("People", "count"), Field("Difference", "number"), Field("Said"))
    held = "hold at every look at once" if found.plan.look.kind == "sequence" else "hold for one look, on its day"
    lead = (f"{count(len({one['at'] for one in found.looks}))} looks; the intervals {held}.",)
    return Part("looks", "Look by look", lead, (), (figure,), (Grid("Looks", title, fields, rows),))


def sequence_text(tuned_for: int) -> str:
    return f"confidence sequence, narrowest at {count(tuned_for)} people: may be read at any time"


def made(found: Analysis) -> Part:
    """Return how it was planned, drawn and read."""
    plan = found.plan
    facts: list[tuple[Value, ...]] = [("Hypothesis", plan.hypothesis or "none written down")]
    facts += [(one.role.capitalize(), one.text) for one in plan.metrics]
    facts += [("Arms", ", ".join(f"{arm.name} {arm.share:.1%}" for arm in plan.arms)), ("Control arm", plan.control)]
    facts += [("Segments", ", ".join(plan.segments) or plan.by or "everybody as one")]
    facts += [("Drawn", plan.randomised or f"by salted hash within each segment, salt {plan.salt}")]
    for wave in plan.waves:
        people = sum(sum(arms.values()) for arms in wave.counts.values())
        facts.append(("Assigned", f"{count(people)} people on {wave.assigned_at:%Y-%m-%d}"))
    facts += [("Read", f"as of {found.as_of:%Y-%m-%d %H:%M} UTC")]
    facts += [("Intervals", sequence_text(plan.look.tuned_for) if plan.look.kind == "sequence" else "one look")]
    facts += [(f"Largest {name} cut at", f"{at:,.2f}") for name, at in found.cuts.items() if at is not None]
    facts += [(f"Definition of {name}", version[:12]) for name, version in plan.definitions.items()]
    grid = Grid("Making", "How it was planned, drawn and read", (Field("What"), Field("How")), tuple(facts))
    return Part("making", "How it was made", (), (), (), (grid,), open_grids=True)
