"""The sections of a campaign's report."""

from __future__ import annotations

from collections.abc import Sequence

from segmentary.activation.audience import REASONS as MEANINGS
from segmentary.measurement.campaign.attribution import in_all
from segmentary.measurement.campaign.effect import Lift, Money
from segmentary.measurement.campaign.reactions import Funnel, together
from segmentary.measurement.campaign.result import CampaignResult
from segmentary.measurement.campaign.timing import BOUGHT
from segmentary.models.intervals import Interval, wilson
from segmentary.report.campaign.words import REASONS
from segmentary.report.charts import cascade, dots, funnel, since_sending, verdicts
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Value, series_of
from segmentary.report.experiment.words import change, scaled
from segmentary.report.numbers import count, percent

TONES = {"worked": verdicts.GOOD, "did harm": verdicts.BAD}
STEPS = ("sent", "delivered", "opened", "clicked", "converted")
ALL = "all"


def sentence(text: str) -> str:
    """Return text as a sentence."""
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def changed(found: CampaignResult, below: int) -> Part | None:
    """Return what the campaign changed: per segment in three colours with words, then every figure."""
    if not found.lifts:
        return None
    primary = found.metric.split(" = ")[0]
    arms = list(dict.fromkeys(one.arm for one in found.lifts))
    shown = {one.arm for one in found.lifts if one.metric == primary and size(one) >= below}
    figures = tuple(lift_figure(found, primary, arm, below, alone=len(arms) == 1) for arm in arms if arm in shown)
    fields = (
        Field("Segment"), Field("Arm"), Field("Metric"), Field("Treated"), Field("Held out"), Field("Lift", "number"),
        Field("Relative", "share"), Field("In all", "number"), Field("p", "p"), Field("People", "count"), Field("Says"),
    )  # fmt: skip
    rows = tuple(lift_row(one, below) for one in found.lifts)
    lead = (sentence("; ".join(found.differ)),) if found.differ else ()
    notes = tuple(sentence(f"{one.message}{': ' + one.hint if one.hint else ''}") for one in found.findings)
    ratio = (sentence(found.ratio.sentence),) if found.ratio is not None else ()
    caption = "Treated against held out, per person drawn; 95% intervals; shares are differences of shares"
    return Part(
        "changed", "What did it change?", (*lead, *ratio), (), figures, (Grid("Lift", caption, fields, rows),), notes
    )


def size(one: Lift) -> int:
    """Return how many people stand behind a lift."""
    return one.n_treated + one.n_control


def lift_figure(found: CampaignResult, metric: str, arm: str, below: int, *, alone: bool) -> Figure:
    """Return one arm's lift per segment, everybody first."""
    rows = [one for one in found.lifts if (one.metric, one.arm) == (metric, arm) and size(one) >= below]
    kind = rows[0].kind if rows else "mean"
    drawn = [
        verdicts.Row(
            one.segment or ALL, one.effect.estimate, one.effect.low, one.effect.high,
            f"{change(one.effect.estimate, kind)}, {'like the others' if one.like_all else one.word}",
            TONES.get(one.word, verdicts.OPEN),
        )
        for one in rows
    ]  # fmt: skip
    title = f"What did it do to {metric}?" if alone else f"What did {arm} do to {metric}?"
    note = "Difference to those held out, with its 95% interval; the dashed line is no difference."
    note += " pp: percentage points." if kind == "share" else ""
    series = (series_of("lift", [one.effect for one in rows]),)
    names = tuple(one.segment or ALL for one in rows)
    native = Native("bars", title, names, series, "0.0%" if kind == "share" else "0.00")
    name = "lift" if alone else f"lift_{plain(arm)}"
    return Figure(
        name, title, note,
        lambda width: verdicts.chart(drawn, title, note, expression=scaled(kind), width=width), (native,),
    )  # fmt: skip


def plain(name: str) -> str:
    """Return a name as part of a file's name.

    >>> plain("Mail A/B")
    'mail_a_b'
    """
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in name.lower()) or "arm"


def lift_row(one: Lift, below: int) -> tuple[Value, ...]:
    where = one.segment or ALL
    if size(one) < below:
        return (where, one.arm, one.metric, *((HIDDEN,) * 7), "hidden")
    form = ".1%" if one.kind == "share" else ",.2f"
    word = "like the others" if one.like_all else one.word
    return (
        where, one.arm, one.metric, format(one.treated, form), format(one.control, form), one.effect, one.relative,
        one.total, one.p, size(one), word,
    )  # fmt: skip


def reached(found: CampaignResult, below: int) -> Part | None:
    """Return how far the message got, per segment."""
    rows = [one for one in found.funnel if one.arm != found.control]
    if not rows:
        return None
    groups = {name: together(r for r in rows if r.segment == name) for name in dict.fromkeys(r.segment for r in rows)}
    drawn = [step for name, one in groups.items() if one.people >= below for step in steps_of(name, one)]
    title = "How far did it get?"
    note = "Shares of those drawn to be written to, with 95% intervals; people, not events. Pale: opened, unreliable."
    names = tuple(dict.fromkeys(step.step for step in drawn))
    series = tuple(
        series_of(
            group,
            [next((Interval(s.share, s.low, s.high, groups[group].people) for s in drawn
                   if (s.group, s.step) == (group, name)), None) for name in names],
        )
        for group in dict.fromkeys(step.group for step in drawn)
    )  # fmt: skip
    native = Native("bars", title, names, series, "0%")
    figure = Figure("funnel", title, note, lambda width: funnel.chart(drawn, title, note, width=width), (native,))
    fields = (
        Field("Segment"), Field("Arm"), Field("Variant"), Field("Drawn", "count"), Field("Withheld", "count"),
        Field("Sent", "count"), Field("Delivered", "share"), Field("Bounced", "share"), Field("Opened", "share"),
        Field("By programs", "count"), Field("Clicked", "share"), Field("Clicks of programs", "count"),
        Field("Converted", "share"), Field("Revenue each", "money"), Field("Unsubscribed", "share"),
        Field("Complained", "share"), Field("Replied", "share"), Field("Cost", "money"),
    )  # fmt: skip
    grid = Grid(
        "Reactions", "By segment, arm and variant: shares of those it got to; converted: of all drawn", fields,
        tuple(funnel_row(one, below) for one in found.funnel),
    )  # fmt: skip
    figures = (figure,) if drawn else ()
    return Part("reached", "Whom did it reach, and how did they react?", (), (), figures, (grid,), limits(found))


def limits(found: CampaignResult) -> tuple[str, ...]:
    return tuple(sentence(one) for one in found.limits[:1])


def steps_of(name: str, one: Funnel) -> list[funnel.Step]:
    """Return the steps of one segment as shares of those drawn."""
    made = []
    for step in STEPS:
        n = getattr(one, step)
        if n is None or not one.people:
            continue
        share = wilson(n, one.people)
        label = "bought" if step == "converted" else step
        said = f"{percent(share.estimate)} ({count(n)})"
        made.append(funnel.Step(name, label, share.estimate, share.low, share.high, said, step != "opened"))
    return made


def funnel_row(one: Funnel, below: int) -> tuple[Value, ...]:
    who = (one.segment, one.arm, one.variant)
    if one.people < below:
        return (*who, *((HIDDEN,) * 15))
    each = one.revenue_each
    return (
        *who, one.people, one.withheld, one.sent, one.share("delivered"), one.share("bounced"), one.share("opened"),
        one.opened_by_machine, one.share("clicked"), one.clicked_by_machine, one.share("converted"), each,
        one.share("unsubscribed"), one.share("complained"), one.share("replied"), float(one.cost),
    )  # fmt: skip


def money(found: CampaignResult, below: int) -> Part | None:
    """Return what it cost and brought, beside orders after clicks, named for what they are."""
    if not found.money and not found.attributed:
        return None
    grids = []
    if found.money:
        fields = (
            Field("Segment"), Field("Arm"), Field("Cost", "money"), Field("of it offers", "money"),
            Field("Revenue it brought", "money"), Field("Profit after cost", "money"),
            Field("Cost of one more order", "money"), Field("Return per money spent", "number"), Field("Note"),
        )  # fmt: skip
        rows = tuple(money_row(one, below) for one in found.money)
        grids.append(Grid("Money", "What it cost and brought beyond those held out; 95% intervals", fields, rows))
    if found.attributed:
        whole = in_all(found.attributed)
        lines = [*([whole] if whole and len(found.attributed) > 1 else []), *found.attributed]
        clicks = tuple(
            (one.segment or ALL, one.orders_any, float(one.revenue_any), one.orders_last, float(one.revenue_last),
             one.people) if one.people >= below else (one.segment or ALL, *((HIDDEN,) * 5))
            for one in lines
        )  # fmt: skip
        days = found.attributed[0].window_days
        caption = f"Orders within {days} days after a click: not what the campaign caused"
        headings = (
            Field("Segment"), Field("Orders after any click", "count"), Field("Their money", "money"),
            Field("Its click was the newest", "count"), Field("Their money, newest", "money"), Field("People", "count"),
        )  # fmt: skip
        grids.append(Grid("Orders after clicks", caption, headings, clicks))
    return Part("money", "What did it cost, and bring?", told_money(found), (), (), tuple(grids), (), open_grids=True)


def told_money(found: CampaignResult) -> tuple[str, ...]:
    """Say the incremental figure beside the attributed one."""
    brought = [one for one in found.lifts if one.metric == "orders" and not one.segment and not found.peeking]
    whole = in_all(found.attributed)
    lead = []
    for one in brought:
        total, what = one.total, "It" if len(brought) == 1 else one.arm
        ends = f"between {total.low:+,.0f} and {total.high:+,.0f}"
        lead.append(f"{what} brought {total.estimate:+,.0f} orders in all, {ends}.")
    if whole is not None:
        lead.append(sentence(whole.sentence))
    basis = next((one.basis for one in found.money if one.basis != "profit"), "")
    return (*lead, *([sentence(f"returns are of {basis}")] if basis else []))


def money_row(one: Money, below: int) -> tuple[Value, ...]:
    where = one.segment or ALL
    if one.people < below:
        return (where, one.arm, *((HIDDEN,) * 6), "hidden")
    why = "it may have brought no more orders" if one.why else ""
    return (where, one.arm, one.cost, one.offers_cost, one.revenue, one.profit, one.each, one.roi, why)


def over_time(found: CampaignResult) -> Part | None:
    """Return how many had reacted by each day."""
    names = list(dict.fromkeys((one.what, one.held_out) for one in found.days))
    drawn, rows = [], []
    for what, out in names:
        days = sorted((one for one in found.days if (one.what, one.held_out) == (what, out)), key=lambda one: one.day)
        total, shares = 0, []
        for one in days:
            total += one.people
            shares.append(total / one.of if one.of else 0.0)
            rows.append((f"{what}{', held out' if out else ''}", one.day, one.people, shares[-1]))
        label = f"bought, {'held out' if out else 'treated'}" if what == BOUGHT and len(names) > 1 else what
        if what in ("opened", "clicked", "unsubscribed", BOUGHT) and shares:
            drawn.append(since_sending.Line(label, tuple(shares), out or what == "opened"))
    if not drawn:
        return None
    title = "When did people react?"
    note = "Share of people who had done it by the end of each day. Dashed: those held out, and opened, unreliable."
    days_shown = tuple(f"day {day}" for day in range(1, max(len(one.shares) for one in drawn) + 1))
    series = tuple(series_of(one.name, [Interval(s, s, s, 0) for s in one.shares]) for one in drawn)
    native = Native("lines", title, days_shown, series, "0%")
    figure = Figure(
        "since_sending", title, note, lambda width: since_sending.chart(drawn, title, note, width=width), (native,)
    )
    fields = (Field("What"), Field("Day", "count"), Field("For the first time", "count"), Field("By then", "share"))
    grid = Grid("Day by day", "People by the day they reacted for the first time", fields, tuple(rows), shown=0)
    return Part("over_time", "Day by day", (), (), (figure,), (grid,))


def who(found: CampaignResult, below: int) -> Part | None:
    """Return who was left out and why, from everybody of the targets down to those written to."""
    if not found.left_out:
        return None
    bars, members = [], sum(one.members for one in found.left_out)
    reasons: dict[str, int] = {}
    arms: dict[str, int] = {}
    for one in found.left_out:
        for reason, n in one.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + n
        for arm, n in one.arms.items():
            arms[arm] = arms.get(arm, 0) + n
    bars.append(cascade.Bar("everybody in the segments", 0, members, count(members), cascade.WHOLE))
    left = members
    for reason in [*(one for one in MEANINGS if one in reasons), *(one for one in reasons if one not in MEANINGS)]:
        n = reasons[reason]
        said = f"−{count(n)}" if n >= below else f"fewer than {below}"
        meaning = MEANINGS.get(reason, reason.replace("_", " "))  # type: ignore[call-overload]
        bars.append(cascade.Bar(str(meaning), left - n, left, said, cascade.TAKEN))
        left -= n
    held = arms.get(found.control, 0)
    if held:
        said = f"−{count(held)}"
        bars.append(cascade.Bar("held out by lot", left - held, left, said, cascade.HELD))
        left -= held
    bars.append(cascade.Bar("drawn to be written to", 0, left, count(left), cascade.KEPT))
    whole = found.reached()
    bars.append(cascade.Bar("got the message", 0, whole.reachable, count(whole.reachable), cascade.KEPT))
    title = "Who was written to, and who was not?"
    native = Native("bars", title, tuple(one.name for one in bars),
                    (series_of("people", [Interval(one.until - one.since, one.until, one.until, 0) for one in bars]),),
                    "#,##0")  # fmt: skip
    figure = Figure(
        "left_out", title, REASONS, lambda width: cascade.chart(bars, title, REASONS, width=width), (native,)
    )
    names = list(reasons)
    fields = (Field("Segment"), Field("Members", "count"), Field("Written to", "count"), Field("Held out", "count"),
              *(Field(name.replace("_", " "), "count") for name in names))  # fmt: skip
    rows = tuple(
        (one.segment, one.members, sum(n for arm, n in one.arms.items() if arm != found.control),
         one.arms.get(found.control, 0), *(small(one.reasons.get(name, 0), below) for name in names))
        for one in found.left_out
    )  # fmt: skip
    grid = Grid("Left out", "People of every target by what became of them", fields, rows)
    return Part("left_out", "Who was left out", (), (), (figure,), (grid,))


def small(n: int, below: int) -> Value:
    """Return a count, or that it is too small to be told."""
    return HIDDEN if 0 < n < below else n


def variants(found: CampaignResult) -> Part | None:
    """Return the arms against each other, and the texts that were sent."""
    if not found.between and not found.texts:
        return None
    fields = (Field("Segment"), Field("Metric"), Field("First"), Field("Second"), Field("Difference", "number"),
              Field("p", "p"), Field("Better"))  # fmt: skip
    rows = tuple(
        (one.segment or ALL, one.metric, one.one, one.other, one.effect, one.p, one.better or "not clear")
        for one in found.between
    )
    grids = [
        Grid("Variants", "Arms against each other; 95% intervals; p by Holm over all pairs of a metric", fields, rows)
    ]
    texts = tuple((one.variant, one.subject, one.text) for one in found.texts)
    grids.append(Grid("Texts", "What was sent, as it was written; {{ … }} is filled in for each person",
                      (Field("Variant"), Field("Subject"), Field("Text")), texts))  # fmt: skip
    lead = tuple(sentence(one.sentence) for one in found.between if not one.segment)
    if not found.between:
        lead = ("Variants went with segments: their readers differ, not only their text, so they are not compared.",)
    return Part("variants", "What was sent, and which did better?", lead, (), (), tuple(grids), (), open_grids=True)


def stayed(found: CampaignResult, below: int) -> Part | None:
    """Return who still buys, and what people are worth since."""
    if not found.retained and not found.worth:
        return None
    enough = any(not one.segment and one.treated.n + one.control.n >= below for one in found.retained)
    figures = (retention_figure(found, below),) if enough else ()
    fields = (Field("Segment"), Field("Up to day", "count"), Field("Treated", "share"), Field("Held out", "share"),
              Field("Difference", "points"), Field("p", "p"))  # fmt: skip
    rows = tuple(
        (one.segment or ALL, one.after_days, one.treated, one.control, one.difference, one.p)
        for one in found.retained
        if one.treated.n + one.control.n >= below
    )
    worth = tuple(
        (one.segment or ALL, one.what, one.treated, one.control, one.difference, one.p,
         "a forecast" if one.forecast else "what they spent")
        for one in found.worth
        if one.difference.n >= below
    )  # fmt: skip
    headings = (Field("Segment"), Field("What"), Field("Treated", "money"), Field("Held out", "money"),
                Field("Difference", "money"), Field("p", "p"), Field("Is"))  # fmt: skip
    grids = (
        Grid("Still buying", "People who ordered in the 30 days up to a day", fields, rows),
        Grid("Worth", "Money per person since they were drawn, adjusted for what they spent before", headings, worth),
    )
    kept = [one.sentence for one in found.retained if not one.segment]
    lead = tuple(map(sentence, [*kept, *(one.sentence for one in found.worth if not one.segment)]))
    return Part("stayed", "Did it last?", lead, (), figures, grids)


def retention_figure(found: CampaignResult, below: int) -> Figure:
    """Return the shares still buying, treated beside held out, on every day."""
    rows = [one for one in found.retained if not one.segment and one.treated.n + one.control.n >= below]
    drawn = [
        dots.Dot(f"up to day {one.after_days}", part.estimate, part.low, part.high, percent(part.estimate), True, name)
        for one in rows
        for name, part in (("treated", one.treated), ("held out", one.control))
    ]
    title = "Who still buys?"
    note = "Share of people who ordered in the 30 days up to each day, with 95% intervals."
    series = tuple(series_of(name, [getattr(one, key) for one in rows])
                   for name, key in (("treated", "treated"), ("held out", "control")))  # fmt: skip
    native = Native("bars", title, tuple(f"day {one.after_days}" for one in rows), series, "0%")
    return Figure("still_buying", title, note, lambda width: dots.chart(drawn, title, note, width=width), (native,))


def made(found: CampaignResult) -> Part:
    """Return how it was drawn and read, and what the figures cannot answer."""
    facts: list[tuple[Value, ...]] = [("Judged by", found.metric), ("Channel", found.channel or "not said")]
    facts += [("Known from", {"sent here": "our own sending", "exposures": "loaded exposures",
                              "reactions": "an export of the tool that sent it"}[found.origin])]  # fmt: skip
    facts += [("Drawn", f"{found.assigned_at:%Y-%m-%d %H:%M} UTC")] if found.assigned_at else []
    facts += [("Read on", f"{found.read_on:%Y-%m-%d}")] if found.read_on else []
    facts += [("As of", f"{found.as_of:%Y-%m-%d %H:%M} UTC")]
    grid = Grid("Making", "How it was drawn and read", (Field("What"), Field("How")), tuple(facts))
    return Part("making", "How it was made, and what it cannot say", bullets(found.limits), (), (), (grid,))


def bullets(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(sentence(one) for one in texts)
