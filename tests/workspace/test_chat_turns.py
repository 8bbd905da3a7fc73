"""A turn is one transaction: killed at any point, a request is answered once."""

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.workspace.chat_shop import Clock, ready

import segmentary as sg

KILLED = """
import os, signal, sys
from pathlib import Path
import segmentary as sg
import segmentary.workspace.chat_turns as turns
from segmentary.ledger.ledger import Ledger

where, folder, talk = sys.argv[1:]
workspace = sg.open(Path(folder))
def die(*_a, **_k):
    os.kill(os.getpid(), signal.SIGKILL)
if where == "before":
    turns.append_turn = die
reply = workspace.chats.say(talk, "when are you open", "r9")
print(reply.text, flush=True)
die()
"""


def test_killed_at_any_point_a_request_is_answered_once(tmp_path: Path) -> None:
    with ready(tmp_path, Clock()) as made:
        folder = made.folder.root
        talk = made.chats.open("ada", customer_id="ann", verified=True)
    told = []
    for where in ("before", "acknowledged"):
        code = textwrap.dedent(KILLED)
        done = subprocess.run(
            [sys.executable, "-c", code, where, str(folder), talk], capture_output=True, text=True, check=False
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        told.append(done.stdout.strip())
    assert told[0] == ""
    assert told[1].startswith("We are open")
    with sg.open(folder) as again:
        reply = again.chats.say(talk, "when are you open", "r9")
        assert reply.repeated
        assert reply.text == told[1]
        assert [turn.direction for turn in again.chats.transcript(talk)] == ["in", "out"]
