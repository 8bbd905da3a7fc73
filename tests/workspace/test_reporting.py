"""The report of a workspace is written whatever its sources call their columns."""

import segmentary as sg
from segmentary.workspace.reporting import charts


def test_a_source_whose_monetary_is_a_word(tmp_path):
    (tmp_path / "orders.csv").write_text("order_id,customer_id,ordered_at,amount\no1,ann,2026-01-05,10\n")
    (tmp_path / "customers.csv").write_text(
        "customer_id,email,monetary\nann,ann@example.com,high\nbob,b@example.com,low\n"
    )
    with sg.init(tmp_path / "shop", environment={}) as workspace:
        workspace.add(tmp_path / "orders.csv", kind="orders")
        workspace.add(tmp_path / "customers.csv", kind="customers")
        workspace.run("2026-02-01")
        files = workspace.report(tmp_path / "report")
        assert files.html.stat().st_size > 0


def test_charts_for_a_notebook(tmp_path):
    rows = "".join(f"o{n},c{n % 40},2026-01-{n % 27 + 1:02d},{n + 1}.50\n" for n in range(200))
    (tmp_path / "orders.csv").write_text("order_id,customer_id,ordered_at,amount\n" + rows)
    with sg.init(tmp_path / "shop", timezone="Europe/Berlin", environment={}) as workspace:
        workspace.add(tmp_path / "orders.csv", kind="orders")
        workspace.define(sg.define_segment("often", sg.events("order_completed").count() >= 5))
        workspace.run("2026-02-01")
        found = charts(workspace, width=500)
        assert workspace.report().html.parent.name == "2026-02-01-run-1"  # the local day, not the one in UTC
    assert {"sales", "segments", "rfm"} <= found.keys()
    assert all(chart.to_dict()["$schema"].endswith(".json") for chart in found.values())
