from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

# The tests are no package; the warehouse of this room is loaded by its place.
spec = importlib.util.spec_from_file_location("profiles_warehouse", Path(__file__).with_name("warehouse.py"))
assert spec is not None
assert spec.loader is not None
module = importlib.util.module_from_spec(spec)
sys.modules["profiles_warehouse"] = module
spec.loader.exec_module(module)


@pytest.fixture
def warehouse():
    made = module.Warehouse()
    yield made
    made.engine.close()
