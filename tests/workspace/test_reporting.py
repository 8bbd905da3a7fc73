"""The report of a workspace is written whatever its sources call their columns."""

import segmentary as sg


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
