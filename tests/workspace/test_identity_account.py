"""How many records became how many customers, and which joins deserve a look."""

from segmentary.workspace.identity_account import identity_account
from segmentary.workspace.opening import init_workspace


def test_joins_shared_keys_and_disagreements_are_told(tmp_path):
    crm, shop = tmp_path / "crm.csv", tmp_path / "shop.csv"
    crm.write_text(
        "contact_id,email,first_name\n"
        + "".join(f"k{i},p{i}@mail.example,Ann\n" for i in range(6))
        + "".join(f"s{i},office@mail.example,Eve\n" for i in range(14))
        + "n1,none@none.com,Bo\n"
    )
    shop.write_text("customer_id,email,first_name\n" + "".join(
        f"c{i},P{i}@mail.example,{'Ann' if i else 'Zoe'}\n" for i in range(6)))  # fmt: skip
    with init_workspace(tmp_path / "w") as workspace:
        workspace.add(shop, kind="customers")
        workspace.add(crm, kind="customers", id_space="contact")
        workspace.derived.ensure()
        one = identity_account(workspace)
        assert (one.records, one.customers, one.merged_customers) == (27, 21, 6)
        assert one.by_rule == {"email": 6}
        assert one.sizes == {1: 15, 2: 6}
        assert [(key.kind, key.records) for key in one.shared_keys] == [("email", 14)]
        assert [merge.customer_id for merge in one.doubtful] == ["c0"]
        assert one.doubtful_merges == one.doubtful[0].differing == 1
        assert len(one.last_merges) == 6
