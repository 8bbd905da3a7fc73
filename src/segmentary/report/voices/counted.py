"""Codes with their shares, quotes and segments; of interviews with participants and quotes only."""

from __future__ import annotations

from segmentary.models.intervals import Interval
from segmentary.models.voice.theme_results import CodeShare, CountedMentions, CountedShares
from segmentary.report.charts import dots, heat
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, series_of
from segmentary.report.numbers import count

DRAWN = 15
KINDS = {"need": "need", "pain": "pain point", "topic": "topic", "intent": "intent", "theme": "theme"}
NOTE = "Share of people who name it, with 95% intervals."
MATRIX_NOTE = (
    "Difference from everybody else, in points. Deep: clearly more; orange: clearly less; * after correction for all"
    " cells; pale without a sign: not clear; grey: too few people."
)


def shares(found: CountedShares, place: int) -> Part:
    """Return the section of one survey or channel."""
    shown = [one for one in found.codes if one.people is not None]
    lead = [f"{count(found.people)} {found.of}, {count(found.texts)} texts."]
    lead += [f"{count(found.without_code)} of them name none of it."] if found.without_code else []
    figures = [one for one in (share_figure(found, shown, place), matrix(shown, place)) if one is not None]
    notes = [*found.sentences, *(one.message + "." for one in found.findings)]
    grids = [share_grid(found, place), quote_grid(shown, place)]
    if any(one.segments for one in shown):
        grids.append(segment_grid(shown, place))
    return Part(
        f"voices_{place}", f"What they say: {found.source}", tuple(lead), (), tuple(figures), tuple(grids),
        tuple(notes), open_grids=True,
    )  # fmt: skip


def share_figure(found: CountedShares, shown: list[CodeShare], place: int) -> Figure | None:
    """Return the chart of shares, most first."""
    drawn = [(one, one.share) for one in shown if one.share is not None][:DRAWN]
    if not drawn:
        return None
    title = f"What people name: {found.source}"

    def draw(width: int) -> object:
        rows = [
            dots.Dot(
                one.title, share.estimate, share.low, share.high, f"{share.estimate:.0%} ({count(one.people or 0)})"
            )
            for one, share in drawn
        ]
        return dots.chart(rows, title, NOTE, axis=f"share of {found.of}", width=width)

    names = tuple(one.title for one, _ in drawn)
    native = Native("bars", title, names, (series_of("share", [share for _, share in drawn]),), "0%", axis="share")
    return Figure(f"shares_{place}", title, NOTE, draw, (native,))


def matrix(shown: list[CodeShare], place: int) -> Figure | None:
    """Return the map of needs by segments."""
    codes = [one for one in shown if one.segments][:DRAWN]
    segments = list(dict.fromkeys(own.segment for one in codes for own in one.segments))[:12]
    if not codes or not segments:
        return None
    title = "Who names it more and less"

    def draw(width: int) -> object:
        cells = []
        for one in codes:
            for own in one.segments:
                if own.segment not in segments:
                    continue
                gap = own.difference
                if gap is None:
                    cells.append(heat.Cell(one.title, own.segment, None, "–"))
                    continue
                clear = own.verdict in ("more", "less")
                depth = max(-1.0, min(1.0, gap.estimate / 0.3)) if clear else 0.0
                cells.append(
                    heat.Cell(one.title, own.segment, depth, f"{100 * gap.estimate:+.0f}{'*' if clear else ''}")
                )
        return heat.chart(cells, [one.title for one in codes], segments, title, MATRIX_NOTE, width=width)

    by_segment = tuple(
        series_of(name, [gap_of(one, name) for one in codes]) for name in segments
    )  # fmt: skip
    native = Native("bars", title, tuple(one.title for one in codes), by_segment, "0%", axis="difference")
    return Figure(f"matrix_{place}", title, MATRIX_NOTE, draw, (native,))


def gap_of(one: CodeShare, segment: str) -> Interval | None:
    """Return the difference of one segment."""
    return next((own.difference for own in one.segments if own.segment == segment), None)


def share_grid(found: CountedShares, place: int) -> Grid:
    """Return every code; those of few people without their figures."""
    fields = (
        Field("What"), Field("Kind", note=True), Field("People", "count"), Field("Share", "share"),
        Field("Mood", "signed"), *((Field("Design effect", "fixed"),) if found.weighted else ()),
    )  # fmt: skip
    rows = []
    for one in found.codes:
        few = one.people is None
        row = (
            one.title, KINDS.get(one.kind, one.kind), HIDDEN if few else one.people, HIDDEN if few else one.share,
            HIDDEN if few else one.sentiment, *((HIDDEN if few else one.design_effect,) if found.weighted else ()),
        )  # fmt: skip
        rows.append(row)
    return Grid(f"Named {place}", f"What people name: {found.source}; 95% intervals", fields, tuple(rows), shown=30)


def quote_grid(shown: list[CodeShare], place: int) -> Grid:
    """Return the quotes of every code."""
    rows = tuple((quote, one.title) for one in shown for quote in one.quotes)
    return Grid(f"Quotes {place}", "In their words", (Field("Quote"), Field("What", note=True)), rows, shown=45)


def segment_grid(shown: list[CodeShare], place: int) -> Grid:
    """Return every segment against everybody else, the clear ones first."""
    fields = (
        Field("Segment"), Field("What"), Field("People", "count"), Field("Of theirs", "share"),
        Field("Everybody else's", "share"), Field("Difference", "points"), Field("p (corrected)", "p"),
        Field("Verdict"),
    )  # fmt: skip
    pairs = [(own, one) for one in shown for own in one.segments]
    pairs.sort(key=lambda pair: (pair[0].verdict not in ("more", "less"), pair[0].p if pair[0].p is not None else 2.0))
    rows = []
    for own, one in pairs:
        few = own.share is None
        rows.append((
            own.segment, one.title, own.people, HIDDEN if few else own.share, HIDDEN if few else own.others,
            HIDDEN if few else own.difference, own.p, own.verdict,
        ))  # fmt: skip
    return Grid(f"Segments {place}", "Segments against everybody else; 95% intervals", fields, tuple(rows), shown=40)


def mentions(found: CountedMentions, place: int) -> Part:
    """Return the section of interviews: there is no share anywhere."""
    fields = (Field("What"), Field("Kind", note=True), Field("Participants", "count"), Field("Passages", "count"))
    rows = tuple((one.title, KINDS.get(one.kind, one.kind), one.participants, one.passages) for one in found.codes)
    quotes = tuple((quote, one.title) for one in found.codes for quote in one.quotes)
    lead = f"{count(found.participants)} participants, {count(found.texts)} passages."
    return Part(
        f"interviews_{place}", f"Heard in interviews: {found.source}", (lead, *found.sentences), (), (),
        (Grid(f"Interviews {place}", "How many participants speak of it", fields, rows),
         Grid(f"Interview quotes {place}", "In their words", (Field("Quote"), Field("What", note=True)), quotes)),
        tuple(one.message + "." for one in found.findings), open_grids=True,
    )  # fmt: skip
