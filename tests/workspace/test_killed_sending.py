"""Sending killed at any point, against a real mail server: nobody is skipped, nobody suppressed is reached.

The large one: ``make kill-sending`` (SEGMENTARY_RECIPIENTS=10000).
"""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

from tests.activation.channels.mail_server import Behaviour, MailServer
from tests.workspace.sending_business import made, message

import segmentary as sg
from segmentary.activation.channels.mime import our_id
from segmentary.ledger.decisions import append_decision
from segmentary.ledger.ledger import Ledger
from segmentary.workspace.clock import system_clock

RECIPIENTS = int(os.environ.get("SEGMENTARY_RECIPIENTS", "400"))
KILLS = 4 if RECIPIENTS < 5_000 else 24
SENDER = """
import sys
import segmentary as sg
with sg.open(sys.argv[1]) as workspace:
    print("open", flush=True)
    found = workspace.outbox.send()
    print("done", found.sent, flush=True)
"""


def faults(chance):
    """What goes wrong: by address, at which attempt."""
    plan = {}
    for n in range(RECIPIENTS):
        draw = chance.random()
        address = f"c{n}@x.example"
        if draw < 0.02:
            plan[address] = ["4xx"]
        elif draw < 0.03:
            plan[address] = ["data 4xx"]
        elif draw < 0.04:
            plan[address] = ["5xx"] * 50
        elif draw < 0.05:
            plan[address] = ["drop"]
        elif draw < 0.06:
            plan[address] = ["cut"]
        elif draw < 0.065:
            plan[address] = ["421 4.7.0 slow down"]
    return plan


class Killer:
    """Kills the sender between the server's taking a mail and its answer: after DATA, before the mark."""

    def __init__(self, chance):
        self.chance = chance
        self.child = None
        self.after = None
        self.in_flight = []
        self.taken = 0
        self.lock = threading.Lock()

    def arm(self, child, after):
        with self.lock:
            self.child, self.after, self.taken = child, after, 0

    def __call__(self, address):
        with self.lock:
            self.taken += 1
            if self.after is not None and self.taken >= self.after:
                self.after = None
                os.kill(self.child.pid, signal.SIGKILL)
                self.in_flight.append(address)


def sent_by_child(folder, behaviour, killer, mails, chance):
    """Run the sender and kill it after so many mails, anywhere or right after DATA; return what it said."""
    child = subprocess.Popen([sys.executable, "-c", SENDER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    behaviour.before_answer = None
    if chance.random() < 0.5:
        killer.arm(child, mails)
        behaviour.before_answer = killer
    else:
        begun = len(behaviour.mails)
        ends = time.monotonic() + 60
        while len(behaviour.mails) - begun < mails and child.poll() is None and time.monotonic() < ends:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.004)
        child.send_signal(signal.SIGKILL)
    said = child.stdout.read()
    child.wait()
    return said


def test_killed_while_sending(tmp_path):
    chance = random.Random(5)
    behaviour = Behaviour(faults(chance))
    killer = Killer(chance)
    folder = tmp_path / "shop"
    suppressed = {f"c{n}@x.example" for n in range(0, RECIPIENTS, 50)}
    with MailServer(behaviour) as server:
        with made(folder, RECIPIENTS, port=server.port) as workspace:
            workspace.outbox.put(message(n) for n in range(RECIPIENTS))
            for address in suppressed:
                workspace.consents.suppress("email", address, "by hand")
        kills = 0
        while kills < KILLS:
            said = sent_by_child(folder, behaviour, killer, RECIPIENTS // (KILLS + 2), chance)
            assert "done" not in said, "the sender ended before it was killed: the test shows nothing"
            kills += 1
        behaviour.before_answer = None
        moment = system_clock()
        for hours in range(0, 60, 3):
            # Later and later, until whatever was put back has been tried again.
            with sg.open(folder, clock=lambda hours=hours: moment + dt.timedelta(hours=hours)) as workspace:
                found = workspace.outbox.send()
                if not found.waiting:
                    break
        with sg.open(folder, clock=lambda: moment + dt.timedelta(hours=70)) as workspace:
            states = workspace.outbox.state().states
            assert workspace.outbox.load() == states["sent"] + states["failed"]
    got = behaviour.got()
    bounced = {address for address, steps in behaviour.plan.items() if steps[0] == "5xx"} - suppressed
    wanted = {f"c{n}@x.example" for n in range(RECIPIENTS)} - suppressed - bounced
    assert not suppressed & got.keys()
    assert got.keys() == wanted
    assert states == {"sent": len(wanted), "failed": len(bounced), "withheld": len(suppressed)}
    dropped = {address for address, steps in behaviour.plan.items() if steps[0] == "drop"}
    doubles = {address: n - 1 for address, n in got.items() if n > 1 and address not in dropped}
    assert sum(doubles.values()) <= kills
    assert killer.in_flight, "no kill fell between DATA and the mark"
    # The server took the mails whose answer it did not give: they came twice, with one id.
    assert all(got[address] <= 2 + doubles.get(address, 0) for address in dropped)
    ids = Counter((mail.to, our_id(str(header(mail, b"message-id")))) for mail in behaviour.mails)
    assert len(ids) == len(wanted)
    print(  # noqa: T201
        f"{RECIPIENTS:,} recipients, {kills} kills ({len(killer.in_flight)} between DATA and mark): 0 skipped,"
        f" 0 suppressed reached, {sum(doubles.values())} doubles, {len(dropped & got.keys())} cut after DATA"
    )


def header(mail, name):
    lines = [line for line in mail.content.split(b"\r\n") if line.lower().startswith(name + b":")]
    return lines[0].partition(b":")[2].strip().decode()


def test_a_refusal_in_another_process_is_obeyed_at_the_next_message(tmp_path):
    folder = tmp_path / "shop"
    acknowledged = {}
    behaviour = Behaviour()

    def refuse(address):
        """While the 5th mail is being taken, the last forty say no in another connection; it is acknowledged."""
        if len(behaviour.mails) != 5:
            return
        ledger = Ledger(folder / "ledger.sqlite")
        for n in range(20, 60):
            append_decision(
                ledger, f"c{n}", "marketing", "email", granted=False, at=system_clock(), evidence="by phone",
                origin="person",
            )  # fmt: skip
        ledger.close()
        acknowledged["after"] = len(behaviour.mails)

    behaviour.before_answer = refuse
    with MailServer(behaviour) as server, made(folder, 60, port=server.port) as workspace:
        workspace.outbox.put(message(n) for n in range(60))
        found = workspace.outbox.send()
    assert acknowledged == {"after": 5}
    assert set(behaviour.got()) == {f"c{n}@x.example" for n in range(20)}
    assert found.channels["email"].withheld == {"refused": 40}
