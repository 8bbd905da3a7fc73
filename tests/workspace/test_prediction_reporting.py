"""Reports of predictions from a workspace: scores, segments and sums are the engine's, what is missing is said."""

import openpyxl
import pytest
from sqlglot import exp

import segmentary as sg
from segmentary.report import files
from segmentary.report.prediction import report as reporting
from segmentary.samples.planted_outcomes import SEGMENTS, SOURCES, plant_outcomes
from segmentary.workspace.prediction_reporting import edges_of, scored_context, scores_of, seed_tenths, values_of


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reported")
    truth = plant_outcomes(folder / "files", customers=500, seed=5)
    with sg.init(folder / "shop", timezone=truth.timezone, currency=truth.currency, environment={}) as workspace:
        workspace.add(*(folder / "files" / source.file for source in SOURCES))
        workspace.apply(SEGMENTS)
        workspace.run(truth.as_of)
        workspace.predictions.clv("worth", days=180)
        workspace.predictions.lookalike("like_pro", "pro")
        workspace.predictions.score()
        workspace.run(truth.as_of)
        workspace.predictions.clv("fresh", days=90)
        yield workspace


@pytest.fixture
def quick(monkeypatch):
    """Workbooks only: how the other forms are drawn is tested in the room of reports."""
    monkeypatch.setattr(reporting, "write", lambda document, folder, **_: files.write(document, folder, forms=["xlsx"]))


def texts(book):
    return {str(value) for sheet in openpyxl.load_workbook(book) for row in sheet.values for value in row if value}


def profile(workspace, *names):
    columns = [exp.column(name, quoted=True) for name in names]
    return workspace.engine.table(exp.select(*columns).from_("profile")).to_pydict()


def test_scores_are_those_of_the_profiles(shop):
    fitted = shop.predictions.fitted("worth")
    context = scored_context(shop, fitted, [])
    found = scores_of(shop, fitted, context)
    told = [float(one) for one in profile(shop, "worth.value")["worth.value"] if one is not None]
    assert found.everybody.people == len(told)
    assert found.everybody.total == pytest.approx(sum(told))
    assert sum(one.people for one in found.tenths) == len(told)
    assert found.tenths[0].mean >= found.tenths[-1].mean
    assert sum(one.people for one in found.bins) == len(told)
    by_name = {one.segment: one for one in found.segments}
    assert by_name["Pro plan"].mean.low > by_name["Basic plan"].mean.high


def test_values_of_segments_hold_together(shop):
    fitted = shop.predictions.fitted("worth")
    everybody, *segments = values_of(shop, fitted, scored_context(shop, fitted, []))
    plans = [one for one in segments if one.segment.endswith("plan")]
    assert sum(one.people for one in plans) == everybody.people
    assert sum(one.value.estimate for one in plans) == pytest.approx(everybody.value.estimate)


def test_the_seed_is_where_likeness_is_high(shop):
    fitted = shop.predictions.fitted("like_pro")
    tenths = seed_tenths(shop, fitted, scored_context(shop, fitted, []))
    assert [one.decile for one in tenths] == sorted(one.decile for one in tenths)
    assert tenths[-1].seed / tenths[-1].people > tenths[0].seed / tenths[0].people


def test_a_report_of_each(shop, quick, tmp_path):
    made = shop.predictions.report("worth")
    assert made.xlsx == shop.folder.root / "reports" / "worth" / "prediction.xlsx"
    assert {"Worth", "Purchase models", "Card"} <= set(openpyxl.load_workbook(made.xlsx).sheetnames)
    assert "Pro plan" in texts(made.xlsx)
    other = shop.predictions.report("like_pro", tmp_path / "here")
    assert "Seed by tenth" in openpyxl.load_workbook(other.xlsx).sheetnames


def test_nobody_scored_yet(shop, quick, tmp_path):
    made = shop.predictions.report("fresh", tmp_path / "fresh")
    sheets = openpyxl.load_workbook(made.xlsx).sheetnames
    assert "Worth" in sheets
    assert "Scores" not in sheets


def test_no_temporary_table_is_left(shop):
    shop.predictions.fitted("worth")
    assert not any(shop.warehouse.has_table(f"report_{name}") for name in ("scores", "members", "purchases", "bins"))


def test_borders_of_nothing():
    assert edges_of("money", []) == [0.0]
    assert edges_of("share", []) == [0.0]
