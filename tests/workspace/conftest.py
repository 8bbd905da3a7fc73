"""What several files of tests start from, made once."""

import pytest
from tests.workspace.analysed_shop import make_analysed
from tests.workspace.audience_world import make_world
from tests.workspace.preview_shop import shop


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


@pytest.fixture(scope="session")
def preview_shop(tmp_path_factory):
    """The shop of `preview_shop`; nobody takes away what others made."""
    with shop(tmp_path_factory.mktemp("previews")) as workspace:
        yield workspace
