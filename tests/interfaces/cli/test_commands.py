"""Every command on a small shop: what a person reads, and exit codes."""

import json

import pytest
from tests.interfaces.cli.shop import FREQUENT, call, done, make_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_shop(tmp_path_factory.mktemp("commands"))


def printed(shop, *arguments):
    return done("-w", shop, *arguments).stdout


def test_init_refuses_a_workspace(shop):
    found = call("init", shop)
    assert found.exit_code == 1
    assert "already is a workspace" in found.stderr


def test_init_writes_its_settings(tmp_path):
    done("init", tmp_path / "new", "--currency", "GBP", "--timezone", "Europe/London", "--week-start", "sunday")
    text = (tmp_path / "new" / "segmentary.toml").read_text(encoding="utf-8")
    assert 'currency = "GBP"' in text
    assert 'timezone = "Europe/London"' in text


@pytest.mark.parametrize("option", [("--currency", "pounds"), ("--timezone", "Mars/Olympus")])
def test_init_refuses_what_has_no_meaning(tmp_path, option):
    found = call("init", tmp_path / "new", *option)
    assert found.exit_code == 2
    assert not (tmp_path / "new").exists()


def test_the_list_shows_sizes(shop):
    lines = printed(shop, "segment", "list").splitlines()
    assert lines[0].split() == ["segment", "people", "share", "base", "title"]
    assert ["frequent", "1", "33.3", "%", "value", "Frequent"] in [line.split() for line in lines]


def test_show_says_it_in_words_and_yaml(shop):
    text = printed(shop, "segment", "show", "frequent")
    assert "People who come back." in text
    assert "country is France or Germany" in text
    assert "segment: frequent" in text


def test_count_is_a_number_and_its_meaning_is_talk(shop):
    found = done("-w", shop, "segment", "count", "frequent")
    assert found.stdout == "1\n"
    assert "of 3 customers (33.3 %)" in found.stderr
    assert "fewer than 11 people" in found.stderr


def test_count_for_another_day(shop):
    assert printed(shop, "segment", "count", "frequent", "--as-of", "2026-01-10") == "0\n"


def test_people(shop):
    assert printed(shop, "segment", "people", "frequent", "--trait", "country").split() == [
        "customer_id",
        "country",
        "ann",
        "France",
    ]


def test_explain_shows_what_decided(shop):
    text = printed(shop, "segment", "explain", "frequent", "--customer", "ann")
    assert text.startswith("ann is in Frequent")
    assert "✓ country is France or Germany" in text
    assert "order o2" in text
    assert "✗" in printed(shop, "segment", "explain", "frequent", "--customer", "cyd")


def test_waterfall_begins_with_everybody(shop):
    lines = printed(shop, "segment", "waterfall", "frequent").splitlines()
    assert lines[1].split() == ["everybody", "3", "–", "–", "–"]


def test_a_diff_names_who_would_come(shop):
    text = printed(shop, "segment", "diff", "frequent", "--against", shop.parent / "frequent.yaml")
    assert "entering 1: bob" in text


def test_export_writes_a_file_and_says_so(shop, tmp_path):
    found = done("-w", shop, "segment", "export", "frequent", tmp_path / "f.csv", "--trait", "country")
    assert str(tmp_path / "f.csv") in found.stdout
    assert "ann" in (tmp_path / "f.csv").read_text(encoding="utf-8")


def test_an_export_for_contact_leaves_out_who_may_not_be(shop, tmp_path):
    found = done("-w", shop, "segment", "export", "frequent", tmp_path / "f.csv", "--for-contact", "email")
    assert "left out 1" in found.stderr
    assert "ann" not in (tmp_path / "f.csv").read_text(encoding="utf-8")


def test_suggestions(shop):
    assert "millennials" in printed(shop, "segment", "suggest")
    assert "missing" in printed(shop, "segment", "suggest", "--all")


def test_traits(shop):
    assert "country" in printed(shop, "traits")
    assert "France" in printed(shop, "traits", "country")
    assert "monetary" not in printed(shop, "traits", "--base", "geographic")


@pytest.mark.parametrize("command", ["quality", "verify", "doctor"])
def test_care(shop, command):
    assert printed(shop, command).strip()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["segment", "count", "frequnt"], 1, "did you mean 'frequent'"),
        (["segment", "people", "frequent", "--trait", "contry"], 1, "'country'"),
        (["segment", "count", "frequent", "--as-of", "soon"], 2, "--as-of: not a date"),
        (["segment", "count", "frequent", "--as-of", "2026-01-01", "--served-at", "2026-01-01"], 2, "one of them"),
        (["segment", "count", "frequent", "--served-at", "2001-01-01"], 2, "the first run was at"),
        (["segment", "export", "frequent", "f.doc"], 2, "csv"),
        (["segment", "adopt"], 2, "--all"),
        (["segment", "adopt", "nobody_knows"], 1, "nobody_knows"),
        (["segment", "validate", "nothing.yaml"], 2, "nothing.yaml"),
        (["traits", "contry"], 1, "'country'"),
        (["run", "--as-of", "soon"], 2, "not a date"),
    ],
)
def test_errors_help(shop, arguments, code, says):
    found = call("-w", shop, *arguments)
    assert found.exit_code == code, found.output
    assert says in found.stderr
    assert found.stdout == ""


def test_a_wrong_definition_is_named_with_its_place(shop, tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(FREQUENT.replace("trait: country", "trait: contry"), encoding="utf-8")
    for command in (["segment", "validate", path], ["apply", path]):
        found = call("-w", shop, *command)
        assert found.exit_code == 1
        assert "wrong.yaml:8" in found.stderr
        assert "did you mean 'country'" in found.stderr


def test_apply_says_what_changes(shop, tmp_path):
    path = tmp_path / "frequent.yaml"
    path.write_text(FREQUENT.replace("gte: 2", "gte: 3"), encoding="utf-8")
    found = done("-w", shop, "apply", path, "--dry-run")
    assert "changed" in found.stdout
    assert "nothing was changed" in found.stderr


def test_dump_and_apply_change_nothing(shop, tmp_path):
    done("-w", shop, "dump", tmp_path / "out")
    changes = json.loads(printed(shop, "apply", tmp_path / "out", "--dry-run", "--json"))["changes"]
    assert {one["change"] for one in changes} == {"unchanged"}


def test_sql_prints_plain_sql(tmp_path):
    path = tmp_path / "q.sql"
    path.write_text("select o.a from $orders as o where o.b >= $least", encoding="utf-8")
    text = done("sql", path).stdout
    assert '"orders" AS "o"' in text
    assert "$least" in text


def test_run_before_anything_is_loaded(tmp_path):
    done("init", tmp_path / "empty")
    found = done("-w", tmp_path / "empty", "run", "--json")
    assert json.loads(found.stdout)["customers"] == 0
    assert done("-w", tmp_path / "empty", "traits").exit_code == 0
    assert done("-w", tmp_path / "empty", "segment", "list").stdout == ""


def test_nothing_was_run_yet(tmp_path):
    done("init", tmp_path / "new")
    path = tmp_path / "new" / "segments" / "all.yaml"
    path.write_text("segment: everyone\nwhere: {event: order_completed, count: {gte: 0}}\n", encoding="utf-8")
    found = call("-w", tmp_path / "new", "apply")
    assert found.exit_code in (0, 1)
    assert call("-w", tmp_path / "new", "report").exit_code == 2


def test_people_by_falling_values_of_a_trait(shop):
    lines = printed(shop, "segment", "people", "frequent", "--highest", "monetary").splitlines()
    assert [line.split() for line in lines] == [["customer_id", "monetary"], ["ann", "30.00"]]
