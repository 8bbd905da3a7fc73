"""What all tests share: the real data, and how long hypothesis looks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

# The same examples on every machine and every run. SEGMENTARY_EXAMPLES makes a run longer or shorter.
settings.register_profile(
    "segmentary",
    max_examples=int(os.environ.get("SEGMENTARY_EXAMPLES", "100")),
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=False,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture),
)
settings.load_profile("segmentary")

ROOT = Path(__file__).resolve().parents[1]


def real_data_folder() -> Path | None:
    """``$SEGMENTARY_DATA``, else ``../shared/data`` beside the checkout, else nothing."""
    named = os.environ.get("SEGMENTARY_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    return folder if folder.is_dir() else None


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine changes a result."""
    for name in list(os.environ):
        if name.startswith("SEGMENTARY_") and name not in ("SEGMENTARY_DATA", "SEGMENTARY_EXAMPLES"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets; the test is skipped where there is none."""
    folder = real_data_folder()
    if folder is None:
        pytest.skip("no real data: set SEGMENTARY_DATA to the folder that holds online_retail/ and the others")
    return folder
