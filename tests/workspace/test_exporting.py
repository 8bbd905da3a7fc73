"""Members with traits: sorted, limited, unknown traits named; files leave out who may not be written to, and say so."""

from __future__ import annotations

import csv

import pytest

import segmentary as sg
from segmentary.errors import UnknownNameError
from segmentary.workspace.exporting import contact_query, people_table, trait_places

RULES = """segment: everybody
where: {trait: email, exists: true}
---
segment: nobody
where: {trait: visits, gt: 1000}
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exporting")
    visits = [3, 9, 9, "", 1]
    rows = "".join(f"c{n},c{n}@example.com,{'no' if n == 4 else 'yes'},{v}\n" for n, v in enumerate(visits))
    (folder / "people.csv").write_text(f"customer_id,email,accepts_marketing,visits\n{rows}")
    with sg.init(folder / "shop", environment={}) as workspace:
        workspace.add(folder / "people.csv", kind="customers")
        (workspace.folder.segments / "all.yaml").write_text(RULES)
        workspace.apply()
        workspace.run()
        workspace.consents.suppress("email", "c0@example.com", "complained")
        yield workspace


def people(workspace, *given, name="everybody"):
    return people_table(workspace, workspace.segment(name).ids_query(), *given)


def test_people_come_by_id_or_by_a_trait_with_ties_by_id_and_the_unknown_last(workspace):
    assert people(workspace, (), None).column("customer_id").to_pylist() == [f"c{n}" for n in range(5)]
    best = people(workspace, (), None, "visits")
    assert best.column_names == ["customer_id", "visits"]
    assert best.column("customer_id").to_pylist() == ["c1", "c2", "c0", "c4", "c3"]
    assert people(workspace, ("visits",), 2, "visits").num_rows == 2
    assert people(workspace, ("email",), 0).num_rows == 0
    assert people(workspace, ("email",), None, name="nobody").num_rows == 0


def test_a_trait_nobody_knows_is_named_with_how_to_see_them(workspace):
    assert {"email", "visits"} <= set(trait_places(workspace))
    assert "customer_id" not in trait_places(workspace)
    with pytest.raises(UnknownNameError, match="visit") as told:
        people(workspace, ("visit",), None)
    assert "visits" in told.value.hint


def test_everybody_is_either_allowed_or_left_out_for_one_reason(workspace):
    workspace.consents.load()
    ids = workspace.segment("everybody").ids_query()
    allowed, out = contact_query(workspace, ids, "email", "marketing", workspace.tick())
    kept = sorted(row[0] for row in workspace.warehouse.rows(allowed))
    assert kept == ["c1", "c2", "c3"]
    assert out["suppressed"] == 1
    assert sum(out.values()) == 2
    nobody = workspace.segment("nobody").ids_query()
    assert contact_query(workspace, nobody, "email", "marketing", workspace.tick())[1] == {}


def test_an_export_is_a_file_a_report_and_a_line_of_the_audit_trail(workspace, tmp_path):
    view = workspace.segment("everybody")
    report = view.export(tmp_path / "out.csv", traits=["visits"], for_contact="email")
    with (tmp_path / "out.csv").open(newline="") as file:
        assert [row["customer_id"] for row in csv.DictReader(file)] == ["c1", "c2", "c3"]
    assert (report.segment, report.people, report.left_out["suppressed"]) == ("everybody", 3, 1)
    assert str(tmp_path / "out.csv") in report.files
    assert workspace.ledger.audit_intact()
