"""`segmentary demo`: prints what it made, in a new folder."""

import json

from tests.interfaces.cli.shop import call

from segmentary.interfaces.cli.demo import free_folder, show_demo
from segmentary.workspace.demo import DemoResult, DemoSegment

RESULT = DemoResult(
    folder="segmentary-demo",
    data="complete journey",
    terms="These are the terms.",
    customers=200,
    rows=1_000,
    segments=(DemoSegment("vip", "VIPs", 50, 0.25), DemoSegment("new", "New", 0, 0.0)),
    report="segmentary-demo/reports/report.html",
    seconds={"loading": 1.25, "computing": 0.5},
)


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    wanted = tmp_path / "segmentary-demo"
    assert free_folder(wanted) == wanted
    wanted.mkdir()
    (tmp_path / "segmentary-demo-2").mkdir()
    assert free_folder(wanted) == tmp_path / "segmentary-demo-3"


def test_what_was_made_is_printed_and_the_terms_are_talk(capsys):
    show_demo(RESULT, {})
    captured = capsys.readouterr()
    assert "These are the terms." in captured.err
    assert "VIPs" in captured.out
    assert "25.0 %" in captured.out
    assert "1,000 rows, 200 customers, 2 segments in 1.8 s" in captured.out
    assert "report  segmentary-demo/reports/report.html" in captured.out


def test_planted_people_that_are_missing_are_named(capsys):
    show_demo(RESULT, {"vip": True, "new": False})
    captured = capsys.readouterr()
    assert "1 of 2 segments hold exactly the people planted" in captured.out
    assert "new does not hold the people planted" in captured.err


def test_a_folder_that_is_a_workspace_is_refused(tmp_path):
    call("init", tmp_path / "shop")
    found = call("demo", "--generated", "--folder", tmp_path / "shop", "--json")
    assert found.exit_code == 1
    assert "already is a workspace" in found.stderr
    assert json.loads(found.stdout or "null") is None
