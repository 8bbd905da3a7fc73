"""A workspace nobody has come into but Ada, with a clock that is moved by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from segmentary.workspace.access import passwords
from segmentary.workspace.access.access import Access
from segmentary.workspace.access.users import new_user
from segmentary.workspace.opening import init_workspace

LONG = "staple orbit velvet canoe"
START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(tmp_path, clock, monkeypatch):
    monkeypatch.setattr(passwords, "HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    with init_workspace(tmp_path / "shop", clock=clock) as workspace:
        found = Access(workspace)
        with found.writing() as ledger:
            new_user(ledger, "Ada", "Ada L.", "admin", LONG, at=found.tick())
        yield found
        found.close()
