"""A real `segmentary serve` in a process group of its own, to be asked over HTTP and killed."""

import atexit
import http.client
import json
import os
import signal
import subprocess
import sys
import time

from segmentary.ledger.ledger import Ledger
from segmentary.workspace.access.program_keys import make_key
from segmentary.workspace.clock import system_clock

SERVE = [sys.executable, "-c", "from segmentary.interfaces.cli.entry import main; main()"]


def admin_key(folder):
    """The text of a key that may do everything."""
    ledger = Ledger(folder / "ledger.sqlite")
    try:
        return make_key(ledger, "admin", "kills", by="tests", at=system_clock()).key
    finally:
        ledger.close()


class Served:
    """One server process."""

    def __init__(self, folder, key, *options):
        self.folder, self.key = folder, key
        self.process = subprocess.Popen(
            [*SERVE, "-w", str(folder), "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        # A test that fails leaves no server behind.
        atexit.register(self.end)
        said = []
        for line in self.process.stdout:
            said.append(line)
            if "→" in line:
                break
        else:
            raise AssertionError("".join(said))
        self.said = "".join(said)
        known = json.loads((folder / ".server.json").read_text())
        assert known["pid"] == self.process.pid
        self.place = known["host"], known["port"]

    def ask(self, method, path, body=None):
        """Status and document of an answer; `OSError` where the server is dead."""
        connection = http.client.HTTPConnection(*self.place, timeout=30)
        try:
            headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
            text = None if body is None else json.dumps(body)
            connection.request(method, f"/api/v1/{path}", text, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def job(self, kind, arguments):
        status, found = self.ask("POST", "jobs", {"kind": kind, "arguments": arguments})
        assert status == 202, found
        return found["job"]

    def wait(self, job, seconds=120, until=lambda job: job["state"] in ("done", "failed", "cancelled")):
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            status, found = self.ask("GET", f"jobs/{job}")
            assert status == 200, found
            if until(found):
                return found
            time.sleep(0.005)
        raise AssertionError(found)

    def end(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)

    def kill(self):
        """SIGKILL the whole group."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self, number=signal.SIGTERM):
        """Stop it as a person would; the rest of what it said."""
        self.process.send_signal(number)
        said = self.process.stdout.read()
        code = self.process.wait(30)
        return code, said
