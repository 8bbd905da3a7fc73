"""Options that mean the same in every command."""

import datetime as dt

import pytest

from segmentary.errors import UsageError
from segmentary.interfaces.cli.session import moment, pairs


def test_moments():
    assert moment("") is None
    assert moment("2026-03-01") == dt.date(2026, 3, 1)
    assert moment("2026-03-01T12:00") == dt.datetime(2026, 3, 1, 12)
    assert moment("2026-03-01T12:00:00+02:00").utcoffset() == dt.timedelta(hours=2)


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "01/03/2026", "2026", " "])
def test_what_is_no_moment_is_wrong_usage(text):
    with pytest.raises(UsageError, match="--as-of: not a date"):
        moment(text)


def test_pairs():
    assert pairs(["a=b", "c = d=e"], "--map") == {"a": "b", "c": "d=e"}
    assert pairs([], "--map") == {}


@pytest.mark.parametrize("given", [["a"], ["=b"], ["a="], ["a=b", "a=c"]])
def test_wrong_pairs(given):
    with pytest.raises(UsageError, match="--map"):
        pairs(given, "--map")
