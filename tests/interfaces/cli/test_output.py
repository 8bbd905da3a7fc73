"""What is printed: plain and whole elsewhere, never steering the terminal."""

import datetime as dt
import io
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from segmentary.errors import SegmentaryError
from segmentary.interfaces.cli import output
from segmentary.interfaces.cli.output import (
    Share,
    cell,
    plain_lines,
    plural,
    printable,
    share,
    show_files,
    show_findings,
    show_table,
    telling,
    width,
)
from segmentary.models.table.findings import Finding
from segmentary.report.files import DocumentFiles


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (-1234, "-1,234"),
        (True, "yes"),
        (False, "no"),
        (Decimal("1234.5"), "1,234.50"),
        (2.0, "2"),
        (2.345, "2.35"),
        (Share("0.6558"), "65.6 %"),
        (Share(0), "0.0 %"),
        (dt.date(2026, 3, 1), "2026-03-01"),
        (dt.datetime(2026, 3, 1, 9, 30), "2026-03-01 09:30"),
        (dt.datetime(2026, 3, 1, 9, 30, 5), "2026-03-01 09:30:05"),
        (("a", 1), "a, 1"),
        ("two\nlines", "two lines"),
    ],
)
def test_cells(value, text):
    assert cell(value) == text


def test_a_name_cannot_steer_the_terminal():
    assert "\x1b" not in printable("\x1b[31mred\x1b]0;title\x07")
    assert "\u202e" not in printable("abc\u202edef")
    assert printable("plain – ü 店") == "plain – ü 店"


def test_shares_of_nothing_are_missing():
    assert share(0, 0) is None
    assert share(1, 4) == Decimal("0.25")


def test_widths_count_columns_of_the_terminal():
    assert [width(text) for text in ("abc", "店", "e\u0301", "")] == [3, 2, 1, 0]


def test_numbers_stand_at_the_right_and_names_at_the_left():
    lines = list(plain_lines([["name", "n"], ["店", "1"], ["abc", "1,000"]], [False, True]))
    assert lines == ["name      n", "店        1", "abc   1,000"]


def test_a_table_is_whole_when_it_is_not_on_a_terminal(capsys):
    long = "x" * 300
    show_table(["name", "n"], [[long, 1], ["b", None]])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith(long)
    assert lines[2].endswith("–")


def test_an_empty_table_is_a_sentence_on_standard_error(capsys):
    show_table(["name"], [], empty="nobody")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "nobody\n")


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        (0, "row", "0 rows"),
        (1, "row", "1 row"),
        (2, "entry", "2 entries"),
        (2, "day", "2 days"),
        (1000, "row", "1,000 rows"),
    ],
)
def test_plurals(count, noun, text):
    assert plural(count, noun) == text


def test_an_error_is_a_message_and_a_hint(capsys):
    output.complain(SegmentaryError("it is broken", hint="mend it"))
    output.complain(SegmentaryError("it is broken"))
    assert capsys.readouterr().err == "error: it is broken\nhint: mend it\nerror: it is broken\n"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_a_fitted_table(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    show_table(["segment", "people", "title"], [["vip", 12, "a long title " * 10]], title="Segments")
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()
    assert all(width(line) <= 40 for line in lines)
    assert any("vip" in line and "12" in line for line in lines)


def test_no_number_is_ever_cut(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    row = ["people of a long name " * 2, 123_456_789, 987_654_321, 0.25, "a word that goes on " * 3]
    show_table(["segment", "people of the market", "of value", "prediction strength", "why"], [row])
    told = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    assert "123,456,789" in told
    assert "987,654,321" in told
    assert "…" not in told


def test_sentences_break_between_words_on_a_terminal_only(monkeypatch, capsys):
    output.show_prose("a sentence of several words " * 4)
    assert capsys.readouterr().out.count("\n") == 1
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    output.show_prose("a sentence of several words " * 4)
    lines = screen.getvalue().splitlines()
    assert len(lines) > 1
    assert all(len(line) <= 40 for line in lines)
    assert {word for line in lines for word in line.split()} == {"a", "sentence", "of", "several", "words"}


def test_progress_is_silent_elsewhere(capsys):
    with output.progress("working") as step:
        step("more")
    assert capsys.readouterr() == ("", "")


def test_progress_shows_on_a_terminal(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with output.progress("working") as step:
        step("customers")
    assert "working" in screen.getvalue() or "customers" in screen.getvalue()


def test_what_was_noticed_is_said_beside_the_answer(capsys):
    show_findings([Finding("a", "note", "few people", "wait"), Finding("b", "warning", "a doubt")])
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == ["few people (wait)", "warning: a doubt"]


def test_the_files_of_a_report_are_the_answer_and_what_is_missing_is_said(capsys):
    files = DocumentFiles(Path("r/index.html"), None, pdf=Path("r/report.pdf"), missing=("no slides",))
    show_files(files, as_json=False)
    told = capsys.readouterr()
    assert told.out.splitlines() == [str(Path("r/index.html")), str(Path("r/report.pdf"))]
    assert told.err.splitlines() == ["no slides"]
    show_files(files, as_json=True)
    assert json.loads(capsys.readouterr().out)["missing"] == ["no slides"]


def test_progress_is_told_with_how_far_it_is():
    seen = []
    telling(seen.append)("counting", 0.256)
    assert seen == ["counting (26%)"]
