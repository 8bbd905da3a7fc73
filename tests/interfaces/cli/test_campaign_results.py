"""What a campaign did, as the command line says it."""

import pytest
from tests.interfaces.cli.resulted import make_resulted
from tests.interfaces.cli.shop import call


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_resulted(tmp_path_factory.mktemp("resulted"))


def test_a_result_says_the_verdict_first_and_what_clicks_are_not(shop):
    found = call("-w", str(shop), "campaign", "result", "spring", "--margin", "40%")
    assert found.exit_code == 0, found.output
    assert found.stdout.startswith("spring: ")
    assert "against those held out" in found.stdout
    assert "not what the campaign caused" in found.stdout
    assert "people, not events" in found.stderr
    assert "the return is of profit" in found.stdout


def test_next_says_one_line_a_segment(shop):
    found = call("-w", str(shop), "campaign", "next")
    assert found.exit_code == 0, found.output
    assert found.stdout.startswith("segment  people  do")
    assert {"basic", "plus", "pro"} <= {line.split(":")[0] for line in found.stdout.splitlines() if ":" in line}


def test_what_is_not_there_is_said(shop):
    unknown = call("-w", str(shop), "campaign", "result", "sprig")
    assert unknown.exit_code != 0
    assert "spring" in unknown.stderr
    assert call("-w", str(shop), "campaign", "result", "spring", "--margin", "many").exit_code == 2
