"""`segmentary add`: says what files are, asks on a terminal, stops with the option to give elsewhere."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from tests.interfaces.cli.shop import ORDERS, call, done

from segmentary.interfaces.cli.add import show_loads
from segmentary.sources.loading import LoadReport

AMBIGUOUS = "order_id,customer_id,ordered_at,amount\no1,ann,03/04/2026,10.00\no2,bob,05/06/2026,3.50\n"


@pytest.fixture
def shop(tmp_path):
    done("init", tmp_path / "shop")
    (tmp_path / "ambiguous.csv").write_text(AMBIGUOUS, encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    return tmp_path / "shop"


def loads(shop, *arguments):
    found = done("-w", shop, "add", *arguments, "--json")
    return json.loads(found.stdout)["loads"]


def test_a_file_comes_in_once(shop):
    first = loads(shop, shop.parent / "orders.csv")
    again = loads(shop, shop.parent / "orders.csv")
    assert [(r["rows_read"], r["rows_kept"], r["already_loaded"]) for r in first] == [(3, 3, False)]
    assert [(r["rows_read"], r["rows_kept"], r["already_loaded"]) for r in again] == [(3, 0, True)]


def test_what_the_data_cannot_tell_stops_with_the_option_to_give(shop):
    found = call("-w", shop, "add", shop.parent / "ambiguous.csv")
    assert found.exit_code == 1
    assert "--dates day_first" in found.stderr
    assert loads(shop, shop.parent / "ambiguous.csv", "--dates", "month_first")[0]["rows_kept"] == 2


def test_yes_does_not_answer_what_only_a_person_knows(shop):
    assert call("-w", shop, "add", shop.parent / "ambiguous.csv", "--yes").exit_code == 1


def test_all_files_or_none(shop):
    found = call("-w", shop, "add", shop.parent / "orders.csv", shop.parent / "ambiguous.csv")
    assert found.exit_code == 1
    assert loads(shop, shop.parent / "orders.csv")[0]["rows_kept"] == 3


def test_a_dry_run_loads_nothing(shop):
    found = done("-w", shop, "add", shop.parent / "orders.csv", "--dry-run")
    assert "orders" in found.stderr
    assert found.stdout == ""
    document = json.loads(done("-w", shop, "add", shop.parent / "ambiguous.csv", "--dry-run", "--json").stdout)
    assert document["proposals"][0]["questions"]
    assert loads(shop, shop.parent / "orders.csv")[0]["rows_kept"] == 3


def test_a_column_can_be_named(shop):
    path = shop.parent / "odd.csv"
    path.write_text("order_id,customer_id,ordered_at,amount,paid\no9,ann,2026-01-05,10.00,9.00\n", encoding="utf-8")
    found = done("-w", shop, "add", path, "--map", "amount=paid", "--name", "web", "--dry-run", "--json")
    proposal = json.loads(found.stdout)["proposals"][0]
    assert proposal["source"] == "web"
    assert proposal["mapping"]["columns"]["amount"] == "paid"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["none.csv"], 1),
        (["orders.csv", "--map", "amount"], 2),
        (["orders.csv", "--map", "amount=nothing"], 1),
        (["orders.csv", "--as", "nothing"], 2),
        (["orders.csv", "--dates", "nothing"], 2),
        (["orders.csv", "--nothing"], 2),
        ([], 2),
    ],
)
def test_what_is_wrong_says_how_to_mend_it(shop, arguments, code, monkeypatch):
    monkeypatch.chdir(shop.parent)
    found = call("-w", shop, "add", *arguments)
    assert found.exit_code == code
    assert found.stdout == ""
    assert "defect" not in found.stderr


def on_a_terminal(shop, answers, *arguments):
    """Run the command with a terminal for both its streams; return what stood on it and the exit code."""
    ours, theirs = pty.openpty()
    program = Path(sys.executable).with_name("segmentary")
    process = subprocess.Popen(
        [program, "-w", shop, "add", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(theirs)
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    seen = b""
    try:
        while chunk := os.read(ours, 65536):
            seen += chunk
    except OSError:  # the other end was closed: the command has ended
        pass
    os.close(ours)
    return seen.decode(), process.wait(timeout=60)


def test_a_person_is_asked_on_a_terminal(shop):
    screen, code = on_a_terminal(shop, ["day_first", "y"], shop.parent / "ambiguous.csv")
    assert code == 0, screen
    assert "happened_at" in screen
    assert "How are dates written?" in screen
    assert "Load?" in screen


def test_a_person_may_say_no(shop):
    screen, code = on_a_terminal(shop, ["n"], shop.parent / "orders.csv")
    assert code == 1, screen
    assert "nothing was loaded" in screen
    assert loads(shop, shop.parent / "orders.csv")[0]["rows_kept"] == 3


def test_a_wrong_answer_is_asked_again(shop):
    screen, code = on_a_terminal(shop, ["tomorrow", "month", "y"], shop.parent / "ambiguous.csv")
    assert code == 0, screen
    assert screen.count("How are dates written?") == 2


def test_rows_set_aside_are_not_counted_as_refused(capsys):
    aside = LoadReport(
        "tickets", "events", "ticket.csv", "a", 10, 7, 0, 3, {"set aside: it was deleted": 3}, rows_set_aside=3
    )
    mixed = LoadReport(
        "chats", "messages", "chat.csv", "b", 5, 1, 1, 3, {"set aside: no words": 2, "unreadable_time": 1},
        rows_set_aside=2,
    )  # fmt: skip
    show_loads([aside, mixed])
    said = capsys.readouterr()
    head, tickets, chats = said.out.splitlines()
    sentences = said.err.splitlines()
    assert head.split()[3:] == ["read", "kept", "known", "set", "aside", "refused"]
    assert tickets.split()[3:] == ["10", "7", "0", "3", "0"]
    assert chats.split()[3:] == ["5", "1", "1", "2", "1"]
    assert "set aside 3 rows: it was deleted" in sentences
    assert "refused 1 row: unreadable_time" in sentences
    assert not any("refused" in line and "deleted" in line for line in sentences)


def test_all_currencies_without_rates_are_named_at_once(shop, tmp_path):
    for code in ("GBP", "CAD"):
        rows = f"order_id,customer_id,date,amount,currency\n1,a,2024-01-02,5,{code}\n2,b,2024-01-03,7,{code}\n"
        (tmp_path / f"orders_{code}.csv").write_text(rows)
    files = [str(tmp_path / f"orders_{code}.csv") for code in ("GBP", "CAD")]
    found = call("-w", shop, "add", *files, "--yes")
    assert found.exit_code == 1
    assert "[rates.CAD], [rates.GBP]" in found.stderr
