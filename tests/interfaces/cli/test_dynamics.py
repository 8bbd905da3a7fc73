"""`segmentary dynamics` for people: tables, sentences first, and what people read who ask wrongly."""

import pytest
from tests.interfaces.cli.changing import SERIES, make_changing
from tests.interfaces.cli.shop import call, done


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return make_changing(tmp_path_factory.mktemp("changing"))


def told(shop, *arguments):
    return done("-w", shop, "dynamics", *arguments)


def test_sizes_and_transitions_say_first_what_matters(shop):
    found = told(shop, "sizes", "life", *SERIES)
    assert "grew most from 2026-02-01 to 2026-07-01" in found.stdout.splitlines()[0]
    assert "everybody" in found.stdout
    assert "by judging the definitions of today" in found.stderr
    found = told(shop, "transitions", "life", *SERIES)
    assert "stay" in found.stdout.splitlines()[0]
    assert "(not a customer yet)" in found.stdout


def test_the_log_is_read_where_it_reaches(shop):
    found = told(shop, "transitions", "life", "--since", "2026-05-01", "--until", "2026-07-01", "--source", "log")
    assert "from the log of entries and exits" in found.stderr
    assert "more than half a step ago" in found.stderr, "no run as of June"
    moves = told(shop, "moves", "life", *SERIES)
    assert "time passed" in moves.stdout
    assert "(100%" not in moves.stdout or "computed afterwards" not in moves.stdout


def test_a_forecast_says_which_method_is_shown(shop):
    found = told(shop, "forecast", "life", *SERIES, "--ahead", "2").stdout
    assert found.count("(shown)") == 1
    assert "as large as last time" in found
    assert "New per month" in found


def test_tenure_drift_and_leaving_are_readable(shop):
    assert "half gone after (months)" in told(shop, "retention", "life", *SERIES).stdout
    drift = told(shop, "drift", "--since", "2026-03-01", "--until", "2026-07-01").stdout
    assert "must drift" in drift
    assert "nan" not in drift
    leaving = told(shop, "leaving", "life.active", "--as-of", "2026-07-01", "--top", "3").stdout
    assert "of 165 members" in leaving.replace("Of", "of")
    assert "days since the last order" in leaving
    assert "Tried on" in leaving


def test_a_report_is_written(shop, tmp_path):
    found = told(shop, "report", "life", *SERIES, "--leaving", "life.active", "--out", tmp_path / "out")
    page = tmp_path / "out" / "dynamics.html"
    assert str(page) in found.stdout
    text = page.read_text(encoding="utf-8")
    for title in ("How large", "What to expect", "Who goes where", "How long people stay", "Is it the season?"):
        assert title in text


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["sizes", "lief"], 1, "unknown segmentation, segment or text trait 'lief'"),
        (["sizes", "recency"], 2, "its values are no groups"),
        (["sizes", "life", "--since", "yesterday"], 2, "--since: not a date"),
        (["drift", "--since", "2026-07-02", "--until", "2026-07-01"], 2, "not before the second"),
        (["leaving", "nobody"], 1, "unknown segment 'nobody'"),
        (["leaving", "life.cooling", "--as-of", "2026-01-01"], 1, "data begin too late"),
        (
            ["transitions", "life", "--since", "2026-02-01", "--source", "log", "--until", "2026-02-01"],
            2,
            "two moments",
        ),
    ],
)
def test_what_people_read_who_ask_wrongly(shop, arguments, code, message):
    found = call("-w", shop, "dynamics", *arguments)
    assert found.exit_code == code, found.output
    assert message in found.output
    assert "Traceback" not in found.output
