"""Who comes back, as a person reads it."""

import datetime as dt
import json

import pytest
from tests.interfaces.cli.shop import done, make_shop

from segmentary.interfaces.cli.retention import show_retention
from segmentary.measurement.retention import Cohort, RetentionCell, RetentionTable
from segmentary.models.intervals import wilson

JANUARY, FEBRUARY = dt.date(2026, 1, 1), dt.date(2026, 2, 1)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_shop(tmp_path_factory.mktemp("retention"))


def test_one_line_per_cohort(capsys):
    first = Cohort(
        JANUARY,
        40,
        (
            RetentionCell(0, JANUARY, 40, wilson(40, 40), False),
            RetentionCell(1, FEBRUARY, 10, wilson(10, 40), True),
        ),
        True,
    )
    second = Cohort(FEBRUARY, 5, (RetentionCell(0, FEBRUARY, 5, wilson(5, 5), True),), False)
    show_retention(RetentionTable((first, second), dt.date(2026, 2, 9), FEBRUARY))
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "first order  customers  +1",
        "2026-01*            40  10~ 25 %",
        "2026-02              5  –",
    ]
    assert "2026-02 was not seen to its end, so this is no fall" in printed.err
    assert "old customers as well as new ones" in printed.err


def test_the_document_knows_the_unfinished_month(shop):
    found = json.loads(done("-w", shop, "retention", "--as-of", "2026-02-01", "--json").stdout)
    assert found["partial_month"] == "2026-01-01"
    assert [cohort["size"] for cohort in found["cohorts"]] == [2]


def test_nobody_ordered_yet(shop):
    found = done("-w", shop, "retention", "--as-of", "2020-01-01")
    assert found.stdout == ""
    assert "nobody ordered yet" in found.stderr
