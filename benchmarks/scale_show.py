"""What was measured, as a table, and the ratios that mean something with their goals."""

from __future__ import annotations

from typing import Any

Figures = dict[str, Any]
CLUSTERED = ("floor", "group by customer")
FIFTY = ("packed", "50 segments, packed")
EACH, LOADED = ("each", "one query per segment"), ("each-loaded", "one query per segment")
RATIOS = (
    ("RFM / clustered group-by", ("rfm", "RFM"), CLUSTERED, "cpu_s", "at most 2.5"),
    ("polars RFM / ours", ("polars", "RFM"), ("rfm", "RFM"), "cpu_s", "at least 3"),
    ("chdb RFM / ours", ("chdb", "RFM"), ("rfm", "RFM"), "cpu_s", "at least 5"),
    ("50 segments / clustered group-by", FIFTY, CLUSTERED, "cpu_s", "at most 10"),
    ("one FILTER each / packed", ("filter", "50 segments, one FILTER each"), FIFTY, "cpu_s", ""),
    ("one query per segment / packed, same layout", EACH, FIFTY, "wall_s", "at least 5"),
    ("one query per segment / packed, same layout", EACH, FIFTY, "cpu_s", ""),
    ("one query per segment, as loaded / packed", LOADED, FIFTY, "wall_s", "at least 20"),
    ("one query per segment, as loaded / packed", LOADED, FIFTY, "cpu_s", ""),
)


def ratio(results: Figures, above: tuple[str, str], below: tuple[str, str], unit: str) -> float | None:
    found = [results.get(phase, {}).get(step, {}).get(unit) for phase, step in (above, below)]
    return None if None in found else float(found[0]) / float(found[1])


def show(results: Figures) -> None:
    print(f"\n{results['customers']:,} customers, {results['events']:,} events, {results['cores']} cores\n")
    print(f"{'step':58} {'wall s':>9} {'CPU s':>9}")
    for phase in results:
        for step, figure in results[phase].items() if isinstance(results[phase], dict) else ():
            if isinstance(figure, dict) and "wall_s" in figure:
                print(f"{phase + ': ' + step:58} {figure['wall_s']:9.3f} {figure['cpu_s']:9.2f}")
            elif isinstance(figure, float | int | str):
                print(f"{phase + ': ' + step:58} {figure if isinstance(figure, str) else f'{figure:,.1f}':>19}")
    print("\nratios")
    for label, above, below, unit, goal in RATIOS:
        if (found := ratio(results, above, below, unit)) is not None:
            print(f"  {label:54} {found:8.1f} {unit[:-2]:5} {goal}")
    for phase in ("filter", "each", "each-loaded"):
        ours, theirs = results.get("packed", {}).get("sizes", {}), results.get(phase, {}).get("sizes", {})
        if ours and any(ours[name] != size for name, size in theirs.items()):
            print(f"  sizes of {phase} differ from the packed ones")
