"""The report of an experiment, or of a campaign that was none, as a document and as files."""

from __future__ import annotations

import pytest
from tests.workspace.experiment_shop import quiet, shop

from segmentary.errors import UnknownNameError
from segmentary.measurement.experiment.analysis import Analysis
from segmentary.workspace.experiment_reporting import experiment_findings, findings, plain


def test_an_experiment_nobody_could_have_reacted_to_yet_has_no_verdict():
    found, arms = findings(shop(), "vouchers", None, peek=False, tell=quiet)
    assert isinstance(found, Analysis)
    assert arms == ()
    document = experiment_findings(shop(), "vouchers")
    assert document.answer.word == "No verdict yet"
    assert "EUR" in document.currency
    assert document.grids


def test_arms_nobody_drew_by_lot_prove_nothing():
    document = experiment_findings(shop(), "Spring / 2026")
    assert document.answer.tone != "good"
    assert "drawn by lot" in document.answer.sentence
    with pytest.raises(UnknownNameError, match="autumn"):
        experiment_findings(shop(), "autumn")


def test_small_groups_are_hidden_below_the_limit_of_the_workspace():
    assert experiment_findings(shop(), "vouchers").below == shop().settings.suppress_below


@pytest.mark.parametrize(
    ("name", "folder"), [("vouchers", "vouchers"), ("a/../b c", "a____b_c"), ("Frühling-1", "Frühling-1"), ("", "")]
)
def test_a_campaigns_name_never_leaves_its_folder(name, folder):
    assert plain(name) == folder
