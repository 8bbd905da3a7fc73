"""`python -m benchmarks.dip_table`: simulate the critical values that `segmentary.models.validate.dip` interpolates.

Writes src/segmentary/models/validate/dip_table.py: quantiles of sqrt(n) x dip of uniform samples, the least favourable
unimodal distribution (Hartigan & Hartigan 1985, section 3). About a minute on one core.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

SIZES = (5, 7, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000)
LEVELS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998)
FAR = (0.999, 0.9995, 0.9998, 0.9999)
TARGET = Path(__file__).resolve().parents[1] / "src" / "segmentary" / "models" / "validate" / "dip_table.py"


def main() -> None:
    from segmentary.models.validate.dip_kernel import simulated

    levels = LEVELS + FAR
    lines = []
    for n in SIZES:
        times = 200_000 if n <= 1000 else 40_000
        quantiles = np.sqrt(n) * np.quantile(simulated(n, times, seed=n), levels)
        lines.append("    (" + ", ".join(f"{one:.4f}" for one in quantiles) + "),")
        print(n, lines[-1], flush=True)
    TARGET.write_text(
        '"""Quantiles of sqrt(n) x dip of uniform samples: written by `python -m benchmarks.dip_table`, not by hand."""'
        "\n\n"
        "# ruff: noqa: E501\n# fmt: off\n\n"
        f"SIZES = {SIZES}\nLEVELS = {levels}\nQUANTILES = (\n" + "\n".join(lines) + "\n)\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
