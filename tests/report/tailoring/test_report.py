"""The report says what was found, hides what too few people stand behind, and names what cannot be said."""

import datetime as dt

import numpy as np
import openpyxl
import pytest
from tests.measurement.happened import EVENTS, engine_with, event, members

from segmentary.language.tree import Context
from segmentary.measurement.budget import SegmentReturn, allocate
from segmentary.measurement.loyalty.loyalty import Plan, loyalty
from segmentary.measurement.tailoring.facts import Period, dimensions
from segmentary.measurement.tailoring.offers import offers
from segmentary.measurement.tailoring.trends import trends, whole_months
from segmentary.measurement.tailoring.uses import uses
from segmentary.report.document import HIDDEN
from segmentary.report.tailoring.data import TailoringData
from segmentary.report.tailoring.report import render_tailoring, tailoring_document

CONTEXT = Context(as_of=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
NAMES = ["../first & <b>", "third"]


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(3)
    rows = []
    for k in range(240):
        first = k < 100
        for month in range(14):
            at = dt.datetime(2025, 1, 2) + dt.timedelta(days=30.4 * month + float(rng.uniform(0, 25)))
            share = 0.2 + 0.04 * month if first else 0.3
            rows.append(event(f"c{k}", at, category="garden" if rng.uniform() < share else "tea"))
            rows.append(event(f"c{k}", at, name="order_completed", channel="app" if first else "web"))
        if k < 3 or k > 210:
            rows.append(event(f"c{k}", dt.datetime(2025, 9, 1), category="rare"))
    engine = engine_with(rows)
    ids = [f"c{k}" for k in range(240)]
    who = members(engine, [ids[:100], ids[::3]], ids)
    by = dimensions()
    used = uses(
        engine, EVENTS, who, NAMES, [by["category"], by["channel"]],
        Period(dt.datetime(2025, 1, 1, tzinfo=dt.UTC), CONTEXT),
    )  # fmt: skip
    moved = trends(engine, EVENTS, who, NAMES, by["category"], whole_months(CONTEXT, 14))
    loyal = loyalty(engine, EVENTS, EVENTS, who, NAMES, CONTEXT, Plan(None, None, None, None))
    money = allocate([SegmentReturn(NAMES[0], 100, 2.0, 9.0, 1.0, 300)], 100, currency="EUR", experiment="offer")
    return TailoringData(
        generated_for="shop", as_of="2026-03-01", currency="EUR", uses=used, trends=moved,
        offers=offers(used, moved), loyalty=loyal, budget=money, unanswered=("nobody asked anybody",),
    )  # fmt: skip


def test_every_section_is_there(data):
    document = tailoring_document(data)
    assert [part.id for part in document.parts] == [
        "offers", "uses", "trends", "loyalty", "budget", "unanswered", "glossary",
    ]  # fmt: skip
    assert document.answer.word == "Treat them differently"
    assert any("garden is rising" in one for one in document.headlines)
    assert len({grid.name for grid in document.grids}) == len(document.grids)


def test_items_of_few_people_are_hidden(data):
    grid = next(grid for grid in tailoring_document(data).grids if grid.name == "Uses")
    rare = next(row for row in grid.rows if row[0] == NAMES[0] and row[1] == "rare")
    assert rare[3] is HIDDEN
    assert rare[8] is HIDDEN


def test_files_are_written_whatever_segments_are_called(data, tmp_path):
    files = render_tailoring(data, tmp_path / "out", forms=["html", "xlsx", "charts"])
    page = files.html.read_text(encoding="utf-8")
    assert "<b>" not in page.replace("<b></b>", "") or "first &amp; &lt;b&gt;" in page
    assert all(image.parent == tmp_path / "out" / "charts" for image in files.images)
    sheets = openpyxl.load_workbook(files.xlsx).sheetnames
    assert {"Uses", "Trends", "Months", "Offers", "Budget", "Ways"} <= set(sheets)


def test_nothing_to_report():
    document = tailoring_document(TailoringData())
    assert document.answer.word == "Nothing to report"
    assert [part.id for part in document.parts] == ["glossary"]
