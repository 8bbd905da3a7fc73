"""A small survey of the market, a plan that weighs its segments, and what was measured of it."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

from segmentary.workspace.market_jobs import measure_job, write_plan
from segmentary.workspace.workspace import Workspace

PLAN = """market: gardeners
survey: garden_market
segments: {item: dwelling}
people: households
unit: EUR
value: spend
brands:
  ours: ours
  use: {ours: uses_ours, nordhaus: uses_nordhaus}
needs:
  advice: {importance: wants_advice, satisfaction: has_advice}
assumptions:
  - {name: households, stage: tam, likely: 41000000, low: 40000000, high: 42000000, source: census}
  - {name: with a balcony or garden, stage: sam, likely: 0.6, low: 0.5, high: 0.7, shape: share, source: survey}
criteria:
  - {name: size, weight: 3, of: share}
  - {name: money, weight: 2, of: mean_value}
  - {name: fit, axis: competitiveness, weight: 1, values: {flat: 3, house: 8, farm: 5}}
choose: 1
"""


def furnish(workspace: Workspace) -> list[str]:
    chance = random.Random(5)
    scales = [f"{name}_{number}" for name in ("green", "thrift", "quality") for number in (1, 2, 3)]
    columns = ["respondent_id", "weight", "wave", "dwelling", "spend", "uses_ours", "uses_nordhaus", "wants_advice"]
    lines = [",".join([*columns, "has_advice", *scales])]
    for n in range(500):
        dwelling = chance.choices(("flat", "house", "farm"), (5, 4, 1))[0]
        spend = round(chance.gammavariate(2, {"flat": 20, "house": 60, "farm": 90}[dwelling]), 2)
        uses = (int(chance.random() < 0.2), int(chance.random() < 0.4))
        wants, has = chance.randint(2, 5), chance.randint(1, 4)
        weight = round(chance.uniform(0.5, 2), 3)
        lines.append(
            f"r{n},{weight},{2025 + n % 2},{dwelling},{spend},{uses[0]},{uses[1]},{wants},{has},"
            + ",".join(str(chance.randint(1, 5)) for _ in scales)
        )
    with TemporaryDirectory() as place:
        path = Path(place) / "garden_market.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        mapped = {"record_id": "respondent_id", "weight": "weight", "wave": "wave"}
        named = {"name": "garden_market", "survey": "garden_market", "id_space": "market"}
        workspace.add(path, kind="responses", columns=mapped, **named)
    write_plan(workspace, "gardeners", PLAN)
    workspace.run()
    measure_job(workspace, {"market": "gardeners"}, lambda sentence, done: None)
    return ["/markets", "/markets/new", "/markets/gardeners", "/markets/gardeners/plan"]
