"""What people correct about an upload is checked, and uploads load together or not at all."""

import pytest

from segmentary.errors import MappingError, UsageError
from segmentary.ledger.loads import load_count
from segmentary.workspace.opening import init_workspace
from segmentary.workspace.upload_reading import load_job, look, options_of
from segmentary.workspace.uploading import Uploads

PEOPLE = "customer_id,email,joined\n" + "".join(
    f"c{i},c{i}@mail.example,0{i % 9 + 1}/0{i % 8 + 1}/2024\n" for i in range(30)
)
ORDERS = "order_id,customer_id,ordered_at,amount\no1,c1,2024-01-02,5\no2,c2,2024-01-03,7\n"


def put(workspace, name, text):
    with Uploads(workspace).begin(name) as receiving:
        receiving.write(text.encode())
        return receiving.end().upload


def test_uploads_load_together_or_not_at_all(tmp_path):
    with init_workspace(tmp_path / "shop") as workspace:
        people, orders = put(workspace, "people.csv", PEOPLE), put(workspace, "orders.csv", ORDERS)
        proposal = look(workspace, people).proposal
        assert not proposal["decided"]
        (found,) = proposal["proposals"]
        assert [q["about"] for q in found["questions"]] == ["dates"]
        assert {c["name"]: (c["canonical"], c["personal"]) for c in found["columns"]}["email"] == ("email", True)
        with pytest.raises(MappingError):
            load_job(workspace, {"uploads": [people]})
        assert load_count(workspace.ledger) == 0
        assert look(workspace, people, {"date_order": "day_first"}).proposal["decided"]
        done = load_job(workspace, {"uploads": [orders, people]})
        assert [(one["source"], one["rows_kept"]) for one in done["loads"]] == [("orders", 2), ("people", 30)]
        assert load_job(workspace, {"uploads": [orders, people]}) == done
        assert [one["source"] for one in Uploads(workspace).get(people).loaded] == ["people"]
        assert load_count(workspace.ledger) == 2


@pytest.mark.parametrize(
    "corrections",
    [
        {"kind": "people"}, {"name": "segmentary:predictions"}, {"name": "../x"}, {"currency": "euro"},
        {"timezone": "Mars/Base"}, {"columns": ["a"]}, {"columns": {"a": 1}}, {"date_order": "any"}, {"path": "/etc"},
        {"table": "a\0"}, {"drop_duplicates": "yes"}, {"survey": "x" * 300}, {"decimal_mark": ";"},
    ],
)  # fmt: skip
def test_a_correction_without_meaning_is_refused(corrections):
    with pytest.raises(UsageError):
        options_of(corrections)


def test_a_load_takes_uploads_only(tmp_path):
    wrong = ({}, {"uploads": []}, {"uploads": "x"}, {"uploads": [1]}, {"uploads": ["x"], "path": "/etc/passwd"})
    with init_workspace(tmp_path / "shop") as workspace:
        for arguments in wrong:
            with pytest.raises(UsageError):
                load_job(workspace, arguments)
