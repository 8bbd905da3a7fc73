"""What one table hides, no other gives away."""

from __future__ import annotations

import numpy as np
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.report.groups import audited, overlapping
from segmentary.report.tallies import people_table


def engine_with(rule: str, rfm: str, country: str) -> DuckDB:
    engine = DuckDB(threads=1)
    engine.run(
        f"create table traits as select 'c' || i as customer_id, {rfm} as rfm, {country} as country, {rule} as flag "
        "from range(200) t(i)"
    )
    wanted = [("traits", "rfm", "rfm"), ("traits", "country", "country")]
    people_table(engine, flags=exp.select("customer_id", "flag").from_("traits"), segments=["flag"], wanted=wanted)
    return engine


def test_a_segment_that_equals_a_hidden_cell_is_hidden_with_it() -> None:
    # Four "lost" customers, and a segment that says the same.
    engine = engine_with("i < 4", "case when i < 4 then 'lost' when i < 60 then 'new' else 'loyal' end", "'X'")
    groups = audited(engine, 1, has_rfm=True, has_country=True, below=11)
    assert groups.people("segment", "0") is None
    assert groups.people("rfm", "lost") is None
    assert groups.people("rfm", "new") is None  # 200 - loyal would tell
    assert groups.people("rfm", "loyal") == 140
    assert groups.people("country", "X") == 200
    assert groups.people("everybody") == 200


def test_a_segment_gives_no_hidden_country_away() -> None:
    # All but the five of "Y" are in the segment: neither may be shown.
    engine = engine_with("i >= 5", "'new'", "case when i < 5 then 'Y' when i < 90 then 'Z' else 'X' end")
    groups = audited(engine, 1, has_rfm=True, has_country=True, below=11)
    assert groups.people("segment", "0") is None
    assert groups.people("country", "Y") is None
    assert groups.people("country", "Z") is None
    assert groups.people("country", "X") == 110


def test_missing_values_are_a_group() -> None:
    engine = engine_with("i < 50", "case when i < 100 then 'new' end", "null::varchar")
    groups = audited(engine, 1, has_rfm=True, has_country=True, below=11)
    assert groups.people("rfm") == 100
    assert groups.people("country") == 200
    assert groups.people("rfm", "champion") == 0
    assert groups.named("rfm") == ["new"]


def test_the_overlap_map_takes_the_largest() -> None:
    sizes = np.diag([100, 3, 99, 50, 100]).astype(np.int64)
    assert overlapping(sizes, 4, 11) == [3]
