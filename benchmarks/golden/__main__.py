"""`make golden`: every golden number, ours beside the reference; fails where one is not reached."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import time
from pathlib import Path

import benchmarks.golden
from benchmarks.golden.row import GoldenRow

ROOT = Path(__file__).resolve().parents[2]


STAND_IN = "suite"
"""Tables scikit-learn ships, in place of a battery that is not at hand: a comparison, no published number."""


def topics(wanted: list[str]) -> list[str]:
    """Return the modules that have ``rows(data: Path)``: those named, else all with published numbers."""
    names = [one.name for one in pkgutil.iter_modules(benchmarks.golden.__path__)]
    held = [name for name in names if name not in ("row", "__main__")]
    return [name for name in held if name in wanted] if wanted else [name for name in held if name != STAND_IN]


def main(wanted: list[str]) -> int:
    """Print the table of all topics, or of those named."""
    data = Path(os.environ.get("SEGMENTARY_DATA", ROOT.parent / "shared" / "data"))
    if not data.is_dir():
        print("the golden numbers need the real data: set SEGMENTARY_DATA", file=sys.stderr)
        return 1
    bad = 0
    print(f"{'topic':<14} {'what':<58} {'ours':>16} {'reference':>16} {'difference':>12}")
    for topic in topics(wanted):
        began = time.perf_counter()
        rows: list[GoldenRow] = importlib.import_module(f"benchmarks.golden.{topic}").rows(data)
        for row in rows:
            bad += not row.good
            mark = "" if row.good else "  <- not reached"
            difference = row.ours - row.reference
            print(f"{row.topic:<14} {row.what:<58} {row.ours:>16.6f} {row.reference:>16.6f} {difference:>+12.2e}{mark}")
        print(f"{topic}: {len(rows)} numbers, {time.perf_counter() - began:.1f} s", file=sys.stderr)
    print(f"{bad} not reached" if bad else "all reached", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
