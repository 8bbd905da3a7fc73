"""Results of a campaign in PostgreSQL: the same figures as embedded."""

from __future__ import annotations

import json

import pytest
from tests.engine.engines import postgres_server
from tests.workspace.campaign_shop import make_shop

from segmentary.workspace.opening import open_workspace

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def server():
    with postgres_server() as address:
        yield address


def test_every_figure_is_the_same(server, tmp_path):
    found = []
    for name, settings in (("embedded", {}), ("server", {"warehouse": server})):
        (tmp_path / name).mkdir()
        clock, _ = make_shop(tmp_path / name, people=60, settings=settings)
        with open_workspace(tmp_path / name / "shop", clock=clock) as workspace:
            result = workspace.campaigns.result("spring", margin=0.4)
            told = workspace.campaigns.next_actions(margin=0.4)
        document = result.to_document() | {"next": [one.sentence for one in told.rows]}
        found.append(json.dumps({**document, "as_of": "", "assigned_at": "", "read_on": ""}, default=str))
    assert found[0] == found[1]
