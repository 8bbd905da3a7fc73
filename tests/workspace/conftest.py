"""What several files of tests start from, made once."""

import pytest
from tests.workspace.audience_world import make_world


@pytest.fixture(scope="session")
def audience_template(tmp_path_factory):
    """The folder of the shop of `audience_world`; tests work in copies of it."""
    folder = tmp_path_factory.mktemp("audiences") / "shop"
    make_world(folder).close()
    return folder
