"""The report says how good it is beside a plain rule, hides what is small, and names what cannot be said."""

import math
from dataclasses import replace

import openpyxl
import pytest
from tests.report.prediction.cards import auc, card, report

from segmentary.models.intervals import Interval
from segmentary.report.document import HIDDEN
from segmentary.report.prediction.report import prediction_document, render_prediction

KINDS = ["clv", "next", "churn", "propensity", "lookalike"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_sections(kind):
    document = prediction_document(report(kind))
    ids = [part.id for part in document.parts]
    assert ids[0] == "limits"
    assert {"holdout", "rests", "segments", "card", "features", "glossary"} <= set(ids)
    assert ("seed" in ids) == (kind == "lookalike")
    assert ("calibration" in ids) == (kind != "lookalike")
    assert len({grid.name for grid in document.grids}) == len(document.grids)
    assert all(len(grid.name) <= 31 for grid in document.grids)
    assert all(figure.title and figure.note for figure in document.figures)


def test_no_probability_is_said_of_a_lookalike():
    data = report("lookalike", card=card("lookalike", target="Who is like the pros."))
    document = prediction_document(data)
    said = " ".join(
        [document.answer.sentence, document.answer.meaning, *document.headlines]
        + [
            text
            for part in document.parts
            for text in (*part.lead, *part.notes, *(t for pair in part.terms for t in pair))
        ]
    )
    assert "probability" not in said.lower()


def test_small_groups_are_hidden_also_from_whoever_subtracts():
    grids = {grid.name: grid for grid in prediction_document(report("lookalike")).grids}
    few = next(row for row in grids["Segments"].rows if row[0] == "few")
    assert few[1:] == (HIDDEN, HIDDEN)
    hidden = [row for row in grids["Seed by tenth"].rows if row[2] is HIDDEN]
    assert len(hidden) >= 2


def test_the_card_can_be_copied():
    grid = next(grid for grid in prediction_document(report()).grids if grid.name == "Card")
    told = dict(grid.rows)
    assert told["Prediction"] == "tea v2 12345678"
    assert told["Asked: days"] == "91"
    assert told["Seed of chance"] == "7"


def test_nothing_but_a_card():
    bare = card(holdout=(), calibration=(), features=(), findings=(), limits=())
    document = prediction_document(report(card=bare, scores=None, features=(), unanswered=("no past is known",)))
    assert [part.id for part in document.parts] == ["limits", "unanswered", "card", "glossary"]
    assert document.answer.word.startswith("Not tested")
    assert any("predict score tea" in one for one in document.headlines)


def test_figures_that_are_not_known_do_not_break_it():
    unknown = Interval(math.nan, math.nan, math.nan, 0)
    holdout = (
        replace(auc(), estimate=unknown),
        replace(auc(), name="gini", estimate=Interval(0.3, math.nan, math.nan, 9)),
    )
    document = prediction_document(report(card=card(holdout=holdout)))
    assert document.answer.word == "Not clearly better than the plain rule"


@pytest.mark.parametrize("kind", ["next", "lookalike"])
def test_files_are_written_whatever_segments_are_called(kind, tmp_path):
    files = render_prediction(report(kind), tmp_path / "out", forms=["html", "xlsx"])
    page = files.html.read_text(encoding="utf-8")
    assert "first &amp; &lt;b&gt;" in page
    assert "&lt;odd&gt;" in page
    assert {"Card", "Held out", "Segments"} <= set(openpyxl.load_workbook(files.xlsx).sheetnames)
