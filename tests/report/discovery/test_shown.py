"""Small groups are hidden, with what would give them away."""

from __future__ import annotations

from dataclasses import replace

from tests.report.discovery import planted

from segmentary.models.intervals import Interval
from segmentary.report.discovery.shown import Shown
from segmentary.report.document import HIDDEN


def small_one(size: int) -> Shown:
    """A solution whose last segment has so few people."""
    given = planted.solution(k=4)
    segments = list(given.description.segments)
    segments[-1] = replace(segments[-1], n=size)
    people = sum(s.n for s in segments)
    return Shown(
        replace(
            given,
            fit=replace(given.fit, people=people),
            description=replace(given.description, segments=tuple(segments)),
        )
    )


def test_a_small_segment_takes_another_with_it() -> None:
    shown = small_one(6)
    assert 3 in shown.hidden
    assert len(shown.hidden) == 2
    assert shown.people(shown.segments[3]) is HIDDEN
    assert all(shown.value(3, key) in (HIDDEN, None) for key in shown.keys)


def test_large_segments_are_shown() -> None:
    shown = small_one(60)
    assert shown.hidden == frozenset()
    assert shown.people(shown.segments[0]) == shown.segments[0].n


def test_no_hidden_share_follows_from_the_others() -> None:
    shown = Shown(planted.solution(k=4, seed=11))
    assert shown.withheld
    for key in shown.keys:
        cells = [shown.cells[s.place, key] for s in shown.segments if (s.place, key) in shown.cells]
        gone = [c for c in cells if (c.segment, key) in shown.withheld]
        if not gone:
            continue
        assert len(gone) >= 2, key
        for c in cells:
            k = round(c.value.estimate * c.value.n)
            if c.kind == "binary" and (0 < k < 11 or 0 < c.value.n - k < 11):
                assert (c.segment, key) in shown.withheld


def test_a_hidden_share_may_say_its_bound() -> None:
    shown = Shown(planted.solution(k=4, seed=11))
    said = [(place, key, shown.bound(place, key)) for place, key in shown.withheld]
    assert any(bound for _, _, bound in said)
    for place, key, bound in said:
        if bound is not None:
            cell = shown.cells[place, key]
            assert (cell.value.estimate < bound[1]) if bound[0] == "below" else (cell.value.estimate > bound[1])


def test_descriptors_hide_along_rows_and_columns() -> None:
    shown = Shown(planted.solution(k=4))
    d = next(d for d in shown.solution.description.descriptors if d.name == "frequency")
    gone = shown.withheld_shares(d)
    for i, row in enumerate(d.counts):
        for j, n in enumerate(row):
            if 0 < n < 11:
                assert (i, j) in gone
        hidden = [j for j in range(len(row)) if (i, j) in gone]
        assert len(hidden) != 1


def test_means_of_few_are_hidden() -> None:
    given = planted.solution(k=3)
    profile = tuple(
        replace(c, value=Interval(c.value.estimate, c.value.low, c.value.high, 5))
        if c.column == "age" and c.segment == 1
        else c
        for c in given.description.profile
    )
    shown = Shown(replace(given, description=replace(given.description, profile=profile)))
    assert shown.value(1, ("age", None)) is HIDDEN
