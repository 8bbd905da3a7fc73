"""Shares, days and times mean the same in every document: a day that ends something is part of it."""

import datetime as dt

import pytest

from segmentary.activation.document_parts import bound, in_order, moment_of, share_of, texts_of
from segmentary.errors import DefinitionError
from segmentary.language.cursor import Cursor


@pytest.mark.parametrize(("said", "share"), [("10%", 0.1), ("12.5 %", 0.125), (0.1, 0.1), ("0", 0.0), ("100%", 1.0)])
def test_shares(said, share):
    assert share_of(Cursor(said)) == share


@pytest.mark.parametrize("said", ["ten", "nan", "inf%", "-1%", "101%", "", None, True, "%", "1e400"])
def test_no_shares(said):
    with pytest.raises(DefinitionError, match="is no share from 0% to 100%"):
        share_of(Cursor(said))


def test_a_share_that_is_too_large_here():
    assert share_of(Cursor("90%"), at_most="90%") == 0.9
    with pytest.raises(DefinitionError, match="from 0% to 90%"):
        share_of(Cursor("90.1%"), at_most="90%")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2026-03-01", "2026-03-01"),
        (dt.date(2026, 3, 1), "2026-03-01"),
        ("2026-03-01 09:00", "2026-03-01T09:00"),
        (dt.datetime(2026, 3, 1, 9, 0, 5), "2026-03-01T09:00:05"),
        ("2026-03-01T09:00:00+01:00", "2026-03-01T09:00+01:00"),
        ("", ""),
        (None, ""),
    ],
)
def test_days_and_times(said, kept):
    assert moment_of(Cursor(said)) == kept
    assert moment_of(Cursor(kept)) == kept


@pytest.mark.parametrize("said", ["soon", "2026-02-30", "2026-03-01 25:00", "9"])
def test_no_days_and_times(said):
    with pytest.raises(DefinitionError, match="is no day or time"):
        moment_of(Cursor(said))


def test_a_day_ends_at_its_end_where_the_business_is_also_when_clocks_change():
    assert bound("2026-03-29", "Europe/Berlin", end=False) == dt.datetime(2026, 3, 28, 23, tzinfo=dt.UTC)
    assert bound("2026-03-29", "Europe/Berlin", end=True) == dt.datetime(2026, 3, 29, 22, tzinfo=dt.UTC)
    assert bound("2026-03-29T12:00", "Europe/Berlin", end=True) == dt.datetime(2026, 3, 29, 10, tzinfo=dt.UTC)
    assert bound("", "UTC", end=True) is None


@pytest.mark.parametrize(
    ("starts", "ends"), [("2026-03-01", "2026-03-01"), ("2026-03-01T18:00", "2026-03-01"), ("2026-03-01", "")]
)
def test_what_lasts_one_day_is_in_order(starts, ends):
    in_order(Cursor({"from": starts, "until": ends}), starts, ends)


@pytest.mark.parametrize(("starts", "ends"), [("2026-03-02", "2026-03-01"), ("2026-03-01T18:00", "2026-03-01T18:00")])
def test_what_is_over_before_it_begins(starts, ends):
    with pytest.raises(DefinitionError, match="before it begins"):
        in_order(Cursor({"from": starts, "until": ends}), starts, ends)


def test_one_text_or_several():
    assert texts_of(None) == ()
    assert texts_of(Cursor("tea")) == ("tea",)
    assert texts_of(Cursor(["tea", "cups"])) == ("tea", "cups")
