"""`--where`: a rule in place of a segment's name."""

import json

import pytest
from tests.interfaces.cli.shop import call, done, make_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_shop(tmp_path_factory.mktemp("asking"))


def test_a_typed_rule_is_counted(shop):
    found = done(
        "-w", shop, "segment", "count", "--where", "country = France or country = Germany", "--as-of", "2026-02-01"
    )
    assert found.stdout == "2\n"
    assert "evaluated now" in found.stderr


def test_a_typed_rule_lists_its_people(shop):
    found = done("-w", shop, "segment", "people", "--where", "events order_completed count >= 2", "--json")
    assert [row["customer_id"] for row in json.loads(found.stdout)["people"]] == ["ann"]


def test_a_typed_rule_may_name_segments(shop):
    found = done("-w", shop, "segment", "count", "--where", "not segment french", "--as-of", "2026-02-01")
    assert found.stdout == "2\n"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("contry = France", "did you mean 'country'"),
        ("country = France adn birth_date exists", "did you mean `and`?"),
        ("segment frensh", "did you mean 'french'?"),
        ("did order_complete", "did you mean 'order_completed'?"),
    ],
)
def test_a_slip_is_shown_where_it_is(shop, rule, message):
    found = call("-w", shop, "segment", "count", "--where", rule)
    assert found.exit_code == 1
    assert "^" in found.stderr
    assert message in found.stderr


@pytest.mark.parametrize("arguments", [(), ("french", "--where", "country = France")])
def test_it_is_a_name_or_a_rule(shop, arguments):
    found = call("-w", shop, "segment", "count", *arguments)
    assert found.exit_code == 2
    assert "--where" in found.stderr


def test_show_says_how_fresh_what_below_and_what_it_takes(shop):
    text = done("-w", shop, "segment", "show", "frequent").stdout
    assert "timer: follows every event as it arrives" in text
    assert "(where/all/0: its window moves with the clock)" in text
    assert "rests on attributes country; events order_completed; tables customer_attributes, customers, events" in text
    assert "estimated: 1 measure, 1 pass over the events, about 3 rows read; 2 conditions per customer" in text


def test_show_as_a_document_holds_the_same(shop):
    found = json.loads(done("-w", shop, "segment", "show", "frequent", "--json").stdout)["analysis"]
    assert found["freshness"]["kind"] == "timer"
    assert found["lineage"]["events"] == ["order_completed"]
    assert found["cost"]["event_rows"] == 3
