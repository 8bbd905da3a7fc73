"""An audience frozen in PostgreSQL: the same people with the same outcomes as embedded."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
from tests.engine.engines import postgres_server
from tests.workspace.audience_world import START, Hand, members

from segmentary.workspace.ad_exporting import AdWish, export_segment
from segmentary.workspace.opening import open_workspace

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def server():
    with postgres_server() as address:
        yield address


def frozen(workspace, folder):
    workspace.consents.decide("c0007", "marketing", "any", False, "call")
    workspace.consents.suppress("email", "c0011@shop.example", "bounce")
    workspace.experiments.global_holdout(0.1)
    workspace.campaigns.freeze("autumn")
    given = export_segment(workspace, "silver", AdWish(folder / "list.csv", "meta"))
    return members(workspace, "autumn-1"), given.people, given.left_out, (folder / "list.csv").read_text()


def test_it_is_what_the_embedded_database_says(server, audience_template, tmp_path):
    for place in ("here", "there"):
        shutil.copytree(audience_template, tmp_path / place)
    later = START + dt.timedelta(hours=1)
    with open_workspace(tmp_path / "here", clock=Hand(later)) as workspace:
        expected = frozen(workspace, tmp_path / "here")
    with open_workspace(tmp_path / "there", clock=Hand(later), warehouse=server) as workspace:
        workspace.run(as_of=START)
        assert workspace.warehouse is not workspace.engine
        found = frozen(workspace, tmp_path / "there")
        written = {one.customer_id: one.address for one in workspace.campaigns.people("autumn-1")}
        assert set(written) == {who for who, one in found[0].items() if one[1] == "treated"}
        assert all(written.values())
    assert found == expected
