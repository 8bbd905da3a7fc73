"""Which files a report has, and that nothing else is given out."""

from __future__ import annotations

import pytest

from segmentary.errors import UnknownNameError
from segmentary.workspace.report_shelf import report_file, shelf


def test_a_report_is_its_documents_and_charts_and_nothing_else(analysed):
    folder = analysed.folder.root / "reports" / "shelved"
    (folder / "charts").mkdir(parents=True)
    for name in ("discovery.html", "discovery.xlsx", "secret.txt", "charts/sizes.svg", "charts/notes.txt"):
        (folder / name).write_text(name)
    found = shelf(analysed, "discovery", "shelved")
    assert [(one.file, one.form, one.chart) for one in found] == [
        ("discovery.html", "page", False),
        ("discovery.xlsx", "workbook", False),
        ("sizes.svg", "drawing", True),
    ]
    assert report_file(analysed, "discovery", "shelved", "sizes.svg").read_text() == "charts/sizes.svg"
    for name in ("secret.txt", "notes.txt", "../shelved/discovery.html", "charts/sizes.svg", ""):
        with pytest.raises(UnknownNameError):
            report_file(analysed, "discovery", "shelved", name)


def test_nothing_written_is_nothing_listed(analysed):
    assert shelf(analysed, "discovery", "nowhere") == ()
    assert shelf(analysed, "prediction", "../../etc") == ()
