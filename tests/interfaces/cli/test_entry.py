"""Interrupted while it starts, the command stops as quietly as later."""

import subprocess
import sys

INTERRUPTED = """
import sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupt())
from segmentary.interfaces.cli.entry import main
main()
"""


def test_an_interruption_during_the_imports():
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "stopped; nothing was changed\n")
