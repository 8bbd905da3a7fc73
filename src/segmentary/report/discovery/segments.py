"""The segments, one by one: cards, sizes, profile, where they lie."""

from __future__ import annotations

from collections.abc import Sequence

from segmentary.models.describe.description import ProfileCell, SegmentDescription
from segmentary.models.intervals import Interval
from segmentary.models.table.columns import Column
from segmentary.report.charts import dots, paired, segment_profile, separation
from segmentary.report.discovery import words
from segmentary.report.discovery.extras import Cloud
from segmentary.report.discovery.shown import SHARES, Key, Shown
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Portrait, Series, Value, series_of
from segmentary.report.numbers import count, number, percent, percent_interval
from segmentary.report.theme import unique

CARD_MARKERS = 6


def badge(segment: SegmentDescription) -> str:
    """Return the number of a segment as the report writes it."""
    return str(segment.place + 1)


def head(segment: SegmentDescription) -> str:
    """Return a segment's number and name."""
    return f"{badge(segment)} {segment.name}"


def cards(shown: Shown) -> Part:
    """Return the section of segments: a card each, their sizes and values."""
    portraits = tuple(portrait(segment, shown) for segment in shown.segments)
    visible = shown.visible
    valued = any(s.value_share is not None for s in visible)
    fields = [
        Field("Segment"),
        Field("Number", "count", page=False),
        Field("Key", page=False),
        Field("People", "count"),
        Field("Share of people", "share"),
        *([Field("Share of value", "share")] if valued else []),
        Field("Confidence", "share"),
        Field("Stability", "fixed"),
        Field("Comes back", note=True),
        Field("Markers", page=False),
        Field("Sentence", page=False),
    ]
    rows = tuple(size_row(segment, shown, valued) for segment in shown.segments)
    grid = Grid(
        "Segments", "Segments by size, confidence and stability; 95% intervals below the figures", tuple(fields), rows
    )
    hidden = len(shown.hidden)
    notes: tuple[str, ...] = ()
    if hidden:
        verb = "segment is" if hidden == 1 else "segments are"
        notes = (
            (
                f"{count(hidden)} {verb} hidden: fewer than {shown.below} people, or so placed that a group of fewer "
                "could be worked out."
            ),
        )
    figures = (sizes(visible, valued),) if visible else ()
    return Part("segments", "The segments", (), portraits, figures, (grid,), notes, open_grids=True)


def size_row(segment: SegmentDescription, shown: Shown, valued: bool) -> tuple[Value, ...]:
    gone = segment.place in shown.hidden
    row: list[Value] = [
        head(segment),
        segment.place + 1,
        segment.key,
        shown.people(segment),
        shown.of(segment, segment.size),
    ]
    if valued:
        row.append(shown.of(segment, segment.value_share))
    row += [HIDDEN if gone else segment.confidence, HIDDEN if gone else segment.stability]
    row += ["" if segment.stability is None or gone else words.stays(segment.stability)]
    return (*row, ", ".join(segment.markers) if not gone else "hidden", "hidden" if gone else sentence(segment, shown))


def sentence(segment: SegmentDescription, shown: Shown) -> str:
    """Return a segment in one sentence; where figures of it are hidden, one without them."""
    if not any(place == segment.place for place, _ in shown.withheld):
        return words.plain(segment.sentence)
    text = f"{percent(segment.size.estimate, digits=0)} of people"
    if segment.value_share is not None:
        text += f", {percent(segment.value_share.estimate, digits=0)} of the value"
    marked = marker_words(segment, shown)[:3]
    return f"{text}: {'; '.join(marked)}." if marked else f"{text}."


def portrait(segment: SegmentDescription, shown: Shown) -> Portrait:
    if segment.place in shown.hidden:
        why = f"hidden: fewer than {shown.below} people, or next to such a group"
        return Portrait(segment.name, badge(segment), (), why, ())
    facts = [("size", percent(segment.size.estimate), f"{percent_interval(segment.size)}; n = {count(segment.n)}")]
    if segment.value_share is not None:
        worth = segment.value_share
        facts.append(("share of value", percent(worth.estimate), percent_interval(worth)))
    if segment.confidence is not None:
        facts.append(("confidence", percent(segment.confidence, digits=0), "mean of its members"))
    if segment.stability is not None:
        facts.append(("stability", f"{segment.stability:.2f}", words.stays(segment.stability)))
    marked = tuple(marker_words(segment, shown))
    return Portrait(segment.name, badge(segment), (), sentence(segment, shown), tuple(facts), marked[:CARD_MARKERS])


def marker_words(segment: SegmentDescription, shown: Shown) -> list[str]:
    """Return the markers of a segment with their figures, largest effect first."""
    columns = {column.name: column for column in shown.solution.columns}
    cells = [c for c in shown.solution.description.profile if c.segment == segment.place and c.marker]
    cells.sort(key=lambda c: -abs(c.effect))
    found = []
    for c in cells:
        key = (c.column, c.level)
        if c.column in columns and ((c.segment, key) not in shown.withheld or shown.bound(c.segment, key)):
            found.append(f"{label(columns[c.column], c.level)}: {against(c, columns[c.column], shown)}")
    return found


def against(cell: ProfileCell, column: Column, shown: Shown) -> str:
    key = (cell.column, cell.level)
    value = shown.value(cell.segment, key)
    if isinstance(value, Interval):
        return f"{said(value.estimate, column)} against {said(cell.total, column)} of everybody"
    bound = shown.bound(cell.segment, key)
    mine = "hidden" if bound is None else f"{bound[0]} {percent(bound[1])}"
    return f"{mine} against {said(cell.total, column)} of everybody"


def said(value: float, column: Column) -> str:
    """Return a mean or share of a column in words."""
    if column.kind in SHARES:
        return percent(value, digits=0)
    if column.kind == "ordinal":
        return f"{number(value + 1, digits=2)} of {len(column.levels)} steps"
    return f"{number(value)} {column.unit}".rstrip()


def label(column: Column, level: str | None) -> str:
    return column.label if level is None else f"{column.label}: {level}"


def sizes(visible: Sequence[SegmentDescription], valued: bool) -> Figure:
    heads = [head(s) for s in visible]
    series = [series_of("of people", [s.size for s in visible])]
    if valued:
        series.append(series_of("of value", [s.value_share for s in visible]))
    title, note = (words.SIZES, words.SIZES_NOTE) if valued else (words.SIZES_ONLY, words.SIZES_ONLY_NOTE)

    def draw(width: int) -> object:
        if valued:
            pairs = [paired.Pair(head(s), s.size, s.value_share) for s in visible]
            return paired.chart(pairs, title, note, labels=("of people", "of value"), width=width)
        rows = [dots.Dot(head(s), s.size.estimate, s.size.low, s.size.high, percent(s.size.estimate)) for s in visible]
        return dots.chart(rows, title, note, width=width)

    native = Native("bars", title, tuple(heads), tuple(series), "0%", axis="share")
    return Figure("segments", title, note, draw, (native,))


def profile(shown: Shown) -> Part | None:
    """Return the section of the profile plots and their tables; None where nothing is left to show."""
    if not shown.keys or not shown.visible:
        return None
    columns = {column.name: column for column in shown.solution.columns}
    known = [key for key in shown.keys if key[0] in columns]
    on_scale = [key for key in known if columns[key[0]].coded]
    in_numbers = [key for key in known if not columns[key[0]].coded]
    figures = [figure(shown, keys, columns, share) for keys, share in ((on_scale, True), (in_numbers, False)) if keys]
    shares = [key for key in known if columns[key[0]].kind in SHARES]
    means = [key for key in known if columns[key[0]].kind not in SHARES]
    grids = [wide(shown, keys, columns, kind) for keys, kind in ((shares, "share"), (means, "fixed")) if keys]
    notes = []
    if shown.withheld:
        notes.append(
            f"{count(len(shown.withheld))} figures are hidden: fewer than {shown.below} people have (or lack) the "
            "answer, or the figure would give such a number away. A bar without an interval then ends at the limit."
        )
    return Part(
        "profile",
        "What marks them",
        (words.PROFILE,),
        (),
        tuple(figures),
        (*grids, tests(shown, columns)),
        tuple(notes),
    )


def wide(shown: Shown, keys: Sequence[Key], columns: dict[str, Column], kind: str) -> Grid:
    """Return one row per column (or level), one field per segment."""
    share = kind == "share"
    fields = (
        Field("Column"),
        Field("Scale", note=True),
        Field("Everybody", "share" if share else "number"),
        *(Field(head(s), "share" if share else "number") for s in shown.visible),
    )
    rows = []
    for name, level in keys:
        totals = [
            shown.cells[s.place, (name, level)].total for s in shown.segments if (s.place, (name, level)) in shown.cells
        ]
        rows.append(
            (
                label(columns[name], level),
                scale_words(columns[name]),
                totals[0] if totals else None,
                *(shown.value(s.place, (name, level)) for s in shown.visible),
            )
        )
    name = "Profile, shares" if share else "Profile, means"
    caption = "Share of people" if share else "Means (steps of a scale count from 0)"
    return Grid(name, f"{caption} per segment and of everybody, 95% intervals", fields, tuple(rows), shown=40)


def scale_words(column: Column) -> str:
    if column.kind == "ordinal":
        return f"{column.levels[0]} to {column.levels[-1]}"
    return column.unit if not column.coded else ""


def tests(shown: Shown, columns: dict[str, Column]) -> Grid:
    """Return every cell with its effect and test: for the workbook."""
    fields = (
        *(Field(title) for title in ("Segment", "Column", "Level", "Kind")),
        Field("Value", "number"),
        Field("n", "count"),
        Field("Everybody", "number"),
        Field("Lift", "fixed"),
        Field("Effect size", "signed"),
        Field("p (Holm)", "p"),
        Field("Marker", "yes"),
    )
    rows = []
    by_place = {s.place: s for s in shown.visible}
    for c in shown.solution.description.profile:
        if c.segment not in by_place or c.column not in columns:
            continue
        gone = (c.segment, (c.column, c.level)) in shown.withheld
        # Effect and test would give the hidden figure away.
        figures: list[Value] = [HIDDEN] * 6 if gone else [c.value, c.value.n, c.total, c.lift, c.effect, c.p]
        rows.append((head(by_place[c.segment]), columns[c.column].label, c.level or "", c.kind, *figures, c.marker))
    return Grid("Profile tests", "Every figure of the profile with its test", fields, tuple(rows), shown=0)


def figure(shown: Shown, keys: Sequence[Key], columns: dict[str, Column], share: bool) -> Figure:
    """Return one profile plot."""
    kept = strongest(shown, keys, segment_profile.LONGEST)
    matrix = [[position(shown, s.place, key, columns, share) or 0.0 for s in shown.visible] for key in kept]
    kept = [kept[place] for place in segment_profile.order(matrix)]
    labels = unique([row_label(columns[name], level) for name, level in kept])
    bars = []
    for segment in shown.visible:
        for key, text in zip(kept, labels, strict=True):
            bar = one_bar(shown, segment, key, text, columns, share)
            if bar is not None:
                bars.append(bar)
    heads = [panel_head(s) for s in shown.visible]
    note = segment_profile.SHARES if share else segment_profile.NUMBERS
    if len(keys) > len(kept):
        note += f" The {len(kept)} of {len(keys)} that differ most."
    name = "profile" if share else "profile-numbers"
    natives = tuple(
        Native(
            "bars",
            f"{head(segment)}: against everybody",
            tuple(labels),
            natives_of(bars, panel_head(segment), labels, head(segment), share),
            "0%" if share else "0.0",
        )
        for segment in shown.visible
    )
    return Figure(
        name,
        segment_profile.TITLE if share else "What marks each segment, in numbers?",
        note,
        lambda width: segment_profile.chart(bars, heads, labels, percent=share, width=width),
        natives,
    )


def natives_of(
    bars: Sequence[segment_profile.Bar], panel: str, labels: Sequence[str], name: str, share: bool
) -> tuple[Series, ...]:
    mine = {bar.row: bar for bar in bars if bar.segment == panel}
    found = [mine.get(one) for one in labels]
    values = tuple(None if bar is None else bar.value for bar in found)
    low = tuple(None if bar is None else bar.low for bar in found)
    high = tuple(None if bar is None else bar.high for bar in found)
    own = Series(name, values, low, high, pale=tuple(bar is None or not bar.marker for bar in found))
    return (own, Series("everybody", tuple(None if bar is None else bar.total for bar in found))) if share else (own,)


def panel_head(segment: SegmentDescription) -> str:
    return f"{head(segment)} ({percent(segment.size.estimate, digits=0)})"


def row_label(column: Column, level: str | None) -> str:
    if column.kind == "ordinal":
        return f"{column.label} ({column.levels[0]} to {column.levels[-1]})"
    return label(column, level)


def strongest(shown: Shown, keys: Sequence[Key], most: int) -> list[Key]:
    """Return the keys that differ most between segments, in their own order."""

    def strength(key: Key) -> float:
        return max(
            (abs(shown.cells[s.place, key].effect) for s in shown.visible if (s.place, key) in shown.cells), default=0.0
        )

    kept = set(sorted(keys, key=strength, reverse=True)[:most])
    return [key for key in keys if key in kept]


def position(shown: Shown, place: int, key: Key, columns: dict[str, Column], share: bool) -> float | None:
    """Return where a bar ends."""
    cell = shown.cells.get((place, key))
    if cell is None:
        return None
    if not share:
        return None if (place, key) in shown.withheld else cell.effect
    value = shown.value(place, key)
    if not isinstance(value, Interval):
        bound = shown.bound(place, key)
        return None if bound is None else bound[1]
    return value.estimate / steps(columns[key[0]])


def steps(column: Column) -> float:
    """Return the length of the scale of a coded column: its means divided by it lie between 0 and 1."""
    return float(max(1, len(column.levels) - 1)) if column.kind == "ordinal" else 1.0


def one_bar(
    shown: Shown, segment: SegmentDescription, key: Key, text: str, columns: dict[str, Column], share: bool
) -> segment_profile.Bar | None:
    cell = shown.cells.get((segment.place, key))
    at = position(shown, segment.place, key, columns, share)
    if cell is None or (at is not None and at != at):
        return None
    column = columns[key[0]]
    total = cell.total / steps(column) if share else 0.0
    if at is None:
        return segment_profile.Bar(panel_head(segment), text, None, None, None, total, False, "")
    value = shown.value(segment.place, key)
    low = high = None
    if not isinstance(value, Interval):
        bound = shown.bound(segment.place, key)
        figure = "" if bound is None else f"{'<' if bound[0] == 'below' else '>'}{percent(bound[1], digits=0)}"
    elif share:
        low, high = value.low / steps(column), value.high / steps(column)
        figure = percent(at, digits=0) if column.kind in SHARES else number(value.estimate + 1, digits=2)
    else:
        figure = f"{number(value.estimate)} {column.unit}".rstrip()
    return segment_profile.Bar(panel_head(segment), text, at, low, high, total, cell.marker, figure)


def separated(shown: Shown, cloud: Cloud | None) -> Part | None:
    """Return the separation plot."""
    if cloud is None or not len(cloud.points):
        return None
    names = {s.place: s.name for s in shown.visible}
    fields = (Field("Segment"), Field(cloud.axes[0], "fixed"), Field(cloud.axes[1], "fixed"))
    centres = {place: at for place, at in cloud.centres.items() if place in names}
    rows = tuple((f"{place + 1} {names[place]}", float(x), float(y)) for place, (x, y) in sorted(centres.items()))
    series = tuple(
        series_at(f"{place + 1} {names[place]}", float(x), float(y)) for place, (x, y) in sorted(centres.items())
    )
    native = Native("points", separation.TITLE, (), series, "0.0", cloud.axes[1], cloud.axes[0])
    plot = Figure(
        "separation",
        separation.TITLE,
        separation.SUBTITLE,
        lambda width: separation.chart(cloud, names, width=width),
        (native,),
    )
    grid = Grid("Separation", "Middles of the segments on the two axes of the plot", fields, rows)
    return Part("separation", "How far apart", (), (), (plot,), (grid,))


def series_at(name: str, x: float, y: float) -> Series:
    return Series(name, (y,), x=(x,))
