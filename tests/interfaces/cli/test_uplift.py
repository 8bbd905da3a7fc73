"""Whom an experiment helps, on the command line: tables, refusals, exit codes."""

from __future__ import annotations

import pytest
from tests.interfaces.cli.experimented import make_experimented
from tests.interfaces.cli.shop import call


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_experimented(tmp_path_factory.mktemp("uplift"))


def test_tenths_policies_and_orders_are_shown(shop):
    found = call("-w", shop, "experiment", "uplift", "mailing", "--by", "tier", "--learners", "ridge")
    assert found.exit_code == 0, found.output
    for word in ("tenth", "treat everyone", "best single rule (tier = gold)", "Qini (scikit-uplift)", "pp"):
        assert word in found.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--by", "visited"), "is an outcome of the experiment"),
        ((), "when people were assigned"),
        (("--by", "tier", "--cost", "1"), "what is one visits worth"),
        (("--by", "tier", "--learners", "forest"), "expected all or ridge"),
        (("--by", "tier", "--arm", "letter"), "letter"),
    ],
)
def test_what_cannot_be_read_is_said(shop, options, message):
    found = call("-w", shop, "experiment", "uplift", "mailing", *options)
    assert found.exit_code != 0
    assert message in found.output
