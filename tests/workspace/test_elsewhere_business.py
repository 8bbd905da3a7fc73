"""The generated business with the whole library, opened with another warehouse: every question has the same answer.

PostgreSQL by default. ``make elsewhere`` asks about many more people; ``make spark-test`` asks Spark.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.engine.engines import postgres_server

import segmentary as sg
from segmentary.errors import UsageError
from segmentary.samples.generated import AS_OF
from segmentary.workspace.comparing import campaigns
from segmentary.workspace.demo import demo
from segmentary.workspace.exporting import trait_places
from segmentary.workspace.reporting import report_data
from segmentary.workspace.workspace import Workspace

SPARK = os.environ.get("SEGMENTARY_SPARK", "")
CUSTOMERS = int(os.environ.get("SEGMENTARY_ELSEWHERE", "30"))
pytestmark = [pytest.mark.spark, pytest.mark.spark_cluster] if SPARK else [pytest.mark.postgres]
pytestmark.append(pytest.mark.timeout(0 if SPARK or CUSTOMERS > 100 else 180))
EVERY = 1 if CUSTOMERS > 100 and not SPARK else 12
NEW = """
segment: android_users
where: {event: order_completed, count: {gte: 2}}
"""

Both = tuple[Workspace, Workspace]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    if SPARK:
        yield SPARK
    else:
        with postgres_server() as found:
            yield found


@pytest.fixture(scope="module")
def businesses(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("business")
    demo(folder / "here", generate=True, customers=CUSTOMERS, report=False)
    shutil.copytree(folder / "here", folder / "there")
    with sg.open(folder / "here") as here, sg.open(folder / "there", warehouse=address) as there:
        yield here, there


def same(businesses: Both, ask: Callable[[Workspace], Any]) -> Any:
    """Ask both; return what both answer."""
    here, there = (ask(one) for one in businesses)
    assert here == there
    return here


def close(left: Any, right: Any) -> bool:
    """Say whether two answers are equal, but for the last digits of a float: engines add them up in another order."""
    if isinstance(left, float) and isinstance(right, float):
        return left == pytest.approx(right, rel=1e-12, nan_ok=True)
    if dataclasses.is_dataclass(left):
        return type(left) is type(right) and all(
            close(getattr(left, one.name), getattr(right, one.name)) for one in dataclasses.fields(left)
        )
    if isinstance(left, tuple | list):
        return len(left) == len(right) and all(close(a, b) for a, b in zip(left, right, strict=True))
    return bool(left == right)


def members(workspace: Workspace) -> dict[str, list[str]]:
    return {name: workspace.segment(name).ids() for name in workspace.segments_defined()}


def test_every_segment_has_the_same_members_and_a_run_moves_nobody(businesses: Both) -> None:
    found = same(businesses, members)
    assert len(found) == 72
    assert sum(bool(ids) for ids in found.values()) > 60
    moved = [(one.members, one.entered, one.left) for one in businesses[1].run(as_of=AS_OF).segments]
    assert sorted(moved) == sorted((len(ids), 0, 0) for ids in found.values())
    assert members(businesses[1]) == found


def test_every_trait_of_everybody_is_the_same(businesses: Both) -> None:
    places = same(businesses, trait_places)
    assert len(places) > 50
    name = max(members(businesses[0]).items(), key=lambda one: len(one[1]))[0]
    assert same(businesses, lambda one: one.segment(name).people(traits=list(places)).to_pylist())
    same(businesses, lambda one: one.traits())


def test_the_report_shows_the_same(businesses: Both) -> None:
    here, there = (report_data(one) for one in businesses)
    names = {one.name for one in dataclasses.fields(here)} - {"title", "changes"}
    assert [name for name in sorted(names) if not close(getattr(here, name), getattr(there, name))] == []


def test_figures_are_the_same(businesses: Both) -> None:
    for by in ("month", "channel", "customer", "product", "category", "country"):
        assert same(businesses, lambda one, by=by: one.sales(by))
    same(businesses, lambda one: one.retention())
    same(businesses, lambda one: campaigns(one, None, {}, AS_OF))
    same(businesses, lambda one: one.overlap())
    for measure in list(trait_places(businesses[0]))[:: max(EVERY, 6)]:
        compared: list[Any] = []
        for one in businesses:
            try:
                compared.append(one.compare(measure, by="country"))
            except UsageError as error:
                compared.append(str(error))
        assert close(*compared), measure


def test_one_customer_is_explained_the_same_way(businesses: Both) -> None:
    held = list(businesses[0].segments_defined())
    who = next(ids[0] for ids in members(businesses[0]).values() if ids)
    assert same(businesses, lambda one: one.segments_of(who))
    for name in held[::EVERY]:
        same(businesses, lambda one, name=name: one.segment(name).explain(who))
        same(businesses, lambda one, name=name: one.segment(name).waterfall())


def test_exports_leave_out_the_same_people(businesses: Both, tmp_path: Path) -> None:
    traits = list(trait_places(businesses[0]))[:5]

    def ask(one: Workspace) -> Any:
        path = tmp_path / "people.csv"
        report = one.segment("android_users").export(path, for_contact="email", traits=traits)
        return report.people, report.left_out, path.read_bytes()

    assert sum(same(businesses, ask)[1].values())


def test_other_moments_and_other_definitions_say_the_same(businesses: Both, tmp_path: Path) -> None:
    same(businesses, lambda one: one.segment("android_users").count(as_of="2026-01-15").people)
    (tmp_path / "new.yaml").write_text(NEW)
    same(businesses, lambda one: one.segment("android_users").diff(tmp_path / "new.yaml"))
    same(businesses, lambda one: one.apply(tmp_path / "new.yaml", dry_run=True))
    same(businesses, lambda one: one.history.preview(tmp_path / "new.yaml"))
    same(businesses, lambda one: told(one.history.backfill("cart_abandoners", "2026-01-01")))
    same(businesses, lambda one: told(one.history.backfill("store_shoppers", "2026-01-01", knowledge="then")))
    for ask in ("moves", "stays"):
        found = [getattr(one.history, ask)("cart_abandoners").to_pylist() for one in businesses]
        plain = [[{k: v for k, v in row.items() if k not in ("detected_at", "run_id")} for row in f] for f in found]
        assert plain[0] == plain[1]


def told(done: Any) -> tuple[Any, ...]:
    return done.moments, done.entered, done.left


@pytest.mark.skipif(bool(SPARK), reason="Spark is asked once: rebuilding there is slow")
def test_it_verifies_and_can_be_made_again(businesses: Both) -> None:
    _, there = businesses
    found = members(there)
    assert there.verify().problems == ()
    there.rebuild()
    assert members(there) == found
