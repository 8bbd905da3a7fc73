"""Where the command starts: nothing is imported before an interruption is understood."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; interrupted while it starts, it stops as quietly as later."""
    try:
        from segmentary.interfaces.cli.main import main as run
    except KeyboardInterrupt:
        sys.stderr.write("stopped; nothing was changed\n")
        sys.exit(130)
    run()
