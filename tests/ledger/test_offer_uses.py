"""Promises: never more than the limit, never twice for one message, whoever writes at the same time or is killed."""

import datetime as dt
import random
import signal
import subprocess
import sys
from decimal import Decimal

import pytest

from segmentary.ledger.ledger import Ledger
from segmentary.ledger.offer_uses import (
    Limits,
    Wish,
    counted,
    forget,
    promise,
    promised_to,
    release,
    release_unsent,
    tally,
)

AT = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
TEN, TWENTY = "t.ten", "t.twenty"
AMOUNTS = {TEN: Decimal(10), TWENTY: Decimal("20.50")}


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "ledger.sqlite")
    yield made
    made.close()


def wishes(*numbers, offers=(TWENTY, TEN), person=None):
    return [Wish(f"m.{n}", person or f"c{n}", offers) for n in numbers]


def ask(ledger, some, **limits):
    found = {TEN: Limits(), TWENTY: Limits()} | {f"t.{name}": one for name, one in limits.items()}
    return promise(ledger, some, found, AMOUNTS, at=AT)


def test_the_first_that_is_to_be_had(ledger):
    found = ask(ledger, wishes(*range(5)), twenty=Limits(uses=2), ten=Limits(uses=2))
    assert [found[f"m.{n}"].offer if f"m.{n}" in found else "" for n in range(5)] == [TWENTY, TWENTY, TEN, TEN, ""]
    assert counted(ledger)[TWENTY].amount == Decimal("41.00")
    assert counted(ledger, "t").keys() == {TEN, TWENTY}
    assert counted(ledger, "other") == {}


def test_budgets_are_money(ledger):
    found = ask(ledger, wishes(*range(5)), twenty=Limits(budget=Decimal("61.49")))
    assert sum(one.offer == TWENTY for one in found.values()) == 2


def test_a_message_keeps_its_promise(ledger):
    first = ask(ledger, wishes(1, 2), twenty=Limits(uses=1))
    again = ask(ledger, wishes(2, 1, 1, offers=(TEN,)), ten=Limits(uses=1))
    assert again == first
    assert tally(ledger, TWENTY).uses == tally(ledger, TEN).uses == 1


def test_so_often_to_one_person(ledger):
    found = ask(ledger, wishes(*range(3), person="c"), twenty=Limits(per_person=1), ten=Limits(per_person=1))
    assert [one.offer for one in found.values()] == [TWENTY, TEN]


def test_what_never_left_is_to_be_had_again_but_its_code_is_not(ledger):
    limits = Limits(uses=1, codes=2)
    first = ask(ledger, wishes(1, offers=(TEN,)), ten=limits)
    assert ask(ledger, wishes(2, offers=(TEN,)), ten=limits) == {}
    assert release(ledger, ["m.1"], at=AT) == 1
    assert release(ledger, ["m.1"], at=AT) == 0
    second = ask(ledger, wishes(2, offers=(TEN,)), ten=limits)
    assert [first["m.1"].ordinal, second["m.2"].ordinal] == [0, 1]
    assert ask(ledger, wishes(1, offers=(TEN, TWENTY)), ten=limits) == {}  # its own offer, or none
    release(ledger, ["m.2"], at=AT)
    assert ask(ledger, wishes(1, offers=(TEN,)), ten=limits)["m.1"].ordinal == 0
    assert ask(ledger, wishes(3, offers=(TEN,)), ten=Limits(codes=2)) == {}


def test_forgetting_somebody_moves_no_code(ledger):
    ask(ledger, wishes(*range(3), offers=(TEN,)))
    assert forget(ledger, "c0") == 1
    assert promised_to(ledger, "c0") == []
    assert ask(ledger, wishes(2, 3, offers=(TEN,)))["m.3"].ordinal == 3


def test_what_was_cancelled_is_released(ledger):
    ask(ledger, [Wish(f"{audience}.{n}", f"c{n}", (TEN,)) for audience in ("a-1", "b-1") for n in range(3)])
    insert = (
        "insert into outbox (message, origin, customer_id, channel, purpose, address, address_hash, payload, state,"
        " reason, created_at, not_before) values (?, 'x', 'c', 'email', 'm', '', '', '', ?, ?, '', '')"
    )
    with ledger.transaction():
        for message, state, reason in (
            ("a-1.0", "sent", ""), ("a-1.1", "withheld", "refused"), ("a-1.2", "failed", "gave_up"),
            ("b-1.0", "failed", "bounced"), ("b-1.1", "waiting", ""),
        ):  # fmt: skip
            ledger.connection.execute(insert, (message, state, reason))
        ledger.connection.execute(
            "insert into audiences (audience, campaign, campaign_version, as_of, frozen_at, document, state)"
            " values ('b-1', 'b', 'v', '', '', '{}', 'cancelled')"
        )
    assert release_unsent(ledger, at=AT) == 3  # withheld, bounced, and never put of a cancelled audience
    assert counted(ledger)[TEN].promised == 3


def test_nothing_asked_nothing_promised(ledger):
    assert ask(ledger, []) == {}
    assert ask(ledger, [Wish("m", "c", ())]) == {}
    assert release(ledger, [], at=AT) == 0


WRITER = """
import datetime as dt, sys
from decimal import Decimal
from pathlib import Path
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.offer_uses import Limits, Wish, promise
ledger = Ledger(Path(sys.argv[1]))
start, many = int(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
for n in range(start, start + many):
    limits = {"t.ten": Limits(uses=60, codes=70, budget=Decimal(1000))}
    wish = Wish(f"m.{n}", f"c{n % 40}", ("t.ten",))
    promise(ledger, [wish], limits, {"t.ten": Decimal(10)}, at=dt.datetime.now(dt.UTC))
"""


def test_two_processes_and_kills_never_exceed_the_limit(tmp_path):
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    chance = random.Random(3)
    for round_ in range(3):
        # The same messages from both, some killed half-way, and all of them again.
        pair = [
            subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(round_ * 20), "50"], stdout=subprocess.PIPE)
            for _ in range(2)
        ]
        for one in pair:
            assert one.stdout.readline()
        if round_ < 2:
            try:
                pair[0].wait(chance.uniform(0.01, 0.1))
            except subprocess.TimeoutExpired:
                pair[0].send_signal(signal.SIGKILL)
        for one in pair:
            one.wait(60)
            one.stdout.close()
    ledger = Ledger(path)
    try:
        assert tally(ledger, "t.ten").uses == 60
        rows = ledger.rows("select message, count(*) from offer_uses group by message having count(*) > 1")
        assert rows == []
        assert ledger.integrity() == "ok"
    finally:
        ledger.close()
