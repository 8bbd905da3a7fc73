"""`segmentary market` on a terminal's other end: tables, and what people read who ask wrongly."""

import re

import pytest
from tests.interfaces.cli.discovered import PLAN, make_discovered
from tests.interfaces.cli.shop import call, done


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_discovered(tmp_path_factory.mktemp("market"))


def told(shop, *arguments):
    return done("-w", shop, "market", *arguments).stdout


def test_sizes_are_whole_people_and_whole_money(shop):
    lines = told(shop, "size", "shoppers").splitlines()
    assert lines[0].split()[:7] == ["segment", "asked", "share", "from", "to", "adults", "error"]
    everybody = next(line for line in lines if line.startswith("(everybody)"))
    assert "10,000" in everybody
    assert not re.search(r"\d,\d{3}\.\d", "\n".join(lines[: lines.index(everybody) + 1]))


def test_potential_spells_large_numbers_out(shop):
    found = told(shop, "potential", "shoppers")
    assert "10,000" in found
    assert "e+0" not in found
    assert "tam" in found


def test_every_table_has_its_heads(shop):
    for name, head in (
        ("rake", "margin"), ("competition", "segment"), ("against", "segment"), ("needs", "segment"),
        ("attractiveness", "rank"),
    ):  # fmt: skip
        assert told(shop, name, "shoppers").startswith(head), name
    trends = told(shop, "trends", "shoppers").splitlines()
    assert trends[0].split() == ["segment", "2025", "2026", "trend"]
    assert not any("not_clear" in line for line in trends)


def test_nobody_has_decided_yet(shop):
    found = done("-w", shop, "market", "targets")
    assert found.stdout == ""
    assert "nobody has decided yet" in found.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["size", "nowhere"], 1, "a market is a file"),
        (["attractiveness", "shoppers", "--weight", "size"], 2, "--weight size=3"),
        (["attractiveness", "shoppers", "--weight", "nothing=3"], 1, "unknown criterion 'nothing'"),
        (
            ["target", "shoppers", "serve", "--by", "board", "--segment", "nobody"],
            1,
            "unknown segment of the market 'nobody'",
        ),
    ],
)
def test_what_is_wrong_and_what_to_do(shop, arguments, code, told):
    found = call("-w", shop, "market", *arguments)
    assert found.exit_code == code, found.stderr
    assert told in found.stderr


def test_a_plan_of_what_is_not_asked(shop):
    for change, message in (
        (("wants_advice", "wants_nothing"), "unknown item of asked 'wants_nothing'"),
        (("base: kinds_typed\n", ""), "discover typing"),
        (("survey: asked", "survey: nowhere"), "unknown survey 'nowhere'"),
    ):
        (shop / "market" / "odd.yaml").write_text(PLAN.replace(*change).replace("shoppers", "odd"), encoding="utf-8")
        found = call("-w", shop, "market", "against" if "base" in change[0] else "needs", "odd")
        assert found.exit_code == 1
        assert message in found.stderr
