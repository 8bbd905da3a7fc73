"""Features know nothing of what came at or after the moment; outcomes know nothing but that."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.engines import postgres_server

from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.language.tree import (
    Compare,
    EventFilter,
    EventMeasure,
    ModelValue,
    SegmentDefinition,
    TraitDefinition,
    TraitValue,
)
from segmentary.schema import PREDICTIONS
from segmentary.workspace.feature_choice import choose_features
from segmentary.workspace.features import amounts, feature_table, outcomes, read_outcome
from segmentary.workspace.opening import init_workspace, open_workspace
from segmentary.workspace.workspace import Workspace

CUTOFF = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
DAYS = 30
PEOPLE = [f"c{i:02d}" for i in range(25)]
Row = tuple[str, str, float, float]
"""What happened, to whom, how many days after the cutoff, and its number."""


def at(days: float) -> dt.datetime:
    return CUTOFF.replace(tzinfo=None) + dt.timedelta(days=days)


def past() -> list[Row]:
    """What happened before the cutoff: by a seed, so that it is the same in every example."""
    chance = np.random.default_rng(0)
    kinds = ["order", "order", "refund", "page_viewed", "email_opened", "plan"]
    rows = [
        (kinds[int(chance.integers(6))], PEOPLE[int(chance.integers(24))], -float(chance.uniform(0, 400)), float(n))
        for n in range(150)
    ]
    return [*rows, *(("plan", who, -300.0, 1.0) for who in PEOPLE[:24])]


def loaded(folder: Path, rows: Sequence[Row], *, more: dict[str, Any] | None = None) -> Workspace:
    """Open a workspace in which all of this happened."""
    workspace = init_workspace(folder / "shop", timezone="UTC")
    orders = [(i, *row) for i, row in enumerate(rows) if row[0] in ("order", "refund")]
    clicks = [row for row in rows if row[0] in ("page_viewed", "email_opened", "newly_invented")]
    plans = [row for row in rows if row[0] == "plan"]
    workspace.add(
        pa.table(
            {
                # An order has the same id whatever else there is: what is added elsewhere renames nothing.
                "order_id": [f"{kind}-{who}-{days}-{n}" for _, kind, who, days, n in orders],
                "customer_id": [row[2] for row in orders],
                "ordered_at": [at(row[3]) for row in orders],
                "amount": [(-1.0 if row[1] == "refund" else 1.0) * (row[4] + 1) for row in orders],
            }
        ),
        name="orders",
        kind="orders",
    )
    workspace.add(
        pa.table(
            {
                "customer_id": [row[1] for row in clicks],
                "event": [row[0] for row in clicks],
                "happened_at": [at(row[2]) for row in clicks],
                "message_id": [f"{row}" for row in clicks],
            }
        ),
        name="clicks",
        kind="events",
    )
    attributes(workspace, "crm", [(who, "plan", f"plan {int(n) % 4}", at(days)) for _, who, days, n in plans])
    return workspace


def attributes(workspace: Workspace, source: str, rows: Sequence[tuple[str, str, str, dt.datetime | None]]) -> None:
    names = ("record_id", "name", "value", "value_type", "valid_from")
    who, name, value, since = zip(*rows, strict=True)
    columns = [who, name, value, ["text"] * len(rows), pa.array(since, pa.timestamp("us"))]
    table = pa.table(dict(zip(names, map(list, columns[:4]), strict=False)) | {"valid_from": columns[4]})
    workspace.add(table, kind="attributes", name=source, columns={one: one for one in names})


def table_of(workspace: Workspace, **how: Any) -> tuple[Any, ...]:
    """Return everything that could differ, to the last bit."""
    chosen = choose_features(workspace, CUTOFF)
    found = feature_table(workspace, chosen.features, chosen.attributes, CUTOFF, **how)
    return (
        found.ids,
        found.table.columns,
        found.table.values.tobytes(),
        found.universe,
        dict(found.features),
        dict(found.attributes),
        chosen.findings,
    )


LATER = st.lists(
    st.tuples(
        st.sampled_from(["order", "order", "refund", "page_viewed", "email_opened", "newly_invented", "plan"]),
        st.sampled_from([*PEOPLE, "somebody new"]),
        st.one_of(st.just(0.0), st.floats(0, 60).map(lambda days: round(days, 3))),
        st.integers(0, 9).map(float),
    ),
    max_size=30,
    unique=True,
)


@pytest.fixture(scope="module")
def unknowing() -> tuple[Any, ...]:
    with tempfile.TemporaryDirectory() as folder, loaded(Path(folder), past()) as workspace:
        return table_of(workspace)


@settings(max_examples=6)
@given(later=LATER)
def test_what_comes_at_or_after_the_moment_changes_no_feature_and_makes_the_outcomes(
    later: list[Row], unknowing: tuple[Any, ...]
) -> None:
    with tempfile.TemporaryDirectory() as folder, loaded(Path(folder), [*past(), *later]) as workspace:
        assert table_of(workspace) == unknowing
        ordered = {who for kind, who, days, _ in later if kind == "order" and 0 <= days < DAYS}
        told = outcomes(workspace, "did order_completed", CUTOFF, DAYS)
        assert {who for who, happened in told.items() if happened} == ordered
        spent = amounts(workspace, CUTOFF, DAYS)
        for who in told:
            mine = [n + 1 for kind, one, days, n in later if kind == "order" and one == who and days < DAYS]
            assert spent[who] == pytest.approx(sum(mine))


def test_what_came_just_before_the_moment_does_change_them(unknowing: tuple[Any, ...], tmp_path: Path) -> None:
    kinds = ("order", "refund", "page_viewed", "email_opened", "plan")
    with loaded(tmp_path, [*past(), *((kind, "c01", -0.001, 7.0) for kind in kinds)]) as workspace:
        now = table_of(workspace)
    columns, shape = unknowing[1], (len(unknowing[0]), len(unknowing[1]))
    before, after = (np.frombuffer(one).reshape(shape) for one in (unknowing[2], now[2]))
    row = unknowing[0].index("c01")
    changed = {column.name for column, a, b in zip(columns, before[row], after[row], strict=True) if a != b}
    assert {
        "orders_365d",
        "orders_30d",
        "days_since_order",
        "refunds",
        "page_viewed_91d",
        "email_opened_30d",
    } <= changed
    assert "plan" in changed
    others = np.arange(len(before)) != row
    np.testing.assert_array_equal(before[others], after[others])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    later = [("order", who, float(i), 9.0) for i, who in enumerate(PEOPLE[:10])]
    with loaded(tmp_path_factory.mktemp("read"), [*past(), *later]) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def told_more(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A workspace with undated attributes, somebody undated, and scores."""
    with loaded(tmp_path_factory.mktemp("told"), past()) as workspace:
        undated = [(who, "town", "Ulm", None) for who in PEOPLE]
        attributes(workspace, "crm2", [("undated", "plan", "plan 1", None), *undated])
        attributes(workspace, PREDICTIONS, [(who, "churn.probability", "0.5", at(-30)) for who in PEOPLE])
        yield workspace


def test_whom_nothing_dated_makes_known_is_nobody_yet(told_more: Workspace) -> None:
    # Undated people who never did anything would tell that they never will.
    chosen = choose_features(told_more, CUTOFF)
    found = feature_table(told_more, chosen.features, chosen.attributes, CUTOFF)
    assert "undated" not in found.ids
    assert "c24" not in found.ids
    assert set(chosen.attributes) == set()
    assert {one.code for one in chosen.findings} == {"undated"}
    assert set(chosen.findings[0].columns) == {"plan", "town"}


def test_an_undated_attribute_is_used_only_when_named_and_with_a_warning(told_more: Workspace) -> None:
    chosen = choose_features(told_more, CUTOFF, attributes=["town"])
    assert list(chosen.attributes) == ["town"]
    assert [one.level for one in chosen.findings] == ["warning"]
    with pytest.raises(UnknownNameError):
        choose_features(told_more, CUTOFF, attributes=["nothing"])


def test_scores_are_never_features(told_more: Workspace) -> None:
    assert "churn.probability" not in choose_features(told_more, CUTOFF).attributes
    with pytest.raises(UsageError, match="a score"):
        choose_features(told_more, CUTOFF, attributes=["churn.probability"])
    with pytest.raises(UsageError, match="a score"):
        feature_table(told_more, {}, ["churn.probability"], CUTOFF)
    for value in (ModelValue("churn", "probability"), TraitValue("churn.probability")):
        with pytest.raises(UsageError, match="asks what a model says"):
            feature_table(told_more, {"mine": TraitDefinition("mine", value, "number")}, [], CUTOFF)


def test_own_traits_come_with_what_they_are_made_of(shop: Workspace) -> None:
    count = EventMeasure(EventFilter(("order_completed",)), "count")
    shop.define(TraitDefinition("mine", count, "number"), TraitDefinition("yours", TraitValue("mine"), "number"))
    chosen = choose_features(shop, CUTOFF, also=["yours"])
    assert {"mine", "yours"} <= set(chosen.features)
    found = feature_table(shop, {n: chosen.features[n] for n in ("mine", "yours")}, [], CUTOFF).table
    assert (found.values[:, 0] == found.values[:, 1]).all()


def test_a_sample_is_stable_and_nested_in_everybody(shop: Workspace) -> None:
    chosen = choose_features(shop, CUTOFF)
    whole = feature_table(shop, chosen.features, chosen.attributes, CUTOFF)
    some = feature_table(shop, chosen.features, chosen.attributes, CUTOFF, sample=8)
    again = feature_table(shop, chosen.features, chosen.attributes, CUTOFF, sample=8)
    other = feature_table(shop, chosen.features, chosen.attributes, CUTOFF, sample=8, seed=3)
    assert len(some) == 8
    assert some.universe == len(whole) == 24
    assert some.ids == again.ids != other.ids
    places = [whole.ids.index(one) for one in some.ids]
    np.testing.assert_array_equal(
        some.table.select(list(chosen.features)).values, whole.table.select(list(chosen.features)).values[places]
    )


def test_only_members_as_of_the_moment(shop: Workspace) -> None:
    chosen = choose_features(shop, CUTOFF)
    some = feature_table(shop, chosen.features, {}, CUTOFF, within="did order_completed in last 100d")
    column = some.table.values[:, some.table.place("days_since_order")]
    assert 0 < len(some) < 24
    assert column.max() <= 100
    with pytest.raises(NoAnswerError, match="among those asked for"):
        feature_table(shop, chosen.features, {}, CUTOFF, within="events order_completed count >= 99")


def test_before_anything_nobody_is_known(shop: Workspace) -> None:
    early = CUTOFF - dt.timedelta(days=900)
    with pytest.raises(NoAnswerError, match="nobody is known"):
        feature_table(shop, choose_features(shop, CUTOFF).features, {}, early)


def test_entering_a_segment_is_an_outcome_by_its_definition(shop: Workspace) -> None:
    rule = Compare(EventMeasure(EventFilter(("order_completed",)), "count"), "gte", Decimal(3))
    shop.define(SegmentDefinition("regular", rule))
    entered = {who for who, yes in outcomes(shop, "enters regular", CUTOFF, DAYS).items() if yes}
    orders = TraitDefinition("n", EventMeasure(EventFilter(("order_completed",)), "count"), "number")
    before = feature_table(shop, {"n": orders}, {}, CUTOFF)
    count = dict(zip(before.ids, before.table.values[:, 0], strict=True))
    assert entered == {who for who in PEOPLE[:10] if count.get(who, 0) == 2}
    assert entered
    assert outcomes(shop, "segment regular entered", CUTOFF, DAYS) == outcomes(
        shop, "enters segment regular", CUTOFF, DAYS
    )
    chosen = choose_features(shop, CUTOFF, outcome=read_outcome(shop, "enters regular"))
    inside = feature_table(shop, {"is_in": chosen.features["is_in"]}, {}, CUTOFF)
    assert [count[who] >= 3 for who in inside.ids] == inside.table.values[:, 0].astype(bool).tolist()
    with pytest.raises(UnknownNameError):
        outcomes(shop, "enters nowhere", CUTOFF, DAYS)


def test_what_is_predicted_was_counted_before_too(shop: Workspace) -> None:
    rule = read_outcome(shop, "did page_viewed")
    chosen = choose_features(shop, CUTOFF, outcome=rule)
    found = feature_table(shop, chosen.features, {}, CUTOFF).table.select(["same_91d", "page_viewed_91d"])
    np.testing.assert_array_equal(found.values[:, 0], found.values[:, 1])
    assert found.values.any()


def test_windows_are_those_the_data_fill(shop: Workspace) -> None:
    early = choose_features(shop, CUTOFF - dt.timedelta(days=290)).features
    assert "orders_91d" in early
    assert "orders_182d" not in early
    assert "orders" not in early
    assert early["order_months"].title == "months with an order in the last 91 days"


def test_outcomes_are_text_or_yaml_or_trees(shop: Workspace) -> None:
    text = outcomes(shop, "events order_completed sum of amount >= 10", CUTOFF, DAYS)
    assert sum(text.values()) == 10
    assert outcomes(shop, "{event: order_completed, sum: {of: amount, gte: 10}}", CUTOFF, DAYS) == text
    quiet = outcomes(shop, "not did order_completed", CUTOFF, DAYS)
    assert sum(quiet.values()) == len(quiet) - 10
    with pytest.raises(UsageError):
        outcomes(shop, "did order_completed", CUTOFF, 0)


@pytest.mark.postgres
def test_postgres_knows_the_same_features_and_outcomes(tmp_path: Path) -> None:
    later = [("order", who, float(i), 9.0) for i, who in enumerate(PEOPLE[:10])]
    told = []
    with loaded(tmp_path, [*past(), *later]) as workspace:
        told.append(everything(workspace))
    with postgres_server() as address, open_workspace(tmp_path / "shop", warehouse=address) as workspace:
        assert workspace.warehouse is not workspace.engine
        told.append(everything(workspace))
    (table, sample, *here), (table_there, sample_there, *there) = told
    assert here == there
    for one, other in ((table, table_there), (sample, sample_there)):
        assert (one.ids, one.table.columns) == (other.ids, other.table.columns)
        np.testing.assert_allclose(one.table.values, other.table.values, rtol=1e-12)


def everything(workspace: Workspace) -> list[Any]:
    """Return features, a sample of some of the people, outcomes and amounts."""
    chosen = choose_features(workspace, CUTOFF)
    within = "did order_completed in last 300d"
    return [
        feature_table(workspace, chosen.features, chosen.attributes, CUTOFF),
        feature_table(workspace, chosen.features, chosen.attributes, CUTOFF, sample=9, within=within),
        outcomes(workspace, "did order_completed", CUTOFF, DAYS),
        amounts(workspace, CUTOFF, DAYS),
        chosen.features,
    ]
