"""Traits that tell who somebody is are found by name, by declaration and by what their values look like."""

from __future__ import annotations

import pytest

from segmentary.workspace.access.sensitive import sensitive_traits
from segmentary.workspace.opening import init_workspace

CUSTOMERS = """customer_id,email,reach,remark,lat,plan,religion,first_name
a,a@example.com,a@example.com,"I would rather be called in the evening, please, at home",52.5,gold,x,Ann
b,b@example.com,b@example.com,"My husband answers the telephone on most of the weekdays",48.1,basic,y,Bob
"""


@pytest.fixture(scope="module")
def hidden(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sensitive")
    (folder / "customers.csv").write_text(CUSTOMERS)
    with init_workspace(folder / "shop") as workspace:
        workspace.add(folder / "customers.csv")
        return sensitive_traits(workspace)


@pytest.mark.parametrize("name", ["reach", "remark", "latitude", "religion", "first_name"])
def test_it_is_hidden(hidden, name):
    assert name in hidden


def test_what_tells_nothing_is_shown(hidden):
    assert "plan" not in hidden
    assert "order_count" not in hidden


def test_an_empty_workspace_hides_nothing_wrongly(tmp_path):
    with init_workspace(tmp_path / "shop") as workspace:
        assert "plan" not in sensitive_traits(workspace)
