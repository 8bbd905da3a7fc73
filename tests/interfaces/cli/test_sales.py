"""Where the money comes from, on a terminal's other end."""

import json
from decimal import Decimal

import pytest
from tests.interfaces.cli.shop import call, done, make_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_shop(tmp_path_factory.mktemp("sales"))


def test_months_in_order_of_time(shop):
    found = done("-w", shop, "sales")
    assert found.stdout.splitlines() == [
        "month    sales EUR    share  orders  buyers  note",
        "2026-01      35.50  100.0 %       3       2  25 of 31 days only: not a fall",
    ]
    assert found.stderr == "35.50 EUR in all: gross sales of identified customers, cancellations not subtracted\n"


def test_customers_by_money_then_by_id(shop):
    found = done("-w", shop, "sales", "--by", "customer", "--limit", 1)
    assert found.stdout.splitlines() == [
        "customer  sales EUR   share  orders  buyers",
        "ann           30.00  84.5 %       2       1",
    ]
    assert "the first 1 of 2 rows" in found.stderr


def test_the_order_can_be_chosen_and_ties_keep_theirs(shop):
    found = json.loads(done("-w", shop, "sales", "--by", "customer", "--sort", "buyers", "--json").stdout)
    assert [row["value"] for row in found["rows"]] == ["ann", "bob"]


def test_another_day_another_total(shop):
    text = done("-w", shop, "sales", "--as-of", "2026-01-10", "--json").stdout
    assert json.loads(text, parse_float=Decimal)["total"] == 10


def test_a_limit_keeps_the_total_of_everything(shop):
    text = done("-w", shop, "sales", "--by", "customer", "--limit", 1, "--json").stdout
    found = json.loads(text, parse_float=Decimal)
    assert found["total"] == Decimal("35.5")
    assert len(found["rows"]) == 1


def test_a_small_group_is_no_segment(shop):
    assert "1 buyer: too few to be a segment" in done("-w", shop, "sales", "--by", "country").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--by", "contry"], 1, "did you mean 'country'"),
        (["--sort", "share"], 2, "one of money, orders, buyers"),
        (["--as-of", "soon"], 2, "not a date"),
    ],
)
def test_errors_help(shop, arguments, code, says):
    found = call("-w", shop, "sales", *arguments)
    assert found.exit_code == code, found.output
    assert says in found.stderr
    assert found.stdout == ""


def test_an_empty_workspace_has_no_sales(tmp_path):
    done("init", tmp_path / "empty")
    assert call("-w", tmp_path / "empty", "sales").exit_code == 2
    done("-w", tmp_path / "empty", "run")
    found = done("-w", tmp_path / "empty", "sales")
    assert found.stdout == ""
    assert "no sales" in found.stderr
