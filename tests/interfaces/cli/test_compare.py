"""Traits and segments between groups, as a person reads it."""

import json

import pytest
from tests.interfaces.cli.shop import call, done, make_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_shop(tmp_path_factory.mktemp("compare"))


def test_a_number_by_groups(shop):
    found = done("-w", shop, "compare", "monetary", "--by", "country")
    lines = [line.split()[:6] for line in found.stdout.splitlines()]
    assert lines[0] == ["country", "customers", "mean", "from", "to", "sum"]
    assert ["France", "1", "30.00", "–", "–", "30.00"] in lines
    assert lines[-1][:2] == ["(everybody)", "3"]


def test_a_segment_by_groups_and_groups_by_a_segment(shop):
    assert "100.0 %" in done("-w", shop, "compare", "frequent", "--by", "country").stdout
    found = json.loads(done("-w", shop, "compare", "monetary", "--by", "frequent", "--json").stdout)
    assert [(group["value"], group["total"]) for group in found["groups"]] == [("yes", 30), ("no", 5.5)]


def test_only_among_the_members_of_a_segment(shop):
    found = json.loads(
        done("-w", shop, "compare", "frequent", "--by", "country", "--within", "french", "--json").stdout
    )
    assert found["overall"]["people"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["frequent", "--by", "contry"], 1, "did you mean 'country'"),
        (["country", "--by", "frequent"], 2, "nothing to average"),
        (["frequent", "--by", "country", "--within", "frenchmen"], 1, "did you mean 'french'"),
        (["frequent"], 2, "--by"),
    ],
)
def test_errors_help(shop, arguments, code, says):
    found = call("-w", shop, "compare", *arguments)
    assert found.exit_code == code, found.output
    assert says in found.stderr
    assert found.stdout == ""
