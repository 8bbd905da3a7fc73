from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from segmentary.errors import SourceError
from segmentary.sources.statistics import StatisticsFile

FRAME = pd.DataFrame(
    {
        "id": [1.0, 2.0, 3.0],
        "sex": [1.0, 2.0, None],
        "q1": [1.0, 3.0, 99.0],
        "income": [10.5, None, 20.0],
        "name": ["Zoë", "", "x"],
    }
)


def test_spss_labels_and_missing_codes(tmp_path: Path) -> None:
    path = tmp_path / "study.sav"
    pyreadstat.write_sav(
        FRAME,
        str(path),
        column_labels=["", "Sex of respondent", "I like it", "", ""],
        variable_value_labels={
            "sex": {1: "male", 2: "female"},
            "q1": {1: "disagree", 2: "neutral", 3: "agree", 99: "don't know"},
        },
        missing_ranges={"q1": [99]},
        variable_measure={"sex": "nominal", "q1": "ordinal", "income": "scale"},
    )
    delivery = StatisticsFile("study", path)
    found = delivery.read().read_all().to_pylist()
    assert found[0] == {"row_number": 1, "id": 1, "sex": "male", "q1": 1, "income": 10.5, "name": "Zoë"}
    assert [r["q1"] for r in found] == [1, 3, None]
    assert [r["sex"] for r in found] == ["male", "female", None]
    assert found[1]["name"] is None
    assert delivery.questions["q1"] == "I like it"
    assert delivery.labels["q1"][3] == "agree"
    assert (delivery.facts.format, delivery.facts.rows) == ("spss", 3)
    assert [c.type for c in delivery.columns] == ["integer", "text", "integer", "number", "text"]


def test_stata(tmp_path: Path) -> None:
    path = tmp_path / "study.dta"
    pyreadstat.write_dta(FRAME, str(path), variable_value_labels={"sex": {1: "male", 2: "female"}})
    delivery = StatisticsFile("study", path)
    found = delivery.read().read_all().to_pylist()
    assert [r["sex"] for r in found] == ["male", "female", None]
    assert delivery.facts.format == "stata"


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "study.sav"
    path.write_bytes(b"$FL2 nonsense")
    with pytest.raises(SourceError, match="not a readable spss file"):
        StatisticsFile("study", path).read()
