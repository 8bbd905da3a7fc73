"""The pages of the work: readable without JavaScript, in two languages, details for those who may see them."""

from __future__ import annotations

import pytest

from segmentary.ledger import jobs


@pytest.fixture(scope="module")
def failed(site):
    workspace = site.workspace
    with site.serving.access.writing() as ledger:
        jobs.add(ledger, "page-job", "run", '{"as_of": "<b>2026"}', "somebody@example.com", at=workspace.tick())
        jobs.ask_to_stop(ledger, "page-job", at=workspace.tick())
        wrong = {"title": "no such <i>day</i>", "code": "usage", "hint": "write 2026-03-01"}
        jobs.end(ledger, "page-job", "failed", at=workspace.tick(), problem=wrong)
    return "/jobs/page-job"


def test_what_ran_is_listed(site, failed):
    with site.client("admin") as client:
        page = client.get("/jobs").text
        assert f'href="{failed}"' in page
        assert "no such &lt;i&gt;day&lt;/i&gt;" in page
        assert "Work that has ended" in page
        german = client.get("/jobs", headers={"accept-language": "de"}).text
        assert "Alle Segmente berechnen" in german
        assert "Gescheitert" in german


def test_one_job(site, failed):
    with site.client("admin") as client:
        page = client.get(failed).text
        assert "write 2026-03-01" in page
        assert "&lt;b&gt;2026" in page
        assert client.get("/jobs/nope").status_code == 404
        assert client.get("/jobs?cursor=nope").status_code == 400


def test_others_see_only_that_it_is(site, failed):
    with site.client("viewer") as client:
        for address in ("/jobs", failed):
            page = client.get(address)
            assert page.status_code == 200
            assert "somebody@example.com" not in page.text
            assert "no such" not in page.text
