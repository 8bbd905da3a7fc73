"""What several files of tests start from, made once."""

import pytest
from tests.workspace.analysed_shop import make_analysed
from tests.workspace.audience_world import make_world


@pytest.fixture(scope="session")
def audience_template(tmp_path_factory):
    """The folder of the shop of `audience_world`; tests work in copies of it."""
    folder = tmp_path_factory.mktemp("audiences") / "shop"
    make_world(folder).close()
    return folder


@pytest.fixture(scope="session")
def analysed(tmp_path_factory):
    """The shop of `analysed_shop`; tests add under names of their own."""
    with make_analysed(tmp_path_factory.mktemp("analysed") / "files") as workspace:
        yield workspace
