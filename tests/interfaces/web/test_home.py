"""The first page: figures, the way from data to results, freshness; readable on an empty workspace too."""

from __future__ import annotations

from tests.interfaces.site import served

import segmentary as sg

PARTS = ("Gather", "Analyse", "Create", "Act", "Review")


def test_home_says_how_far_the_work_is(site):
    with site.client() as client:
        answer = client.get("/")
    assert answer.status_code == 200
    places = [answer.text.index(f"</span>{part}") for part in PARTS]
    assert places == sorted(places)
    assert f">{site.workspace.last_run().context['universe']}</dd>" in answer.text
    assert len(answer.content) < 100_000


def test_an_empty_workspace_says_where_to_begin(tmp_path):
    with sg.init(tmp_path / "shop") as workspace, served(workspace) as site, site.client() as client:
        answer = client.get("/")
    assert answer.status_code == 200
    assert "Bring the first file in" in answer.text
    assert answer.text.count('class="card next"') == 1


def test_home_speaks_german(site):
    with site.client() as client:
        answer = client.get("/", headers={"accept-language": "de-AT,de;q=0.9,en;q=0.5"})
    assert '<html lang="de">' in answer.text
    assert "Von den Daten zum Ergebnis" in answer.text
    assert "From data to results" not in answer.text
