"""A prediction as it is shown: the plain answer, who has the highest scores, what the data allow."""

from __future__ import annotations

import pytest

import segmentary as sg
from segmentary.errors import UnknownNameError
from segmentary.workspace.prediction_looking import document, look, plain_document, readiness, top_people


def test_the_card_is_a_document(analysed):
    found = look(analysed, "clv")
    told = plain_document(found)
    assert told["verdict"]["sentence"] == document(found).answer.sentence
    assert told["scored_as_of"] == found.scored_as_of
    assert "baseline" not in told["card"]
    assert told["scores"]["everybody"].people > 100
    with pytest.raises(UnknownNameError):
        look(analysed, "fortune")


def test_people_come_page_by_page_the_highest_first(analysed):
    fitted = analysed.predictions.fitted("clv")
    everybody = top_people(analysed, fitted, limit=1000)
    values = [float(one.scores["value"]) for one in everybody]
    assert values == sorted(values, reverse=True)
    first = top_people(analysed, fitted, limit=7)
    last = first[-1]
    rest = top_people(analysed, fitted, limit=1000, after=(float(last.scores["value"]), last.customer_id))
    assert [one.customer_id for one in (*first, *rest)] == [one.customer_id for one in everybody]


def test_what_the_data_allow(analysed):
    found = {one.kind: one for one in readiness(analysed)}
    assert found["clv"].ready
    assert found["churn"].days == 91


def test_an_empty_workspace_says_what_is_missing(tmp_path):
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        found = readiness(workspace)
        assert not any(one.ready for one in found)
        assert all(one.why and one.hint for one in found)
