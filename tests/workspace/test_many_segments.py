"""Hundreds of segments (thousands with `make scale-segments`) in one workspace: defined, run, counted, looked up."""

import os
import random
import time

import pytest

import segmentary as sg

SEGMENTS = int(os.environ.get("SEGMENTARY_SEGMENTS", "500"))
CUSTOMERS = 400
PAIRS = 200


def definitions():
    chance = random.Random(1)
    texts = []
    for number in range(SEGMENTS):
        days, count, amount = chance.choice([7, 30, 60, 90, 180]), chance.randint(1, 5), chance.randint(10, 900)
        match number % 4:
            case 0:
                rule = f"{{event: order_completed, during: {{last: {days}d}}, count: {{gte: {count}}}}}"
            case 1:
                few = f"{{event: order_completed, during: {{last: {days}d}}, count: {{lte: {count}}}}}"
                rule = f"{{all: [{{trait: monetary, gte: {amount}}}, {few}]}}"
            case 2:
                much = f"{{event: order_completed, during: {{last: {days}d}}, sum: {{of: amount, gte: {amount}}}}}"
                rule = f"{{any: [{{trait: recency, lte: {days}}}, {much}]}}"
            case _:
                rule = f"{{all: [{{segment: s{number - 3:05d}}}, {{not: {{segment: s{number - 2:05d}}}}}]}}"
        texts.append(f"segment: s{number:05d}\nwhere: {rule}\n")
    return "---\n".join(texts)


def orders():
    chance = random.Random(2)
    rows = [
        f"o{n},c{chance.randrange(CUSTOMERS)},2026-{chance.randint(1, 5):02d}-{chance.randint(1, 28):02d}T10:00:00,"
        f"{chance.randint(1, 200)}.00"
        for n in range(CUSTOMERS * 4)
    ]
    return "order_id,customer_id,ordered_at,amount\n" + "\n".join(rows) + "\n"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_many_segments_in_one_workspace(tmp_path):
    (tmp_path / "orders.csv").write_text(orders())
    took = {}

    def timed(what, work):
        began = time.perf_counter()
        found = work()
        took[what] = round(time.perf_counter() - began, 2)
        return found

    with sg.init(tmp_path / "shop") as workspace:
        workspace.add(tmp_path / "orders.csv")
        (workspace.folder.segments / "all.yaml").write_text(definitions())
        assert len(timed("apply", workspace.apply)) == SEGMENTS
        report = timed("run", lambda: workspace.run(as_of="2026-06-01"))
        assert len(report.segments) == SEGMENTS
        timed("run again", lambda: workspace.run(as_of="2026-06-04"))
        listed = timed("list", workspace.segments)
        sizes = {one.name: one.people for one in listed}
        names = sorted(sizes)[:PAIRS]
        found = timed("overlap", lambda: workspace.overlap(*names))
        assert dict(found.sizes) == {name: sizes[name] for name in names}
        assert timed("count", lambda: workspace.segment("s00001").count()).people == sizes["s00001"]
        assert timed("preview", workspace.history.preview) == []
        everybody = [f"c{number}" for number in range(CUSTOMERS)]
        held = timed("look-ups", lambda: workspace.lookup.segments_of_all(everybody))
        counted = dict.fromkeys(sizes, 0)
        for segments in held.values():
            for name in segments:
                counted[name] += 1
        assert counted == sizes
        asked = 2_000
        began = time.process_time()
        for number in range(asked):
            workspace.is_member(everybody[number % CUSTOMERS], names[number % PAIRS])
        took["is_member per second"] = round(asked / (time.process_time() - began))
        assert took["is_member per second"] > 1_000
        workspace.rebuild()
        assert {one.name: one.people for one in workspace.segments()} == sizes
    print(f"{SEGMENTS} segments, {CUSTOMERS} customers, seconds:", took)  # noqa: T201
