from __future__ import annotations

from pathlib import Path

import pytest

from segmentary.sources.accesslog import is_access_log, request
from segmentary.sources.open import open_source


def test_common_format_and_odd_requests() -> None:
    common = request('h - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326')
    assert common is not None
    visitor, moment, rest = common
    assert len(visitor) == 16
    assert moment.isoformat() == "2000-10-10T20:55:36+00:00"
    assert rest[-2:] == [None, "false"]
    odd = request('h - - [10/Oct/2000:13:55:36 -0700] "-" 408 -')
    assert odd is not None
    method, path, size = (odd[2][n] for n in (1, 2, 4))
    assert (method, path, size) == ("-", None, None)
    assert request('h - - [99/Foo/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1') is None
    assert request("hello") is None


def test_one_visitor_is_one_address_and_browser() -> None:
    lines = [
        f'{ip} - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 1 "-" "{agent}"' for ip in "ab" for agent in "xy"
    ]
    visitors = {found[0] for line in lines if (found := request(line))}
    assert len(visitors) == 4


def test_a_visit_ends_after_half_an_hour_without_a_request(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    times = ("13:00:00", "13:30:00", "14:00:01", "13:59:59", "14:30:01")  # one came late: servers write at the end
    log.write_text("".join(f'h - - [10/Oct/2000:{at} +0000] "GET / HTTP/1.1" 200 1 "-" "x"\n' for at in times))
    (delivery,) = open_source(log)
    visits = [visit.rpartition("-")[2] for visit in delivery.read().read_all().column("session_id").to_pylist()]
    assert visits == ["20001010T130000"] * 2 + ["20001010T140001"] * 3


def test_tables_are_no_logs() -> None:
    assert not is_access_log("a,b\n1,2\n")
    assert not is_access_log("")


@pytest.mark.real_data
def test_the_sample_log(real_data: Path) -> None:
    (delivery,) = open_source(real_data / "web" / "apache_combined_10k.log.gz")
    table = delivery.read().read_all()
    assert table.num_rows + len(delivery.rejected) == 10_000
    assert len(set(table.column("visitor_id").to_pylist())) == 1_861
    assert len(set(table.column("session_id").to_pylist())) == 3_223
    assert len(delivery.rejected) == 1
