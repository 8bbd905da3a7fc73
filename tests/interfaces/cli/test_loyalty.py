"""`segmentary loyalty` on a terminal."""

import pytest
from tests.interfaces.cli.shop import call
from tests.interfaces.cli.tailored import make_tailored


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_tailored(tmp_path_factory.mktemp("loyal"))


def test_every_measure_stands_in_the_table(shop):
    found = call("-w", str(shop), "loyalty", "pro", "basic")
    assert found.exit_code == 0
    for words in ("NPS", "satisfied", "share of wallet", "ordered again", "retention 12 months", "everybody else"):
        assert words in found.stdout
    assert "people who answered" in found.stderr


def test_named_questions_and_events(shop):
    found = call("-w", str(shop), "loyalty", "pro", "--nps", "recommend", "--ends", "subscription_cancelled")
    assert found.exit_code == 0
    wrong = call("-w", str(shop), "loyalty", "pro", "--nps", "spend_ours")
    assert wrong.exit_code == 1
    assert "0 to 10" in wrong.stderr
    assert call("-w", str(shop), "loyalty", "--ends", "nothing").exit_code == 1
