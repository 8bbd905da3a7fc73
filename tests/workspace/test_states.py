"""Text traits as parts: hostile values are values, reserved ones are refused, many are too many."""

import pytest

import segmentary as sg
from segmentary.errors import UsageError

HOSTILE = ("Köln", "'; drop table customers --", "<b>", "new", "gone")
SERIES = {"since": "2026-01-01", "until": "2026-03-01"}


def shop(folder, values):
    rows = [f"c{i:03d},{value}" for i, value in enumerate(values)]
    (folder / "people.csv").write_text("customer_id,colour\n" + "\n".join(rows), encoding="utf-8")
    workspace = sg.init(folder / "shop")
    workspace.add(folder / "people.csv")
    return workspace


def test_any_value_is_a_part(tmp_path):
    with shop(tmp_path, [HOSTILE[i % 5] for i in range(50)]) as workspace:
        found = workspace.dynamics.transitions("colour", **SERIES)
        assert set(found.parts) == set(HOSTILE)
        assert {row.people for row in found.rows} == {20}
        assert workspace.dynamics.sizes("colour", **SERIES).everybody == (50, 50, 50)


def test_a_value_that_means_nobody_is_refused(tmp_path):
    with (
        shop(tmp_path, ["red", "(in none)", "red"]) as workspace,
        pytest.raises(UsageError, match="people in no part"),
    ):
        workspace.dynamics.sizes("colour", **SERIES)


def test_too_many_values_are_no_parts(tmp_path):
    with (
        shop(tmp_path, [f"colour {i}" for i in range(70)]) as workspace,
        pytest.raises(UsageError, match="too many parts"),
    ):
        workspace.dynamics.sizes("colour", **SERIES)


def test_cuts_of_the_first_moment_are_kept(tmp_path):
    orders = [f"o{i},c{i % 20},2026-0{1 + i % 3}-1{i % 9}T10:00:00,{i + 1}" for i in range(90)]
    (tmp_path / "orders.csv").write_text("order_id,customer_id,ordered_at,amount\n" + "\n".join(orders))
    with sg.init(tmp_path / "shop") as workspace:
        workspace.add(tmp_path / "orders.csv")
        series = {"since": "2026-02-01", "until": "2026-05-01"}
        each = workspace.dynamics.sizes("rfm_segment", **series)
        first = workspace.dynamics.sizes("rfm_segment", **series, cuts="first")
        assert each.by_part["lost"][0].people == first.by_part["lost"][0].people
        assert {one.code for one in first.findings} == {"rfm_cuts"}
        # Nobody has ordered for long at the end: by the cuts of February nobody is recent any more.
        recent = ("champion", "new", "promising", "potential loyalist")
        assert sum(first.by_part[name][-1].people for name in recent) == 0
        assert sum(each.by_part[name][-1].people for name in recent) > 0
