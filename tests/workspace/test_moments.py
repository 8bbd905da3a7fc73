"""Moments as people write them: a day begins in the workspace's zone, nonsense is refused with what to write."""

from __future__ import annotations

import datetime as dt

import pytest

from segmentary.errors import UsageError
from segmentary.workspace.moments import as_of_instant

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("moment", "zone", "instant"),
    [
        ("2026-03-01", "UTC", "2026-03-01T00:00"),
        ("2026-03-01", BERLIN, "2026-02-28T23:00"),
        ("2026-07-01", BERLIN, "2026-06-30T22:00"),
        (dt.date(2026, 7, 1), BERLIN, "2026-06-30T22:00"),
        ("2026-03-01T12:00:00+01:00", "America/New_York", "2026-03-01T11:00"),
        ("2026-03-01T12:00:00", BERLIN, "2026-03-01T11:00"),
        (dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), BERLIN, "2026-03-01T12:00"),
    ],
)
def test_every_spelling_is_an_instant(moment, zone, instant):
    found = as_of_instant(moment, zone)
    assert found == dt.datetime.fromisoformat(instant + "+00:00")
    assert found.tzinfo is dt.UTC


def test_the_hour_clocks_show_twice_is_the_first_and_the_one_they_skip_is_an_instant():
    assert as_of_instant("2026-10-25T02:30:00", BERLIN).hour == 0
    assert as_of_instant("2026-03-29T02:30:00", BERLIN).hour == 1


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "2026-13-01", "31.12.2026", "2026-03-01T25:00", "\0"])
def test_what_is_no_moment_is_refused_with_how_to_write_one(text):
    with pytest.raises(UsageError, match="not a date or time") as told:
        as_of_instant(text, "UTC")
    assert "2026-03-01" in told.value.hint


@pytest.mark.parametrize(("text", "zone"), [("0001-01-01", BERLIN), ("9999-12-31T23:59:00", "America/New_York")])
def test_the_ends_of_the_calendar_are_no_moments_elsewhere(text, zone):
    with pytest.raises(UsageError, match="no calendar reaches"):
        as_of_instant(text, zone)
