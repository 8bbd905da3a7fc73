"""Online Retail, computed and served in PostgreSQL: exactly what the embedded database says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from tests.engine.engines import postgres_server
from tests.workspace.test_online_retail import TRUTH

import segmentary as sg
from segmentary.errors import EngineError, WorkspaceError

pytestmark = pytest.mark.postgres
SIZES = {
    "buyers": 4338,
    "gone": 861,
    "gone_90": 1449,
    "good": 739,
    "new_since_november": 364,
    "one_time": 1493,
    "recent": 1628,
    "repeat": 2845,
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as address:
        yield address


@pytest.fixture(scope="module")
def shops(real_data, server, tmp_path_factory):
    """One folder twice: computed embedded, and then the same folder with its warehouse in PostgreSQL."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with sg.init(folder / "here", currency="GBP", timezone="UTC") as workspace:
        workspace.add(real_data / "online_retail" / "online_retail.parquet")
        (workspace.folder.segments / "truth.yaml").write_text(TRUTH)
        workspace.apply()
        workspace.run(as_of="2011-12-10")
    shutil.copytree(folder / "here", folder / "there")
    with sg.open(folder / "here") as here, sg.open(folder / "there", warehouse=server) as there:
        yield here, there


@pytest.mark.real_data
def test_what_was_served_is_served_there(shops):
    here, there = shops
    assert there.warehouse is not there.engine
    assert {name: there.segment(name).count().people for name in SIZES} == SIZES
    assert all(there.segment(name).ids() == here.segment(name).ids() for name in SIZES)


@pytest.mark.real_data
def test_a_run_there_moves_nobody(shops):
    _, there = shops
    report = there.run(as_of="2011-12-10")
    assert {one.segment: (one.members, one.entered, one.left) for one in report.segments} == {
        name: (size, 0, 0) for name, size in SIZES.items()
    }


@pytest.mark.real_data
def test_traits_and_reads_are_equal(shops, tmp_path):
    here, there = shops
    exported = [shop.segment("good").export(tmp_path / f"{i}.csv") for i, shop in enumerate(shops)]
    assert exported[0] is not None
    assert (tmp_path / "0.csv").read_bytes() == (tmp_path / "1.csv").read_bytes()
    assert here.overlap("good", "recent") == there.overlap("good", "recent")
    assert here.retention() == there.retention()


@pytest.mark.real_data
def test_a_database_belongs_to_one_workspace(shops, server, tmp_path):
    with sg.init(tmp_path / "other") as other:
        other.apply()
        (tmp_path / "c.csv").write_text("customer_id,country\nc1,FR\n")
        other.add(tmp_path / "c.csv")
    with pytest.raises(WorkspaceError, match="another workspace"):
        sg.open(tmp_path / "other", warehouse=server)


def test_a_server_that_goes_away_in_a_run_loses_nothing(tmp_path):
    import psycopg

    with postgres_server() as address:
        (tmp_path / "c.csv").write_text("customer_id,country\nc1,FR\nc2,DE\n")
        with sg.init(tmp_path / "shop") as shop:
            shop.add(tmp_path / "c.csv")
            (shop.folder.segments / "french.yaml").write_text("segment: french\nwhere: {trait: country, is: FR}\n")
            shop.apply()

        def end_sessions(step: str) -> None:
            if step == "segments":
                with psycopg.connect(address, autocommit=True) as other:
                    other.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity "
                        "where pid <> pg_backend_pid() and backend_type = 'client backend'"
                    )

        shop = sg.open(tmp_path / "shop", warehouse=address)
        with pytest.raises(EngineError, match="cannot be reached"):
            shop.run(as_of="2026-01-01", progress=end_sessions)
        shop.close()
        with sg.open(tmp_path / "shop", warehouse=address) as shop:
            assert [one.members for one in shop.run(as_of="2026-01-01").segments] == [1]
            assert shop.verify().problems == ()
